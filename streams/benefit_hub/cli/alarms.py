"""`hub alarms`: department topics that are silent or far too full."""

from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.source_watch import known_alarms

STATES = {"OPEN": "告警中 open", "ENDED": "已恢复 over"}


def alarms(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: Json = False,
) -> None:
    """Show which departments' topics are not as usual; exit code 2 where there are any."""
    hub = open_hub(given_to(context).settings)
    known = known_alarms(hub.settings, hub.bootstrap, hub.codecs).values()
    is_open = any(alarm.state == "OPEN" for alarm in known)
    shown = [alarm for alarm in known if every or alarm.state == "OPEN"]
    if as_json:
        print_json(to_builtins(shown))
    for alarm in [] if as_json else shown:
        typer.echo(f"{STATES[alarm.state]}\n  {alarm.text_zh}\n  {alarm.text_en}")
    if not shown and not as_json:
        typer.echo("各数据源正常。Every department's topic is as usual, as far as its history tells.")
    if is_open:
        raise typer.Exit(2)
