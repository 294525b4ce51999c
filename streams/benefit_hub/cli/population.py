"""`hub population`: people from a seed as files, for whoever wants to load a hub with them.

    FOLDER/opening/<topic>.jsonl    {"received_at": 1772337600000, "record": {…}} per line, days ascending in each file
    FOLDER/changes.jsonl            the same with "mix" and "topic", in the order in which the changes come

`received_at` is in milliseconds since 1970; `record` has the fields of the topic's schema. The same seed gives the same bytes.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Annotated

import msgspec
import typer

from benefit_hub.catalogue import load
from benefit_hub.simulate.population import BEGINS, Population, Saying, changes, opening, snapshot
from benefit_hub.values.errors import CatalogueError, HubError

Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go; a folder that is new or empty.")]


def population(
    *,
    out: Out,
    people: Annotated[int, typer.Option(min=1, metavar="N", help="How many.")] = 5_000,
    changes_after: Annotated[int, typer.Option("--changes", min=0, metavar="M", help="Changes after the opening.")] = 0,
    seed: Annotated[str, typer.Option(help="What all of it is made of.")] = "1",
    begins: Annotated[str, typer.Option(metavar="DAY", help="The first day of the changes.")] = BEGINS.isoformat(),
    as_snapshot: Annotated[
        bool, typer.Option("--snapshot", help="What is paid on the day before, instead of applications and decisions.")
    ] = False,
) -> None:
    """Write a population as JSON lines, by the demonstration pack: invented people, whose numbers are nobody's."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise HubError(f"{out} is not an empty folder: name one that is, or a new one")
    catalogue = load(allow_assumed=True)
    packs = [pack for book in catalogue.books.values() for pack in book.packs if pack.assumed]
    if not packs:
        raise CatalogueError("there is no assumed pack here whose places and standards could be taken")
    town = Population(seed, people, packs[0], day_of(begins))
    (out / "opening").mkdir(parents=True)
    told = write_topics(out / "opening", snapshot(town) if as_snapshot else opening(town))
    with (out / "changes.jsonl").open("wb") as file:
        for change in islice(changes(town, catalogue.sources), changes_after):
            file.write(msgspec.json.encode(change._asdict()) + b"\n")
    typer.echo(f"{town.count} households, {told} records and {changes_after} changes in {out}")


def write_topics(folder: Path, said: Iterable[Saying]) -> int:
    """A file per topic; how many records there were."""
    files: dict[str, IO[bytes]] = {}
    number = 0
    with ExitStack() as closing:
        for number, one in enumerate(said, 1):  # noqa: B007  the last is how many there were
            if one.topic not in files:
                files[one.topic] = closing.enter_context((folder / f"{one.topic}.jsonl").open("wb"))
            line = {"received_at": one.received_at, "record": one.record}
            files[one.topic].write(msgspec.json.encode(line) + b"\n")
    return number


def day_of(text: str) -> date:
    """A day that was typed. Raises HubError."""
    try:
        return date.fromisoformat(text)
    except ValueError as trouble:
        raise HubError(f"--begins takes a day like 2026-05-01, not {text}") from trouble
