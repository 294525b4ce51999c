"""Run cases: each file a story, told to the hub in memory, and what is expected of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from benefit_hub.catalogue import Unfit, find_assets, load
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Proposal
from benefit_hub.policy.book import Book
from benefit_hub.simulate.case_compare import differences
from benefit_hub.simulate.case_file import Decides, read_case
from benefit_hub.simulate.case_policy import Policies
from benefit_hub.simulate.case_seen import Viewer, state_of
from benefit_hub.simulate.deciding import decision, everything_reported
from benefit_hub.simulate.run import Schedule, Simulation, in_turn
from benefit_hub.simulate.story import (
    Activate,
    Check,
    ClosePayRun,
    Decide,
    EndOpening,
    Moment,
    OpenDay,
    Say,
    Story,
    tell,
)
from benefit_hub.simulate.story_records import Revision
from benefit_hub.task import Env
from benefit_hub.topology import Topology, hub_topology
from benefit_hub.values.months import day_of_millis

CASE_KEY = b"a key for cases, of no use elsewhere"
"""Cases hold invented people only; their pseudonyms need to be equal, not secret."""


class CaseResult(Struct, frozen=True, kw_only=True):
    """A case that was run: what differs, or why it could not be read (`unfit`)."""

    file: str
    title: str
    policy: str
    assumed: bool
    differences: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.differences and not self.unfit


class Cases:
    """Runs cases; reads the catalogue once."""

    def __init__(self, schedule: Schedule = in_turn) -> None:
        catalogue = load(allow_assumed=True)
        self._sources = catalogue.sources
        self._topology = hub_topology(catalogue.sources, catalogue.quarantines)
        self._policies = Policies(find_assets())
        self._schedule = schedule

    def run(self, path: Path, file: str | None = None) -> CaseResult:
        """Run the case in a file; `file` is its name in messages."""
        name = file or path.as_posix()
        try:
            case, document = read_case(path, name)
            story = tell(case, document, self._sources)
            overrides: list[Any] = [case.override]
            books = [self._policies.book(case.policy, overrides, document)]
            for moment in story.moments:
                if isinstance(moment.act, Activate):
                    overrides = [*overrides, moment.act.values]
                    books.append(self._policies.book(case.policy, overrides, document))
        except Unfit as error:
            return CaseResult(file=name, title="", policy="", assumed=False, unfit=tuple(map(str, error.findings)))
        stage = Stage(self._topology, self._env(books), story, books, self._schedule)
        found = stage.play()
        found += differences(case.expect, stage.viewer.seen())
        assumed = any(pack.assumed for book in books for pack in book.packs)
        return CaseResult(file=name, title=case.title, policy=case.policy, assumed=assumed, differences=tuple(found))

    def _env(self, books: Sequence[Book]) -> Env:
        return Env(
            books={book.digest(): book for book in books},
            first_book=books[0].digest(),
            engine="cases",
            sources=self._sources,
            pseudonym_key=CASE_KEY,
        )


class Stage:
    """One story on its way through the hub in memory."""

    def __init__(
        self, topology: Topology, env: Env, story: Story, books: Sequence[Book], schedule: Schedule = in_turn
    ) -> None:
        self.simulation = Simulation(topology, env, schedule=schedule)
        self._story = story
        self._labels = story.cast.labels(CASE_KEY)
        self._sentences: dict[str, str] = {}
        self._published: list[Revision] = []
        self._env = env
        self._books = [book.digest() for book in books]
        self._activated = 0
        self._decided = 0
        self.viewer = Viewer(self.simulation, self._labels, self._sentences)

    def play(self) -> list[str]:
        """Let everything happen, one thing after the other; what differs from what was expected on the way."""
        found: list[str] = []
        for moment in self._story.moments:
            found += self._act(moment)
            self.simulation.run()
        return found

    def _act(self, moment: Moment) -> list[str]:
        """One moment."""
        match moment.act:
            case Say(revisions):
                for revision in revisions:
                    self._publish(structs.replace(revision, at_ms=moment.at_ms))
            case OpenDay(day):
                self._control(moment, ControlEvent(type="DAY_OPENED", day=day.isoformat()))
            case ClosePayRun(month):
                self._control(moment, ControlEvent(type="PAY_RUN_CLOSED", month=month))
            case Activate():
                self._activated += 1
                self._control(moment, ControlEvent(type="POLICY_ACTIVATED", book=self._books[self._activated]))
            case Decide(sentence, covers):
                return self._decide(moment, sentence, covers)
            case Check(expected):
                day = day_of_millis(moment.at_ms)
                return [f"by {day}: {told}" for told in differences(expected, self.viewer.seen())]
            case EndOpening():
                self.viewer.begin()
        return []

    def _control(self, moment: Moment, event: ControlEvent) -> None:
        self.simulation.control(event, moment.at_ms)

    def _publish(self, revision: Revision) -> None:
        """A department publishes; what is told of the event is told of the sentence behind it."""
        self._sentences.setdefault(revision.event_id, revision.label)
        self._published.append(revision)
        self.simulation.publish(
            revision.topic,
            dict(revision.body),
            key=revision.name.record,
            event_id=revision.event_id,
            source=revision.name.source,
            at_ms=revision.at_ms,
        )

    def _decide(self, moment: Moment, sentence: Decides, covers: Sequence[Revision]) -> list[str]:
        """Civil affairs decides what the sentence names, or the proposal that is open, or all that was reported."""
        day = day_of_millis(moment.at_ms)
        whose, _, programme = (sentence.proposal or sentence.whose or "").partition(" ")
        proposal = self._open_proposal(whose, programme)
        if sentence.proposal is not None:
            if proposal is None:
                return [f"on {day} there is no open proposal of {whose} {programme} to decide"]
            covers = [each for each in self._published if each.name in proposal.covers]
        elif not sentence.names:
            covers = everything_reported(self._published, whose, programme, self._story.cast)
        self._decided += 1
        record = f"decision-{self._decided}"
        self._publish(decision(sentence, moment.at_ms, day, record, covers, self._story.cast, proposal))
        return []

    def _open_proposal(self, whose: str, programme: str) -> Proposal | None:
        """The proposal that stands open for somebody's benefit."""
        for item in self.simulation.standing("proposals").values():
            each: Proposal = item
            if (self.viewer.label(each.beneficiary), each.programme) == (whose, programme) and state_of(each) == "open":
                return each
        return None


def case_files(places: Iterable[Path]) -> list[Path]:
    """The cases at these places: files as they are, folders with all that is below them."""
    return [path for place in places for path in (sorted(place.rglob("*.yaml")) if place.is_dir() else [place])]
