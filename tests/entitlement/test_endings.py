"""What has ended and what is to be looked at then; and of two benefits of one kind the higher, month by month."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.choosing import higher_alone
from benefit_hub.entitlement.counted import candidate
from benefit_hub.entitlement.counting import Counting
from benefit_hub.entitlement.endings import ended_beside, ended_elsewhere
from benefit_hub.entitlement.rules.beside import EXCLUDED
from benefit_hub.entitlement.shares import NOTHING, Share, Statuses
from benefit_hub.entitlement.timelines import Timeline
from benefit_hub.messages.departments import NursingBenefit
from benefit_hub.messages.internal import Fact, Reasoning, Segment
from benefit_hub.policy.exclusions import Exclusion
from benefit_hub.values.months import month
from tests.entitlement.asked import counts, gz_t
from tests.facts import applies, fact, wage

WHY = Reasoning(rule="", formula="", inputs={"own": "1"}, facts=(), clause="本条", source="own", assumed=False)


def timeline(months: dict[str, str]) -> Timeline:
    """By month the yuan that are had, or the formula by which nothing is."""
    return tuple(
        Segment(
            since=month(since),
            status="HAD" if said.isdigit() else "NOT_ELIGIBLE" if said == EXCLUDED else "NONE",
            amount=int(said) * 100 if said.isdigit() else 0,
            pay="PAY",
            reasoning=WHY if said.isdigit() else structs.replace(WHY, formula=said),
        )
        for since, said in months.items()
    )


def unit(programme: str, months: dict[str, str], *facts: Fact, who: str = "p:ann", **said: Any) -> Unit:
    """Somebody's benefit, by what counts."""
    verdicts = {candidate(each).key: counts(each) for each in facts}
    shown = timeline(months)
    return Unit(
        beneficiary=who,
        programme=gz_t().programmes[programme],
        counting=Counting(verdicts=verdicts, waiting=said.get("waiting", ()), unheard=()),
        rulings=(),
        timeline=shown,
        reported=timeline(said["reported"]) if "reported" in said else shown,
        final=None,
    )


def edge(first: str, then: str, rule: Any = "NONE", **said: Any) -> Exclusion:
    """A row of the pack's exclusions."""
    row = {"on_loss": "REVIEW", "clause": "某条", "source": "a text", "assumed": False, **said}
    return Exclusion(first=first, then=then, rule=rule, **row)


HAD = {"2026-01": "906", "2026-06": "ended by its facts"}
LOST = {"2025-06": "50", "2026-01": EXCLUDED}
APPLIED = applies("p:ann", "care_subsidy", "2025-06-02")
AGAIN = applies("p:ann", "care_subsidy", "2026-06-02", record="again")
TO_CARE = edge("tekun", "care_subsidy")


@pytest.mark.parametrize(
    ("row", "tekun", "care", "looked_at"),
    [
        (TO_CARE, HAD, unit("care_subsidy", LOST, APPLIED), True),
        # it stands still, was never had, or who had it has died
        (TO_CARE, {"2026-01": "906"}, unit("care_subsidy", LOST, APPLIED), False),
        (TO_CARE, {}, unit("care_subsidy", LOST, APPLIED), False),
        (TO_CARE, {"2026-01": "status missing"}, unit("care_subsidy", LOST, APPLIED), False),
        (TO_CARE, {**HAD, "2026-06": "died"}, unit("care_subsidy", LOST, APPLIED), False),
        # the pack asks for no review, or speaks of others
        (edge("tekun", "care_subsidy", on_loss="STOP"), HAD, unit("care_subsidy", LOST, APPLIED), False),
        (edge("orphan", "care_subsidy"), HAD, unit("care_subsidy", LOST, APPLIED), False),
        # nobody asks for what is paid without an application
        (edge("tekun", "old_age_allowance"), HAD, unit("old_age_allowance", LOST), False),
        # the other was not lost to it, was asked for again in the month of the end, or waits already
        (TO_CARE, HAD, unit("care_subsidy", {"2025-06": "50"}, APPLIED), False),
        (TO_CARE, HAD, unit("care_subsidy", LOST, APPLIED, AGAIN), False),
        (TO_CARE, HAD, unit("care_subsidy", LOST, APPLIED, wage("ann", 1, "2026-07-01")), True),
        (TO_CARE, HAD, unit("care_subsidy", LOST, APPLIED, waiting=(AGAIN,)), False),
    ],
)
def test_what_was_lost_is_looked_at_when_the_other_ends(
    row: Exclusion, tekun: dict[str, str], care: Unit, looked_at: bool
) -> None:
    units = [unit("dibao", HAD, who="h:H0"), unit("tekun", tekun), care]
    found = [(each.programme.name, then.name) for each, then in ended_beside(units, {}, gz_t(exclusions=(row,)))]
    assert found == ([("tekun", row.then)] if looked_at else [])


@pytest.mark.parametrize(
    ("shares", "looked_at"),
    [
        ((), False),
        # decided in April; tekun, had until May, ended in June
        (((month("2026-05"), Share(64500, 1, month("2026-04"))),), True),
        # decided in May, when it was known already
        (((month("2026-06"), Share(64500, 1, month("2026-05"))),), False),
        (((month("2026-05"), Share(64500, 1, month("2026-04"))), (month("2026-06"), NOTHING)), True),
    ],
)
def test_a_household_is_looked_at_again_unless_it_was_decided_since(shares: Any, looked_at: bool) -> None:
    statuses = {"dibao": Statuses((), (), shares)}
    law = gz_t(exclusions=(edge("tekun", "dibao", member_share=True),))
    assert len([*ended_beside([unit("tekun", HAD)], statuses, law)]) == looked_at


def test_a_households_own_end_leads_to_no_other_of_its_benefits() -> None:
    """Its class is computed anyway."""
    units = [unit("dibao", HAD, who="h:H0"), unit("margin", LOST, APPLIED, who="h:H0")]
    assert [*ended_beside(units, {}, gz_t(exclusions=(edge("dibao", "margin"),)))] == []


def nursed(until: str | None, type_: Any = "WORK_INJURY", **said: Any) -> Fact:
    """What another department pays."""
    payload = NursingBenefit(type=type_, amount_fen=180000)
    return fact("p:ann", f"g-{type_}", payload, on="2026-01-01", until=until, **said)


PAID_BY_OTHERS = (edge("nursing_benefit OLD_AGE", "care_subsidy"), edge("nursing_benefit WORK_INJURY", "care_subsidy"))
ENDED_IN_MAY = nursed("2026-06-01")


@pytest.mark.parametrize(
    ("facts", "rows", "found"),
    [
        ([APPLIED, ENDED_IN_MAY], PAID_BY_OTHERS, True),
        ([APPLIED, nursed("2026-06-02")], PAID_BY_OTHERS, False),
        ([APPLIED, nursed(None)], PAID_BY_OTHERS, False),
        ([APPLIED], PAID_BY_OTHERS, False),
        ([APPLIED, nursed("2026-06-01", retracted=True)], PAID_BY_OTHERS, False),
        ([APPLIED, nursed("2026-06-01", "OTHER")], PAID_BY_OTHERS, False),
        # another still paid, of a type that takes nothing away, changes nothing; nor what is no such benefit at all
        ([APPLIED, ENDED_IN_MAY, nursed(None, "OTHER")], PAID_BY_OTHERS, True),
        ([APPLIED, ENDED_IN_MAY, wage("ann", 1, "2026-07-01")], PAID_BY_OTHERS, True),
        # one edge asks for no review, and the next does
        ([APPLIED, ENDED_IN_MAY], (structs.replace(PAID_BY_OTHERS[0], on_loss="STOP"), PAID_BY_OTHERS[1]), True),
        ([APPLIED, ENDED_IN_MAY], (structs.replace(PAID_BY_OTHERS[1], on_loss="STOP"),), False),
        ([APPLIED, ENDED_IN_MAY, AGAIN], PAID_BY_OTHERS, False),
    ],
)
def test_what_was_lost_to_another_department_is_looked_at_when_it_pays_no_more(
    facts: list[Fact], rows: tuple[Exclusion, ...], found: bool
) -> None:
    """On 1 June 2026, the day after the last one paid for."""
    units, law = [unit("care_subsidy", LOST, *facts)], gz_t(exclusions=rows)
    told = [(each.programme.name, by) for each, by in ended_elsewhere(units, law, date(2026, 6, 1))]
    assert told == ([("care_subsidy", "工伤保险生活护理费")] if found else [])


def test_what_needs_no_application_is_never_looked_at() -> None:
    units = [unit("old_age_allowance", LOST, ENDED_IN_MAY)]
    law = gz_t(exclusions=(edge("nursing_benefit WORK_INJURY", "old_age_allowance"),))
    assert [*ended_elsewhere(units, law, date(2026, 6, 1))] == []


HIGHER = edge("care_subsidy", "elder_care", "HIGHER")


def amounts(months: Timeline) -> dict[int, int]:
    """By month of 2026 the yuan that are paid."""
    return {each.since % 12 + 1: each.amount // 100 for each in months}


def chosen(care: dict[str, str], elder: dict[str, str], *rows: Exclusion, **said: Any) -> tuple[Unit, Unit]:
    """Both, beside each other."""
    units = [unit("care_subsidy", care), unit("elder_care", elder, **said)]
    first, then = higher_alone(units, gz_t(exclusions=rows or (HIGHER,)))
    return first, then


@pytest.mark.parametrize(
    ("care", "elder", "paid"),
    [
        ({"2026-01": "50"}, {"2026-03": "100"}, ({1: 50, 3: 0}, {3: 100})),
        ({"2026-01": "50"}, {"2026-03": "40"}, ({1: 50}, {3: 0})),
        # of two that are equal the first is paid
        ({"2026-01": "50"}, {"2026-03": "50"}, ({1: 50}, {3: 0})),
        ({"2026-01": "50", "2026-05": "died"}, {"2026-03": "40"}, ({1: 50, 5: 0}, {3: 0, 5: 40})),
        # a change of the other that changes nothing of one's own begins no segment
        ({"2026-01": "50", "2026-05": "60"}, {"2026-03": "100"}, ({1: 50, 3: 0, 5: 0}, {3: 100})),
        ({"2026-01": "50"}, {}, ({1: 50}, {})),
    ],
)
def test_only_the_higher_is_paid(care: dict[str, str], elder: dict[str, str], paid: tuple[Any, Any]) -> None:
    first, then = chosen(care, elder)
    assert (amounts(first.timeline), amounts(then.timeline)) == paid


def test_what_waits_is_chosen_beside_what_counts() -> None:
    """100 are reported, and wait."""
    _, then = chosen({"2026-01": "50"}, {"2026-03": "40"}, reported={"2026-03": "40", "2026-06": "100"})
    assert (amounts(then.timeline), amounts(then.reported)) == ({3: 0}, {3: 0, 6: 100})


def test_only_where_the_higher_is_wanted_the_lower_is_left_unpaid() -> None:
    """Other rows take away what they take away elsewhere; what another department pays is no programme."""
    for row in (edge("care_subsidy", "elder_care"), edge("nursing_benefit OTHER", "elder_care", "HIGHER")):
        first, then = chosen({"2026-01": "50"}, {"2026-03": "100"}, row)
        assert (amounts(first.timeline), amounts(then.timeline)) == ({1: 50}, {3: 100})


@pytest.mark.parametrize("assumed", [(False, False), (False, True), (True, False)])
def test_an_amount_that_is_not_paid_says_why(assumed: tuple[bool, bool]) -> None:
    """Both amounts, both clauses and sources; assumed where either is."""
    units = [unit("care_subsidy", {"2026-01": "50"}), unit("elder_care", {"2026-01": "40"})]
    mine = units[1].timeline[0]
    lower = structs.replace(mine, reasoning=structs.replace(mine.reasoning, assumed=assumed[0]))
    units[1] = structs.replace(units[1], timeline=(lower,))
    _, then = higher_alone(units, gz_t(exclusions=(structs.replace(HIGHER, assumed=assumed[1]),)))
    assert then.timeline[0].reasoning == Reasoning(
        rule="",
        formula="lower than another",
        inputs={"own": "1", "amount": "40.00", "other": "50.00", "other_title": "重度残疾人护理补贴"},
        facts=(),
        clause="本条；某条",
        source="own; a text",
        assumed=any(assumed),
    )
