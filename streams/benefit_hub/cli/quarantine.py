"""`hub quarantine`: records that were refused; see them, and publish them anew after a mapping or schema was mended.

No content of a record is shown: quarantine holds identity numbers.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, console, given_to, plain_table, print_json
from benefit_hub.cli.preview import progress
from benefit_hub.client.quarantine import QUARANTINE, Kept, Quarantine, Waiting, redrive
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import CatalogueError, HubError

app = typer.Typer(no_args_is_help=True, help="Records that were refused: see them, and send them again (隔离区).")

NOT_ALL = 2
SHORT = 12
"""So much of an id tells one record from others."""
SHANGHAI = timedelta(hours=8)

Department = Annotated[str | None, typer.Option(help="Of one department: human-resources.")]
Topic = Annotated[str | None, typer.Option(help="Of one topic: human-resources.wage.")]
Code = Annotated[str | None, typer.Option(help="Refused for one reason: UNKNOWN_SCHEMA.")]
Pairs = list[tuple[Waiting, Kept]]


@app.command("list")
def list_refused(
    context: typer.Context,
    *,
    department: Department = None,
    topic: Topic = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    """List what was refused and not sent again since (隔离的记录), and whether it would be accepted now. Exit code 0."""
    rows = [each for each, _ in chosen(open_hub(given_to(context).settings), department, topic, code)]
    if as_json:
        print_json([document(each) for each in rows])
        return
    table = plain_table("编号", "主题", "记录", "原因", "首次拒绝", "次数", "现在")
    for each in rows:
        named = f"{each.record} v{each.revision}" if each.record else f"{each.partition}/{each.offset}"
        now = "可以接收 would be accepted" if each.sendable else each.verdict
        first = shown_time(each.refused_first_ms)
        table.add_row(each.id[:SHORT], each.topic, named, each.code, first, str(each.attempt), now)
    console().print(table if rows else "隔离区没有待处理的记录。Nothing waits in quarantine.")
    if rows:
        typer.echo(
            f"共 {len(rows)} 条，其中 {sum(each.sendable for each in rows)} 条现在可以接收：hub quarantine redrive"
        )


@app.command("show")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="The id, as whole or how it begins.")],
    *,
    as_json: Json = False,
) -> None:
    """Show why one record was refused (拒绝原因), what its fields are, without content, and what would become of it now."""
    hub = open_hub(given_to(context).settings)
    each, kept = one_of(chosen(hub, None, None, None), name)
    fields = Quarantine(hub).shape(kept)
    if as_json:
        print_json({**document(each), "fields": fields})
        return
    typer.echo(f"{each.id}  {each.topic} 分区 partition {each.partition} 位移 offset {each.offset}  event {each.event}")
    typer.echo(f"{each.code} 第 {each.attempt} 次 (attempt)  {shown_time(each.refused_last_ms)}")
    typer.echo(f"  {each.text_en}\n  {each.text_zh}")
    typer.echo(f"现在 now: {each.verdict}\n  {each.verdict_en}\n  {each.verdict_zh}")
    for field, sort in fields.items():
        typer.echo(f"    {field}: {sort}")


@app.command("redrive")
def redrive_refused(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these.")] = None,
    *,
    department: Department = None,
    topic: Topic = None,
    code: Code = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be sent, and send nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Publish anew what would be accepted now (重新投递): as it came, to its own topic and partition. The rest stays.

    Exit codes: 0 all that were chosen were sent, or would be; 2 some would be refused again and were not; 1 an error.
    """
    hub = open_hub(given_to(context).settings)
    pairs = chosen(hub, department, topic, code)
    if names:
        pairs = list({each.id: (each, kept) for each, kept in (one_of(pairs, name) for name in names)}.values())
    going, staying = [pair for pair in pairs if pair[0].sendable], [each for each, _ in pairs if not each.sendable]
    sent = 0 if dry_run else send(hub, [kept for _, kept in going])
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "chosen": len(pairs),
                "sent": sent,
                "would_be_sent": [each.id for each, _ in going] if dry_run else [],
                "refused_again": [document(each) for each in staying],
            }
        )
    else:
        told = f"会重新投递 would be sent: {len(going)}" if dry_run else f"已重新投递 sent: {sent}"
        typer.echo(f"选中 chosen: {len(pairs)}；{told}；仍会被拒绝，未投递 would be refused again: {len(staying)}")
        for each in staying:
            typer.echo(
                f"  {each.id[:SHORT]}  {each.topic}  {each.verdict}\n      {each.verdict_en}\n      {each.verdict_zh}"
            )
        if sent:
            typer.echo(
                "结果见 hub receipts --source …：ACCEPTED 已接收；REPEATED 此前已有，无影响 (was there before, no harm)"
            )
    if staying:
        raise typer.Exit(NOT_ALL)


def send(hub: Hub, going: list[Kept]) -> int:
    """Send them, with a bar on the terminal."""
    if not going:
        return 0
    with progress() as bars:
        task = bars.add_task("投递 redrive", total=len(going))
        return redrive(hub, going, lambda: bars.advance(task))


def chosen(hub: Hub, department: str | None, topic: str | None, code: str | None) -> Pairs:
    """What waits, as far as it was asked for. Raises CatalogueError for a department or topic that is not there."""
    known = {each.removeprefix(QUARANTINE) for each in hub.catalogue.quarantines}
    if department is not None and department not in known:
        raise CatalogueError(f"no department is called {department}; {hub.catalogue.assets.instead(department, known)}")
    sources = hub.catalogue.sources
    if topic is not None and topic not in sources:
        raise CatalogueError(f"{topic} is no department's topic; {hub.catalogue.assets.instead(topic, sources)}")
    owner = sources[topic].department if topic is not None else department
    found = Quarantine(hub).waiting(() if owner is None else (owner,))
    return [
        pair
        for pair in found
        if department in (None, pair[0].department) and topic in (None, pair[0].topic) and code in (None, pair[0].code)
    ]


def one_of(pairs: Pairs, beginning: str) -> tuple[Waiting, Kept]:
    """The one record whose id begins so. Raises HubError."""
    found = [pair for pair in pairs if beginning and pair[0].id.startswith(beginning)]
    if len(found) != 1:
        said = f"{len(found)} refused records have" if found else "没有这样的编号：no refused record that waits has"
        raise HubError(f"{said} an id that begins with {beginning}: `hub quarantine list` names them")
    return found[0]


def document(each: Waiting) -> dict[str, object]:
    """A refused record for a machine."""
    return {**to_builtins(each), "sendable": each.sendable}


def shown_time(at_ms: int) -> str:
    """An instant in Asia/Shanghai, to the minute."""
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + SHANGHAI).strftime("%Y-%m-%d %H:%M")
