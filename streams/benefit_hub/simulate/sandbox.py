"""A department's records tried out among prepared people: what they would cause, with nothing sent and nothing kept.

The world is a case, played to its end. Then the records come, each on the day of the world's end or on that on which it was
recorded, whichever is later.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from benefit_hub.intake.mapping import translation
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Adjustment, Lead, Proposal, Receipt, TaskItem
from benefit_hub.simulate.cases import Cases
from benefit_hub.simulate.cast import Person
from benefit_hub.simulate.stage import Stage
from benefit_hub.task import SourceTopic
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import LAST_MILLIS, day_of_millis
from benefit_hub.values.refusal import Refusal


class Change(Struct, frozen=True):
    """An adjustment, and why it was made, in the words of its explanation."""

    adjustment: Adjustment
    why: str


class Caused(Struct, frozen=True, kw_only=True):
    """What the records caused: items as they stand at the end, and how many people the world had not known."""

    receipts: tuple[Receipt, ...]
    changes: tuple[Change, ...]
    proposals: tuple[Proposal, ...]
    leads: tuple[Lead, ...]
    tasks: tuple[TaskItem, ...]
    strangers: int

    @property
    def nothing(self) -> bool:
        """Whether no amount changed, and nobody has anything to do."""
        return not (self.changes or self.proposals or self.leads or self.tasks)


class Sandbox:
    """A world in memory. Raises HubError where it does not come out as its case says, Unfit where it cannot be read."""

    def __init__(self, world: Path) -> None:
        cases = Cases()
        self._stage: Stage = cases.stage(world)
        wrong = self._stage.play()
        if wrong:
            raise HubError(f"{world} is no world to try anything in: {wrong[0].text}; see `hub cases {world}`")
        self._simulation = self._stage.simulation
        self._simulation.read_as(cases.sources)
        self._now_ms = max(moment.at_ms for moment in self._stage.story.moments)
        self._said = {topic: len(outs) for topic, outs in self._simulation.outputs.items()}
        self._known = set(self._simulation.standing("register.persons"))

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody in the world, by label."""
        return self._stage.story.cast.people

    @property
    def households(self) -> Mapping[str, tuple[str, ...]]:
        """The people of each household, the head first."""
        return self._stage.story.cast.households

    def label(self, subject: str) -> str:
        """Whom a subject or household of the hub means."""
        return self._stage.viewer.label(subject)

    def receive(self, topic: SourceTopic, body: Mapping[str, Any], *, key: str, event_id: str) -> None:
        """A record comes, as intake reads it; everything that follows is done."""
        said = translation(topic).record(body)
        recorded = None if isinstance(said, Refusal) else said.get("recorded_at")
        if isinstance(recorded, int) and 0 <= recorded <= LAST_MILLIS:
            self._come_to(max(self._now_ms, recorded))
        self._simulation.publish(
            topic.topic, dict(body), key=key, event_id=event_id, source=topic.source, at_ms=self._now_ms
        )
        self._simulation.run()

    def caused(self) -> Caused:
        """What came of all that was received."""
        why = {each.explanation_id: each.text_zh for each in self._since("benefits.explanations")}
        changes = (each for each in self._since("benefits.adjustments") if each.kind != "PAY_RUN_MARKER")
        return Caused(
            receipts=tuple(self._since("receipts")),
            changes=tuple(Change(each, why.get(each.explanation_id, "")) for each in changes),
            proposals=tuple(self._standing("proposals")),
            leads=tuple(self._standing("leads")),
            tasks=tuple(self._standing("tasks")),
            strangers=len(set(self._simulation.standing("register.persons")) - self._known),
        )

    def _come_to(self, at_ms: int) -> None:
        """The calendar comes to the day on which something is received."""
        day = day_of_millis(at_ms)
        if day > day_of_millis(self._now_ms):
            self._simulation.control(ControlEvent(type="DAY_OPENED", day=day.isoformat()), at_ms)
        self._now_ms = at_ms

    def _since(self, topic: str) -> list[Any]:
        return self._simulation.said(topic)[self._said.get(topic, 0) :]

    def _standing(self, topic: str) -> list[Any]:
        """The items that were spoken of since, each as it was said last, and that stand."""
        outs = self._simulation.outputs.get(topic, [])[self._said.get(topic, 0) :]
        last = {str(out.key): out.value for out in outs}
        return [each for each in last.values() if each.state in ("OPEN", "CHANGED")]
