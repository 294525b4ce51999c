"""Which revisions count and from when: by themselves where the table says so, else by a decision that names them."""

from itertools import permutations
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.counted import candidate
from benefit_hub.entitlement.counting import Scales, Verdicts, count, direction_of
from benefit_hub.messages.internal import Fact
from benefit_hub.values.months import Month
from tests.entitlement.families import about_h0, accepted, dibao, family, h0, household, proposed, subsidised, types
from tests.facts import applies, card, death, decides, home, income, member, noon, wage
from tests.in_memory import Hub, demo_book


def steps(*rows: tuple[int, int, bool]) -> tuple[tuple[Month, tuple[int, bool]], ...]:
    return tuple((Month(at), (fen, empty)) for at, fen, empty in rows)


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ([], [], "INCREASE"),
        ([], [(1, 100, False)], "INCREASE"),
        ([(1, 100, False)], [(1, 100, False)], "INCREASE"),
        ([(1, 100, False)], [(1, 100, False), (5, 99, False)], "DECREASE"),
        ([(1, 100, False)], [(1, 200, False), (5, 99, False)], "DECREASE"),
        ([(1, 100, False)], [(1, 0, True)], "CLOSE"),
        ([(1, 100, False)], [(1, 100, False), (5, 0, True)], "CLOSE"),
        ([(1, 100, False)], [(1, 50, False), (5, 0, True)], "DECREASE"),
        ([(1, 100, False), (5, 0, True)], [(1, 100, False)], "INCREASE"),
        ([(1, 100, False)], [], "DECREASE"),
    ],
)
def test_a_change_closes_where_months_fall_only_because_nobody_is_left(before, after, direction):
    assert direction_of(steps(*before), steps(*after)) == direction


def test_what_makes_no_difference_but_to_the_clause_is_weighed_where_it_is_told():
    (pack,) = demo_book().packs
    lowers = structs.replace(
        pack.effects[-1],
        programme="*",
        cause="*",
        direction="DECREASE",
        mode="AUTOMATIC",
        hearing=False,
        clause="second",
    )
    raises = structs.replace(lowers, direction="*", clause="first")
    weighed: list[Verdicts] = []

    def evaluate(verdicts: Verdicts) -> tuple[tuple[Month, tuple[int, bool]], ...]:
        weighed.append(verdicts)
        return steps((1, 100 - 10 * len(verdicts), False))

    asked, earned = applies("h:H1", "dibao", "2026-05-01"), wage("ann", 600, "2026-06-05")
    counting = count(
        "dibao",
        structs.replace(pack, effects=(lowers, raises)),
        [candidate(asked), candidate(earned)],
        Scales(evaluate, ("application",)),
        {},
        [],
    )
    assert {each.fact for each in counting.verdicts.values()} == {asked, earned}
    assert counting.row(candidate(asked).key).clause == "first", "where nothing counts yet, nothing can fall"
    assert weighed == []
    assert counting.row(candidate(earned).key).clause == "second"
    assert len(weighed) == 2, "before and after"


WAGE = wage("ben", 600, "2026-06-05")
RAISED = wage("ben", 900, "2026-06-05", revision=2, received="2026-07-10")
LOWERED = wage("ben", 500, "2026-06-05", revision=2, received="2026-07-10")
TAKEN_BACK = wage("ben", 600, "2026-06-05", revision=2, received="2026-07-10", retracted=True)
BY_JULY = about_h0([WAGE], "2026-06-20", record="d2")
WAS, LESS = "1035.00", "555.00"
"""600 x 0.8 = 480: 1035 - 480 = 555; 900 x 0.8 = 720: 315; 500 x 0.8 = 400: 635."""


@pytest.mark.parametrize(
    ("facts", "from_june_to_september"),
    [
        # T09: nothing by itself; from the month after the decision
        ([WAGE], [WAS, WAS, WAS, WAS]),
        ([WAGE, *BY_JULY], [WAS, LESS, LESS, LESS]),
        ([WAGE, *about_h0([WAGE], "2026-06-30", record="d2")], [WAS, LESS, LESS, LESS]),
        ([WAGE, *about_h0([WAGE], "2026-06-20", record="d2", from_month="2026-09")], [WAS, WAS, WAS, LESS]),
        ([WAGE, *about_h0([WAGE], "2026-06-20", record="d2", from_month="2026-06")], [LESS, LESS, LESS, LESS]),
        ([WAGE, *about_h0([WAGE], "2026-06-20", record="d2", outcome="REJECT")], [WAS, WAS, WAS, WAS]),
        # a decision over a revision that nobody knows waits for it; so does one over another revision
        (BY_JULY, [WAS, WAS, WAS, WAS]),
        ([*BY_JULY, WAGE], [WAS, LESS, LESS, LESS]),
        ([RAISED, *BY_JULY], [WAS, WAS, WAS, WAS]),
        # a decision about another programme decides nothing here
        ([WAGE, *decides("margin", [WAGE], "2026-06-20", ["h:H0"])], [WAS, WAS, WAS, WAS]),
        # a decision taken back
        (
            [WAGE, *BY_JULY, *about_h0([WAGE], "2026-06-20", record="d2", revision=2, retracted=True)],
            [WAS, WAS, WAS, WAS],
        ),
        # a correction in the person's favour counts by itself, from its record's month; a raise waits
        ([WAGE, *BY_JULY, LOWERED], [WAS, "635.00", "635.00", "635.00"]),
        ([WAGE, *BY_JULY, RAISED], [WAS, LESS, LESS, LESS]),
        ([WAGE, *BY_JULY, RAISED, *about_h0([RAISED], "2026-07-20", record="d3")], [WAS, "315.00", "315.00", "315.00"]),
        # taken back: as if it had never been
        ([WAGE, *BY_JULY, TAKEN_BACK], [WAS, WAS, WAS, WAS]),
        ([TAKEN_BACK, WAGE, *BY_JULY], [WAS, WAS, WAS, WAS]),
        # decided again: it counts already
        ([WAGE, *BY_JULY, *about_h0([WAGE], "2026-07-20", record="d3")], [WAS, LESS, LESS, LESS]),
        # two revisions in one decision: the greater
        ([WAGE, RAISED, *about_h0([WAGE, RAISED], "2026-07-20", record="d3")], [WAS, WAS, "315.00", "315.00"]),
        # a decision with an amount of its own, and with its end
        (
            about_h0([], "2026-06-20", record="d2", outcome="MODIFY", amount_fen=50000),
            [WAS, "500.00", "500.00", "500.00"],
        ),
        (
            about_h0([], "2026-06-20", record="d2", outcome="MODIFY", amount_fen=50000, until_month="2026-08"),
            [WAS, "500.00", "500.00", WAS],
        ),
        # after the law of July a decrease needs the hearing, and before it does not
        ([WAGE, *about_h0([WAGE], "2026-06-30", record="d2", heard_on=None)], [WAS, LESS, LESS, LESS]),
        ([WAGE, *about_h0([WAGE], "2026-07-01", record="d2", heard_on=None)], [WAS, WAS, WAS, WAS]),
        ([WAGE, *about_h0([WAGE], "2026-07-01", record="d2")], [WAS, WAS, LESS, LESS]),
    ],
)
def test_what_a_wage_comes_to(facts, from_june_to_september):
    facts = list(facts)
    assert dibao(h0().hear(*facts), "2026-06", "2026-07", "2026-08", "2026-09") == from_june_to_september
    assert dibao(h0().hear(*reversed(facts)), "2026-06", "2026-07", "2026-08", "2026-09") == from_june_to_september


def test_a_decision_without_its_hearing_asks_for_it_and_stands_once_it_is_there():
    hub = h0().hear(WAGE, *about_h0([WAGE], "2026-07-20", record="d2", heard_on=None))
    assert "HEARING_MISSING" in types(hub)
    hub.hear(*about_h0([WAGE], "2026-07-20", record="d2", revision=2, heard_on="2026-07-18"))
    assert dibao(hub, "2026-07", "2026-08") == [WAS, LESS]
    assert "HEARING_MISSING" not in types(hub)


DIES = death("ann", "2026-03-15", received="2026-03-20")
DIES_LATER = death("ann", "2026-08-15", received="2026-08-20")
NEVER_DIED = death("ann", "2026-08-15", revision=2, received="2026-08-25", retracted=True)


@pytest.mark.parametrize(
    ("facts", "months", "owed"),
    [
        # T24: by itself, from the month after; 2 x 645 - 700 = 590
        ([death("ann", "2026-06-15", received="2026-06-20")], ["2026-06", "2026-07"], [WAS, "590.00"]),
        ([death("ann", "2026-06-30", received="2026-06-30")], ["2026-06", "2026-07"], [WAS, "590.00"]),
        # T24b: received after the law of July: a proposal, and by decision from the month after it
        ([death("ann", "2026-06-15", received="2026-07-01")], ["2026-07", "2026-12"], [WAS, WAS]),
        ([DIES_LATER], ["2026-09", "2026-12"], [WAS, WAS]),
        (
            [DIES_LATER, *about_h0([DIES_LATER], "2026-09-15", record="d2")],
            ["2026-09", "2026-10"],
            [WAS, "590.00"],
        ),
        # T29: taken back before or after it is known
        ([NEVER_DIED], ["2026-09"], [WAS]),
        ([NEVER_DIED, DIES_LATER], ["2026-09"], [WAS]),
        # T30: the second source changes nothing, and stands when the first was wrong
        (
            [
                death("ann", "2026-05-15", received="2026-05-20"),
                death("ann", "2026-05-14", source="funeral-service", received="2026-05-21"),
            ],
            ["2026-05", "2026-06"],
            [WAS, "590.00"],
        ),
    ],
)
def test_what_a_death_comes_to(facts, months, owed):
    assert dibao(h0().hear(*facts), *months) == owed
    assert dibao(h0().hear(*reversed(facts)), *months) == owed


def test_who_lives_alone_and_dies_is_paid_no_more_by_itself_also_after_july():
    """T24c."""
    hub = Hub().hear(*household("H1", eva=0)).hear(death("eva", "2026-08-15", received="2026-08-20"))
    assert dibao(hub, "2026-08", "2026-09", of="H1") == ["645.00", "0.00"]
    assert proposed(hub) == []


def test_a_wage_that_ends_by_decision_was_a_wage_until_then():
    ended = wage("ben", 600, "2026-06-05", revision=2, until="2026-09-30", received="2026-10-02")
    hub = h0().hear(WAGE, *BY_JULY, ended, *about_h0([ended], "2026-10-05", record="d3")).open("2026-10-05")
    assert dibao(hub, "2026-06", "2026-07", "2026-10", "2026-11") == [WAS, LESS, LESS, WAS]


def test_an_award_that_ends_by_decision_was_right_until_then():
    ends = applies("h:H0", "dibao", "2026-03-02", revision=2, until="2026-09-30")
    hub = h0().pay("2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09").open("2026-10-05")
    hub.hear(ends, *about_h0([ends], "2026-10-05", record="d2"))
    assert dibao(hub, "2026-04", "2026-09", "2026-11") == [WAS, WAS, "0.00"]


def test_a_correction_that_holds_from_a_later_month_leaves_the_months_before():
    later = about_h0([RAISED], "2026-07-20", record="d3", from_month="2026-09")
    hub = h0().hear(WAGE, *BY_JULY, RAISED, *later)
    assert dibao(hub, "2026-06", "2026-07", "2026-08", "2026-09") == [WAS, LESS, LESS, "315.00"]


def test_a_correction_keeps_the_month_that_the_decision_set():
    """Applied in July, granted from April; in August the department mends a word of the application."""
    held, asked = card("eva", 2, "2026-01-01"), applies("p:eva", "care_subsidy", "2026-07-05")
    granted = decides("care_subsidy", [held, asked], "2026-07-20", ["p:eva"], from_month="2026-04")
    mended = applies("p:eva", "care_subsidy", "2026-07-05", revision=2, recorded_at=noon(asked.received_on) + 1)
    hub = Hub().hear(home("eva"), held, asked, *granted, mended)
    assert hub.owed("p:eva", "care_subsidy", "2026-03", "2026-04", "2026-07") == ["0.00", "50.00", "50.00"]
    assert proposed(hub) == []


def test_the_order_in_which_a_decision_lists_revisions_does_not_matter():
    hub = h0().hear(WAGE, RAISED, *about_h0([RAISED, WAGE], "2026-07-20", record="d3"))
    assert dibao(hub, "2026-07", "2026-08") == [WAS, "315.00"]


def test_a_hearing_after_the_decision_is_no_hearing_before_it():
    late = about_h0([WAGE], "2026-08-20", record="d2", heard_on="2026-10-30", received="2026-11-01")
    hub = h0().hear(WAGE, *late)
    assert dibao(hub, "2026-09") == [WAS]
    assert "HEARING_MISSING" in types(hub)


def test_an_award_that_was_accepted_until_june_ends_in_june():
    facts = family(ann=200, ben=700, cyn=0)
    hub = Hub().hear(*facts, *accepted(facts, until_month="2026-06")).open("2026-07-01")
    assert dibao(hub, "2026-04", "2026-06", "2026-07") == [WAS, WAS, "0.00"]


def test_an_amount_decided_for_one_person_is_nobody_elses():
    hub = h0().hear(*subsidised("ann", "care_subsidy", 1), *subsidised("ben", "care_subsidy", 2))
    hub.hear(*decides("care_subsidy", [], "2026-05-10", ["p:ann"], outcome="MODIFY", amount_fen=1000, record="less"))
    assert hub.owed("p:ann", "care_subsidy", "2026-05", "2026-06") == ["70.00", "10.00"]
    assert hub.owed("p:ben", "care_subsidy", "2026-05", "2026-06") == ["50.00", "50.00"]


def test_an_amount_decided_for_one_household_does_not_move_with_its_people():
    less: dict[str, Any] = {"outcome": "MODIFY", "amount_fen": 50000, "record": "less"}
    hub = h0().hear(*household("H1", eva=0)).hear(*decides("dibao", [], "2026-04-20", ["h:H0", "p:cyn"], **less))
    closing, opening = moves("cyn")
    hub.hear(closing, opening, *decides("dibao", [closing, opening], "2026-06-20", ["h:H0", "h:H1", "p:cyn"]))
    assert dibao(hub, "2026-06", "2026-07", of="H1") == ["645.00", "1290.00"]


def moves(who: str) -> tuple[Fact, Fact]:
    """Somebody leaves H0 for H1 on 10 June."""
    return (
        member(who, "H0", revision=2, until="2026-06-10", received="2026-06-12"),
        member(who, "H1", record=f"m-{who}-2", on="2026-06-10", received="2026-06-12"),
    )


PAID_AGAIN = (
    "the better ranked source of a death counts from the month after its own decision, and the dead is owed between"
)


def test_a_second_source_of_a_death_that_was_decided_pays_nobody_again():
    buried = death("ann", "2026-08-15", received="2026-08-20", source="funeral-service")
    registered = death("ann", "2026-08-15", received="2026-10-20")
    hub = h0().hear(buried, *about_h0([buried], "2026-09-15", record="d2")).pay("2026-08", "2026-09", "2026-10")
    assert dibao(hub, "2026-09", "2026-10") == [WAS, "590.00"]
    hub.hear(registered)
    assert proposed(hub) == []
    hub.hear(*about_h0([registered], "2026-10-25", record="d3"))
    assert dibao(hub, "2026-09", "2026-10", "2026-11") == [WAS, "590.00", "590.00"]


def test_a_household_of_two_who_both_died_is_empty():
    """After the law of July a stop for survivors is heard first; here nobody is left to hear."""
    hub = Hub().hear(*household("H1", eva=0, fay=0))
    hub.hear(death("eva", "2026-08-15", received="2026-08-20"), death("fay", "2026-08-18", received="2026-08-21"))
    assert dibao(hub, "2026-08", "2026-09", of="H1") == ["1290.00", "0.00"]


@pytest.mark.parametrize(("wrong", "right", "owed"), [("ann", "ben", "1090.00"), ("ben", "ann", "1090.00")])
def test_a_death_that_was_the_other_spouses(wrong, right, owed):
    """As intake says it: the new revision is about the right one, and takes it back from the wrong one.

    1090 = 2 x 645 - 200 without ben, 590 = 2 x 645 - 700 without ann. From ben to ann is a correction that lowers the amount:
    both halves of it wait for a decision together.
    """
    said = [
        death(wrong, "2026-05-15", received="2026-05-20", record="x"),
        death(wrong, "2026-05-15", received="2026-05-25", record="x", revision=2, retracted=True),
        death(right, "2026-05-15", received="2026-05-25", record="x", revision=2),
    ]
    for order in permutations(said):
        assert dibao(h0().hear(*order), "2026-05", "2026-06") == [WAS, owed]


def test_a_wage_that_was_the_other_spouses():
    said = [
        wage("ann", 600, "2026-05-05", record="w"),
        wage("ann", 600, "2026-05-05", received="2026-05-25", record="w", revision=2, retracted=True),
        wage("ben", 600, "2026-05-05", received="2026-05-25", record="w", revision=2),
    ]
    decided = [*about_h0(said[:1], "2026-05-10", record="d2"), *about_h0(said[2:], "2026-06-10", record="d3")]
    for order in permutations(said):
        hub = h0().hear(*order, *decided)
        assert dibao(hub, "2026-05", "2026-06", "2026-07") == [WAS, WAS, LESS]


def test_who_was_found_alive_is_left_when_the_other_dies():
    hub = Hub().hear(*household("H1", eva=0, fay=0))
    mistaken = death("eva", "2026-08-15", received="2026-08-20")
    hub.hear(mistaken, *decides("dibao", [mistaken], "2026-09-01", ["h:H1"], outcome="REJECT", record="alive"))
    hub.hear(death("fay", "2026-09-18", received="2026-09-21"))
    assert dibao(hub, "2026-10", "2026-11", of="H1") == ["1290.00", "1290.00"]
    assert proposed(hub) == [("dibao", "2026-10", 1290, 645)]


def test_a_decision_without_its_hearing_is_not_carried_out_by_half():
    """gus joins with 900: heard, 4 x 645 - 1800 = 780; unheard, nothing."""
    comes = [home("gus"), member("gus", "H0", on="2026-08-01", received="2026-08-02"), income("gus", 900, "2026-08-03")]
    hub = h0().hear(*comes, *decides("dibao", comes, "2026-08-20", ["h:H0", "p:gus"], record="in", heard_on=None))
    assert dibao(hub, "2026-08", "2026-09") == [WAS, WAS]


GRANTED = family(ann=200, ben=700, cyn=0)


@pytest.mark.parametrize(
    ("said", "owed", "asked"),
    [
        # taken back before the law of July: as if it had never been
        ({"retracted": True, "received": "2026-06-25"}, ["0.00", "0.00"], False),
        # after it: what stands stays until somebody was heard about the end, after the award and before the last word
        ({"retracted": True, "received": "2026-09-10"}, [WAS, WAS], True),
        ({"outcome": "REJECT", "heard_on": None, "received": "2026-09-10"}, [WAS, WAS], True),
        ({"retracted": True, "heard_on": "2026-03-01", "received": "2026-09-10"}, [WAS, WAS], True),
        ({"retracted": True, "heard_on": "2026-09-08", "received": "2026-09-10"}, ["0.00", "0.00"], False),
    ],
)
def test_an_award_is_not_taken_back_unheard(said, owed, asked):
    again = accepted(GRANTED, revision=2, **{"heard_on": None, **said})
    for order in ([*accepted(GRANTED), *again], [*again, *accepted(GRANTED)]):
        hub = Hub().hear(*GRANTED, *order).open("2026-09-10")
        assert dibao(hub, "2026-04", "2026-10") == owed
        assert ("HEARING_MISSING" in types(hub)) is asked
