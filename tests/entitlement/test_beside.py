"""Benefits beside each other, and amounts that a decision sets: what becomes of the answer of a rule.

1050 is what an unattended child has, 70 care of level 1, 645 the standard of the town.
"""

from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.awards import with_decided_amount
from benefit_hub.entitlement.rules.beside import beside_others, own_of
from benefit_hub.entitlement.rules.income import means_of
from benefit_hub.entitlement.rules.rule import Answer, Question
from benefit_hub.entitlement.shares import NOTHING, Share
from benefit_hub.messages.departments import NursingBenefit
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.exclusions import Exclusion
from benefit_hub.values.months import Month, month
from tests.entitlement.asked import ON, Row, answer, asks, counts, gz_t, question, told
from tests.facts import applies, card, decides, fact, home, income

DIBAO = {"other": "1035", "other_title": "最低生活保障"}
TEKUN = {"other": "906", "other_title": "特困人员救助供养"}
FLAT: Row = ("UNATTENDED_CHILD 1050.00 flat", {"amount": "1050"}, {"application": 1})


def edge(first: str, then: str, rule: Any, **said: Any) -> Exclusion:
    """A row of the pack's exclusions."""
    row = {"on_loss": "STOP", "clause": "某条", "source": "a text", "assumed": False, **said}
    return Exclusion(first=first, then=then, rule=rule, **row)


def child(row: Exclusion, **said: Any) -> Question:
    """An unattended child, with one row of exclusions."""
    return question("unattended_child", asks("unattended_child"), of="ann", pack=gz_t(exclusions=(row,)), **said)


def beside(asked: Question, at: str) -> Answer:
    """What the rule says, beside others."""
    return beside_others(asked, answer(asked, at), Month(month(at)))


def difference(yuan: str, heads: int, other: str = "1035") -> Row:
    """The difference to a share of dibao."""
    numbers = {"amount": "1050", **DIBAO, "other": other, "heads": str(heads)}
    return f"UNATTENDED_CHILD {yuan} difference", numbers, {"application": 1}


BY_HOUSEHOLD = ("dibao", "unattended_child", "DIFFERENCE")
SHARED = edge(*BY_HOUSEHOLD, member_share=True)
OF_THREE = {("dibao", "h:H0"): Share(103500, 3, 0)}
KNOWN_IN_JUNE = {("tekun", "p:ann"): Share(90600, 1, month("2026-06"))}
OUT: Row = ("NOT_ELIGIBLE 0.00 another benefit", {"amount": "1050", **TEKUN, "heads": "1"}, {"application": 1})
LIMITED: Row = (OUT[0], {**OUT[1], "retro_limit_months": "1"}, OUT[2])


@pytest.mark.parametrize(
    ("row", "at", "said", "expected"),
    [
        # 1050 - 1035 / 3 = 705, and without shares 1050 - 1035 = 15
        (SHARED, "2026-06", {"given": OF_THREE}, difference("705.00", 3)),
        (edge(*BY_HOUSEHOLD), "2026-06", {"given": OF_THREE}, difference("15.00", 1)),
        # not below zero: 4500 / 3 = 1500
        (SHARED, "2026-06", {"given": {("dibao", "h:H0"): Share(450000, 3, 0)}}, difference("0.00", 3, "4500")),
        # the household's is nothing to who is no member yet
        (SHARED, "2026-06", {"given": OF_THREE, "joined": {"ann": "2026-07"}}, FLAT),
        (SHARED, "2026-07", {"given": OF_THREE, "joined": {"ann": "2026-07"}}, difference("705.00", 3)),
        # known in June, it reaches one month back
        (edge("tekun", "unattended_child", "NONE", retro_limit_months=1), "2026-04", {"given": KNOWN_IN_JUNE}, FLAT),
        (edge("tekun", "unattended_child", "NONE", retro_limit_months=1), "2026-05", {"given": KNOWN_IN_JUNE}, LIMITED),
        (edge("tekun", "unattended_child", "NONE"), "2026-04", {"given": KNOWN_IN_JUNE}, OUT),
    ],
)
def test_a_persons_benefit_beside_another(row: Exclusion, at: str, said: dict[str, Any], expected: Row) -> None:
    assert told(beside(child(row, **said), at)) == expected


def nursed(type_: Any, yuan: int) -> Fact:
    return fact("p:ann", f"g-{type_}", NursingBenefit(type=type_, amount_fen=yuan * 100), on=ON)


@pytest.mark.parametrize(
    ("rule", "paid", "expected"),
    [
        ("DIFFERENCE", nursed("OTHER", 30), "CARE_SUBSIDY 40.00 difference"),
        ("DIFFERENCE", nursed("OLD_AGE", 30), "CARE_SUBSIDY 70.00 amount by level"),
        ("HIGHER", nursed("OTHER", 69), "CARE_SUBSIDY 70.00 amount by level"),
        ("HIGHER", nursed("OTHER", 70), "NOT_ELIGIBLE 0.00 another benefit"),
    ],
)
def test_what_another_department_pays(rule: str, paid: Fact, expected: str) -> None:
    law = gz_t(exclusions=(edge("nursing_benefit OTHER", "care_subsidy", rule),))
    asked = question("care_subsidy", asks("care_subsidy"), card("ann", 1, ON), paid, of="ann", pack=law)
    said, numbers, records = told(beside(asked, "2026-06"))
    assert said == expected
    assert records.get("nursing_benefit", 0) == ("other" in numbers)


@pytest.mark.parametrize("assumed", [(False, False), (False, True), (True, False)])
@pytest.mark.parametrize("verified", [(True, True), (True, False), (False, True)])
def test_an_amount_beside_another_rests_on_both(assumed: tuple[bool, bool], verified: tuple[bool, bool]) -> None:
    """Both clauses and both sources; assumed where either is, and verified where both are."""
    row = edge("tekun", "unattended_child", "NONE", assumed=assumed[1], verified=verified[1])
    asked = child(row, given=KNOWN_IN_JUNE)
    mine = structs.replace(answer(asked, "2026-06"), clauses=("本条",), sources=("b",), assumed=assumed[0])
    mine = structs.replace(mine, verified=verified[0])
    said = beside_others(asked, mine, month("2026-06"))
    assert (said.clauses, said.sources) == (("本条", "某条"), ("b", "a text"))
    assert (said.assumed, said.verified) == (any(assumed), all(verified))


BEN_HAS_TEKUN = ("tekun", "p:ben")
TAKES_OUT = ("tekun", "dibao", "NONE")


@pytest.mark.parametrize(
    ("limit", "has", "applied", "counted"),
    [
        (None, Share(90600, 1, month("2026-08")), ON, ["p:ann"]),
        # known in August, and nothing is taken back: in June he still counts
        (0, Share(90600, 1, month("2026-08")), ON, ["p:ann", "p:ben"]),
        (0, Share(90600, 1, month("2026-06")), ON, ["p:ann"]),
        # who lost it again is not taken in before the household's next award
        (None, [("2026-01", Share(90600, 1, 0)), ("2026-04", NOTHING)], "2026-02-05", ["p:ann"]),
        (None, [("2026-01", Share(90600, 1, 0)), ("2026-04", NOTHING)], "2026-04-05", ["p:ann", "p:ben"]),
        # from June on, or only from July
        (None, [("2026-06", Share(90600, 1, 0))], ON, ["p:ann"]),
        (None, [("2026-07", Share(90600, 1, 0))], ON, ["p:ann", "p:ben"]),
        (None, NOTHING, ON, ["p:ann", "p:ben"]),
    ],
)
def test_who_counts_beside_what_he_has_himself(limit: int | None, has: Any, applied: str, counted: list[str]) -> None:
    law = gz_t(exclusions=(edge(*TAKES_OUT, member_share=True, retro_limit_months=limit),))
    facts = [home("ann"), home("ben"), applies("h:H0", "dibao", applied)]
    asked = question("dibao", *facts, people=("ann", "ben"), pack=law, given={BEN_HAS_TEKUN: has})
    means = means_of(asked, month("2026-06"))
    assert means is not None
    assert [*means.people] == counted


def decided(yuan: int, **said: Any) -> Fact:
    """A decision that sets an amount."""
    return decides("dibao", [], ON, ["h:H0"], outcome="MODIFY", amount_fen=yuan * 100, received=ON, **said)[0]


RICH = {"n": "1", "I": "700", "p": "700", "S": "645", "area": "URBAN"}
ALL = {"application": 1, "residence": 1, "verification_result": 1, "decision": 1}


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        # whatever the numbers say, who has an amount by decision has the status
        (decided(300), ("DIBAO 300.00 decided", {**RICH, "decided_fen": "30000"}, ALL)),
        (decided(0), ("NONE 0.00 ended by decision", RICH, ALL)),
        (decided(0, until_month="2026-06"), ("DIBAO 0.00 decided", {**RICH, "decided_fen": "0"}, ALL)),
    ],
)
def test_an_amount_that_a_decision_sets(decision: Fact, expected: Row) -> None:
    asked = question("dibao", home("ann"), asks("dibao", "h:H0"), income("ann", 700, ON), counts(decision))
    said = with_decided_amount(RULES["top_up"], answer(asked, "2026-03"), asked, month("2026-03"))
    assert told(said) == expected


def test_what_is_decided_is_compared_as_it_is_decided() -> None:
    """An amount that a decision sets is not that of the standard."""
    asked = child(SHARED)
    mine = structs.replace(answer(asked, "2026-06"), fen=30000, formula="decided")
    assert [own_of(mine), own_of(answer(asked, "2026-06"))] == [Fraction(300), Fraction(1050)]
