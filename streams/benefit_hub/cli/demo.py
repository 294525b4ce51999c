"""`hub demo`: one story on a real Kafka, from departments' records to explained adjustments, and the proof that it is right.

Exit codes: 0 everything came out as by hand, as in the simulation, and as the second opinion says; 1 something did not, or
could not be started, and is told; 130 stopped by Ctrl-C or SIGTERM. Whatever was started is ended, in each case.
"""

import signal
import sys
import time
from contextlib import closing
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from benefit_hub.cli.demo_play import Play
from benefit_hub.cli.demo_stage import Stage, set_stage
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.local_kafka import running_kafka
from benefit_hub.values.errors import HubError

READING_S = 1.5


def demo(
    *,
    fast: Annotated[bool, typer.Option("--fast", help="No pauses for reading.")] = False,
    pause: Annotated[bool, typer.Option("--pause", help="Wait for Enter after each chapter.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
) -> None:
    """Tell one story on a real Kafka, check every amount, kill a worker on the way; exit code 1 where anything differs."""
    signal.signal(signal.SIGTERM, end_as_told)
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    with running_kafka(say=console.print) as kafka:
        console.print(f"[dim]{kafka.describe()}[/dim]")
        with set_stage(kafka) as stage, administration(stage.hub.settings, stage.hub.bootstrap) as admin:
            reading_s = 0 if fast or not sys.stdout.isatty() else READING_S
            with closing(Play(stage, admin, console, reading_s=reading_s, pause=pause)) as play:
                play.whole()
                trouble = play.trouble
            if not kafka.own:
                console.print(f"[dim]这次演示的主题 {stage.hub.settings.topic_prefix}* 留在所给的 Kafka 上[/dim]")
            console.print(f"[dim]{time.monotonic() - began:.0f} s[/dim]")
            if keep:
                wait_for_ctrl_c(stage, console)
    if trouble:
        raise HubError(f"the demo did not come out as it must; {len(trouble)} differences stand above")


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
