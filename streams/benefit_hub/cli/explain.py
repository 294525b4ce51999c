"""`hub explain`: an adjustment told from its explanation, so that it can be computed again by hand.

By its id, or by whom it is about: a beneficiary with several has them listed.

Amounts and reasons lie on two topics: an amount may go to a payment system, its reason may not. Who may read
`benefits.explanations` is a matter of that topic's readers (its YAML in `topics/`, and the brokers' ACLs made from it); this
command shows what the view of a worker on this machine has read.
"""

from collections.abc import Sequence
from string import hexdigits
from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, console, given_to, plain_table, print_json
from benefit_hub.cli.words import whom, word
from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.policy import sources
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.view import View
from benefit_hub.settlement.telling import told
from benefit_hub.values.errors import HubError
from benefit_hub.values.money import yuan_text

Which = Annotated[
    str,
    typer.Argument(
        metavar="ADJUSTMENT|BENEFICIARY",
        help="The id of an adjustment, or a beneficiary such as h:H-02 (编号或对象), as whole or how it begins.",
    ),
]
WHERE_IDS_ARE = (
    "`hub explain h:…` with a beneficiary (对象) of `hub inbox show` lists ids; "
    "subscribers see them on benefits.adjustments"
)
MANY = 10
"""How many beneficiaries are named where one was not told from another."""


def explain(context: typer.Context, which: Which, *, as_json: Json = False) -> None:
    """Tell why an amount changed, in Chinese and English, with every number that is needed to compute it again."""
    view = View(open_hub(given_to(context).settings).folder.view_file)
    candidates = of_beneficiary(view, which) if ":" in which else [named(view, which)]
    if len(candidates) > 1:
        show_all(view, candidates, as_json=as_json)
        return
    adjustment = candidates[0]
    why = reason_of(view, adjustment)
    if as_json:
        print_json(
            {
                "adjustment": to_builtins(adjustment),
                "explanation": to_builtins(why),
                "zh": told(adjustment, why, "zh"),
                "en": told(adjustment, why, "en"),
            }
        )
        return
    typer.echo(f"{adjustment.adjustment_id}  {adjustment.beneficiary}  {adjustment.kind}")
    zh, en = (told(adjustment, why, language) for language in ("zh", "en"))
    for lines in (zh, en, sources.explained(zh)):
        typer.echo("\n" + "\n".join(lines))


def named(view: View, beginning: str) -> Adjustment:
    """The one adjustment whose id begins so. Raises HubError where there is none, or more than one."""
    found = view.adjustments_named(beginning) if beginning and set(beginning) <= set(hexdigits) else []
    if len(found) != 1:
        said = f"{len(found)} adjustments have" if found else "没有这样的编号：no adjustment has"
        raise HubError(f"{said} an id that begins with {beginning}: {WHERE_IDS_ARE}")
    return found[0]


def of_beneficiary(view: View, beginning: str) -> list[Adjustment]:
    """All adjustments of the one beneficiary who is written so, or begins so. Raises HubError unless there is exactly one."""
    found = view.adjustments_whose(beginning)
    names = sorted({each.beneficiary for each in found})
    if beginning in names:
        return [each for each in found if each.beneficiary == beginning]
    if len(names) == 1:
        return found
    if names:
        some = ", ".join(names[:MANY]) + (" …" if len(names) > MANY else "")
        raise HubError(f"对象不唯一：{len(names)} beneficiaries begin with {beginning}: {some}; give more of one")
    raise HubError(
        f"没有这样的对象：no beneficiary with an adjustment begins with {beginning}: `hub inbox show` names a "
        "beneficiary (对象) as h:…, p:… or s:…, and `hub status` tells whether workers are behind"
    )


def reason_of(view: View, adjustment: Adjustment) -> Explanation:
    """Why an adjustment was made. Raises HubError where no worker here has read it."""
    why = view.explanation(adjustment.explanation_id)
    if why is None:
        raise HubError(
            f"the explanation of {adjustment.adjustment_id} is not in the view: a worker here has to read it"
        )
    return why


def show_all(view: View, adjustments: Sequence[Adjustment], *, as_json: bool) -> None:
    """The adjustments of a beneficiary as they were made, each with what names it to this command."""
    if as_json:
        print_json({"adjustments": to_builtins(adjustments)})
        return
    typer.echo(whom(adjustments[0].beneficiary))
    table = plain_table("编号", "项目", "调整", "自", "每月（元）")
    for each in adjustments:
        why = view.explanation(each.explanation_id)
        title = each.programme if why is None or not why.title else why.title
        amounts = f"{yuan_text(each.before_fen)} → {yuan_text(each.after_fen)}"
        table.add_row(each.adjustment_id[:8], title, word(each.kind), each.payable_from, amounts)
    console().print(table)
    typer.echo("hub explain 编号：说明其中一项 · hub explain ID explains one of them")
