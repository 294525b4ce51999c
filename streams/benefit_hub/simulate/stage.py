"""A story on its way through the hub in memory: moment by moment, decisions made of what the hub proposed."""

from collections.abc import Sequence

from msgspec import structs

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Proposal
from benefit_hub.settlement.telling import Language
from benefit_hub.simulate.case_compare import Difference, differences
from benefit_hub.simulate.case_file import Decides, Revokes
from benefit_hub.simulate.case_reasons import calendar_ends
from benefit_hub.simulate.case_seen import Viewer, state_of
from benefit_hub.simulate.deciding import TOPIC as DECISIONS
from benefit_hub.simulate.deciding import decision, everything_reported
from benefit_hub.simulate.expected import Expected
from benefit_hub.simulate.run import Simulation
from benefit_hub.simulate.story import (
    Activate,
    Check,
    CloseBootstrap,
    ClosePayRun,
    Decide,
    EndOpening,
    Moment,
    OpenBootstrap,
    OpenDay,
    Publish,
    Say,
    Story,
    TakeBack,
)
from benefit_hub.simulate.story_records import Revision
from benefit_hub.values.months import day_of_millis, month_of, month_text


class Stage:
    """One story on its way through the hub in memory; `books` are the hashes of its new policies, in their order.

    What differs is explained in `language`.
    """

    def __init__(
        self, simulation: Simulation, story: Story, books: Sequence[str], key: bytes, language: Language = "zh"
    ) -> None:
        self.simulation = simulation
        self.story = story
        self._books = iter(books)
        self._language: Language = language
        self._sentences: dict[str, str] = {}
        self.published: list[Revision] = []
        self._decided = 0
        goes_live = any(isinstance(moment.act, CloseBootstrap) for moment in story.moments)
        self.viewer = Viewer(simulation, story.cast.labels(key), self._sentences, goes_live=goes_live)

    def play(self) -> list[Difference]:
        """Let everything happen, one thing after the other; what differs from what was expected on the way."""
        found: list[Difference] = []
        for moment in self.story.moments:
            found += self.act(moment)
            self.simulation.run()
        return found

    def act(self, moment: Moment) -> list[Difference]:
        """Put on the topics what a moment brings; what differs from what was expected by now, or cannot be decided."""
        match moment.act:
            case Say(revisions):
                for revision in revisions:
                    self._publish(structs.replace(revision, at_ms=moment.at_ms))
            case OpenDay() | ClosePayRun() | Publish() | OpenBootstrap() | CloseBootstrap() | Activate() as happening:
                self.simulation.control(self._control(happening), moment.at_ms)
            case Decide(sentence, covers):
                return self._decide(moment, sentence, covers)
            case TakeBack(sentence):
                return self._take_back(moment, sentence)
            case Check(expected):
                day = day_of_millis(moment.at_ms)
                found = self.compared(expected)
                return [structs.replace(each, text=f"by {day}: {each.text}") for each in found]
            case EndOpening():
                self.viewer.begin()
        return []

    def compared(self, expected: Expected) -> list[Difference]:
        """What is otherwise now than expected, each with how it came about."""
        found = differences(expected, self.viewer.seen())
        if not any(each.of for each in found):
            return found
        reasons = self.viewer.reasons({each.name: each.label for each in self.published})
        last = day_of_millis(max(moment.at_ms for moment in self.story.moments))

        def because(each: Difference) -> tuple[str, ...]:
            ahead = each.since is None and bool(each.months) and each.months[0] > month_text(month_of(last))
            lines = reasons.lines(each.of, each.months, self._language, paid=each.paid)
            return tuple(lines or ([calendar_ends(last, self._language)] if ahead else ()))

        return [structs.replace(each, because=because(each)) if each.of else each for each in found]

    def _control(
        self, act: OpenDay | ClosePayRun | Publish | OpenBootstrap | CloseBootstrap | Activate
    ) -> ControlEvent:
        """What happens to all, as a control event."""
        match act:
            case OpenDay(day):
                return ControlEvent(type="DAY_OPENED", day=day.isoformat())
            case ClosePayRun(month):
                return ControlEvent(type="PAY_RUN_CLOSED", month=month)
            case Publish(said):
                return ControlEvent(
                    type="REGION_VALUE", region=said.region, measure=said.measure, month=said.month, value=said.percent
                )
            case OpenBootstrap():
                return ControlEvent(type="BOOTSTRAP_OPENED")
            case CloseBootstrap(month):
                return ControlEvent(type="BOOTSTRAP_CLOSED", month=month)
            case Activate():
                return ControlEvent(type="POLICY_ACTIVATED", book=next(self._books))

    def _publish(self, revision: Revision) -> None:
        """A department publishes; what is told of the event is told of the sentence behind it."""
        self._sentences.setdefault(revision.event_id, revision.label)
        self.published.append(revision)
        self.simulation.publish(
            revision.topic,
            dict(revision.body),
            key=revision.name.record,
            event_id=revision.event_id,
            source=revision.name.source,
            at_ms=revision.at_ms,
        )

    def _decide(self, moment: Moment, sentence: Decides, covers: Sequence[Revision]) -> list[Difference]:
        """Civil affairs decides what the sentence names, or the proposal that is open, or all that was reported."""
        day = day_of_millis(moment.at_ms)
        whose, _, programme = (sentence.proposal or sentence.whose or "").partition(" ")
        proposal = self._open_proposal(whose, programme)
        if sentence.proposal is not None:
            if proposal is None:
                ran = self.viewer.ran_by_itself(f"{whose} {programme}")
                told = "" if ran is None else f": it was adjusted by itself on {ran}（已于 {ran} 自动执行，不须决定）"
                return [Difference(f"on {day} there is no open proposal of {whose} {programme} to decide{told}")]
            covers = [each for each in self.published if each.name in proposal.covers]
        elif not sentence.names:
            covers = everything_reported(self.published, whose, programme, self.story.cast)
        self._decided += 1
        record = f"decision-{self._decided}"
        self._publish(decision(sentence, moment.at_ms, day, record, covers, self.story.cast, proposal))
        return []

    def _take_back(self, moment: Moment, sentence: Revokes) -> list[Difference]:
        """The decision of that name, with a revision that takes it back."""
        made = next((each for each in reversed(self.published) if each.label == sentence.revoke), None)
        if made is None or made.topic != DECISIONS:
            return [Difference(f"on {day_of_millis(moment.at_ms)} no decision is called {sentence.revoke}")]
        revision = made.name.revision + 1
        heard = {} if sentence.heard is None else {"heard_on": sentence.heard.isoformat()}
        body = {**made.body, **heard, "revision": revision, "retracted": True, "recorded_at": moment.at_ms}
        name, event_id = structs.replace(made.name, revision=revision), f"{made.event_id}-{revision}"
        self._publish(structs.replace(made, name=name, event_id=event_id, body=body, at_ms=moment.at_ms))
        return []

    def _open_proposal(self, whose: str, programme: str) -> Proposal | None:
        """The proposal that stands open for somebody's benefit."""
        for item in self.simulation.standing("proposals").values():
            each: Proposal = item
            if (self.viewer.label(each.beneficiary), each.programme) == (whose, programme) and state_of(each) == "open":
                return each
        return None
