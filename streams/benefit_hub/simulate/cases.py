"""Run cases: each file a story, told to the hub in memory, and what is expected of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct, structs

from benefit_hub.catalogue import Unfit, find_assets, load
from benefit_hub.catalogue.documents import Document
from benefit_hub.catalogue.packs import CLASH
from benefit_hub.policy.book import Book
from benefit_hub.settlement.telling import Language
from benefit_hub.simulate.case_compare import Difference
from benefit_hub.simulate.case_file import Case, read_case
from benefit_hub.simulate.case_names import check_people, check_programmes, check_region
from benefit_hub.simulate.case_policy import Override, Policies
from benefit_hub.simulate.run import Schedule, Simulation, in_turn
from benefit_hub.simulate.stage import Stage
from benefit_hub.simulate.story import Activate, Story, tell
from benefit_hub.task import Env
from benefit_hub.topology import hub_topology
from benefit_hub.values.errors import CatalogueError, ContractViolation, InvariantBroken
from benefit_hub.values.months import day_of_millis, month_of, month_text

CASE_KEY = b"a key for cases, of no use elsewhere"
"""Cases hold invented people only; their pseudonyms need to be equal, not secret."""


class CaseResult(Struct, frozen=True, kw_only=True):
    """A case that was run: what differs, of each how it came about (`because`), or why it could not be read (`unfit`).

    `later_from` is the first month that differs (`2027-04`) where nothing differs but months after the case's last day.
    `clashes` where it could not be run because its own values and new ones of the pack exclude each other.
    """

    file: str
    title: str = ""
    policy: str = ""
    assumed: bool = False
    differences: tuple[str, ...] = ()
    because: tuple[tuple[str, ...], ...] = ()
    unfit: tuple[str, ...] = ()
    later_from: str | None = None
    clashes: bool = False

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences and not self.unfit


class Cases:
    """Runs cases; reads the catalogue once. `copies` are changed packs, each in the place of the installed one of its name."""

    def __init__(self, copies: Sequence[Path] = ()) -> None:
        catalogue = load(allow_assumed=True)
        self.sources = catalogue.sources
        """The topics of departments, as they write to them."""
        # cases say facts: the words that a department has of its own, and how they are mapped, are no matter here
        self._sources = {name: structs.replace(each, rules=None) for name, each in catalogue.sources.items()}
        self._topology = hub_topology(self._sources, catalogue.quarantines)
        self.policies = Policies(find_assets(), copies)

    def run(self, path: Path, file: str | None = None, language: Language = "zh") -> CaseResult:
        """Run the case in a file; `file` is its name in messages, what differs is explained in this language."""
        return self.played(path, file, language)[0]

    def played(self, path: Path, file: str | None = None, language: Language = "zh") -> tuple[CaseResult, Stage | None]:
        """The same, with the stage as the story left it; None where the case could not be read."""
        name = file or path.as_posix()
        try:
            case, story, books = self._read(path, name)
        except Unfit as error:
            clashes = any(CLASH in each.message for each in error.findings)
            return CaseResult(file=name, unfit=tuple(map(str, error.findings)), clashes=clashes), None
        stage = self._stage(story, books, in_turn, language)
        try:
            found = [*stage.play(), *stage.compared(case.expect)]
        except (InvariantBroken, ContractViolation) as error:
            found = [Difference(f"the hub stopped: {error}")]
        assumed = any(pack.assumed for book in books for pack in book.packs)
        told = CaseResult(
            file=name,
            title=case.title,
            policy=case.policy,
            assumed=assumed,
            differences=tuple(each.text for each in found),
            because=tuple(each.because for each in found),
            later_from=later_from(found, story),
        )
        return told, stage

    def stage(self, path: Path, schedule: Schedule = in_turn) -> Stage:
        """The story of a case, ready to be played; raises Unfit where the case cannot be read."""
        _, story, books = self._read(path, path.as_posix())
        return self._stage(story, books, schedule)

    def _read(self, path: Path, name: str) -> tuple[Case, Story, list[Book]]:
        case, document = read_case(path, name)
        check_people(case, document)
        story = tell(case, document, self._sources)
        books = self._books(case, story, document)
        check_programmes(case, document, books)
        check_region(case, document, books)
        return case, story, books

    def _books(self, case: Case, story: Story, document: Document) -> list[Book]:
        """The first book of a case and that of each new policy, one upon the other."""
        overrides = [Override(("override",), case.override)]
        books = [self.policies.book(case.policy, overrides, document, case.left_open)]
        for moment in story.moments:
            if isinstance(moment.act, Activate):
                overrides.append(Override(moment.act.place, moment.act.values))
                books.append(self.policies.book(case.policy, overrides, document, case.left_open))
        return books

    def _stage(self, story: Story, books: Sequence[Book], schedule: Schedule, language: Language = "zh") -> Stage:
        digests = [book.digest() for book in books]
        env = Env(
            books=dict(zip(digests, books, strict=True)),
            first_book=digests[0],
            engine="cases",
            sources=self._sources,
            pseudonym_key=CASE_KEY,
        )
        simulation = Simulation(self._topology, env, schedule=schedule)
        return Stage(simulation, story, digests[1:], CASE_KEY, language)


def later_from(found: Sequence[Difference], story: Story) -> str | None:
    """The first month that differs, where all that differs are months after the last day (`until`) of the story."""
    last = month_text(month_of(day_of_millis(max(moment.at_ms for moment in story.moments))))
    months = [each.since for each in found if each.since is not None and each.since > last]
    return min(months) if months and len(months) == len(found) else None


def case_files(places: Iterable[Path]) -> list[Path]:
    """The cases at these places: files as they are, folders with all that is below them."""
    files: list[Path] = []
    for place in places:
        if not place.exists():
            raise CatalogueError(f"there is no {place}. Name a case file, or a folder of them.")
        files += sorted(place.rglob("*.yaml")) if place.is_dir() else [place]
    return files
