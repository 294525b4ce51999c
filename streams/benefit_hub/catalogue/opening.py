"""Opens the data files: reads everything, checks everything against everything."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benefit_hub.catalogue.assets import Assets, find_assets
from benefit_hub.catalogue.coverage import coverage_misfits
from benefit_hub.catalogue.crossings import misfits
from benefit_hub.catalogue.deadlines import read_working_days
from benefit_hub.catalogue.examples import examples_that_differ
from benefit_hub.catalogue.findings import Finding, Unfit, errors
from benefit_hub.catalogue.mapping_files import read_mappings
from benefit_hub.catalogue.mappings import resolved
from benefit_hub.catalogue.pack_books import book_of, pack_paths
from benefit_hub.catalogue.pack_layers import Layer, families_of
from benefit_hub.catalogue.pack_lint import lint
from benefit_hub.catalogue.pack_resolving import above, packs_of, read_layers
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.catalogue.schemas import LOCK, Schema, SchemaFile, locked_schemas, read_lock, read_schemas
from benefit_hub.catalogue.topics import Topic, read_topics
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.policy.book import Book
from benefit_hub.policy.deadlines import WorkingDays
from benefit_hub.task import SourceTopic
from benefit_hub.task.mapping import TopicMapping
from benefit_hub.values.errors import CatalogueError

ASSUMED_FOLDER = "demo"


def check(assets: Assets | None = None, policies: Sequence[Path] = ()) -> list[Finding]:
    """All that does not fit, packs that are assumed and further `policies` included; where all does, examples that come to
    something else."""
    places = assets or find_assets()
    catalogue, findings = _read(places, policies, allow_assumed=True)
    if errors(findings):
        return findings
    return [*findings, *coverage_misfits(places), *examples_that_differ(catalogue)]


def load(*, policies: Sequence[Path] = (), allow_assumed: bool = False, assets: Assets | None = None) -> Catalogue:
    """Read everything; raises CatalogueError with all that does not fit.

    There is a book of the installed packs, where there are any, and one more for each place in `policies` (a pack file or
    a folder of them). Packs that are assumed, not law, are left out unless `allow_assumed`.
    """
    catalogue, findings = _read(assets or find_assets(), policies, allow_assumed=allow_assumed)
    if errors(findings):
        raise Unfit(errors(findings))
    return catalogue


def load_book(*places: Path, allow_assumed: bool = False) -> Book:
    """The policy book of these pack files and folders; raises CatalogueError with all that does not fit.

    They may rest on installed packs.
    """
    layers, findings = read_layers(pack_paths(places), None)
    if not layers and not findings:
        raise CatalogueError(f"no policy pack at {', '.join(map(str, places))}. Name a pack file, or a folder of them.")
    files, unfit = _resolved(layers, None, unread=findings)
    book, unbound = book_of(files, read_working_days(find_assets()), allow_assumed=allow_assumed)
    if errors([*findings, *unfit, *unbound]):
        raise Unfit(errors([*findings, *unfit, *unbound]))
    return book


def _read(assets: Assets, policies: Sequence[Path], *, allow_assumed: bool) -> tuple[Catalogue, list[Finding]]:
    """Everything as far as it can be read, and what is wrong: with files, and where they can be read, between them."""
    files, unread = read_schemas(assets)
    topics, unfit = read_topics(assets)
    schemas, unlocked = _locked(assets, files)
    books, unfit_packs = _books(assets, policies, allow_assumed=allow_assumed)
    written, unwritten = read_mappings(assets)
    mappings, unmapped = resolved(written, topics, files)
    sources = _sources(topics, mappings)
    catalogue = Catalogue(assets=assets, topics=topics, schemas=schemas, sources=sources, books=books)
    wrong = [*unwritten, *unmapped]
    unusable = frozenset(Path(finding.file).stem for finding in wrong)
    between = [] if unread or unfit else [*wrong, *misfits(catalogue, files, unusable)]
    return catalogue, [*unread, *unfit, *unlocked, *unfit_packs, *between]


def _locked(assets: Assets, files: list[SchemaFile]) -> tuple[dict[int, Schema], list[Finding]]:
    try:
        lock = read_lock(assets)
    except Unfit as error:
        return {}, list(error.findings)
    return locked_schemas(files, lock, assets.shown(assets.schemas / LOCK))


def _sources(topics: Mapping[str, Topic], mappings: Mapping[str, TopicMapping]) -> dict[str, SourceTopic]:
    return {
        name: SourceTopic(
            topic=name,
            kind=topic.origin.kind,
            source=topic.origin.source,
            department=topic.owner,
            mapping=topic.origin.mapping,
            rules=mappings.get(name),
        )
        for name, topic in topics.items()
        if topic.origin is not None
    }


def _books(assets: Assets, policies: Sequence[Path], *, allow_assumed: bool) -> tuple[dict[str, Book], list[Finding]]:
    installed = [
        path
        for path in pack_paths([assets.policies])
        if allow_assumed or path.relative_to(assets.policies).parts[0] != ASSUMED_FOLDER
    ]
    books: dict[str, Book] = {}
    findings: list[Finding] = []
    working_days = WorkingDays()
    try:
        working_days = read_working_days(assets)
    except Unfit as error:
        findings += error.findings
    for paths in [installed, *(pack_paths([place]) for place in policies)]:
        layers, unread = read_layers(paths, assets)
        files, unresolved = _resolved(layers, assets, installed=paths is installed, unread=unread)
        book, unfit = book_of(files, working_days, allow_assumed=allow_assumed)
        misplaced = _misplaced(layers) if paths is installed else ()
        findings += [*unread, *unresolved, *misplaced, *unfit]
        if files:
            books[book.digest()] = book
    return books, findings


def _resolved(
    layers: Sequence[Layer], assets: Assets | None, *, installed: bool = False, unread: Sequence[Finding] = ()
) -> tuple[list[PackFile], list[Finding]]:
    """The packs of these layers by which somebody can be paid. Those that leave something open are not among them; where
    there are no others, and the packs are not those that are installed, that is said. Beside a file that is `unread` nothing
    is said of the rest: it may come of that file only."""
    greater = {} if installed else above(layers, assets or find_assets())
    files, findings = packs_of(layers, greater)
    if not findings:
        findings = list(lint(files, families_of(layers)[0], greater))
    whole = [file for file in files if not file.missing]
    if not whole and not installed and not errors(findings):
        action = "Write a pack that extends it and says the rest."
        findings = [
            file.document.finding(
                ("left_open",), f"nobody can be paid by it: {', '.join(file.missing)} left open", action
            )
            for file in files
        ]
    return whole, [] if unread else findings


def _misplaced(layers: Sequence[Layer]) -> Iterator[Finding]:
    """Assumed packs lie in their folder, and no others do: so nobody installs them by mistake."""
    for layer in layers:
        if layer.assumed != (Path(layer.document.file).parts[1] == ASSUMED_FOLDER):
            told = "assumed packs lie in policies/demo/, and only they"
            yield layer.document.finding(("assumed",), told, "Move the file, or correct assumed.")
