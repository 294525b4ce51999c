"""What every command is given, and how it speaks where a machine may read."""

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

if TYPE_CHECKING:
    from benefit_hub.runtime.settings import Settings

WIDTH_PIPED = 160

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@dataclass(frozen=True)
class Given:
    """The settings file that was named, and the settings in it."""

    settings_file: Path | None

    @cached_property
    def settings(self) -> "Settings":
        """The settings, imported for who asks: more than half of the time of a help. Raises CatalogueError for what is wrong."""
        found: Settings = import_module("benefit_hub.runtime.settings").load_settings(self.settings_file)
        return found


def given_to(context: typer.Context) -> Given:
    """What this command was given."""
    found: Given = context.obj
    return found


def console() -> Console:
    """Where tables are printed: as wide as the screen, or wide enough for whoever reads a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_PIPED)


def plain_table(*headings: str) -> Table:
    """A plain table. Chinese has no blanks, so what is too long for its column is folded, not cut."""
    return Table(*(Column(heading, overflow="fold") for heading in headings), box=None, pad_edge=False)


def counted(number: int, thing: str) -> str:
    """`1 record`, `2 records`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_json(value: Any) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
