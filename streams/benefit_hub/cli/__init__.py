"""The `hub` command: what an operator, a department and a case writer type.

Exit codes: 0 done, 1 an error that is told in one paragraph, 2 a difference that was looked for (or a wrong use of the command).
A module per group of commands, imported only when one of them is asked for.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from benefit_hub.cli.frame import Given
from benefit_hub.values.errors import HubError

COMMANDS = {
    "demo": "demo:demo",
    "init": "beginning:init",
    "up": "local:up",
    "down": "local:down",
    "worker": "working:worker",
    "check": "checking:check",
    "onboard": "onboarding:onboard",
    "cases": "cases:cases",
    "population": "population:population",
    "topics": "topics:app",
    "registry": "registry:app",
    "asyncapi": "asyncapi:asyncapi",
    "publish": "publishing:publish",
    "receipts": "receipts:receipts",
    "held": "holding:held_records",
    "inbox": "inbox:app",
    "reconcile": "reconcile:reconcile_list",
    "bootstrap": "bootstrap:app",
    "status": "status:status",
    "alarms": "alarms:alarms",
    "bench": "bench:bench",
}
"""Each command, in the order of the help: the module below here, and the function or application in it."""


class CommandsByName(TyperGroup):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, None if there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"benefit_hub.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    cls=CommandsByName,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(help="Departments' changes in, explained adjustments of social benefits out.")
def given(
    context: typer.Context,
    settings: Annotated[
        Path | None, typer.Option("--settings", "-s", help="The settings file; HUB_SETTINGS, else hub.yaml.")
    ] = None,
) -> None:
    """What every command is given."""
    context.obj = Given(settings)


def main() -> None:
    """Run the command. An error that the hub raises on purpose is told in one paragraph, without a traceback."""
    try:
        app()
    except HubError as trouble:
        sys.stderr.write(f"hub: {trouble}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("hub: stopped\n")
        sys.exit(130)
