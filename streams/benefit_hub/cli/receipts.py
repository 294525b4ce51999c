"""`hub receipts`: what became of a department's records, batch by batch, for the department's developer."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.cli.receipt_words import TOLD_AT_MOST, receipt_lines
from benefit_hub.cli.words import WORDS
from benefit_hub.messages.public import Receipt, ReceiptStatus
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.tallies import Tally
from benefit_hub.runtime.view import View
from benefit_hub.values.errors import CatalogueError, HubError

NOT_COUNTED: tuple[ReceiptStatus, ...] = ("REFUSED", "CONFLICT", "TOO_LATE")


def receipts(
    context: typer.Context,
    *,
    source: Annotated[str, typer.Option(help="The department's system: human-resources.")],
    batch: Annotated[str | None, typer.Option(help="One batch; all where it is left out.")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Leave out what was only repeated.")] = False,
    most: Annotated[int, typer.Option(min=1, help="How many of the latest receipts to tell.")] = TOLD_AT_MOST,
    as_json: Json = False,
) -> None:
    """Show what became of a department's records (接收回执); of those accepted only the number.

    Exit codes: 0; 2 where --batch is not complete, or something of it does not count; 1 an error.
    """
    hub = open_hub(given_to(context).settings)
    known_source(hub, source)
    view = View(hub.folder.view_file)
    tallies = view.tallies(source, batch)
    if batch is not None and not tallies:
        raise HubError(f"nothing of batch {batch} of {source} was answered yet: is a worker running (`hub status`)?")
    told = view.receipts(source, NOT_COUNTED if refused else ())
    told = [each for each in told if batch is None or each.batch == batch]
    if as_json:
        print_json({"batches": [_document(each) for each in tallies], "receipts": to_builtins(told)})
    else:
        for line in _told(tallies, told, most):
            typer.echo(line)
    if batch is not None and not all(map(_good, tallies)):
        raise typer.Exit(2)


def known_source(hub: Hub, source: str) -> None:
    """Raise CatalogueError where no topic comes from this source."""
    sources = {each.source for each in hub.catalogue.sources.values()}
    if source not in sources:
        raise CatalogueError(f"no topic comes from {source}; {hub.catalogue.assets.instead(source, sources)}")


def _good(tally: Tally) -> bool:
    return tally.complete is not False and not (tally.refused or tally.conflict or tally.too_late)


def _document(tally: Tally) -> dict[str, object]:
    return {**to_builtins(tally), "complete": tally.complete}


def _told(tallies: Iterable[Tally], told: list[Receipt], most: int) -> Iterator[str]:
    for tally in tallies:
        yield _tally_line(tally)
    if not told:
        yield "nothing was refused or repeated 没有被拒绝或重复的记录"
    yield from receipt_lines(told[-most:], most)
    if len(told) > most:
        yield f"  {len(told) - most} earlier ones are left out: --most, or --json for all of them"


def _tally_line(tally: Tally) -> str:
    """A batch in a line."""
    name = f"batch 批次 {tally.batch}" if tally.batch is not None else "in no batch 未分批"
    size = f"{tally.answered} of {tally.size} answered 已答复" if tally.size is not None else "size unknown 总数未知"
    whole = "" if tally.complete is None else "  complete 已齐" if tally.complete else "  not complete 未齐"
    counts = {
        "ACCEPTED": tally.accepted,
        "REFUSED": tally.refused,
        "REPEATED": tally.repeated,
        "CONFLICT": tally.conflict,
        "TOO_LATE": tally.too_late,
    }
    numbers = "  ".join(f"{WORDS[status]} {status.lower()} {count}" for status, count in counts.items() if count)
    return f"{name}: {size}{whole}  {numbers}"
