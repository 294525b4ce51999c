"""`hub explain`: an adjustment told from its explanation, so that it can be computed again by hand.

Amounts and reasons lie on two topics: an amount may go to a payment system, its reason may not. Who may read
`benefits.explanations` is a matter of that topic's readers (its YAML in `topics/`, and the brokers' ACLs made from it); this
command shows what the view of a worker on this machine has read.
"""

from string import hexdigits
from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.view import View
from benefit_hub.settlement.telling import told
from benefit_hub.values.errors import HubError

Which = Annotated[str, typer.Argument(metavar="ADJUSTMENT", help="The id of an adjustment, or how it begins.")]


def explain(context: typer.Context, adjustment_id: Which, *, as_json: Json = False) -> None:
    """Tell why an amount changed, in Chinese and English, with every number that is needed to compute it again."""
    view = View(open_hub(given_to(context).settings).folder.view_file)
    adjustment, why = found(view, adjustment_id)
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
    for language in ("zh", "en"):
        typer.echo("\n" + "\n".join(told(adjustment, why, language)))


def found(view: View, beginning: str) -> tuple[Adjustment, Explanation]:
    """The one adjustment whose id begins so, and why it was made. Raises HubError where there is none, or more than one."""
    named = view.adjustments_named(beginning) if beginning and set(beginning) <= set(hexdigits) else []
    if len(named) != 1:
        said = f"{len(named)} adjustments have" if named else "no adjustment has"
        raise HubError(f"{said} an id that begins with {beginning}: subscribers see ids on benefits.adjustments")
    why = view.explanation(named[0].explanation_id)
    if why is None:
        raise HubError(f"the explanation of {named[0].adjustment_id} is not in the view: a worker here has to read it")
    return named[0], why
