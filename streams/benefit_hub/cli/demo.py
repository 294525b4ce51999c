"""`hub demo`: one story on a real Kafka, from departments' records to explained adjustments, and the proof that it is right.

With `--people` a whole population follows on the same hub, made of a seed, with changes in the standard mix.

Exit codes: 0 everything came out as by hand, as in the simulation, and as the second opinion says; 1 something did not (of a
population: a record was refused, fewer than a tenth of the changes moved money, or the simulation differs), or could not be
started, and is told; 130 stopped by Ctrl-C or SIGTERM. Whatever was started is ended, in each case.
"""

import signal
import sys
import time
from contextlib import closing
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from benefit_hub.cli.demo_people import People, Wanted
from benefit_hub.cli.demo_play import WORKERS, Play
from benefit_hub.cli.demo_stage import Stage, set_stage
from benefit_hub.cli.frame import counted
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.local_kafka import running_kafka
from benefit_hub.values.errors import HubError

READING_S = 1.5
PEOPLE = 5_000


def demo(
    *,
    fast: Annotated[bool, typer.Option("--fast", help="No pauses for reading.")] = False,
    pause: Annotated[bool, typer.Option("--pause", help="Wait for Enter after each chapter.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
    people: Annotated[int | None, typer.Option(min=1, metavar="N", help="Add N people, 5000 for instance.")] = None,
    changes: Annotated[int | None, typer.Option(min=0, metavar="M", help="So many changes; else 2 for each.")] = None,
    seed: Annotated[str, typer.Option(help="What people and changes are made of.")] = "1",
    no_story: Annotated[bool, typer.Option("--no-story", help="The people alone; 5000 unless told.")] = False,
) -> None:
    """Tell one story on a real Kafka, check every amount, kill a worker on the way; exit code 1 where anything differs."""
    if no_story and people is None:
        people = PEOPLE
    if people is None and changes is not None:
        raise HubError("--changes happen to people: say how many with --people, or --no-story for 5000")
    wanted = None if people is None else Wanted(people, 2 * people if changes is None else changes, seed)
    signal.signal(signal.SIGTERM, end_as_told)
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    with running_kafka(say=console.print) as kafka:
        console.print(f"[dim]{kafka.describe()}[/dim]")
        with set_stage(kafka) as stage, administration(stage.hub.settings, stage.hub.bootstrap) as admin:
            trouble = []
            if no_story:
                for name in WORKERS:
                    stage.start_worker(name)
            else:
                reading_s = 0 if fast or not sys.stdout.isatty() else READING_S
                with closing(Play(stage, admin, console, reading_s=reading_s, pause=pause)) as play:
                    play.whole()
                    trouble += play.trouble
            if wanted is not None:
                after = None if no_story else stage.story.told.chapters[-1].steps[-1].day
                with closing(People(stage, console, wanted, after)) as multitude:
                    multitude.whole()
                    trouble += multitude.trouble
            if not kafka.own:
                console.print(f"[dim]这次演示的主题 {stage.hub.settings.topic_prefix}* 留在所给的 Kafka 上[/dim]")
            console.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]")
            if keep:
                wait_for_ctrl_c(stage, console)
    if trouble:
        raise HubError(f"the demo did not come out as it must: {counted(len(trouble), 'difference')} above")


def end_as_told(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the demo as Ctrl-C does."""
    raise KeyboardInterrupt


def wait_for_ctrl_c(stage: Stage, console: Console) -> None:
    """Keep the hub for looking around in."""
    console.print(
        f"\n一切照常运行，按 Ctrl-C 结束。Everything goes on until Ctrl-C; in another terminal:\n"
        f"  hub --settings {stage.settings_file} status\n  hub --settings {stage.settings_file} inbox list --all"
    )
    try:
        while True:
            stage.alive()
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("结束。")
