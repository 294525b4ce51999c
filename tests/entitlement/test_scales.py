"""In which direction amounts go is asked where something can fall: also where an award is paid that no rule would give."""

from datetime import date

from benefit_hub.messages.departments import LegacyAward
from benefit_hub.messages.internal import ControlEvent, Fact
from tests.facts import fact, home, member
from tests.in_memory import Hub

AWARDED = LegacyAward(programme="old_age_allowance", amount_fen=5_000, status="OLD_AGE_ALLOWANCE", paid_since="2024-01")


def award(**said: object) -> Fact:
    """An old-age allowance that was paid when the hub went live, to somebody whose residence nobody sent."""
    return fact("p:eve", "l-eve", AWARDED, on="2024-01-01", **said)


def live(*facts: Fact) -> Hub:
    """A hub that was loaded with these facts and went live in April."""
    hub = Hub().say(ControlEvent(type="BOOTSTRAP_OPENED"), date(2026, 3, 1)).hear(*facts)
    return hub.say(ControlEvent(type="BOOTSTRAP_CLOSED", month="2026-04"), date(2026, 3, 20)).open("2026-04-01")


def test_an_award_without_a_residence_does_not_fall_by_itself():
    hub = live(
        home("ann", received="2026-03-02"),
        member("ann", "H1", role="HEAD", received="2026-03-02"),
        member("eve", "H1", received="2026-03-02"),
        award(received="2026-03-02"),
    )
    assert hub.owed("p:eve", "old_age_allowance", "2026-05") == ["50.00"]
    hub.hear(award(revision=2, retracted=True, received="2026-04-10"))
    assert hub.owed("p:eve", "old_age_allowance", "2026-05") == ["50.00"], "a retraction that lowers waits for a person"
