"""`hub preview`: what a changed policy would do, before anybody decides it; docs/preview.md tells the whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benefit_hub.catalogue import Catalogue, find_assets, load
from benefit_hub.cli.frame import Json, console, print_json
from benefit_hub.cli.preview_shown import picture, tables, write_csv
from benefit_hub.entitlement.household import Household
from benefit_hub.simulate.cases import CASE_KEY
from benefit_hub.simulate.population import BEGINS, Population, opening
from benefit_hub.simulate.preview import Preview, Window
from benefit_hub.simulate.proposed_law import ProposedLaw, Wish, first_turn, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.task import Env
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import Month, month, month_after

AT_ONCE = 500
MOST_MONTHS = 60

Places = Annotated[
    list[Path] | None, typer.Argument(metavar="[PACK]...", help="Changed pack files, or folders of them.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="A value of a pack; PATH+=VALUE adds one to the end of a list."),
]


def preview(  # noqa: PLR0913  what an officer may want of it
    places: Places = None,
    *,
    settings: Settings = None,
    pack: Annotated[str | None, typer.Option(help="Whose value is set, where several packs have it.")] = None,
    left_open: Annotated[
        Path | None, typer.Option(metavar="PACK", help="A pack that says what others leave open.")
    ] = None,
    people: Annotated[int, typer.Option(min=1, metavar="N", help="How many people from the seed.")] = 5_000,
    seed: Annotated[str, typer.Option(help="What the people are made of.")] = "1",
    first: Annotated[str | None, typer.Option("--month", help="The month that is compared, 2027-04.")] = None,
    months: Annotated[int, typer.Option(min=1, max=MOST_MONTHS, help="For how many months costs are summed.")] = 12,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Every change, one a line.")] = None,
    svg_file: Annotated[Path | None, typer.Option("--svg", help="The costs as a picture.")] = None,
    as_json: Json = False,
) -> None:
    """Compare a changed policy with the installed one (预览): who gains, loses, enters or leaves, and the costs.

    People are invented, from a seed. Nothing is sent, nothing is kept.
    """
    wish = Wish(places=places or (), settings=settings or (), pack=pack, left_open=left_open)
    law = proposed(find_assets(), wish)
    window = Window(month_of_text(first) or first_turn(law) or month_after(BEGINS), months)
    looked = Preview(law.before, law.after, window)
    known = generated(law, load(allow_assumed=True), people, seed)
    look(looked, known, len(known))
    show(looked, law, f"{people} 人的模拟人口（种子 {seed}）", csv_file, svg_file, as_json=as_json)


def generated(law: ProposedLaw, catalogue: Catalogue, people: int, seed: str) -> list[Household]:
    """The households of a population that registered, applied and was decided on by the book before."""
    town = Population(seed, people, law.pack, BEGINS)
    if "dibao" not in law.pack.programmes:
        raise HubError(f"the population is made by a pack that has dibao, and {law.pack.name} has none")
    env = Env(
        books={law.before.digest(): law.before},
        first_book=law.before.digest(),
        engine="preview",
        pseudonym_key=CASE_KEY,
    )
    registers = Registers(env, catalogue.sources, catalogue.quarantines)
    with progress() as bars:
        task = bars.add_task("登记", total=None)
        for number, one in enumerate(opening(town), 1):
            source = catalogue.sources[one.topic].source
            key = one.record["record_id"]
            event_id = f"e{number}"
            registers.simulation.publish(
                one.topic, one.record, key=key, event_id=event_id, source=source, at_ms=one.received_at
            )
            if number % AT_ONCE == 0:
                registers.simulation.run()
                bars.update(task, completed=number)
        registers.simulation.run()
    return list(registers.households())


def look(looked: Preview, known: Iterable[Household], total: int) -> None:
    """Put every household to both books."""
    with progress() as bars:
        task = bars.add_task("核算", total=total)
        for each in known:
            looked.look(each)
            bars.advance(task)


def progress() -> Progress:
    """Bars on the terminal, beside the output."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def show(
    looked: Preview, law: ProposedLaw, whom: str, csv_file: Path | None, svg_file: Path | None, *, as_json: bool
) -> None:
    """The tables, the files, or all of it for a machine."""
    if csv_file is not None:
        write_csv(csv_file, looked)
    if svg_file is not None:
        svg_file.write_text(picture(looked), "utf-8")
    if as_json:
        print_json(
            {
                "months": looked.month_texts(),
                "packs": law.changed,
                "books": {"before": law.before.digest(), "after": law.after.digest()},
                "households": looked.households,
                "left_out": looked.left_out,
                "assumed": assumed(law),
                "sums": to_builtins(looked.totals()),
                "lines": to_builtins(looked.lines),
            }
        )
        return
    for each in tables(looked, f"{'、'.join(law.changed)}：{whom}"):
        console().print(each)
    if assumed(law):
        typer.echo("政策包含假定规则，仅供演示。Some of this policy is assumed, for demonstration only.")


def assumed(law: ProposedLaw) -> bool:
    """Whether a changed pack is assumed law."""
    return any(each.assumed for each in law.after.packs if each.name in law.changed)


def month_of_text(text: str | None) -> Month | None:
    """A month that was typed. Raises HubError."""
    if text is None:
        return None
    try:
        return month(text)
    except ValueError as trouble:
        raise HubError(f"--month: {trouble}") from trouble
