"""`hub publish`: a department's file to its topic, or into the sandbox."""

import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.progress import Progress

from benefit_hub.cli.frame import Json, counted, given_to, print_json
from benefit_hub.cli.publish_checked import Bad, Checked, bad_lines, check_lines
from benefit_hub.cli.publish_lines import Format, read_lines
from benefit_hub.cli.publish_sandbox import run_sandbox
from benefit_hub.cli.receipt_words import receipt_lines, unanswered_lines
from benefit_hub.cli.words import WORDS
from benefit_hub.client import Batch, Publisher, Spool
from benefit_hub.client.letters import Desk
from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import millis_of_day

DONE, REFUSED, LATER = 0, 2, 3
SENT_WITHIN_S = 60.0
READ_OTHERWISE = (
    "the files here find nothing wrong with what was sent: a worker that was started before they changed reads it otherwise; "
    "start it again (本地核对无误：请用现有文件重启工作进程后重新报送)"
)
LOOK_EVERY_S = 0.05


class Report(Struct, kw_only=True):
    """What became of a file. `sent` is how many events the brokers have, `kept` how many wait in the spool."""

    topic: str
    batch: str | None = None
    lines: int = 0
    bad: tuple[Bad, ...] = ()
    sent: int = 0
    kept: int = 0
    answered: bool | None = None
    counts: dict[str, int] = {}
    receipts: tuple[Receipt, ...] = ()
    missing: int = 0

    @property
    def code(self) -> int:
        """The exit code."""
        if self.bad or any(each.status not in ("ACCEPTED", "REPEATED") for each in self.receipts):
            return REFUSED
        return LATER if self.kept or self.answered is False else DONE


def publish(  # noqa: PLR0913  what a department may want of it
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="The topic by its logical name: human-resources.wage.")],
    file: Annotated[Path, typer.Argument(allow_dash=True, help="JSON lines, a JSON array or CSV; - is stdin.")],
    *,
    form: Annotated[Format | None, typer.Option("--format", help="Else by the end of its name.")] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Send nothing: show what it would cause among prepared people.")
    ] = False,
    world: Annotated[Path | None, typer.Option(help="With --sandbox: the people, as a case file.")] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Send nothing where one record is bad.")
    ] = False,
    batch: Annotated[str | None, typer.Option(help="The name of the batch; made where it is left out.")] = None,
    spool: Annotated[
        bool,
        typer.Option("--spool", help="Keep encrypted on disk what cannot be sent; the next --spool sends it first."),
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the receipts.")] = False,
    within: Annotated[float, typer.Option(help="How many seconds to wait for them.")] = 60.0,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="In story time: the day on which the hub receives it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a department's records and send the good ones as one batch (发布部门数据).

    Exit codes: 0 all sent (with --wait: accepted); 2 some were refused, here or by the hub; 3 some are kept in the spool, or not
    answered in time; 1 an error.
    """
    hub = open_hub(given_to(context).settings)
    desk = Desk(hub.catalogue)
    kind = desk.source(topic).kind
    lines = read_lines(file, form, hub.catalogue.newest(topic))
    if sandbox:
        raise typer.Exit(run_sandbox(hub.catalogue, topic, lines, world, as_json=as_json))
    story_ms = story_day(hub, on)
    with Progress(console=Console(stderr=True), disable=as_json or not sys.stderr.isatty(), transient=True) as progress:
        bar = progress.add_task("checked 已检查", total=len(lines))
        checked = check_lines(
            desk,
            topic,
            lines,
            at_ms=time.time_ns() // 1_000_000,
            story_received_at_ms=story_ms,
            done=lambda: progress.advance(bar),
        )
        report = Report(topic=topic, lines=len(lines), bad=checked.bad)
        if (checked.letters or spool) and not (checked.bad and all_or_nothing):
            _send(hub, checked, report, progress, batch=batch, spool=spool, within_s=within if wait else None)
    if as_json:
        print_json(to_builtins(report))
    else:
        _tell(report, kind, hub.catalogue.assets.root)
    raise typer.Exit(report.code)


def story_day(hub: Hub, on: datetime | None) -> int | None:
    """Noon of the day on which a hub in story time receives something. Raises HubError for any other hub."""
    if on is not None and not hub.settings.story_time:
        raise HubError(
            "--on is for hubs in story time: leave it out, the brokers' clock says when a record was received"
        )
    return None if on is None else millis_of_day(on.date())


def _send(
    hub: Hub,
    checked: Checked,
    report: Report,
    progress: Progress,
    *,
    batch: str | None,
    spool: bool,
    within_s: float | None,
) -> None:
    """Send the letters, and note what became of them."""
    kept = Spool(hub.folder.root / "spool", key_file=hub.folder.root / "spool.key") if spool else None
    if kept is not None and kept.left_over:
        typer.echo(f"hub: {kept.left_over}", err=True)
    with Publisher(hub.catalogue, hub.settings, hub.bootstrap, spool=kept) as publisher:
        with publisher.batch(batch) as made:
            for letter in checked.letters:
                made.add(letter)
        report.batch = made.name if len(made) else None
        _until_sent(publisher, made, progress)
        report.sent, report.kept = len(made) - made.unsettled, publisher.waiting
        if not report.kept:
            made.sent(0)
            if within_s is not None:
                _await_receipts(made, report, progress, within_s)


def _until_sent(publisher: Publisher, made: Batch, progress: Progress) -> None:
    """Wait until the brokers have all, or it is known that they do not take it now."""
    bar = progress.add_task("sent 已发送", total=len(made))
    deadline = time.monotonic() + SENT_WITHIN_S
    while made.unsettled or publisher.waiting:
        progress.update(bar, completed=len(made) - made.unsettled)
        if publisher.trouble is not None or time.monotonic() > deadline:
            return
        time.sleep(LOOK_EVERY_S)
    progress.update(bar, completed=len(made))


def _await_receipts(made: Batch, report: Report, progress: Progress, within_s: float) -> None:
    """Wait for what the hub says of the batch."""
    bar = progress.add_task("answered 已答复", total=len(made))
    for answers in made.listen(within_s):
        progress.update(bar, completed=len(made) - len(answers.missing))
        report.answered = answers.complete
        report.missing = len(answers.missing)
        report.counts = dict(Counter(each.status for each in answers.receipts))
        report.receipts = tuple(each for each in answers.receipts if each.status != "ACCEPTED")


def _tell(report: Report, kind: str, root: Path) -> None:
    """The report in words; `root` is where the topics were read."""
    if report.bad:
        typer.echo(f"{len(report.bad)} of {report.lines} records would be refused ({len(report.bad)} 条有误，未发送):")
        for text in bad_lines(kind, report.bad):
            typer.echo(text)
    if report.batch is not None:
        typer.echo(f"sent {counted(report.sent, 'record')} as batch {report.batch} (已发送 {report.sent} 条)")
    elif not report.kept:
        typer.echo("nothing was sent (未发送)")
    if report.kept:
        typer.echo(
            f"the brokers do not answer: {report.kept} records wait in the spool and are sent by the next hub publish --spool "
            f"({report.kept} 条已加密暂存)"
        )
    if report.answered is not None:
        counts = "  ".join(f"{status} {WORDS[status]} {count}" for status, count in sorted(report.counts.items()))
        typer.echo(
            f"receipts 回执: {counts or 'none 无'}"
            + (f"  not answered 未答复 {report.missing}" if report.missing else "")
        )
        for text in unanswered_lines(report.topic, root) if report.missing else ():
            typer.echo(text)
        for text in receipt_lines(report.receipts):
            typer.echo(text)
        if report.counts.get("REFUSED"):
            typer.echo(f"  {READ_OTHERWISE}")
