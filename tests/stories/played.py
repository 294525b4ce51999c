"""The demo's story, played through the topology in memory, as the demo plays it through a Kafka."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from benefit_hub.catalogue import find_assets
from benefit_hub.cli.demo_expected import Payer
from benefit_hub.cli.demo_story import Chapter, Publication, Step, Story, load_story, story_file
from benefit_hub.cli.inbox_decision import DECISIONS, Ruling, decision_record
from benefit_hub.messages.public import Adjustment, Explanation, Lead, Proposal, Receipt
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.simulate.run import Schedule, Simulation, in_turn
from benefit_hub.task import Env
from benefit_hub.topology import hub_topology
from benefit_hub.values.months import millis_of_day
from tests.checkout import catalogue

KEY = b"the key of this test, 32 bytes.."
CATALOGUE = catalogue()
CODECS = Codecs(CATALOGUE)
(BOOK,) = CATALOGUE.books.values()
STORY = load_story(story_file(find_assets()))


@dataclass
class Played:
    """A chapter and all that came of it; the payer as it stands after it."""

    chapter: Chapter
    adjustments: list[Adjustment]
    explanations: dict[str, Explanation]
    receipts: list[Receipt]
    leads: list[Lead]
    proposals: list[Proposal]
    paid: dict[str, dict[str, int]]


class Stage:
    """The hub in memory, and what was published to it, as a reader of the topics would find it."""

    def __init__(self, schedule: Schedule = in_turn, story: Story = STORY) -> None:
        topology = hub_topology(CATALOGUE.sources, CATALOGUE.quarantines)
        env = Env(
            books=CATALOGUE.books,
            first_book=next(iter(CATALOGUE.books)),
            engine="test",
            sources=CATALOGUE.sources,
            pseudonym_key=KEY,
            story_time=True,
        )
        self.story = story
        self.simulation = Simulation(topology, env, schedule=schedule)
        self.payer = Payer()
        self.published: list[tuple[str, dict[str, Any], int]] = []
        """Topic, body and day in milliseconds of every department record."""
        self.days: list[date] = []
        self.said: dict[str, list[Any]] = {"benefits.adjustments": [], "benefits.entitlements": []}
        """What subscribers got of these topics."""

    def play(self, chapter: Chapter) -> Played:
        """One chapter."""
        self.simulation.outputs.clear()
        for step in chapter.steps:
            self.step(step)
        said = self.simulation.said
        for topic, values in self.said.items():
            values.extend(said(topic))
        adjustments: list[Adjustment] = said("benefits.adjustments")
        for each in adjustments:
            self.payer.take(each)
        return Played(
            chapter,
            adjustments,
            {each.adjustment_id: each for each in said("benefits.explanations")},
            said("receipts"),
            said("leads"),
            said("proposals"),
            {run: dict(amounts) for run, amounts in self.payer.paid.items()},
        )

    def step(self, step: Step) -> None:
        """One day: it opens, records come, a pay run closes, an officer decides."""
        self.simulation.control(self.story.opening(step).event, millis_of_day(step.day))
        self.days.append(step.day)
        for each in self.story.publications(step):
            self.publish(each)
        self.simulation.run()
        closing = self.story.closing(step)
        if closing is not None:
            self.simulation.control(closing.event, millis_of_day(step.day))
            self.simulation.run()
        if step.inbox is not None:
            self.publish(self.accepted(step))
            self.simulation.run()

    def publish(self, told: Publication) -> None:
        """A record, encoded and decoded as on its way through Kafka."""
        body = CODECS.decode(told.topic, CODECS.encode(told.topic, told.body))
        at_ms = millis_of_day(told.day)
        self.published.append((told.topic, body, at_ms))
        source = CATALOGUE.sources[told.topic].source
        self.simulation.publish(
            told.topic, body, key=body["record_id"], event_id=told.event_id, source=source, at_ms=at_ms
        )

    def accepted(self, step: Step) -> Publication:
        """The decision that an officer makes in the inbox."""
        assert step.inbox is not None
        (proposal,) = (
            each
            for each in self.simulation.standing("proposals").values()
            if each.household == f"h:{step.inbox.household}" and each.state in ("OPEN", "CHANGED")
        )
        ruling = Ruling(
            outcome="ACCEPT",
            decided_on=step.day,
            authority=self.story.told.authority,
            heard_on=step.inbox.heard_on,
            notice_served_on=step.inbox.notice_served_on,
        )
        body = decision_record(proposal, ruling, BOOK, [], millis_of_day(step.day))
        return Publication(DECISIONS, body, f"decision/{body['record_id']}/1", step.day)


def play(schedule: Schedule = in_turn) -> tuple[Stage, list[Played]]:
    """The whole story."""
    stage = Stage(schedule)
    return stage, [stage.play(chapter) for chapter in STORY.told.chapters]


@cache
def played() -> tuple[Stage, list[Played]]:
    """The whole story, once for all tests that only look."""
    return play()
