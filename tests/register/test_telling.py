"""Whom register tells what: each household of a person's history a new version, a farewell to those no longer concerned."""

from datetime import date

import pytest
from msgspec import structs

from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact
from benefit_hub.values.errors import ContractViolation
from tests.facts import applies, death, decides, home, income, member, wage
from tests.in_memory import demo_book
from tests.register.desk import Desk, items, letters, passed_on

H0 = member("ann", "H0", record="m0", received="2026-03-01")
H0_CLOSED = member("ann", "H0", record="m0", revision=2, until="2026-06-10", received="2026-06-12")
H0_NEVER = member("ann", "H0", record="m0", revision=2, retracted=True, received="2026-06-12")
H1 = member("ann", "H1", record="m1", on="2026-06-10", received="2026-06-12")


def decided(covers: list[Fact], on: str, **said: object) -> Fact:
    """ann's copy of a decision."""
    return decides("dibao", covers, on, ["p:ann"], **said)[0]


def test_a_move_chapter_by_chapter():
    desk = Desk()
    assert letters(desk.batch(home("ann"))) == {"s:ann": ("Snapshot", 1, 0)}
    # reported in H0: both are told, and ann still belongs to nobody but herself
    assert letters(desk.batch(H0)) == {"h:H0": ("Snapshot", 2, 0), "s:ann": ("Snapshot", 2, 0)}
    # decided: from the beginning H0 answers for her, and she is not alone any more
    assert letters(desk.batch(decided([H0], "2026-03-18"))) == {"h:H0": ("Snapshot", 3, 1), "s:ann": ("Gone", 3, 1)}
    # reported in H1
    assert letters(desk.batch(H0_CLOSED, H1)) == {"h:H0": ("Snapshot", 4, 1), "h:H1": ("Snapshot", 4, 1)}
    # the move is decided: both stay in her history
    assert letters(desk.batch(decided([H0_CLOSED, H1], "2026-06-20"))) == {
        "h:H0": ("Snapshot", 5, 2),
        "h:H1": ("Snapshot", 5, 2),
    }
    # something that moves nobody: a new version under the same number
    assert letters(desk.batch(wage("ann", 600, "2026-07-05"))) == {
        "h:H0": ("Snapshot", 6, 2),
        "h:H1": ("Snapshot", 6, 2),
    }


def test_a_household_that_never_should_have_had_somebody_is_told_that_she_is_gone():
    desk = Desk()
    desk.batch(H0, decided([H0], "2026-03-18"))
    outs = desk.batch(H0_NEVER, decided([H0_NEVER], "2026-06-20"))
    assert letters(outs) == {"h:H0": ("Gone", 2, 1), "s:ann": ("Snapshot", 2, 1)}
    # and after that, nothing
    assert letters(desk.batch(wage("ann", 600, "2026-07-05"))) == {"s:ann": ("Snapshot", 3, 1)}


def test_a_household_in_which_somebody_was_only_reported_is_told_when_that_was_wrong():
    desk = Desk()
    desk.batch(H0)
    assert letters(desk.batch(H0_NEVER)) == {"h:H0": ("Gone", 2, 0), "s:ann": ("Snapshot", 2, 0)}


def test_a_repetition_is_told_to_no_household():
    desk = Desk()
    desk.batch(H0)
    outs = desk.batch(H0)
    assert letters(outs) == {}
    assert [each.status for each in items(outs, "receipts")] == ["REPEATED"]


def test_a_batch_speaks_once_for_each_person():
    outs = Desk().batch(home("ann"), H0, decided([H0], "2026-03-18"), home("ben"))
    assert letters(outs) == {"h:H0": ("Snapshot", 1, 0), "s:ben": ("Snapshot", 1, 0)}


def test_a_snapshot_holds_everything_that_is_known():
    desk = Desk()
    desk.batch(home("ann"), H0)
    (snapshot,) = [out.value for out in desk.batch(income("ann", 900, "2026-03-02")) if out.key == "h:H0"]
    assert {each.kind for each in snapshot.records} == {"residence", "membership", "verification_result"}
    assert (snapshot.person, snapshot.role) == ("p:ann", "OTHER")


def test_facts_about_a_household_go_on_to_it_once_and_corrected_once_more():
    desk = Desk()
    first = applies("h:H0", "dibao", "2026-03-02")
    second = applies("h:H0", "dibao", "2026-03-02", revision=2)
    assert passed_on(desk.batch(first)) == [("h:H0", "a-H0-dibao", 1)]
    assert passed_on(desk.batch(first)) == []
    assert passed_on(desk.batch(second)) == [("h:H0", "a-H0-dibao", 2)]


DIED = death("ann", "2026-03-15", received="2026-03-20")
BURIED = death("ann", "2026-03-14", received="2026-03-21", source="funeral-service")
BURIED_IN_APRIL = death("ann", "2026-04-02", received="2026-04-05", source="funeral-service")
NOT_DEAD = death("ann", "2026-03-15", received="2026-06-25", revision=2, retracted=True)


@pytest.mark.parametrize(
    ("facts", "died_on", "confirmed_by", "asked"),
    [
        ([], None, 0, []),
        ([DIED], date(2026, 3, 15), 1, []),
        ([BURIED], date(2026, 3, 14), 1, []),
        ([DIED, BURIED], date(2026, 3, 15), 2, []),
        ([DIED, BURIED_IN_APRIL], date(2026, 3, 15), 2, ["DEATH_DATES_DIFFER"]),
        ([DIED, NOT_DEAD], None, 0, []),
        ([NOT_DEAD, DIED], None, 0, []),
        ([DIED, NOT_DEAD, BURIED], date(2026, 3, 14), 1, []),
    ],
)
def test_the_line_of_the_register_of_persons(facts, died_on, confirmed_by, asked):
    desk = Desk()
    outs = desk.batch(home("ann"), *facts)
    (entry,) = items(outs, "register.persons")
    assert (entry.alive, entry.died_on, entry.death_confirmed_by) == (died_on is None, died_on, confirmed_by)
    assert (entry.region, entry.area, entry.household) == ("990101", "URBAN", "s:ann")
    assert [each.type for each in items(outs, "tasks")] == asked


def test_a_line_of_the_register_is_said_when_it_changes():
    desk = Desk()
    desk.batch(home("ann"))
    assert len(items(desk.batch(DIED), "register.persons")) == 1
    assert len(items(desk.batch(DIED), "register.persons")) == 0


def test_a_conflict_asks_a_person_and_one_that_is_no_more_takes_its_task_back():
    desk = Desk()
    first, other = wage("ann", 600, "2026-06-05"), wage("ann", 650, "2026-06-05")
    outs = desk.batch(first, other)
    assert [(each.type, each.state, each.facts) for each in items(outs, "tasks")] == [
        ("REVISION_CONFLICT", "OPEN", (first.name,))
    ]
    assert items(desk.batch(other), "tasks") == []
    right = wage("ann", 650, "2026-06-05", revision=2)
    (done,) = items(desk.batch(right), "tasks")
    assert (done.type, done.state) == ("REVISION_CONFLICT", "WITHDRAWN")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_whatever_comes_last_a_conflict_below_a_greater_revision_asks_nobody(order):
    told = (
        wage("ann", 600, "2026-06-05"),
        wage("ann", 650, "2026-06-05"),
        wage("ann", 650, "2026-06-05", revision=2),
    )
    desk = Desk()
    states = [each.state for at in order for each in items(desk.batch(told[at]), "tasks")]
    assert states in ([], ["OPEN", "WITHDRAWN"])


def test_two_households_that_claim_somebody_ask_a_person_until_one_lets_go():
    desk = Desk()
    desk.batch(H0, decided([H0], "2026-03-18"))
    outs = desk.batch(H1, decided([H1], "2026-06-20"))
    (asked,) = items(outs, "tasks")
    assert (asked.type, asked.state) == ("MEMBERSHIP_OVERLAP", "OPEN")
    assert "H0、H1" in asked.text_zh
    (done,) = items(desk.batch(H0_CLOSED, decided([H0_CLOSED], "2026-07-20")), "tasks")
    assert (done.type, done.state) == ("MEMBERSHIP_OVERLAP", "WITHDRAWN")


def test_a_new_book_moves_people_in_pieces_and_only_those_it_concerns():
    late = demo_book()
    early = structs.replace(late, membership_month="SAME_MONTH")
    desk = Desk(late, early)
    for who in ("ann", "ben", "cyn"):
        since = member(who, "H0", received="2026-03-01")
        desk.batch(home(who), since, decides("dibao", [since], "2026-03-18", [f"p:{who}"], record=f"d-{who}")[0])
    desk.batch(home("dan"))
    told = letters(desk.activate(early))
    assert desk.pending
    assert told == {}
    pieces = []
    while desk.pending:
        outs = desk.go_on(2)
        pieces.append([out.value.person for out in outs if out.topic == "household-facts" and out.key == "h:H0"])
        copies = [out for out in outs if isinstance(out.value, ControlCopy)]
        assert bool(copies) is not desk.pending
    assert pieces == [["p:ann", "p:ben"], ["p:cyn"], []]
    assert {desk.known(f"p:{who}").number for who in ("ann", "ben", "cyn")} == {1}
    assert desk.known("p:dan").version == 1


def test_a_raise_of_standards_moves_nobody_and_goes_straight_on():
    (pack,) = demo_book().packs
    standards = {name: structs.replace(each, clause="raised") for name, each in pack.standards.items()}
    raised = structs.replace(demo_book(), packs=(structs.replace(pack, standards=standards),))
    other_hearings = structs.replace(pack, effects=tuple(structs.replace(row, hearing=False) for row in pack.effects))
    unheard = structs.replace(demo_book(), packs=(other_hearings,))
    desk = Desk(demo_book(), raised, unheard)
    desk.batch(home("dan"))
    assert [type(out.value) for out in desk.activate(raised)] == [ControlCopy]
    assert not desk.pending
    desk.activate(unheard)
    assert desk.pending


def test_other_control_events_go_straight_on():
    desk = Desk()
    outs = desk.batch(ControlCopy(sequence=0, origin=0, event=ControlEvent(type="DAY_OPENED", day="2026-03-01")))
    assert [(out.topic, out.value.sequence) for out in outs] == [("household-facts", 0)]


def test_a_message_that_does_not_belong_here_stops_the_worker():
    with pytest.raises(ContractViolation, match="register does not know"):
        Desk().batch(NotAFact())  # type: ignore[arg-type]


class NotAFact:
    """What facts never carries."""
