"""`hub inbox`: what waits for a person, and the decisions that a person makes there."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from benefit_hub.cli.control_events import today
from benefit_hub.cli.frame import Json, console, given_to, plain_table, print_json
from benefit_hub.cli.inbox_decision import DECISIONS, Ruling, decision_record, hearing_rule
from benefit_hub.cli.inbox_endings import ending
from benefit_hub.cli.inbox_supplement import Added, check_task, named_people, next_revision
from benefit_hub.cli.words import WORDS, whom, word
from benefit_hub.client import Publisher, Sent
from benefit_hub.client.held import facts_of
from benefit_hub.messages.departments import Outcome, RevisionName
from benefit_hub.messages.public import Lead, Proposal, TaskItem
from benefit_hub.policy.book import Book
from benefit_hub.policy.wording import cause_text
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.keys import read_key
from benefit_hub.runtime.view import View
from benefit_hub.values.errors import HubError
from benefit_hub.values.money import fen, yuan_text
from benefit_hub.values.months import day_of_millis, millis_of_day, month

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="收件箱: proposals that wait for a decision, leads, tasks."
)

SORTS = {Proposal: "建议", Lead: "线索", TaskItem: "任务"}
SUPPLEMENTED: dict[Added, str] = {"NOTICE_DUE": "书面通知送达", "HEARING_MISSING": "听取意见"}
Item = Proposal | Lead | TaskItem
Id = Annotated[str, typer.Argument(metavar="ID", help="Its id in hub inbox list, or the beginning of it.")]
DecidedOn = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day of the decision (决定日期).")]
Authority = Annotated[str, typer.Option(help="Who decides (决定机关).")]
HeardOn = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the household was heard (听取意见日期).")
]
Served = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which the notice was served (通知送达日期).")
]
On = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day on which it was done (日期).")]
Statement = Annotated[str | None, typer.Option(help="What the household said, or why it was decided so.")]
Numbers = Annotated[
    Path | None,
    typer.Option(
        "--id-numbers", allow_dash=True, help="File with the identity numbers of those named, one a line; - is stdin."
    ),
]


@app.command("list")
def list_items(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also what is done with.")] = False,
    as_json: Json = False,
) -> None:
    """Show what waits for a person (列出待办)."""
    view = View(open_hub(given_to(context).settings).folder.view_file)
    proposals, leads, tasks = (found(all_states=every) for found in (view.proposals, view.leads, view.tasks))
    if as_json:
        print_json(to_builtins({"proposals": proposals, "leads": leads, "tasks": tasks}))
        return
    table = plain_table("类别", "编号", "家庭", "状态", "期限", "内容")
    for item in (*proposals, *leads, *tasks):
        table.add_row(*row(item))
    console().print(table if table.rows else "收件箱是空的。Nothing waits.")


def row(item: Item) -> tuple[str, ...]:
    """An item as a line of the list."""
    until = "" if isinstance(item, Lead) else str(item.due_on or "")
    return (SORTS[type(item)], id_of(item)[:8], item.household or "", WORDS[item.state], until, item.text_zh)


def id_of(item: Item) -> str:
    """The id of an item, whatever it is."""
    match item:
        case Proposal():
            return item.proposal_id
        case Lead():
            return item.lead_id
    return item.task_id


@app.command()
def show(context: typer.Context, identity: Id, *, as_json: Json = False) -> None:
    """Show an item (查看): of a proposal what would change and what a decision needs, of a task or lead what ends it."""
    hub = open_hub(given_to(context).settings)
    item = find_item(View(hub.folder.view_file), identity)
    if as_json:
        print_json(to_builtins(item))
        return
    lines = described(item, book_of(hub, item), today()) if isinstance(item, Proposal) else errand(item)
    for line in lines:
        typer.echo(line)


def described(proposal: Proposal, book: Book, day: date) -> list[str]:
    """A proposal in lines for an officer; `day` is that of the decision, if it were made now."""
    rule = hearing_rule(proposal, day, book)
    return [
        f"编号 {proposal.proposal_id}  {word(proposal.state)}",
        f"对象 {whom(proposal.beneficiary)}  项目 {programme_words(proposal, book)}  自 {proposal.effective_month} 起",
        f"每月 {yuan_text(proposal.before_fen)} 元 → {yuan_text(proposal.after_fen)} 元",
        f"原因 {'、'.join(map(cause_text, proposal.causes))}",
        *records(proposal.covers),
        *due(proposal),
        *([f"{rule.decided_from} 起作出的决定须先听取意见（{rule.clause}）：--heard-on"] if rule else []),
        proposal.text_zh,
    ]


def programme_words(proposal: Proposal, book: Book) -> str:
    """What a proposal's programme is called where the beneficiary lives."""
    pack = book.pack(proposal.region)
    known = None if pack is None else pack.programmes.get(proposal.programme)
    return proposal.programme if known is None else f"{known.title}（{proposal.programme}）"


def errand(item: TaskItem | Lead) -> list[str]:
    """A task or a lead in lines for an officer, with what ends it."""
    if isinstance(item, Lead):
        about = [f"线索 {word(item.reason)}  对象 {whom(item.person or item.household)}"]
    else:
        about = [f"任务 {word(item.type)}  对象 {whom(item.subject)}", *records(item.facts), *due(item)]
    return [f"编号 {id_of(item)}  {word(item.state)}", *about, item.text_zh, ending(item)]


def records(names: Sequence[RevisionName]) -> list[str]:
    """The revisions that an item rests on."""
    return [f"依据记录 {name.source} {name.kind} {name.record} 第 {name.revision} 版" for name in names]


def due(item: Proposal | TaskItem) -> list[str]:
    """By when, where there is such a day."""
    return [f"期限 {item.due_on}"] if item.due_on else []


@app.command()
def accept(  # noqa: PLR0913  a decision says so many things
    context: typer.Context,
    identity: Id,
    *,
    decided_on: DecidedOn,
    authority: Authority,
    heard_on: HeardOn = None,
    notice_served_on: Served = None,
    statement: Statement = None,
    id_numbers: Numbers = None,
) -> None:
    """Accept a proposal (同意): the change is made as it stands."""
    ruling = ruled("ACCEPT", decided_on, authority, heard_on, notice_served_on, statement)
    decide(open_hub(given_to(context).settings), identity, ruling, id_numbers)


@app.command()
def reject(
    context: typer.Context,
    identity: Id,
    *,
    decided_on: DecidedOn,
    authority: Authority,
    statement: Statement = None,
    id_numbers: Numbers = None,
) -> None:
    """Reject a proposal (不同意): what stands stays, and these revisions propose nothing again."""
    ruling = ruled("REJECT", decided_on, authority, None, None, statement)
    decide(open_hub(given_to(context).settings), identity, ruling, id_numbers)


@app.command()
def modify(  # noqa: PLR0913  a decision says so many things
    context: typer.Context,
    identity: Id,
    *,
    decided_on: DecidedOn,
    authority: Authority,
    amount: Annotated[str | None, typer.Option(help="Yuan per month that the decision sets itself: 300.00.")] = None,
    from_month: Annotated[str | None, typer.Option(help="First month, 2026-07.")] = None,
    until_month: Annotated[str | None, typer.Option(help="Last month, 2026-12.")] = None,
    heard_on: HeardOn = None,
    notice_served_on: Served = None,
    statement: Statement = None,
    id_numbers: Numbers = None,
) -> None:
    """Accept a proposal with another amount, or for other months (变更后同意)."""
    if amount is None and from_month is None and until_month is None:
        raise HubError("nothing is modified: give --amount, --from-month or --until-month, or use `hub inbox accept`")
    try:
        for text in filter(None, (from_month, until_month)):
            month(text)
        amount_fen = None if amount is None else fen(amount)
    except ValueError as trouble:
        raise HubError(f"{trouble}") from None
    ruling = ruled(
        "MODIFY", decided_on, authority, heard_on, notice_served_on, statement,
        amount_fen=amount_fen, from_month=from_month, until_month=until_month,
    )  # fmt: skip
    decide(open_hub(given_to(context).settings), identity, ruling, id_numbers)


def ruled(
    outcome: Outcome,
    decided_on: datetime,
    authority: str,
    heard_on: datetime | None,
    served_on: datetime | None,
    statement: str | None,
    **further: int | str | None,
) -> Ruling:
    """What was said on the command line, as a ruling."""
    return Ruling(
        outcome=outcome,
        decided_on=decided_on.date(),
        authority=authority,
        heard_on=None if heard_on is None else heard_on.date(),
        notice_served_on=None if served_on is None else served_on.date(),
        statement=statement,
        **further,  # type: ignore[arg-type]  # the amount in fen and two months, as `modify` checked them
    )


def decide(hub: Hub, identity: str, ruling: Ruling, id_numbers: Path | None) -> None:
    """Publish the decision. In story time it is recorded, and received, on the day on which it is made."""
    proposal = find_proposal(View(hub.folder.view_file), identity)
    at_ms, story_ms = said_at(hub, ruling.decided_on)
    record = decision_record(proposal, ruling, book_of(hub, proposal), read_numbers(id_numbers), at_ms)
    sent = publish_decision(hub, record, story_ms)
    typer.echo(
        f"决定已登记 {record['record_id']}：{ruling.authority} {ruling.decided_on} {word(ruling.outcome)}，"
        f"覆盖 {len(proposal.covers)} 条记录（{sent.topic} [{sent.partition}] @{sent.offset}）"
    )


@app.command()
def serve(context: typer.Context, identity: Id, *, on: On, id_numbers: Numbers = None) -> None:
    """Record that the written notice of a decision was served (送达书面通知): ends the task NOTICE_DUE."""
    supplement(open_hub(given_to(context).settings), identity, "NOTICE_DUE", on.date(), None, id_numbers)


@app.command()
def hear(
    context: typer.Context,
    identity: Id,
    *,
    on: On,
    decided_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Where it was decided again after the hearing: that day (重新决定日期)."
        ),
    ] = None,
    id_numbers: Numbers = None,
) -> None:
    """Record the hearing that a decision lacks (听取意见): ends the task HEARING_MISSING."""
    again = None if decided_on is None else decided_on.date()
    supplement(open_hub(given_to(context).settings), identity, "HEARING_MISSING", on.date(), again, id_numbers)


def supplement(
    hub: Hub, identity: str, asked: Added, on: date, decided_again: date | None, id_numbers: Path | None
) -> None:
    """Publish the next revision of the decision that a task names, with the day that it asks for."""
    task = find_item(View(hub.folder.view_file), identity)
    if not isinstance(task, TaskItem):
        raise HubError(f"{identity} is no task (是{SORTS[type(task)]}，不是任务): see `hub inbox show {identity}`")
    check_task(task, asked)
    (name, *_) = task.facts
    key = (name.source, name.kind, name.record)
    facts = facts_of(hub.catalogue, hub.settings, hub.bootstrap, name.source)
    said = [fact for fact in facts if fact.record_key == key]
    record = next_revision(task, asked, said, on, decided_again=decided_again)
    people = named_people(said, read_numbers(id_numbers), read_key(hub.folder.key_file))
    at_ms, story_ms = said_at(hub, decided_again or on)
    for day in filter(None, (on, decided_again)):
        if day > day_of_millis(at_ms):
            raise HubError(f"{day} lies ahead of {day_of_millis(at_ms)} (尚未到来): come back when it has happened")
    publish_decision(hub, {**record, "recorded_at": at_ms, "id_numbers": people}, story_ms)
    typer.echo(f"已登记 {record['record_id']} 第 {record['revision']} 版：{SUPPLEMENTED[asked]} {on}")


def said_at(hub: Hub, on: date) -> tuple[int, int | None]:
    """When what is said of this day is recorded; in story time on that day, on which it is received, too."""
    story_ms = millis_of_day(on) if hub.settings.story_time else None
    return (now_ms() if story_ms is None else story_ms), story_ms


def publish_decision(hub: Hub, record: Mapping[str, Any], story_ms: int | None) -> Sent:
    """Publish a revision of a decision, and wait until the brokers have it."""
    with Publisher(hub.catalogue, hub.settings, hub.bootstrap) as publisher:
        return publisher.publish(DECISIONS, record, story_received_at_ms=story_ms).sent()


def find_proposal(view: View, beginning: str) -> Proposal:
    """The one proposal whose id begins so. Raises HubError where there is none, or more than one."""
    item = find_item(view, beginning)
    if isinstance(item, Proposal):
        return item
    raise HubError(
        f"{beginning} is no proposal (是{SORTS[type(item)]}，不是建议), and only these are decided: `hub inbox show {beginning}` "
        "says what ends it"
    )


def find_item(view: View, beginning: str) -> Item:
    """The one item of the inbox whose id begins so. Raises HubError where there is none, or more than one."""
    sorts: tuple[Sequence[Item], ...] = tuple(
        items(all_states=True) for items in (view.proposals, view.leads, view.tasks)
    )
    found = [item for items in sorts for item in items if id_of(item).startswith(beginning)]
    if len(found) == 1:
        return found[0]
    told = (
        "收件箱中没有：nothing in the inbox has" if not found else f"编号不唯一：{len(found)} items of the inbox have"
    )
    raise HubError(f"{told} an id that begins with {beginning}: see `hub inbox list --all`, and give more of the id")


def book_of(hub: Hub, proposal: Proposal) -> Book:
    """The policy book by which a proposal was made. Raises HubError where it is not installed here."""
    book = hub.catalogue.books.get(proposal.book)
    if book is None:
        raise HubError(
            f"the policy book {proposal.book} of this proposal is not installed here: name its folder under `policies` in "
            "the settings"
        )
    return book


def read_numbers(file: Path | None) -> list[str]:
    """Identity numbers, one a line; never from the command line, which others can see. Raises HubError."""
    if file is None:
        return []
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise HubError(
            f"{file} cannot be read: {type(trouble).__name__}; give a text file, one number a line"
        ) from None
    return [line.strip().upper() for line in text.splitlines() if line.strip()]
