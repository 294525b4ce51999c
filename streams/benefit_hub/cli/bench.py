"""`hub bench`: how fast this machine does it, against what is promised and against other engines."""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs
from rich.table import Table

from benefit_hub.bench.figures import table
from benefit_hub.bench.picture import svg
from benefit_hub.bench.running import run
from benefit_hub.bench.sizes import JOBS, PEERS, QUICK, Sizes
from benefit_hub.cli.frame import Json, console, print_json
from benefit_hub.values.errors import HubError

WHOLE = Sizes()
NUMBERS = [f"{name}={value}" for name, value in WHOLE.told().items() if type(value) is int]


def bench(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Whether it runs at all: ours only, in sizes that say nothing.")
    ] = False,
    jobs: Annotated[str | None, typer.Option(help=f"Which jobs, separated by commas: {','.join(JOBS)}.")] = None,
    peers: Annotated[
        str | None, typer.Option(help=f"Against whom the peer job runs: {','.join(PEERS)}; empty for nobody.")
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=NUMBER", help=f"Another size, as often as wanted: {', '.join(NUMBERS)}."),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Leave there where the time of each processor went; half as fast."),
    ] = None,
    as_json: Json = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the JSON there, and a picture beside it.")
    ] = None,
) -> None:
    """Measure, on a Kafka of its own that ends with it. Other work on the machine shows in every figure."""
    given = {"jobs": _names(jobs, JOBS), "peers": _names(peers, PEERS), "profile": profile and profile.absolute()}
    chosen = {name: value for name, value in given.items() if value is not None}
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended, and folders go
    told = run(
        structs.replace(QUICK if quick else WHOLE, **chosen).with_numbers(size or ()),
        lambda line: print(f"{time.monotonic() - began:7.1f} s  {line}", file=sys.stderr, flush=True),
        own_kafka=not quick,
    )
    if out is not None:
        out.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        out.with_suffix(".svg").write_text(svg(told), "utf-8")
    if as_json:
        print_json(told)
        return
    shown = Table("figure", "bar", "min · median · max", "", box=None, pad_edge=False)
    for row in table(told):
        shown.add_row(*row)
    console().print(shown)
    if told["run"]["sizes"]["scaled"]:
        typer.echo("scaled down: these figures are not those for which the bars are meant")


def _names(text: str | None, known: tuple[str, ...]) -> tuple[str, ...] | None:
    """Names parted by commas; None where nothing was given. Raises HubError for one that is not known."""
    if text is None:
        return None
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if strange := sorted(set(found) - set(known)):
        raise HubError(f"there is no {', '.join(strange)} here; there are {', '.join(known)}")
    return found
