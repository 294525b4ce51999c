"""Settlement as a task: adjustments numbered without gaps beside their claims, and the markers of pay runs."""

import pytest
from msgspec import structs

from benefit_hub.messages.internal import ControlCopy, ControlEvent
from benefit_hub.messages.public import Entitlement, Explanation
from benefit_hub.values.errors import ContractViolation, InvariantBroken
from tests.settlement.claimed import PARTITION, Till, adjusted, cause, claims, held, told

AWARD = claims("H0", {"2026-04": 1035})
LESS = claims("H0", {"2026-04": 1035, "2026-06": 590}, causes={"dibao": (cause("wage"),)})


def test_a_claim_comes_to_an_adjustment_its_explanation_and_the_whole_entitlement():
    outs = Till().batch(AWARD)
    adjustment, explanation, entitlement = (out.value for out in outs)
    assert isinstance(explanation, Explanation)
    assert isinstance(entitlement, Entitlement)
    assert [out.topic for out in outs] == ["benefits.adjustments", "benefits.explanations", "benefits.entitlements"]
    assert [out.key for out in outs] == ["h:H0", "h:H0", "h:H0|dibao"]
    assert {out.partition for out in outs} == {PARTITION}
    assert (adjustment.kind, adjustment.sequence, adjustment.origin) == ("START", 1, PARTITION)
    assert (adjustment.effective_month, adjustment.before_fen, adjustment.after_fen) == ("2026-04", 0, 103500)
    assert explanation.adjustment_id == adjustment.adjustment_id
    assert explanation.explanation_id == adjustment.explanation_id
    assert [(each.since, each.amount_fen, each.status) for each in entitlement.months] == [("2026-04", 103500, "DIBAO")]
    assert (entitlement.paid_through, entitlement.outstanding_receivable_fen) == (None, 0)


def test_adjustments_of_a_beneficiary_are_numbered_without_gaps_over_all_programmes():
    till = Till()
    margin = claims("H0", {"2026-05": 20}, programme="margin")
    both = claims("H0", {}, programmes={**AWARD.programmes, **margin.programmes})
    numbered = [adjusted(till.batch(each)) for each in (AWARD, both, both, LESS)]
    assert [[each.sequence for each in said] for said in numbered] == [[1], [2], [], [3, 4]]
    ids = {each.adjustment_id for said in numbered for each in said}
    assert len(ids) == 4
    assert {each.adjustment_id for each in adjusted(Till().batch(AWARD))} < ids


def test_the_same_claim_again_gives_nothing():
    till = Till()
    till.batch(AWARD)
    assert till.batch(AWARD) == []


def test_a_batch_settles_each_beneficiary_once_by_the_newest_claim():
    outs = Till().batch(AWARD, LESS, claims("H1", {"2026-04": 645}))
    assert told(outs) == [
        ("START", "2026-04", 0, 1035, 0, 0),
        ("DECREASE", "2026-06", 1035, 590, 0, 0),
        ("START", "2026-04", 0, 645, 0, 0),
    ]
    explanation = next(out.value for out in outs if isinstance(out.value, Explanation))
    assert set(explanation.causes) == {"application", "wage"}


def test_the_story_of_a_late_death_and_its_revocation():
    """T25 and T26 between the runs of April to July."""
    till = Till()
    dead = claims("H0", {"2026-04": 590}, causes={"dibao": (cause("death"),)})
    alive = claims("H0", {"2026-04": 1035}, causes={"dibao": (cause("retraction"),)})
    chapters = [
        [AWARD, till.closing("2026-04"), till.closing("2026-05")],
        [dead, till.closing("2026-06")],
        [alive, till.closing("2026-07")],
    ]
    assert [told(till.batch(*chapter)) for chapter in chapters] == [
        [
            ("START", "2026-04", 0, 1035, 0, 0),
            ("PAY_RUN_MARKER", "2026-05", 0, 0, 0, 0),
            ("PAY_RUN_MARKER", "2026-06", 0, 0, 0, 0),
        ],
        [("DECREASE", "2026-06", 1035, 590, 0, 890), ("PAY_RUN_MARKER", "2026-07", 0, 0, 0, 0)],
        [("INCREASE", "2026-07", 590, 1035, 445, -890), ("PAY_RUN_MARKER", "2026-08", 0, 0, 0, 0)],
    ]
    assert till.account("h:H0").ledgers["dibao"].outstanding == 0


@pytest.mark.parametrize(
    ("runs", "markers"),
    [
        (["2026-04"], ["2026-04"]),
        (["2026-04", "2026-04"], ["2026-04"]),
        (["2026-04", "2026-05"], ["2026-04", "2026-05"]),
        (["2026-04", "2026-07"], ["2026-04", "2026-05", "2026-06", "2026-07"]),
        (["2026-04", "2026-03"], ["2026-04"]),
        (["2026-11", "2027-02"], ["2026-11", "2026-12", "2027-01", "2027-02"]),
        (["2026-04", "2026-06", "2026-05", "2026-07"], ["2026-04", "2026-05", "2026-06", "2026-07"]),
    ],
)
def test_a_pay_run_leaves_one_marker_for_each_month_in_this_partition(runs, markers):
    till = Till()
    outs = [out for run in runs for out in till.batch(till.closing(run))]
    assert [each.effective_month for each in adjusted(outs)] == markers
    assert {(out.topic, out.partition) for out in outs} == {("benefits.adjustments", PARTITION)}
    assert [out.key for out in outs] == [f"marker:{each}" for each in markers]
    assert len({each.adjustment_id for each in adjusted(outs)}) == len(markers)
    assert {(each.beneficiary, each.sequence) for each in adjusted(outs)} == {("", 0)}


def test_a_marker_of_another_partition_is_another_record():
    till, other = Till(), Till()
    other.env = structs.replace(till.env, partition=0)
    here, there = (adjusted(each.batch(each.closing("2026-04")))[0] for each in (till, other))
    assert here.adjustment_id != there.adjustment_id


def test_what_came_before_a_closing_is_a_change_and_what_comes_after_is_arrears():
    before, after = Till(), Till()
    raised = claims("H0", {"2026-04": 1140})
    assert told(before.batch(AWARD, raised, before.closing("2026-04")))[0] == ("START", "2026-04", 0, 1140, 0, 0)
    assert told(after.batch(AWARD, after.closing("2026-04"), raised))[-1] == ("INCREASE", "2026-05", 1035, 1140, 105, 0)


def test_a_closed_pay_run_touches_no_account():
    till = Till()
    till.batch(AWARD)
    account = till.account("h:H0")
    till.batch(till.closing("2026-04"))
    assert till.account("h:H0") == account


def test_a_move_neither_pays_twice_nor_claims_back():
    """ann's allowance goes with her from H0 to H1 as of July, told in August: the same 50 all along."""
    till, person = Till(), "p:ann"
    stays, moves = held("H0"), held("H0", "2026-07 H1")
    same = {"person": person, "programme": "care_subsidy"}
    first = till.batch(claims("H0", {"2026-04": 50}, number=1, held=stays, **same), till.closing("2026-08"))
    assert told(first)[0] == ("START", "2026-04", 0, 50, 0, 0)
    for household in ("H1", "H0"):
        assert told(till.batch(claims(household, {"2026-04": 50}, number=2, held=moves, **same))) == []


def test_a_move_to_a_household_that_owes_more_pays_the_difference_once():
    till, person = Till(), "p:ann"
    moves = held("H0", "2026-07 H1")
    same = {"person": person, "programme": "care_subsidy", "number": 2, "held": moves}
    till.batch(claims("H0", {"2026-04": 50}, **same), till.closing("2026-08"))
    outs = till.batch(claims("H1", {"2026-04": 70}, **same))
    assert told(outs) == [("START", "2026-09", 0, 70, 140, 0)]
    (adjustment,) = adjusted(outs)
    assert [(each.month, each.difference_fen) for each in adjustment.settled] == [("2026-07", 7000), ("2026-08", 7000)]


@pytest.mark.parametrize(
    ("number", "other", "fits"), [(2, held("H1"), False), (2, held("H0"), True), (3, held("H1"), True)]
)
def test_one_number_has_one_assignment(number, other, fits):
    till = Till()
    till.batch(claims("H0", {"2026-04": 50}, person="p:ann", number=2, held=held("H0")))
    claim = claims("H1", {"2026-04": 70}, person="p:ann", number=number, held=other)
    if fits:
        till.batch(claim)
    else:
        with pytest.raises(InvariantBroken):
            till.batch(claim)


def test_a_book_that_the_worker_lacks_stops_it():
    with pytest.raises(InvariantBroken, match="policy book unknown was activated"):
        Till().batch(claims("H0", {"2026-04": 1035}, book="unknown"))


def test_a_message_that_does_not_belong_here_stops_the_worker():
    with pytest.raises(ContractViolation, match="settlement does not know"):
        Till().batch("a text")


def test_other_control_events_say_nothing():
    day = ControlCopy(sequence=0, origin=0, event=ControlEvent(type="DAY_OPENED", day="2026-04-01"))
    assert Till().batch(day) == []


def test_a_household_that_lets_go_and_knows_no_place_is_still_told_by_the_name_of_the_programme():
    till = Till()
    till.batch(AWARD)
    outs = till.batch(claims("H0", {}, region="", gone=True, causes={}))
    (sentence,) = [out.value.text_zh for out in outs if isinstance(out.value, Explanation)]
    assert sentence.startswith("最低生活保障：自 2026-04 起每月 1035.00 元 → 0.00 元")
