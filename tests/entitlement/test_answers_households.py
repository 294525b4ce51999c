"""The same of rules for households, and of prices.

Amounts are of the demonstration pack: 645 in town, 34000 a year of disposable income.
"""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.rules.happening import days, first_day, months_after
from benefit_hub.entitlement.rules.rigid import terms_of, validity_ends
from benefit_hub.entitlement.shares import Share
from benefit_hub.messages.departments import (
    Pension,
    Relocation,
    TemporaryAid,
    VerificationResult,
)
from benefit_hub.messages.internal import Fact
from benefit_hub.values.months import month_text
from tests.entitlement.asked import APPLIED, ON, Row, asks, check, question, with_standard
from tests.facts import applies, death, fact, home

HOME = home("ann")
DIED = death("ann", ON)
ALONE = {"n": "1", "I": "0", "p": "0", "S": "645", "area": "URBAN"}


def moved(on: str, record: str = "o") -> Fact:
    payload = Relocation(from_region="990202", to_region="990101", settled_on=on, settlement="REGISTERED")
    return fact("h:H0", record, payload, on=on)


def aided(on: str, yuan: int, region: str = "990101") -> Fact:
    payload = TemporaryAid(type="EMERGENCY", emergency_region=region, amount_fen=yuan * 100, granted_on=on)
    return fact("h:H0", f"t-{on}", payload, on=on)


def spent(item: Any, yuan: int, record: str = "e", on: str = ON) -> Fact:
    return fact("p:ann", record, VerificationResult(item=item, period=on[:7], amount_fen=yuan * 100, as_of=on), on=on)


MOVED = {"relocation": 1}
DEAD_IN_MAY = death("ann", "2026-05-01")


@pytest.mark.parametrize(
    ("facts", "at", "expected"),
    [
        ([moved("2026-05-10")], "2026-06", ("NONE 0.00 not moved in the month", {}, {})),
        ([moved("2026-05-10"), DEAD_IN_MAY], "2026-05", ("NONE 0.00 nobody left, nobody is left", {}, MOVED)),
        ([moved("2026-04-10")], "2026-04", ("NONE 0.00 no standard yet", {}, MOVED)),
        (
            [moved("2026-05-10")],
            "2026-05",
            ("RELOCATION 1500.00 heads*amount once", {"heads": "1", "amount": "1500"}, MOVED),
        ),
    ],
)
def test_so_much_a_head_once(facts: list[Fact], at: str, expected: Row) -> None:
    check(
        question("relocation", *facts, pack=with_standard("relocation_per_head", ("2026-05", "1500.00"))), at, expected
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            "2026-05",
            (
                "TEMPORARY_AID 0.00 recorded",
                {"given": "3001/2", "times": "2", "places": "990101, 990202"},
                {"temporary_aid": 2},
            ),
        ),
        ("2026-06", ("NONE 0.00 no aid in the month", {}, {})),
    ],
)
def test_help_that_was_given_is_told_with_its_sum_and_its_places(at: str, expected: Row) -> None:
    second = aided("2026-05-20", 0, "990202")
    half = structs.replace(second, payload=structs.replace(second.payload, amount_fen=50050))
    check(question("temporary_aid", aided("2026-05-06", 1000), half), at, expected)


def test_what_happens_on_a_day_is_over_in_the_next_month() -> None:
    aid, move = aided("2026-05-06", 100), moved("2026-03-10")
    asked = question("temporary_aid", aid, aided("2026-07-01", 100), move)
    assert [month_text(at) for at in months_after("temporary_aid", asked)] == ["2026-06", "2026-08"]
    assert first_day("temporary_aid", asked.programme, [move, aided("2026-07-01", 100), aid]) == date(2026, 5, 6)
    assert first_day("temporary_aid", asked.programme, [move]) is None
    assert [*days("temporary_aid", asked.programme, asked.pack, aid)] == [date(2026, 5, 6)]
    assert [*days("temporary_aid", asked.programme, asked.pack, move)] == []


NOBODY: Row = ("NONE 0.00 nobody left, nobody is left", {}, {})
ASKED_FOR_HOME = {"application": 1, "residence": 1}


@pytest.mark.parametrize(
    ("facts", "said", "expected"),
    [
        ([HOME, DIED], {}, NOBODY),
        ([], {}, NOBODY),
        ([HOME], {}, ("NONE 0.00 no accepted application", ALONE, {"residence": 1})),
        (
            [HOME, asks("margin", "h:H0")],
            {},
            ("MARGIN 0.00 recognised", {**ALONE, "factor": "3/2"}, ASKED_FOR_HOME),
        ),
        # a place that names no factor takes the standard itself
        (
            [HOME, asks("margin", "h:H0")],
            {"factor": None},
            ("MARGIN 0.00 recognised", {**ALONE, "factor": "1"}, ASKED_FOR_HOME),
        ),
    ],
)
def test_margin_is_recognised(facts: list[Fact], said: dict[str, Any], expected: Row) -> None:
    check(question("margin", *facts, **said), "2026-03", expected)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([HOME, DIED], NOBODY),
        ([HOME, DIED, asks("dibao", "h:H0")], (*NOBODY[:2], APPLIED)),
        ([HOME], ("NONE 0.00 no accepted application", ALONE, {"residence": 1})),
        ([HOME, asks("dibao", "h:H0")], ("DIBAO 645.00 n*S-I", ALONE, ASKED_FOR_HOME)),
    ],
)
def test_dibao_by_the_gap(facts: list[Fact], expected: Row) -> None:
    check(question("dibao", *facts), "2026-03", expected)


def test_a_grade_without_a_standard_yet_pays_nothing() -> None:
    """Grade A of the town is told from July on."""
    law = with_standard("living", ("2026-07", "60.00"))
    said: dict[str, Any] = {
        "rule": "graded",
        "grades": {"A": "1/3", "B": "1"},
        "standards": {"URBAN": "dibao_urban", "URBAN A": "living", "URBAN B": "care_1"},
    }
    asked = question("dibao", HOME, asks("dibao", "h:H0"), pack=law, **said)
    check(asked, "2026-06", ("NONE 0.00 no standard yet", {**ALONE, "grade": "A"}, ASKED_FOR_HOME))
    paid = {**ALONE, "grade": "A", "under": "1/3", "G": "60"}
    check(asked, "2026-07", ("DIBAO 60.00 n*G", paid, ASKED_FOR_HOME))


RIGID = asks("rigid_expenditure", "h:H0")
LIMIT = {**ALONE, "S": "8500/3"}
VALID = {"valid_to": "2027-01-05"}


@pytest.mark.parametrize(
    ("facts", "at", "expected"),
    [
        ([HOME, DIED, RIGID], "2026-03", NOBODY),
        ([HOME], "2026-03", ("NONE 0.00 no accepted application", LIMIT, {"residence": 1})),
        (
            [HOME, RIGID],
            "2027-01",
            ("RIGID_EXPENDITURE 0.00 recognised for expenses", {**LIMIT, "E": "0", **VALID}, ASKED_FOR_HOME),
        ),
        ([HOME, RIGID], "2027-02", ("NONE 0.00 validity over", VALID, APPLIED)),
        # of each kind the latest; a deposit is no expense
        (
            [
                HOME,
                RIGID,
                spent("MEDICAL_EXPENSE", 900, "e1"),
                spent("MEDICAL_EXPENSE", 300, "e2", "2026-02-01"),
                spent("EDUCATION_EXPENSE", 200, "e3"),
                spent("DEPOSIT", 5000, "e4"),
            ],
            "2026-03",
            (
                "RIGID_EXPENDITURE 0.00 recognised for expenses",
                {**LIMIT, "E": "500", **VALID},
                {**ASKED_FOR_HOME, "verification_result": 2},
            ),
        ),
    ],
)
def test_a_status_for_expenses(facts: list[Fact], at: str, expected: Row) -> None:
    check(question("rigid_expenditure", *facts), at, expected)


def test_when_the_validity_of_a_status_for_expenses_is_over() -> None:
    """A year after its own decision, and the month in which a pension begins to count; other applications say nothing of it."""
    paid = fact("p:ann", "n", Pension(scheme="RESIDENT", amount_fen=1), on=ON)
    asked = question("rigid_expenditure", HOME, RIGID, applies("h:H0", "margin", "2026-03-05"), paid)
    assert [month_text(at) for at in validity_ends(asked)] == ["2026-01", "2027-02"]


def test_the_status_for_expenses_needs_terms() -> None:
    with pytest.raises(LookupError, match="rigid_expenditure: the pack says nothing of expenses"):
        terms_of(question("rigid_expenditure", expenses=None).programme)


IN_TOWN = {"residence": 1}
RISEN = {"S": "645", "percent": "3.6", "trigger": "CPI 3.6 >= 3.5", "floor": "0"}
CPI = (("CPI", "2026-05", "3.6"),)
FOOD = (("CPI_FOOD", "2026-05", "6.1"),)
GIVEN = Share(105000, 1, 0)
BY_HOUSEHOLD = {("price_subsidy", "h:H0"): GIVEN}
ORPHAN = {("orphan", "p:ann"): GIVEN}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"given": {}}, ("NONE 0.00 in no group that is paid", {}, IN_TOWN)),
        ({}, ("NONE 0.00 prices under the trigger", {}, IN_TOWN)),
        # 645 * 3.6 % = 23.22
        (
            {"prices": CPI},
            ("PRICE_SUBSIDY_PERSON 23.22 heads*max(S*percent,floor)", {"heads": "1", **RISEN}, IN_TOWN),
        ),
        # food alone triggers it, but the index by which it is computed is not told
        ({"prices": FOOD}, ("NONE 0.00 prices under the trigger", {}, IN_TOWN)),
        (
            {"prices": CPI, "pack": with_standard("dibao_urban", ("2026-07", "645.00"))},
            ("NONE 0.00 prices under the trigger", {}, IN_TOWN),
        ),
        # who is counted in the household's is not paid twice, but who joins it only later is
        ({"prices": CPI, "given": {**ORPHAN, **BY_HOUSEHOLD}}, ("NONE 0.00 in no group that is paid", {}, IN_TOWN)),
        (
            {"prices": CPI, "given": {**ORPHAN, **BY_HOUSEHOLD}, "joined": {"ann": "2026-07"}},
            ("PRICE_SUBSIDY_PERSON 23.22 heads*max(S*percent,floor)", {"heads": "1", **RISEN}, IN_TOWN),
        ),
    ],
)
def test_a_subsidy_that_follows_prices(said: dict[str, Any], expected: Row) -> None:
    check(question("price_subsidy_person", HOME, of="ann", **{"given": ORPHAN, **said}), "2026-06", expected)


def test_prices_are_those_of_the_place_of_the_living() -> None:
    """Ann, the head, was registered in the country: 359.83; ben is in town: 645 * 3.6 % = 23.22."""
    people = [home("ann", area="RURAL"), home("ben"), DIED]
    asked = question("price_subsidy", *people, people=("ann", "ben"), given={("dibao", "h:H0"): GIVEN}, prices=CPI)
    check(
        asked,
        "2026-06",
        ("PRICE_SUBSIDY 23.22 heads*max(S*percent,floor)", {"heads": "1", **RISEN}, IN_TOWN),
    )
