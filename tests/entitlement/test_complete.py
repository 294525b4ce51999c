"""Half of a decision changes nothing: a decision about several counts here when it has come by all of them who are here."""

from collections.abc import Sequence

import pytest

from benefit_hub.entitlement.household import Household, complete
from benefit_hub.messages.internal import Fact, Gone, Held, Snapshot
from benefit_hub.values.months import FIRST_MONTH
from tests.entitlement.families import accepted, dibao, family, h0, household
from tests.facts import death, decides, home, member
from tests.in_memory import Hub

HELD = (Held(FIRST_MONTH, "h:H0", True),)


def known(facts: Sequence[Fact], **members: Sequence[Fact]) -> Household:
    """H0 with what is known of it and of its people."""
    snapshots = {
        f"p:{who}": Snapshot(
            person=f"p:{who}",
            household="h:H0",
            version=1,
            number=0,
            held=HELD,
            reported=HELD,
            role="HEAD",
            records=tuple(records),
        )
        for who, records in members.items()
    }
    kept = {f"{fact.record}|{fact.revision}": fact for fact in facts}
    gone = {"p:dan": Gone(person="p:dan", household="h:H0", version=2, number=1, held=())}
    return Household(household="h:H0", members=snapshots, facts=kept, gone=gone)


def copies(about: list[str], revision: int = 1, record: str = "d1") -> dict[str, Fact]:
    """A decision's copies by subject."""
    return {each.subject: each for each in decides("dibao", [], "2026-03-18", about, record=record, revision=revision)}


BOTH = copies(["h:H0", "p:ann"])
NEWER = copies(["h:H0", "p:ann"], revision=2)
ONLY_H0 = copies(["h:H0"], revision=2)
WITH_STRANGERS = copies(["h:H0", "h:H9", "p:ann", "p:eva", "p:dan"])
TWO = copies(["p:ann", "p:ben"], record="d2")


@pytest.mark.parametrize(
    ("facts", "ann", "ben", "whole"),
    [
        ([], [], [], True),
        ([BOTH["h:H0"]], [BOTH["p:ann"]], [], True),
        ([BOTH["h:H0"]], [], [], False),
        ([], [BOTH["p:ann"]], [], False),
        ([], [TWO["p:ann"]], [], False),
        ([], [TWO["p:ann"]], [TWO["p:ben"]], True),
        # a corrected decision has to come by all again
        ([NEWER["h:H0"]], [BOTH["p:ann"]], [], False),
        ([BOTH["h:H0"]], [BOTH["p:ann"], NEWER["p:ann"]], [], False),
        ([NEWER["h:H0"]], [NEWER["p:ann"]], [], True),
        # the correction is about fewer people: nothing more is on its way to the others
        ([ONLY_H0["h:H0"]], [BOTH["p:ann"]], [], True),
        # nobody waits for people and households that are not here, or are gone
        ([WITH_STRANGERS["h:H0"]], [WITH_STRANGERS["p:ann"]], [], True),
        # one decision is whole, the other is not
        ([BOTH["h:H0"]], [BOTH["p:ann"], TWO["p:ann"]], [], False),
    ],
)
def test_whether_every_decision_has_reached_all_whom_it_is_about_here(facts, ann, ben, whole):
    assert complete(known(facts, ann=ann, ben=ben)) is whole


def test_what_stands_stays_until_the_last_copy_is_here_whichever_it_is():
    facts = family(ann=200, ben=700, cyn=0)
    decision = accepted(facts)
    for last in range(len(decision)):
        hub = Hub().hear(*facts, *decision[:last], *decision[last + 1 :])
        assert dibao(hub, "2026-04") == ["0.00"]
        assert dibao(hub.hear(decision[last]), "2026-04") == ["1035.00"]


def test_while_a_household_waits_its_calendar_waits_and_others_go_on():
    hub = h0().hear(*household("H1", eva=0))
    half = decides("dibao", [], "2026-05-20", ["h:H0", "p:ann"], record="half")
    hub.hear(half[0], death("ann", "2026-05-15"), death("eva", "2026-05-15")).open("2026-06-01")
    assert dibao(hub, "2026-05", "2026-06") == ["1035.00", "1035.00"]
    assert dibao(hub, "2026-05", "2026-06", of="H1") == ["645.00", "0.00"]
    assert dibao(hub.hear(half[1]), "2026-05", "2026-06") == ["1035.00", "590.00"]


def test_who_comes_into_a_household_brings_decisions_about_others_along():
    """eva was decided about together with fay, who stays elsewhere; H0 waits for nobody."""
    about_two = decides("dibao", [], "2026-03-18", ["p:eva", "p:fay"], record="both")
    comes = member("eva", "H0", received="2026-05-02", on="2026-05-01")
    hub = h0().hear(home("eva", received="2026-05-02"), about_two[0], comes)
    hub.hear(*decides("dibao", [comes], "2026-05-20", ["h:H0", "p:eva"], record="in"))
    assert dibao(hub, "2026-05", "2026-06") == ["1035.00", "1680.00"]
