"""What no rule reads is kept and told to the household all the same, and changes nothing of what is owed."""

import pytest
from msgspec import structs

from benefit_hub.entitlement.rules import RULES
from benefit_hub.messages.internal import Fact, HouseholdFact, Snapshot
from tests.entitlement.families import MONTHS, h0
from tests.in_memory import Hub
from tests.intake.records import body, record, take
from tests.intake.samples import KINDS
from tests.register.desk import Desk

# register itself goes by these: who is who, who belongs where, who is told of whom, what was paid before there was a hub
ACTED_UPON = {"membership", "decision", "identity_correction", "identity_merge", "relation", "legacy_award"}
BY_THE_PACK = {"pension", "custody", "missing", "job_offer"}  # where programmes go by a household's means
READ = ACTED_UPON.union(BY_THE_PACK, *(rule.reads for rule in RULES.values()))
UNREAD = [topic for topic, kind in KINDS.items() if kind not in READ]


def told_of_h0(topic: str) -> Fact:
    """A good record of a topic, as it would be of ben, or of the household H0 where it is about one."""
    fact = take(record(topic, body(topic))).facts[0]
    return structs.replace(fact, subject="h:H0" if fact.subject.startswith("h:") else "p:ben")


def stands(hub: Hub) -> list[object]:
    """What is owed to H0, and what waits for somebody."""
    return [hub.owed("h:H0", "dibao", *MONTHS), *(hub.items(topic) for topic in ("proposals", "leads", "tasks"))]


@pytest.mark.parametrize("topic", UNREAD)
def test_it_changes_nothing(topic):
    hub = h0().open("2026-07-01")
    before = stands(hub)
    assert stands(hub.hear(told_of_h0(topic))) == before


@pytest.mark.parametrize("topic", UNREAD)
def test_it_is_told_to_the_household(topic):
    fact = told_of_h0(topic)
    (told,) = [out.value for out in Desk().batch(fact) if out.topic == "household-facts"]
    if isinstance(told, Snapshot):
        assert [each.payload for each in told.records] == [fact.payload]
    else:
        assert told == HouseholdFact(household="h:H0", fact=fact)
