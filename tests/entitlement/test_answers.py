"""What each rule for persons answers of a month by what counts: status, yuan and formula, its numbers, the records it names.

Amounts are of the demonstration pack: 645 in town, 906 tekun, 50 and 70 care.
"""

from typing import Any

import pytest
from msgspec import structs

from benefit_hub.messages.departments import (
    AbilityAssessment,
    Certificate,
    Custody,
    Placement,
    SeriousIllness,
)
from benefit_hub.messages.internal import Fact
from tests.entitlement.asked import APPLIED, ON, Row, answer, asks, check, counts, question, with_standard
from tests.facts import card, death, fact, home

HOME = home("ann")
DIED = death("ann", ON)


def assessed(grade: Any, purpose: Any) -> Fact:
    return fact("p:ann", "b", AbilityAssessment(purpose=purpose, grade=grade, assessed_on=ON), on=ON)


def placed(type_: Any, programme: str = "tekun") -> Fact:
    return fact("p:ann", "l", Placement(programme=programme, type=type_), on=ON)


def ill(record: str) -> Fact:
    return fact("p:ann", record, SeriousIllness(illness="C01", recognised_on=ON), on=ON)


NO_CARD: Row = ("NONE 0.00 no valid certificate", {}, APPLIED)
CARD = {"application": 1, "certificate": 1}
LACKING = ("NONE 0.00 status missing", {"dibao": "NONE"})
NEEDS = {"needs_status": ("dibao",)}
FROZEN = structs.replace(card("ann", 2, ON), payload=structs.replace(card("ann", 2, ON).payload, status="FROZEN"))
NOTHING_ON_IT = fact("p:ann", "c-ann", Certificate(categories=(), status="VALID", issued_on=ON), on=ON)
FROM_JULY = (("2026-07", "60.00"),)


@pytest.mark.parametrize(
    ("facts", "said", "expected"),
    [
        ([], {}, NO_CARD),
        ([FROZEN], {}, NO_CARD),
        ([card("ann", 3, ON)], {}, ("NONE 0.00 no level that is paid", {"level": "3"}, CARD)),
        ([NOTHING_ON_IT], {}, ("NONE 0.00 no level that is paid", {"level": ""}, CARD)),
        ([card("ann", 2, ON)], NEEDS, (*LACKING, CARD)),
        (
            [card("ann", 1, ON)],
            {**NEEDS, "has": {"dibao": "DIBAO"}},
            (
                "CARE_SUBSIDY 70.00 amount by level",
                {"dibao": "DIBAO", "level": "1", "category": "PHYSICAL", "amount": "70"},
                CARD,
            ),
        ),
        ([card("ann", 1, ON), DIED], {}, ("NONE 0.00 died, nobody is left", {}, {"death": 1})),
    ],
)
def test_care_by_the_level_of_a_certificate(facts: list[Fact], said: dict[str, Any], expected: Row) -> None:
    check(question("care_subsidy", asks("care_subsidy"), *facts, of="ann", **said), "2026-03", expected)


@pytest.mark.parametrize(
    ("facts", "at", "said", "expected"),
    [
        ([], "2026-07", {}, NO_CARD),
        ([card("ann", 2, ON)], "2026-06", {}, ("NONE 0.00 no standard yet", {}, CARD)),
        ([card("ann", 2, ON)], "2026-07", {}, (*LACKING, CARD)),
        (
            [card("ann", 2, ON)],
            "2026-07",
            {"has": {"dibao": "DIBAO"}},
            ("LIVING_SUBSIDY 60.00 flat", {"dibao": "DIBAO", "amount": "60"}, CARD),
        ),
    ],
)
def test_a_subsidy_that_begins_in_july(facts: list[Fact], at: str, said: dict[str, Any], expected: Row) -> None:
    law = with_standard("living", *FROM_JULY)
    check(question("living_subsidy", asks("living_subsidy"), *facts, of="ann", pack=law, **said), at, expected)


@pytest.mark.parametrize(
    ("at", "said", "expected"),
    [
        ("2026-06", {}, ("NONE 0.00 no standard yet", {}, APPLIED)),
        ("2026-07", {}, ("UNATTENDED_CHILD 60.00 flat", {"amount": "60"}, APPLIED)),
        ("2026-07", NEEDS, (*LACKING, APPLIED)),
        (
            "2026-07",
            {**NEEDS, "has": {"dibao": "DIBAO"}},
            ("UNATTENDED_CHILD 60.00 flat", {"dibao": "DIBAO", "amount": "60"}, APPLIED),
        ),
    ],
)
def test_an_amount_that_a_decision_grants(at: str, said: dict[str, Any], expected: Row) -> None:
    law = with_standard("unattended", *FROM_JULY)
    check(question("unattended_child", asks("unattended_child"), of="ann", pack=law, **said), at, expected)


ASSESSED = {"application": 1, "ability_assessment": 1}


@pytest.mark.parametrize(
    ("facts", "said", "expected"),
    [
        ([], {}, ("NONE 0.00 no grade that is paid", {}, APPLIED)),
        ([assessed("ABLE", "OLD_AGE")], {}, ("NONE 0.00 no grade that is paid", {"grade": "ABLE"}, ASSESSED)),
        ([assessed("LOST", "OLD_AGE")], NEEDS, (*LACKING, ASSESSED)),
        (
            [assessed("LOST", "OLD_AGE")],
            {**NEEDS, "has": {"dibao": "DIBAO"}},
            (
                "ELDER_CARE 100.00 amount by ability",
                {"dibao": "DIBAO", "grade": "LOST", "amount": "100"},
                ASSESSED,
            ),
        ),
        ([home("ann", born="1966-03-09")], {}, ("NONE 0.00 too young", {"from_age": "60"}, APPLIED)),
    ],
)
def test_care_of_the_old_by_ability(facts: list[Fact], said: dict[str, Any], expected: Row) -> None:
    check(question("elder_care", asks("elder_care"), *facts, of="ann", **said), "2026-02", expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], ("NONE 0.00 no registered residence", {}, {})),
        ([home("ann", born="1946-04-01")], ("NONE 0.00 too young", {}, {"residence": 1})),
        (
            [home("ann", born="1946-03-31")],
            (
                "OLD_AGE_ALLOWANCE 50.00 amount by age",
                {"age": "80", "reached": "2026-03-31", "amount": "50"},
                {"residence": 1},
            ),
        ),
    ],
)
def test_an_allowance_by_age(facts: list[Fact], expected: Row) -> None:
    check(question("old_age_allowance", *facts, of="ann"), "2026-03", expected)


AT_80 = {"age": "80", "reached": "2025-03-09", "amount": "50"}
LIMIT = {"retro_limit_months": "1"}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-04", ("NONE 0.00 before it was known", LIMIT, {"residence": 1})),
        ("2026-05", ("OLD_AGE_ALLOWANCE 50.00 amount by age", {**AT_80, **LIMIT}, {"residence": 1})),
    ],
)
def test_an_allowance_reaches_back_from_the_month_in_which_the_birth_was_known(at: str, expected: Row) -> None:
    """Known in June, and one month back."""
    known = counts(home("ann", born="1945-03-09"), decided="2026-06-10")
    check(question("old_age_allowance", known, of="ann", retro_limit_months=1), at, expected)


FROM_MARCH = with_standard("tekun_basic", ("2026-03", "906.00"))
PLACED = {"application": 1, "placement": 1}
IN_HOME = {"placement": "INSTITUTION", "basic": "906", "amount": "906"}
LOST = assessed("LOST", "TEKUN_CARE")


@pytest.mark.parametrize(
    ("facts", "at", "expected"),
    [
        ([], "2026-02", ("NONE 0.00 no standard yet", {"placement": "HOME"}, APPLIED)),
        ([placed("INSTITUTION")], "2026-03", ("TEKUN 906.00 amount by placement", IN_HOME, PLACED)),
        # an assessment of somebody who can help himself has no care of its own
        (
            [placed("INSTITUTION"), assessed("ABLE", "TEKUN_CARE")],
            "2026-03",
            ("TEKUN 906.00 amount by placement", IN_HOME, {**PLACED, "ability_assessment": 1}),
        ),
        (
            [placed("INSTITUTION"), LOST],
            "2026-03",
            (
                "TEKUN 1506.00 amount by placement and care",
                {**IN_HOME, "amount": "1506", "grade": "LOST", "care": "600"},
                {**PLACED, "ability_assessment": 1},
            ),
        ),
    ],
)
def test_tekun_by_placement_and_care(facts: list[Fact], at: str, expected: Row) -> None:
    check(question("tekun", asks("tekun"), *facts, of="ann", pack=FROM_MARCH), at, expected)


IN_PRISON = fact("p:ann", "k", Custody(type="PRISON"), on=ON)
CHILD = home("ann", born="2008-01-10")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([IN_PRISON], ("NONE 0.00 ended by its facts", {"by": "custody PRISON"}, {"application": 1, "custody": 1})),
        ([CHILD], ("NONE 0.00 came of age", {"age": "18", "reached": "2026-01-10"}, APPLIED)),
    ],
)
def test_what_ends_tekun(facts: list[Fact], expected: Row) -> None:
    check(question("tekun", asks("tekun"), *facts, of="ann"), "2026-03", expected)


def test_an_amount_with_care_rests_on_both_standards() -> None:
    said = answer(question("tekun", asks("tekun"), LOST, of="ann"), "2026-03")
    assert [each.name for each in said.standards] == ["tekun_basic", "tekun_lost"]


GROUND = {"application": 1, "certificate": 1, "residence": 1}
SINGLE = asks("dibao_single")
MARGIN = {"margin": "MARGIN"}
WITHOUT_ILLNESS = {"shares": {"2": "1/2"}}


@pytest.mark.parametrize(
    ("facts", "said", "expected"),
    [
        ([HOME], {}, ("NONE 0.00 no ground to apply alone", {}, APPLIED)),
        # where illness is no ground it is none, whoever is ill
        ([HOME, ill("i1")], WITHOUT_ILLNESS, ("NONE 0.00 no ground to apply alone", {}, APPLIED)),
        ([card("ann", 2, ON)], {}, ("NONE 0.00 no registered residence", {}, APPLIED)),
        ([HOME, card("ann", 2, ON)], {"has": {}}, ("NONE 0.00 status missing", {"margin": "NONE"}, CARD)),
        (
            [HOME, card("ann", 2, ON)],
            {"pack": with_standard("dibao_urban", ("2026-07", "645.00"))},
            ("NONE 0.00 no standard yet", {}, APPLIED),
        ),
        (
            [HOME, card("ann", 2, ON)],
            WITHOUT_ILLNESS,
            (
                "DIBAO_SINGLE 322.50 S*share",
                {**MARGIN, "ground": "LEVEL 2", "share": "1/2", "S": "645"},
                GROUND,
            ),
        ),
        # of grounds the one with the greatest share
        (
            [HOME, card("ann", 2, ON), ill("i1"), ill("i2")],
            {"shares": {"2": "1/2", "SERIOUSLY_ILL": "3/4"}, "round_up": True},
            (
                "DIBAO_SINGLE 484.00 ceil(S*share)",
                {**MARGIN, "ground": "SERIOUSLY_ILL", "share": "3/4", "S": "645"},
                {"application": 1, "serious_illness": 1, "residence": 1},
            ),
        ),
    ],
)
def test_dibao_alone(facts: list[Fact], said: dict[str, Any], expected: Row) -> None:
    check(question("dibao_single", SINGLE, *facts, of="ann", **{"has": MARGIN, **said}), "2026-03", expected)
