"""In which household a person belongs in which month: one per month, by decisions over memberships."""

from datetime import date
from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.messages.internal import Fact, Held
from benefit_hub.register.assignment import assignment
from benefit_hub.values.months import FIRST_MONTH
from tests.facts import decides, member
from tests.register.desk import RULE, assigned, holds, line, would_hold

ABOUT = ["h:H0", "h:H1", "p:ann"]

H0 = member("ann", "H0", record="m0", received="2026-03-01")
H0_CLOSED = member("ann", "H0", record="m0", revision=2, until="2026-06-10", received="2026-06-12")
H0_NEVER = member("ann", "H0", record="m0", revision=2, retracted=True, received="2026-06-12")
H0_IN_TRUTH_H1 = member("ann", "H1", record="m0", revision=2, received="2026-06-12")
H1 = member("ann", "H1", record="m1", on="2026-06-10", received="2026-06-12")


def decided(covers: list[Fact], on: str, **said: object) -> Fact:
    """ann's copy of a decision."""
    return decides("dibao", covers, on, ABOUT, **said)[-1]


FIRST = decided([H0], "2026-03-18")
MOVE = decided([H0_CLOSED, H1], "2026-06-20")


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ([], ["always: alone"]),
        ([H0], ["always: alone"]),
        ([FIRST], ["always: alone"]),
        ([H0, FIRST], ["before: H0", "2026-04: H0"]),
        ([H0, FIRST, H0_CLOSED, H1], ["before: H0", "2026-04: H0"]),
        ([H0, FIRST, H0_CLOSED, H1, MOVE], ["before: H0", "2026-04: H0", "2026-07: H1"]),
        # a move dated back, and one dated ahead
        (
            [H0, FIRST, H0_CLOSED, H1, decided([H0_CLOSED, H1], "2026-06-20", from_month="2026-05")],
            ["before: H0", "2026-04: H0", "2026-05: H1"],
        ),
        (
            [H0, FIRST, H0_CLOSED, H1, decided([H0_CLOSED, H1], "2026-06-20", from_month="2026-09")],
            ["before: H0", "2026-04: H0", "2026-09: H1"],
        ),
        # decided before it happened: from the month after the last day here
        (
            [H0, FIRST, H0_CLOSED, H1, decided([H0_CLOSED, H1], "2026-04-20")],
            ["before: H0", "2026-04: H0", "2026-07: H1"],
        ),
        # a closing alone
        ([H0, FIRST, H0_CLOSED, decided([H0_CLOSED], "2026-06-20")], ["before: H0", "2026-04: H0", "2026-07: alone"]),
        # the closing decided, and the opening only later
        (
            [H0, FIRST, H0_CLOSED, H1, decided([H0_CLOSED], "2026-06-20"), decided([H1], "2026-08-20")],
            ["before: H0", "2026-04: H0", "2026-07: alone", "2026-09: H1"],
        ),
        # both memberships stand: what stood stays
        ([H0, FIRST, H1, decided([H1], "2026-06-20")], ["before: H0", "2026-04: H0"]),
        # and from the closing on there is no question any more
        (
            [H0, FIRST, H1, decided([H1], "2026-06-20"), H0_CLOSED, decided([H0_CLOSED], "2026-08-20")],
            ["before: H0", "2026-04: H0", "2026-09: H1"],
        ),
        # the membership was wrong: as if it had never been, once decided
        ([H0, FIRST, H0_NEVER], ["before: H0", "2026-04: H0"]),
        ([H0, FIRST, H0_NEVER, decided([H0_NEVER], "2026-06-20")], ["always: alone"]),
        # the household was wrong
        (
            [H0, FIRST, H0_IN_TRUTH_H1, decided([H0_IN_TRUTH_H1], "2026-06-20")],
            ["before: H0", "2026-04: H0", "2026-07: H1"],
        ),
        # rejected, and in the end accepted
        ([H0, decided([H0], "2026-03-18", outcome="REJECT")], ["always: alone"]),
        (
            [H0, decided([H0], "2026-03-18", outcome="REJECT"), decided([H0], "2026-05-18")],
            ["before: H0", "2026-06: H0"],
        ),
        # the decision was taken back, and corrected
        ([H0, FIRST, decided([H0], "2026-03-18", revision=2, retracted=True)], ["always: alone"]),
        ([H0, FIRST, decided([H0], "2026-03-18", revision=2, from_month="2026-02")], ["before: H0", "2026-02: H0"]),
        # a partial day of decision is its first day
        ([H0, decided([H0], "2026-03")], ["before: H0", "2026-04: H0"]),
    ],
)
def test_a_person_belongs_to_one_household_a_month_by_decisions(facts, held):
    assert holds(*facts) == held
    assert holds(*reversed(facts)) == held


def test_a_newborn_belongs_from_the_month_after_the_decision():
    born = member("ann", "H0", record="m9", on="2026-07-03", received="2026-07-05", role="CHILD")
    assert holds(born, decided([born], "2026-07-08")) == ["before: H0", "2026-08: H0"]


def test_a_membership_that_is_known_to_end_ends():
    for_a_year = member("ann", "H0", record="m9", on="2026-03-01", until="2027-03-01", received="2026-03-05")
    assert holds(for_a_year, decided([for_a_year], "2026-03-18")) == [
        "before: H0",
        "2026-04: H0",
        "2027-03: alone",
    ]


@pytest.mark.parametrize(
    ("rule", "held"),
    [
        ("SAME_MONTH", ["before: H0", "2026-03: H0", "2026-06: H1"]),
        ("NEXT_MONTH_OF_DECISION", ["before: H0", "2026-04: H0", "2026-07: H1"]),
    ],
)
def test_the_month_of_a_move_is_the_books(rule, held):
    assert holds(H0, FIRST, H0_CLOSED, H1, MOVE, rule=rule) == held


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([H0], ["before: H0", "2026-04: H0"]),
        ([H0, FIRST, H0_CLOSED, H1], ["before: H0", "2026-04: H0", "2026-07: H1"]),
        ([H0, FIRST, H0_NEVER], ["always: alone"]),
        ([H0, decided([H0], "2026-03-18", outcome="REJECT")], ["always: alone"]),
        ([H0, FIRST, H0_CLOSED, decided([H0_CLOSED], "2026-06-20", outcome="REJECT")], ["before: H0", "2026-04: H0"]),
        ([H0, FIRST, H0_CLOSED, H1, MOVE], ["before: H0", "2026-04: H0", "2026-07: H1"]),
    ],
)
def test_what_would_hold_by_all_that_is_reported(facts, said):
    assert would_hold(*facts) == said


@pytest.mark.parametrize(
    ("facts", "overlap"),
    [
        ([H0, FIRST], ()),
        ([H0, FIRST, H1], ()),
        ([H0, FIRST, H1, decided([H1], "2026-06-20")], ("h:H0", "h:H1")),
        ([H0, FIRST, H1, decided([H1], "2026-06-20"), H0_CLOSED, decided([H0_CLOSED], "2026-08-20")], ()),
    ],
)
def test_households_that_claim_the_same_person_are_named(facts, overlap):
    assert assigned(facts).overlap == overlap


def test_an_overlap_that_reaches_back_leaves_the_months_of_the_first_household():
    held = holds(H0, decided([H0], "2026-05-18"), H1, decided([H1], "2026-06-20", from_month="2026-04"))
    assert held[-1] == "2026-06: H0"


def test_a_membership_that_is_known_to_end_may_be_dated_back():
    for_a_year = member("ann", "H0", record="m9", on="2026-03-01", until="2027-03-01", received="2026-03-05")
    assert holds(for_a_year, decided([for_a_year], "2026-03-18", from_month="2026-03")) == [
        "before: H0",
        "2026-03: H0",
        "2027-03: alone",
    ]


def test_a_later_decision_that_lists_an_older_revision_brings_nobody_back():
    """As it happens where an allowance is granted on a list of facts printed before the move."""
    left = decided([H0_CLOSED], "2026-06-20")
    allowance = decides("care_subsidy", [H0], "2026-08-20", ["p:ann"])[0]
    assert holds(H0, FIRST, H0_CLOSED, left, allowance) == ["before: H0", "2026-04: H0", "2026-07: alone"]


def test_of_several_revisions_in_one_decision_the_greatest_counts():
    both = decided([H0_CLOSED, H0], "2026-06-20")
    assert holds(H0, H0_CLOSED, both) == holds(H0, H0_CLOSED, decided([H0, H0_CLOSED], "2026-06-20"))


AGAIN = member("ann", "H0", record="m0", revision=3, received="2026-07-12")
NEVER = member("ann", "H0", record="m0", revision=4, retracted=True, received="2026-08-12")
POOL = [H0, H0_CLOSED, AGAIN, NEVER, H1, FIRST, MOVE]
POOL += [decided([H1], "2026-07-20"), decided([H0_CLOSED], "2026-05-20", from_month="2026-05")]
POOL += [decided([AGAIN], "2026-08-20"), decided([NEVER], "2026-09-20")]
POOL += [decided([H0_CLOSED, H1], "2026-06-20", revision=2, retracted=True)]


@settings(max_examples=60)
@given(st.sets(st.sampled_from(range(len(POOL)))), st.integers(0, 2**32))
def test_arrival_does_not_matter_and_no_month_has_two_households(chosen, seed):
    facts = [POOL[at] for at in sorted(chosen)]
    found = assigned(facts)
    mixed = Random(seed).sample(facts, len(facts))
    assert assigned(mixed) == found
    for each in (found.held, found.reported):
        assert [row.since for row in each] == sorted({row.since for row in each})
        assert each[0].since == FIRST_MONTH
        assert all(a.household != b.household for a, b in pairwise(each[1:]))


def test_every_order_of_a_move_is_the_same_move():
    facts = [H0, FIRST, H0_CLOSED, H1, MOVE]
    assert {tuple(holds(*order)) for order in permutations(facts)} == {("before: H0", "2026-04: H0", "2026-07: H1")}


def test_who_is_alone_is_alone_by_his_own_name():
    assert assignment("p:00ff", [], RULE, lambda _: False).held == (Held(FIRST_MONTH, "s:00ff", True),)


@pytest.mark.parametrize(
    ("covers", "on", "heard_on", "held"),
    [
        ([H0_CLOSED], "2026-06-30", None, ["before: H0", "2026-04: H0", "2026-07: alone"]),
        ([H0_CLOSED], "2026-07-01", None, ["before: H0", "2026-04: H0"]),
        ([H0_CLOSED, H1], "2026-07-01", None, ["before: H0", "2026-04: H0"]),
        ([H0_NEVER], "2026-07-01", None, ["before: H0", "2026-04: H0"]),
        ([H0_CLOSED], "2026-07-01", "2026-07-02", ["before: H0", "2026-04: H0"]),
        ([H0_CLOSED], "2026-07-01", "2026-07-01", ["before: H0", "2026-04: H0", "2026-08: alone"]),
        ([H1], "2026-07-01", None, ["before: H0", "2026-04: H0"]),
    ],
)
def test_whoever_is_taken_out_is_heard_first_where_the_law_says_so(covers, on, heard_on, held):
    out = decided(covers, on, heard_on=heard_on)
    found = assigned([H0, FIRST, H1, *covers, out], hearing_from=date(2026, 7, 1))
    assert line(found.held) == held
    waits = held[-1] == "2026-04: H0" and covers != [H1]
    assert found.unheard == ((out.name,) if waits else ())
