"""`hub held`: what the hub holds of a department's records, for that department."""

from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.control_events import activated
from benefit_hub.cli.frame import Json, console, given_to, plain_table, print_json
from benefit_hub.cli.receipts import known_source
from benefit_hub.client.held import HeldRevision, facts_of, held
from benefit_hub.runtime.hub import Hub, open_hub


def held_records(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The department's system, of which alone is told: human-resources.")],
    *,
    record: Annotated[str | None, typer.Option(help="One record, by its id.")] = None,
    kind: Annotated[str | None, typer.Option(help="One kind of record: wage.")] = None,
    as_json: Json = False,
) -> None:
    """Show what is held of a department's records (已登记的部门数据): revisions, when they are true, which one stands."""
    hub = open_hub(given_to(context).settings)
    known_source(hub, source)
    facts = (
        fact
        for fact in facts_of(hub.catalogue, hub.settings, hub.bootstrap, source)
        if record in (None, fact.record) and kind in (None, fact.kind)
    )
    rows = held(facts, source, horizon_months(hub))
    if as_json:
        print_json(to_builtins(rows))
        return
    table = plain_table("类别", "记录", "版本", "自", "至", "收到", "状态")
    for row in rows:
        since, until = str(row.valid_from), str(row.valid_to or "")
        table.add_row(row.kind, row.record, str(row.revision), since, until, str(row.received_on), state_of(row))
    console().print(table if rows else "没有登记任何记录。Nothing is held.")


def horizon_months(hub: Hub) -> int:
    """The horizon of the policy book in force."""
    env = hub.env()
    return env.book([env.first_book, *activated(hub)][-1]).horizon_months


def state_of(row: HeldRevision) -> str:
    """How a revision stands, in both languages."""
    if row.too_late:
        return "超出追溯期，未采用 too late, not taken"
    stands = "有效 stands" if row.stands else "已被后续版本替代 superseded"
    told = "已撤回 retracted" if row.stands and row.retracted else stands
    return f"{told}；内容不一致 in conflict" if row.conflict else told
