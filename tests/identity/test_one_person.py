"""A number was wrong, or somebody had two: what is known and paid under it goes to the right one, and comes back if need be.

Amounts by hand: care subsidy level 1 is 70.00 yuan a month, level 2 50.00; urban dibao 645.00 a head; old-age allowance 50.00.
"""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from benefit_hub.messages.internal import Fact
from benefit_hub.simulate.run import shuffled
from tests.facts import applies, card, death, decides, home, member, same
from tests.in_memory import Hub

CARE = "care_subsidy"
MONTHS = ("2026-03", "2026-04", "2026-07", "2026-08")


def cared_for(who: str, level: int = 1, on: str = "2026-03-02") -> list[Fact]:
    """Somebody has a card, applied, and was accepted: care subsidy from the month of the application."""
    held, asked = card(who, level, on), applies(f"p:{who}", CARE, on)
    return [home(who), held, asked, *decides(CARE, [held, asked], on, [f"p:{who}"], record=f"d-{who}")]


def paid_in_summer(*facts: Fact) -> Hub:
    """What was known in March, the pay runs of April to June closed, the last of them in June."""
    return Hub().hear(*facts).open("2026-06-20").pay("2026-04", "2026-05", "2026-06")


def test_a_corrected_number_is_paid_on_under_the_right_one() -> None:
    """Nobody is owed more or less: the wrong number is told to be paid no more, the right one to be paid, past months rest."""
    hub = paid_in_summer(*cared_for("wrong")).hear(*same("wrong", "right", "2026-06-20"))
    assert hub.adjustments("p:wrong") == [
        ("START", "2026-03", "0.00", "70.00"),
        ("TRANSFER_OUT", "2026-07", "70.00", "0.00"),
    ]
    assert hub.adjustments("p:right") == [("TRANSFER_IN", "2026-07", "0.00", "70.00")]
    assert hub.owed("p:right", CARE, *MONTHS) == ["70.00"] * 4
    assert hub.owed("p:wrong", CARE, *MONTHS) == ["0.00"] * 4


def test_a_transfer_settles_nothing_and_says_why() -> None:
    """No arrears, no receivable, no paid month in it."""
    hub = paid_in_summer(*cared_for("wrong")).hear(*same("wrong", "right", "2026-06-20"))
    transfers = [each for each in hub.said("benefits.adjustments") if each.kind.startswith("TRANSFER")]
    assert [(each.settled, each.arrears_fen, each.receivable_fen, each.cause_class) for each in transfers] == [
        ((), 0, 0, "identity"),
        ((), 0, 0, "identity"),
    ]
    texts = [each.text_zh for each in hub.said("benefits.explanations")][-2:]
    assert all("公民身份号码更正或合并（同一人）" in text for text in texts)


def test_what_comes_later_under_either_number_counts() -> None:
    """A card of level 2 under the wrong number in August: 50.00 from September."""
    hub = paid_in_summer(*cared_for("wrong")).hear(*same("wrong", "right", "2026-06-20"))
    hub.hear(card("wrong", 2, "2026-08-05", record="c-2"))
    assert hub.adjustments("p:right")[1:] == [("DECREASE", "2026-09", "70.00", "50.00")]
    hub.hear(death("right", "2026-10-03"))
    assert hub.adjustments("p:right")[2:] == [("STOP", "2026-11", "50.00", "0.00")]
    assert len(hub.adjustments("p:wrong")) == 2


def test_two_numbers_both_paid_are_one_person_paid_twice() -> None:
    """Both had 70.00 from March on; April to June are past and March was ahead of the first run: 4 x 70.00 too much."""
    hub = paid_in_summer(*cared_for("one"), *cared_for("two"))
    hub.hear(*same("one", "two", "2026-06-20", merged=True))
    assert hub.adjustments("p:one")[1:] == [("TRANSFER_OUT", "2026-07", "70.00", "0.00")]
    (overpaid,) = [each for each in hub.said("benefits.adjustments") if each.kind == "OVERPAYMENT"]
    assert (overpaid.beneficiary, overpaid.receivable_fen, overpaid.before_fen, overpaid.after_fen) == (
        "p:two",
        4 * 7000,
        7000,
        7000,
    )
    assert hub.owed("p:two", CARE, *MONTHS) == ["70.00"] * 4
    assert "IDENTITY_BOTH_AWARDED" in {each.type for each in hub.items("tasks")}


def test_a_wrong_merge_is_undone() -> None:
    """They were two people after all: each has its own again, and the receivable is gone."""
    hub = paid_in_summer(*cared_for("one"), *cared_for("two"))
    hub.hear(*same("one", "two", "2026-06-20", merged=True))
    hub.hear(*same("one", "two", "2026-06-20", merged=True, revision=2, retracted=True, received="2026-06-25"))
    assert hub.owed("p:one", CARE, *MONTHS) == ["70.00"] * 4
    assert hub.owed("p:two", CARE, *MONTHS) == ["70.00"] * 4
    assert hub.adjustments("p:one")[-1] == ("TRANSFER_IN", "2026-07", "0.00", "70.00")
    receivable = sum(each.receivable_fen for each in hub.said("benefits.adjustments"))
    assert receivable == 0
    assert hub.items("tasks") == []


def test_a_pay_run_between_merge_and_its_undoing_is_made_good() -> None:
    """July closed while both were one: the one number was paid 70.00 for both, so the other is owed July."""
    hub = paid_in_summer(*cared_for("one"), *cared_for("two"))
    hub.hear(*same("one", "two", "2026-06-20", merged=True)).open("2026-07-11").pay("2026-07")
    hub.hear(*same("one", "two", "2026-06-20", merged=True, revision=2, retracted=True, received="2026-07-12"))
    owed = [each for each in hub.said("benefits.adjustments") if each.beneficiary == "p:one"][-1]
    assert (owed.kind, owed.payable_from, owed.after_fen, owed.arrears_fen) == ("TRANSFER_IN", "2026-08", 7000, 7000)
    assert hub.owed("p:one", CARE, *MONTHS) == ["70.00"] * 4


def test_a_household_never_loses_a_member_on_the_way() -> None:
    """Three in a household, one number corrected: the household's dibao of 1935.00 is not touched for a moment."""
    who = ("ann", "bob", "cleo")
    people = [
        each for name in who for each in (home(name), member(name, "H1", role="HEAD" if name == "ann" else "OTHER"))
    ]
    asked = applies("h:H1", "dibao", "2026-03-02")
    facts = [*people, asked]
    facts += decides("dibao", facts, "2026-03-05", ["h:H1", *(f"p:{name}" for name in who)], record="d-1")
    for seed in range(20):
        hub = Hub(partitions=3, schedule=shuffled(Random(seed).randrange)).hear(*facts)
        before = hub.adjustments("h:H1")
        assert hub.owed("h:H1", "dibao", "2026-04", "2026-07") == ["1935.00"] * 2
        hub.hear(home("bob2", record="r-bob2"), *same("bob", "bob2", "2026-06-20"))
        assert hub.adjustments("h:H1") == before
        hub.hear(death("bob2", "2026-06-25"))
        assert hub.owed("h:H1", "dibao", "2026-06", "2026-07") == ["1935.00", "1290.00"]
        hub.hear(*same("bob", "bob2", "2026-06-20", revision=2, retracted=True, received="2026-06-28"))
        # the dead one is not bob: bob counts again, and bob2 is nobody's member
        assert hub.owed("h:H1", "dibao", "2026-06", "2026-07") == ["1935.00", "1935.00"]


def chain(*numbers: str) -> list[Fact]:
    """Each number is corrected to the next."""
    return [each for left, right in pairwise(numbers) for each in same(left, right, "2026-06-20")]


@pytest.mark.parametrize("seed", range(12))
def test_a_chain_ends_at_the_last_number(seed: int) -> None:
    """a is b, b is c, c is d: whatever comes first, d has it all."""
    links = chain("a", "b", "c", "d")
    Random(seed).shuffle(links)
    hub = Hub(partitions=3, schedule=shuffled(Random(seed).randrange)).hear(*cared_for("a"))
    hub.open("2026-06-20").pay("2026-04", "2026-05", "2026-06")
    for link in links:
        hub.hear(link)
    assert hub.owed("p:d", CARE, *MONTHS) == ["70.00"] * 4
    assert [hub.owed(f"p:{who}", CARE, *MONTHS) for who in "abc"] == [["0.00"] * 4] * 3
    assert sum(each.receivable_fen + each.arrears_fen for each in hub.said("benefits.adjustments")) == 0


@pytest.mark.parametrize("numbers", ["ab", "abc", "abcd"])
def test_a_circle_is_held_with_a_task(numbers: str) -> None:
    """a is b, b is a: nobody can tell who is who, so nothing moves until one of the records is taken back."""
    hub = paid_in_summer(*cared_for("a"))
    hub.hear(*chain(*numbers, numbers[0]))
    assert hub.owed("p:a", CARE, *MONTHS) == ["70.00"] * 4
    held = [each for each in hub.items("tasks") if each.type == "IDENTITY_CIRCLE"]
    assert sorted(each.subject for each in held) == [f"p:{who}" for who in numbers]
    last = numbers[-1]
    hub.hear(*same(last, "a", "2026-06-20", revision=2, retracted=True, received="2026-06-25"))
    assert hub.owed(f"p:{last}", CARE, *MONTHS) == ["70.00"] * 4
    assert hub.owed("p:a", CARE, *MONTHS) == ["0.00"] * 4
    assert [each for each in hub.items("tasks") if each.type == "IDENTITY_CIRCLE"] == []


def test_a_number_that_is_said_to_be_two_others_moves_nowhere() -> None:
    """Until public security says which."""
    hub = paid_in_summer(*cared_for("a")).hear(*same("a", "b", "2026-06-20"), *same("a", "c", "2026-06-21"))
    assert hub.owed("p:a", CARE, *MONTHS) == ["70.00"] * 4
    assert "IDENTITY_AMBIGUOUS" in {each.type for each in hub.items("tasks")}
    hub.hear(*same("a", "b", "2026-06-20", revision=2, retracted=True, received="2026-06-25"))
    assert hub.owed("p:c", CARE, *MONTHS) == ["70.00"] * 4
    assert [each for each in hub.items("tasks") if each.type == "IDENTITY_AMBIGUOUS"] == []


def test_it_is_all_the_same_when_the_correction_comes_first() -> None:
    """The correction, then what departments say under the wrong number."""
    hub = Hub().hear(*same("wrong", "right", "2026-03-01"), *cared_for("wrong"))
    assert hub.owed("p:right", CARE, *MONTHS) == ["70.00"] * 4
    assert hub.adjustments("p:wrong") == []
    assert hub.adjustments("p:right") == [("START", "2026-03", "0.00", "70.00")]


def test_the_register_says_whose_number_it_is() -> None:
    """The wrong number's line points to the right one."""
    hub = paid_in_summer(*cared_for("wrong")).hear(*same("wrong", "right", "2026-06-20"))
    lines = hub._hub.standing("register.persons")
    assert lines["p:wrong"].canonical == "p:right"
    assert (lines["p:right"].canonical, lines["p:right"].region) == (None, "990101")


def everything() -> list[Fact]:
    """A story of numbers: two merged people, one of them corrected before, the merge undone, a death under one number."""
    return [
        *cared_for("a"),
        *cared_for("b", 2, "2026-02-02"),
        *cared_for("c", 2),
        *same("a", "b", "2026-06-20"),
        *same("b", "c", "2026-06-22", merged=True),
        *same("b", "c", "2026-06-22", merged=True, revision=2, retracted=True, received="2026-07-20"),
        card("c", 1, "2026-05-03", record="c-c2"),
        death("c", "2026-08-03"),
    ]


def outcome(hub: Hub) -> Sequence[list[str]]:
    """What is owed to everybody in every month."""
    return [hub.owed(f"p:{who}", CARE, *MONTHS, "2026-09") for who in "abc"]


@pytest.mark.parametrize("seed", range(40))
def test_any_order_gives_the_same_money(seed: int) -> None:
    """By hand: b has 50.00 by the card of 2 February, and 70.00 from the month after 2 March, when a's card (level 1) was made
    out, which is b's; c has 50.00, and 70.00 by the new card from the month after 3 May, to the month of death."""
    facts = everything()
    Random(seed).shuffle(facts)
    hub = Hub(partitions=3, schedule=shuffled(Random(seed).randrange))
    for at, each in enumerate(facts):
        hub.hear(each)
        if at == len(facts) // 2:
            hub.open("2026-06-20").pay("2026-04", "2026-05", "2026-06", "2026-07")
    nothing = ["0.00"] * 5
    assert outcome(hub)[0] == nothing
    assert outcome(hub)[2] == ["50.00", "50.00", "70.00", "70.00", "0.00"]
    assert outcome(hub)[1] == ["50.00", "70.00", "70.00", "70.00", "70.00"]


def test_one_person_in_households_of_two_counties_keeps_the_first_and_asks() -> None:
    """Decided into H1 in one county and into H2 in another: what stands stays, and a task names both households."""
    first, second = (
        member("ann", "H1", role="HEAD"),
        member("ann", "H2", role="HEAD", record="m-2", received="2026-04-02"),
    )
    hub = Hub(partitions=3).hear(home("ann"), home("bob", region="990202"), first, member("bob", "H2"))
    hub.hear(*decides("dibao", [first], "2026-03-05", ["h:H1", "p:ann"], record="d-1"))
    hub.hear(second, *decides("dibao", [second], "2026-04-05", ["h:H2", "p:ann"], record="d-2"))
    (overlap,) = [each for each in hub.items("tasks") if each.type == "MEMBERSHIP_OVERLAP"]
    assert (overlap.subject, "H1、H2" in overlap.text_zh) == ("p:ann", True)
    assert hub._hub.standing("register.persons")["p:ann"].household == "h:H1"
