"""The `hub` command: what an operator, a department and a case writer type.

Exit codes: 0 done, 1 an error that is told in one paragraph, 2 a difference that was looked for (or a wrong use of the command).
`hub replay` answers as `diff` does: 0 equal, 1 different, 2 could not be compared.
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
    "demo": ("demo:demo", "Tell one story on a real Kafka, and check every amount."),
    "init": ("beginning:init", "Make the pseudonym key, the settings file, the topics."),
    "up": ("local:up", "Start a local Kafka, or say which one stands."),
    "down": ("local:down", "Stop the Kafka of hub up; its data stays."),
    "worker": ("working:worker", "Work until told to stop (SIGTERM, Ctrl-C)."),
    "check": ("checking:check", "Check schemas, topics, mappings and policies."),
    "onboard": ("onboarding:onboard", "Begin a department, or another class of its records."),
    "cases": ("cases:cases", "Run worked cases (案例) in memory."),
    "preview": ("preview:preview", "Show what a changed policy would do to people and cost (预览)."),
    "replay": ("replay:replay", "Run all facts again beside the live hub, and compare (重放)."),
    "population": ("population:population", "Write an invented population as JSON lines."),
    "topics": ("topics:app", "Compare the brokers' topics with the catalogue."),
    "registry": ("registry:app", "Serve the schemas, or compare an external registry."),
    "asyncapi": ("asyncapi:asyncapi", "Print what others send and read as AsyncAPI 3.0."),
    "publish": ("publishing:publish", "Check a department's records and send them (发布)."),
    "receipts": ("receipts:receipts", "Show what became of a department's records (回执)."),
    "quarantine": ("quarantine:app", "Show refused records, and send them again (隔离区)."),
    "held": ("holding:held_records", "Show what is held of a department's records (登记)."),
    "inbox": ("inbox:app", "Proposals, leads and tasks that wait (收件箱)."),
    "explain": ("explain:explain", "Tell why an amount changed, with every number (说明)."),
    "reconcile": ("reconcile:reconcile_list", "Compare a department's full list with what is held."),
    "bootstrap": ("bootstrap:app", "Go live: load registers and awards, take over (上线)."),
    "control": ("controlling:app", "Open a day, close a pay run, activate a policy book (控制事件)."),
    "status": ("status:status", "Show brokers, topics, workers, and what is open."),
    "alarms": ("alarms:alarms", "Show topics that are silent or far too full."),
    "bench": ("bench:bench", "Measure, on a Kafka of its own that ends with it."),
}
"""Each command, in the order of the help: where it is below here, module and function or application; and its line there."""


class CommandsByName(TyperGroup):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list in the help, for which nothing is imported and no line is cut."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, None if there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
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
    context_settings={"help_option_names": ["-h", "--help"]},
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
