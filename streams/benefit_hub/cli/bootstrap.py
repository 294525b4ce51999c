"""`hub bootstrap`: going live, step by step; docs/operating.md tells the whole."""

import csv
import time
from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs, to_builtins
from rich.console import Console
from rich.table import Table

from benefit_hub.cli.control_events import (
    LOOK_S,
    StoryDay,
    Wait,
    act,
    happens_on,
    month_given,
    publish,
    said_before,
)
from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.client.progress import progress_of
from benefit_hub.client.reconciliation import Total, standing_lines, totals
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Reconciliation
from benefit_hub.policy.wording import finding_text
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import HubError
from benefit_hub.values.money import yuan_text

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="上线: load registers and awards, take over, and see where the hub would pay otherwise.",
)

WITHIN_S = 60.0
SHOWN = 20
FILED = (
    "programme",
    "beneficiary",
    "household",
    "region",
    "finding",
    "stands",
    "paid_fen",
    "computed_fen",
    "awards",
    "text_zh",
)

Anyway = Annotated[
    bool, typer.Option("--anyway", help="Even though records lie there that should not, or are still on their way.")
]


@app.command("open")
def open_bootstrap(context: typer.Context, *, anyway: Anyway = False, story_day: StoryDay = None) -> None:
    """Begin to load. From now on what departments publish is kept, and nothing is said of it, until `close`."""
    hub = open_hub(given_to(context).settings)
    if "BOOTSTRAP_OPENED" in types_before(hub):
        raise HubError("this hub was opened before: it goes live once; go on with `hub bootstrap close`")
    lying = records_lying(hub)
    if lying and not anyway:
        raise HubError(
            f"{lying} records lie on department topics: what is read before loading begins is worked off as news. Open a hub "
            "before departments publish, or give --anyway"
        )
    sequence = publish(hub, ControlEvent(type="BOOTSTRAP_OPENED"), happens_on(hub, story_day))
    wait_for_intake(hub, sequence)
    typer.echo("loading has begun: publish the registers and the awards, then run `hub bootstrap close MONTH`")


@app.command()
def close(
    context: typer.Context,
    first_month: Annotated[
        str, typer.Argument(metavar="MONTH", help="The first month for which this hub answers, 2026-07.")
    ],
    *,
    anyway: Anyway = False,
    story_day: StoryDay = None,
    wait: Wait = True,
) -> None:
    """End loading: everybody is assessed once, ledgers stand as others paid, and from this month on the hub answers."""
    hub = open_hub(given_to(context).settings)
    month_given(first_month)
    before = types_before(hub)
    if "BOOTSTRAP_OPENED" not in before or "BOOTSTRAP_CLOSED" in before:
        told = (
            "was closed before" if "BOOTSTRAP_CLOSED" in before else "was never opened: run `hub bootstrap open` first"
        )
        raise HubError(f"loading {told}")
    behind = records_behind(hub)
    if behind and not anyway:
        raise HubError(
            f"{behind} records have still to be worked off: wait until `hub status` shows none, or give --anyway"
        )
    event = ControlEvent(type="BOOTSTRAP_CLOSED", month=first_month)
    act(hub, event, happens_on(hub, story_day), wait=wait)
    if wait:
        typer.echo(f"this hub answers from {first_month} on; see `hub bootstrap report`")
    else:
        typer.echo("loading ends; workers go on with what follows from it")


@app.command()
def report(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also lines that come to what is paid.")] = False,
    file: Annotated[Path | None, typer.Option("--csv", help="Write all lines to this file, too.")] = None,
    as_json: Json = False,
) -> None:
    """Show where the hub would pay otherwise than others did; exit code 2 while differences stand."""
    hub = open_hub(given_to(context).settings)
    lines = standing_lines(hub.settings, hub.bootstrap, hub.codecs)
    shown = [line for line in lines if every or line.finding != "EQUAL"]
    if file is not None:
        write_csv(file, lines)
    if as_json:
        print_json({"totals": to_builtins(totals(lines)), "lines": to_builtins(shown)})
    else:
        print_report(totals(lines), shown, every=every)
    if any(line.stands for line in lines):
        raise typer.Exit(2)


def types_before(hub: Hub) -> set[str]:
    """The types of all control events so far."""
    return {event.type for event in said_before(hub)}


def records_lying(hub: Hub) -> int:
    """How many records were ever put on department topics and are still there."""
    with progress_of(hub) as progress:
        found = progress.behind({"nobody": list(hub.catalogue.sources)})
    return 0 if found is None else found["nobody"]


def records_behind(hub: Hub) -> int:
    """How many records intake and register have still to read."""
    groups = {name: hub.topology.processor(name).inputs for name in ("intake", "register")}
    with progress_of(hub) as progress:
        found = progress.behind(groups)
    return 0 if found is None else sum(found.values())


def wait_for_intake(hub: Hub, sequence: int) -> None:
    """Wait until the copies of an event lie on `facts`: what is published from then on comes after it."""
    deadline = time.monotonic() + WITHIN_S
    with progress_of(hub) as progress:
        while progress.behind({"intake": ["control"]}) != {"intake": 0}:
            if time.monotonic() > deadline:
                raise HubError(
                    f"the event lies on control ({sequence}), and no worker has read it within {WITHIN_S:.0f} s: start one with "
                    "`hub worker`, and publish nothing before `hub status` shows that intake is not behind"
                )
            time.sleep(LOOK_S)


def write_csv(file: Path, lines: list[Reconciliation]) -> None:
    """All lines as a table for a spreadsheet."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(FILED)
        for line in lines:
            row = structs.asdict(line) | {"awards": " ".join(name.record for name in line.awards)}
            writer.writerow([row[name] for name in FILED])


def print_report(sums: list[Total], lines: list[Reconciliation], *, every: bool) -> None:
    """Totals per programme, then the lines that differ most."""
    console = Console(width=160)
    table = Table(
        "项目", "笔数", "现发（元/月）", "计算（元/月）", "差额", "不一致", "仍在", "结论", box=None, pad_edge=False
    )
    for each in sums:
        found = "、".join(f"{finding_text(name)} {count}" for name, count in each.findings.items())
        less = yuan_text(each.computed_fen - each.paid_fen)
        paid, computed = yuan_text(each.paid_fen), yuan_text(each.computed_fen)
        table.add_row(
            each.programme, str(each.lines), paid, computed, less, str(each.differing), str(each.standing), found
        )
    console.print(table if sums else "没有装载任何待遇。No awards were loaded.")
    largest = sorted(lines, key=lambda line: -abs(line.computed_fen - line.paid_fen))[:SHOWN]
    for line in largest:
        console.print(f"{'●' if line.stands else '○'} {line.beneficiary}  {line.text_zh}")
    if len(lines) > SHOWN:
        console.print(f"… {len(lines) - SHOWN} more: --csv FILE, or --json{'' if every else ', or --all'}")
