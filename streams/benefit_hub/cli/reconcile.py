"""`hub reconcile`: a department's full list against what the hub holds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.client.full_list import Outcome, reconcile
from benefit_hub.client.full_list_tasks import in_chinese, in_english
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import HubError

SHOWN = 20
WORDS = {"MISSING": "缺失 missing", "EXTRA": "多出 extra", "DIFFERENT": "不一致 different"}


def reconcile_list(
    context: typer.Context,
    topic: Annotated[
        str, typer.Argument(metavar="TOPIC", help="The department's topic, such as human-resources.wage.")
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", allow_dash=True, help="The list, JSON lines; - is stdin.")],
    *,
    as_of: Annotated[
        datetime, typer.Option(metavar="DAY", formats=["%Y-%m-%d"], help="The day at whose end the list was right.")
    ],
    at_most: Annotated[
        int, typer.Option(min=0, metavar="N", help="With more differences no task is opened or closed.")
    ] = 10_000,
    as_json: Json = False,
) -> None:
    """Compare a department's full list with what is held of it, as tasks and as a report; exit code 2 where they differ.

    Nothing but tasks comes of it. A later list that is right closes them.
    """
    hub = open_hub(given_to(context).settings)
    with _opened(file) as lines:
        outcome = reconcile(hub, topic, lines, as_of.date(), at_most)
    if as_json:
        print_json(_told(outcome))
    else:
        _print(hub, outcome)
    if outcome.differs:
        raise typer.Exit(2)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        opened = file.open("rb")
    except OSError as trouble:
        raise HubError(f"{file} cannot be read: {trouble.strerror}") from trouble
    with opened:
        yield opened


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "topic": outcome.topic,
        "as_of": outcome.as_of.isoformat(),
        "listed": outcome.listed,
        "alike": outcome.alike,
        **{sort.lower(): number for sort, number in outcome.counts.items()},
        "refused": outcome.refused,
        "differences": [each._asdict() for each in outcome.differences],
        "unread": [each._asdict() for each in outcome.unread],
        "tasks": outcome.said,
    }


def _print(hub: Hub, outcome: Outcome) -> None:
    typer.echo(f"{hub.catalogue.topic(outcome.topic).title}  {outcome.topic}  {outcome.as_of}")
    typer.echo(f"清单 {outcome.listed} 条；一致 {outcome.alike} 条")
    typer.echo(f"{outcome.listed} listed; {outcome.alike} alike")
    for sort, number in outcome.counts.items():
        typer.echo(f"{WORDS[sort]}  {number}")
        for each in [one for one in outcome.differences if one.sort == sort][:SHOWN]:
            typer.echo(f"  {in_chinese(each)}\n  {in_english(each)}")
        if number > SHOWN:
            typer.echo(f"  … {number - SHOWN} 条未显示 more; --json shows them")
    if outcome.refused:
        typer.echo(f"未能读取 refused  {outcome.refused}")
    for unread in outcome.unread[:SHOWN]:
        typer.echo(f"  第 {unread.line} 行 line {unread.line}: {unread.text_zh}\n    {unread.text_en}")
    if outcome.said is None:
        typer.echo("差异过多，未生成任务：请先核对清单和日期。Too many differences: no task was touched (--at-most).")
    else:
        opened, changed, closed = (outcome.said[state] for state in ("OPEN", "CHANGED", "WITHDRAWN"))
        typer.echo(f"任务 新增 {opened}，变更 {changed}，撤销 {closed}")
        typer.echo(f"tasks: {opened} opened, {changed} changed, {closed} withdrawn")
