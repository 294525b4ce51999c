"""`hub preview`: what a changed policy would do, before anybody decides it; docs/preview.md tells the whole."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benefit_hub.catalogue import Catalogue, find_assets, load
from benefit_hub.catalogue.opening import ASSUMED_FOLDER
from benefit_hub.catalogue.pack_books import pack_paths
from benefit_hub.cli.frame import Json, console, given_to, print_json
from benefit_hub.cli.preview_csv import write_csv
from benefit_hub.cli.preview_picture import picture
from benefit_hub.cli.preview_shown import tables
from benefit_hub.entitlement.household import Household
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.whole_topic import whole
from benefit_hub.simulate.cases import CASE_KEY
from benefit_hub.simulate.hearing import AT_ONCE
from benefit_hub.simulate.population import BEGINS, Population, further, opening, prices
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_changes import changes, notes, when
from benefit_hub.simulate.preview_lines import Window
from benefit_hub.simulate.preview_told import Told, households, touched
from benefit_hub.simulate.proposed_law import ProposedLaw, Wish, first_turn, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.task import Env
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import Month, month, month_after

FACTS = "facts"
MOST_MONTHS = 60

Places = Annotated[
    list[Path] | None, typer.Argument(metavar="[PACK]...", help="Changed pack files, or folders of them.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="A value of a pack; PATH+=VALUE adds one to the end of a list."),
]


def preview(  # noqa: PLR0913  what an officer may want of it
    context: typer.Context,
    places: Places = None,
    *,
    settings: Settings = None,
    pack: Annotated[str | None, typer.Option(help="Whose value is set, where several packs have it.")] = None,
    left_open: Annotated[
        Path | None, typer.Option(metavar="PACK", help="A pack that says what others leave open.")
    ] = None,
    people: Annotated[int, typer.Option(min=1, metavar="N", help="How many people from the seed.")] = 5_000,
    seed: Annotated[str, typer.Option(help="What the people are made of.")] = "1",
    live: Annotated[
        bool, typer.Option("--live", help="The registers as their topics hold them today, instead of invented people.")
    ] = False,
    first: Annotated[str | None, typer.Option("--month", help="The month that is compared, 2027-04.")] = None,
    months: Annotated[int, typer.Option(min=1, max=MOST_MONTHS, help="For how many months costs are summed.")] = 12,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Every change, one a line.")] = None,
    svg_file: Annotated[Path | None, typer.Option("--svg", help="The costs as a picture.")] = None,
    as_json: Json = False,
) -> None:
    """Compare a changed policy with the one in force (预览): who gains, loses, enters or leaves, and the costs.

    People are invented, from a seed, or with --live those that the hub knows today. Nothing is sent, nothing is kept.
    """
    wish = Wish(places=places or (), settings=settings or (), pack=pack, left_open=left_open)
    month_given = month_of_text(first)
    for file in (csv_file, svg_file):
        if file is not None and not file.absolute().parent.is_dir():
            raise HubError(f"{file}: there is no such folder (没有这个文件夹)")
    if live:
        law, registers = heard(open_hub(given_to(context).settings), wish)
        whom, day = f"登记在册（截至 {registers.today or '—'}）", registers.today or BEGINS
    else:
        law = proposed(find_assets(), wish)
        registers = generated(law, load(allow_assumed=True), people, seed)
        whom, day = f"示例人口（虚构 {people} 人，种子 {seed}，不是实际数据）", BEGINS
    window = Window(month_given or first_turn(law) or month_after(day), months)
    looked = Preview(law.before, law.after, window, registers.bootstrap, registers.region_values)
    look(looked, registers.households(), len(registers.kept))
    show(looked, told_of(looked, law, whom), csv_file, svg_file, as_json=as_json)


def heard(hub: Hub, wish: Wish) -> tuple[ProposedLaw, Registers]:
    """The registers of a hub from its facts, read as anybody may who reads that topic, and the law in force with the wish."""
    registers = Registers(hub.env(), {}, ())
    partitions = hub.catalogue.topic(FACTS).partitions
    messages = (
        (message.partition() or 0, hub.codecs.decode(FACTS, message.value()))
        for message in whole(hub.settings, hub.bootstrap, FACTS)
    )
    with progress() as bars:
        task = bars.add_task("登记", total=None)
        for number in registers.hear(messages, partitions):
            bars.update(task, completed=number)
    return law_in_force(hub, registers.book or hub.env().first_book, wish), registers


def law_in_force(hub: Hub, book: str, wish: Wish) -> ProposedLaw:
    """The wish over the packs that make the book in force. Raises HubError where none here do."""
    assets, settings = hub.catalogue.assets, hub.settings
    installed = [
        path
        for path in pack_paths([assets.policies])
        if settings.story_time or path.relative_to(assets.policies).parts[0] != ASSUMED_FOLDER
    ]
    for paths in (installed, *([place] for place in settings.policies)):
        law = proposed(assets, wish, paths)
        if law.before.digest() == book:
            return law
    raise HubError(
        f"policy book {book} is in force, and no packs here make it: install the release that holds it, or name its folder "
        "under `policies` in the settings"
    )


def generated(law: ProposedLaw, catalogue: Catalogue, people: int, seed: str) -> Registers:
    """The households of a population that registered, applied and was decided on by the book before."""
    town = Population(seed, people, law.pack, BEGINS)
    if "dibao" not in law.pack.programmes:
        raise HubError(f"the population is made by a pack that has dibao, and {law.pack.name} has none")
    book = law.before if law.before.pack(law.pack.region) is not None else law.after
    env = Env(
        books={book.digest(): book},
        first_book=book.digest(),
        engine="preview",
        pseudonym_key=CASE_KEY,
    )
    registers = Registers(env, catalogue.sources, catalogue.quarantines)
    with progress() as bars:
        task = bars.add_task("登记", total=None)
        for number, one in enumerate(chain(opening(town), further(town)), 1):
            source = catalogue.sources[one.topic].source
            event_id = f"e{number}"
            key = one.record.get("record_id", event_id)  # a department with fields of its own calls it otherwise
            registers.simulation.publish(
                one.topic, one.record, key=key, event_id=event_id, source=source, at_ms=one.received_at
            )
            if number % AT_ONCE == 0:
                registers.simulation.run()
                bars.update(task, completed=number)
        registers.simulation.run()
    registers.region_values = prices(town)
    return registers


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


def told_of(looked: Preview, law: ProposedLaw, whom: str) -> Told:
    """What the figures are about, in words."""
    return Told(
        packs=tuple(f"{each.title}（{each.name}）" for each in law.after.packs if each.name in law.changed),
        changes=tuple((each.text, when(each, looked.window)) for each in changes(law)),
        notes=tuple(notes(looked, law)),
        whom=whom,
        books=(law.before.digest(), law.after.digest()),
        assumed=any(each.assumed for each in law.after.packs if each.name in law.changed),
    )


def show(looked: Preview, told: Told, csv_file: Path | None, svg_file: Path | None, *, as_json: bool) -> None:
    """The tables, the files, or all of it for a machine."""
    try:
        if csv_file is not None:
            write_csv(csv_file, looked)
        if svg_file is not None:
            svg_file.write_text(picture(looked, told), "utf-8")
    except OSError as trouble:
        raise HubError(
            f"{trouble.filename}: {trouble.strerror}. 文件写不进去：请先关闭打开它的程序，或换一个位置"
        ) from trouble
    if as_json:
        print_json(
            {
                "months": looked.month_texts(),
                "whom": told.whom,
                "packs": told.packs,
                "changes": [{"text": text, "when": since} for text, since in told.changes],
                "notes": told.notes,
                "books": dict(zip(("before", "after"), told.books, strict=True)),
                "households": {"looked_at": looked.households, **to_builtins(households(looked.lines))},
                "left_out": looked.left_out,
                "assumed": told.assumed,
                "sums": to_builtins(looked.totals()),
                "unchanged": to_builtins(looked.unchanged()),
                "touched": to_builtins(touched(looked.lines)),
                "lines": to_builtins(looked.lines),
            }
        )
        return
    for each in tables(looked, told):
        if isinstance(each, str):
            typer.echo(each)
        else:
            console().print(each)
    if told.assumed:
        typer.echo("\n政策包含假定规则，仅供演示。Some of this policy is assumed, for demonstration only.")


def month_of_text(text: str | None) -> Month | None:
    """A month that was typed. Raises HubError."""
    if text is None:
        return None
    try:
        return month(text)
    except ValueError as trouble:
        raise HubError(f"--month: {trouble}") from trouble
