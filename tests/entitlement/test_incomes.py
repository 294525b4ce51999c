"""Which incomes count in a month, who is no member, what labels add and refusals take: 645 a head in town, a fifth off a wage."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.rules.income import free_until, means_of
from benefit_hub.entitlement.rules.refusals import last_refusals
from benefit_hub.entitlement.rules.rigid import fits, gross
from benefit_hub.entitlement.rules.rule import Question
from benefit_hub.messages.departments import (
    Custody,
    JobOffer,
    Missing,
    Pension,
    SeriousIllness,
    VerificationResult,
    Wage,
)
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.terms import Expense, ExpenseTerms, Label, TopUps
from benefit_hub.values.money import ratio_text
from benefit_hub.values.months import Month, month
from tests.entitlement.asked import ON, answer, asks, gz_t, question, with_standard
from tests.facts import fact, home

LAW = gz_t()
assert LAW.means is not None
WITHOUT_TERMS = gz_t(means=None)
NEVER_FREE = gz_t(means=structs.replace(LAW.means, basic_pension_free_until=None))
KEEPS_BOTH = gz_t(means=structs.replace(LAW.means, wage_replaces_verified=False))


def found(yuan: int, item: Any = "OTHER", record: str = "v", on: str = ON, employer: str | None = None) -> Fact:
    """What verification found."""
    payload = VerificationResult(item=item, period=on[:7], amount_fen=yuan * 100, as_of=on, employer=employer)
    return fact("p:ann", record, payload, on=on)


def wage(yuan: int, employer: str = "E1", on: str = ON) -> Fact:
    """What an employer paid."""
    payload = Wage(pay_period=on[:7], employer=employer, amount_fen=yuan * 100)
    return fact("p:ann", f"w-{employer}-{on}", payload, source="human-resources", on=on)


def total(yuan: int, on: str, employer: str = "E1") -> Fact:
    """What an employer paid since January."""
    payload = Wage(pay_period=on[:7], employer=employer, year_to_date_fen=yuan * 100)
    return fact("p:ann", f"w-{on}", payload, source="human-resources", on=on)


def pension(yuan: int, basic: int = 0) -> Fact:
    """What somebody is paid for his age."""
    payload = Pension(scheme="RESIDENT", amount_fen=yuan * 100, basic_part_fen=basic * 100)
    return fact("p:ann", "n", payload, source="human-resources", on=ON)


def of_household(*facts: Fact, **said: Any) -> Question:
    """A question about dibao; ann lives in town."""
    return question("dibao", home("ann"), asks("dibao", "h:H0"), *facts, **said)


ONLY_VERIFIED = found(500, "WAGE")


@pytest.mark.parametrize(
    ("facts", "law", "incomes"),
    [
        ([], LAW, {}),
        ([wage(600)], LAW, {"w-E1-2026-01-05": "480"}),
        # a pack that says nothing of means counts what was found, and wages
        ([found(100), wage(600), pension(90)], WITHOUT_TERMS, {"w-E1-2026-01-05": "480", "v": "100"}),
        ([pension(198, basic=143)], LAW, {"n": "198"}),
        # of each item, and of each employer, the latest
        ([found(100), found(200, record="v2", on="2026-02-01")], LAW, {"v2": "200"}),
        (
            [found(100, "WAGE", "v1", employer="E1"), found(200, "WAGE", "v2", employer="E2")],
            LAW,
            {"v1": "100", "v2": "200"},
        ),
        ([found(100, "WAGE", "v1", employer="E1"), found(200, "WAGE", "v2")], LAW, {"v2": "200", "v1": "100"}),
        ([found(100, "DEPOSIT")], LAW, {}),
        # a department's wage, on the same day or later, takes the place of what was found
        ([ONLY_VERIFIED, wage(600)], LAW, {"w-E1-2026-01-05": "480", "v": "0"}),
        ([ONLY_VERIFIED, wage(600, on="2026-01-04")], LAW, {"w-E1-2026-01-04": "480", "v": "500"}),
        ([ONLY_VERIFIED, wage(600)], KEEPS_BOTH, {"w-E1-2026-01-05": "480", "v": "500"}),
        ([found(100, "WAGE", employer="E2"), wage(600)], LAW, {"w-E1-2026-01-05": "480", "v": "100"}),
        ([found(100, record="x"), ONLY_VERIFIED, wage(600)], LAW, {"w-E1-2026-01-05": "480", "x": "100", "v": "0"}),
        ([found(100), wage(600)], LAW, {"w-E1-2026-01-05": "480", "v": "100"}),
        # (750 - 500) * 0.8 = 200; the total before it is named, and counts nothing
        ([total(500, "2026-01-31"), total(750, "2026-02-28")], LAW, {"w-2026-02-28": "200", "w-2026-01-31": "0"}),
        (
            [total(500, "2026-01-31"), total(750, "2026-02-28"), wage(100, "E2")],
            LAW,
            {"w-2026-02-28": "200", "w-E2-2026-01-05": "80", "w-2026-01-31": "0"},
        ),
        # in the same order, in whatever order they came
        ([pension(50), found(100), wage(600)], LAW, {"w-E1-2026-01-05": "480", "n": "50", "v": "100"}),
    ],
)
def test_which_incomes_count(facts: list[Fact], law: Any, incomes: dict[str, str]) -> None:
    """By their records, as they are told: departments first, then what verification found."""
    means = means_of(of_household(*facts, pack=law), month("2026-02"))
    assert means is not None
    assert [(each.record.fact.record, ratio_text(each.counts, means.parts)) for each in means.earned] == [
        *incomes.items()
    ]
    assert means.inputs["I"] == str(sum(map(int, incomes.values())))
    assert {each.fact.record for each in means.counted} == {"r-ann", *incomes}


def test_the_total_before_is_named_for_each_employer_and_tells_no_amount_of_its_own() -> None:
    """250 of 750 by one, and 100 of 400 by another: (250 + 100) * 0.8 = 280."""
    other = [total(300, "2026-01-30", "E2"), total(400, "2026-02-27", "E2")]
    facts = [total(500, "2026-01-31"), total(750, "2026-02-28"), *other]
    means = means_of(of_household(*facts), month("2026-02"))
    assert means is not None
    assert means.inputs["I"] == "280"
    assert {each.record.fact.record: each.fen for each in means.earned} == {
        "w-2026-02-28": 25000,
        "w-2026-02-27": 10000,
        "w-2026-01-31": 0,
        "w-2026-01-30": 0,
    }


def row(item: Any, share: str, at_most: int | None = None) -> Expense:
    """What a place says of an expense."""
    return Expense(item=item, share=share, at_most_fen=at_most, clause=item, source="", assumed=True)


def test_what_is_deducted_names_the_rows_by_which_it_is() -> None:
    """600 - 200 / 2 = 500; nothing was spent on education."""
    assert LAW.means is not None
    rows = (row("EDUCATION_EXPENSE", "1"), row("MEDICAL_EXPENSE", "1/2"))
    law = gz_t(means=structs.replace(LAW.means, deductions=rows))
    facts = [found(600), found(200, "MEDICAL_EXPENSE", "e"), found(50, "DISABILITY_EXPENSE", "d")]
    means = means_of(of_household(*facts, pack=law), month("2026-02"))
    assert means is not None
    assert means.inputs["I"] == "500"
    assert [each.clause for each in means.deductions] == ["MEDICAL_EXPENSE"]
    assert gross(means) == 600


def test_a_fen_that_is_earned_is_earned() -> None:
    means = means_of(of_household(found(0), pack=gz_t(wage_deduction="0")), month("2026-02"))
    assert means is not None
    assert gross(structs.replace(means, earned=(means.earned[0]._replace(counts=1),))) == Fraction(1, 100)


@pytest.mark.parametrize(
    ("spent", "limit", "over", "enough"),
    [
        # 600 are earned: more than 3/5 of them, 360, with an income under the limit
        (36001, 601, "3/5", True),
        (36000, 601, "3/5", False),
        (36001, 600, "3/5", False),
        (36001, 601, None, False),
    ],
)
def test_who_spends_too_much(spent: int, limit: int, over: str | None, enough: bool) -> None:
    means = means_of(of_household(found(600)), month("2026-02"))
    assert means is not None
    assert fits(ExpenseTerms(over=over, valid_months=12), means, spent, Fraction(limit)) is enough


@pytest.mark.parametrize(("law", "months"), [(LAW, ["2026-01"]), (WITHOUT_TERMS, []), (NEVER_FREE, [])])
def test_when_the_basic_part_of_a_pension_begins_to_count(law: Any, months: list[str]) -> None:
    assert [*free_until(of_household(pension(198), pack=law))] == [month(at) for at in months]
    assert [*free_until(of_household(pack=law))] == []


def kept(who: str, type_: Any) -> Fact:
    """Somebody is not free."""
    return fact(f"p:{who}", "k", Custody(type=type_), on=ON)


MISSING = fact("p:ben", "k", Missing(type="MISSING", declared_on=ON, court="某法院"), on=ON)


@pytest.mark.parametrize(
    ("facts", "law", "people", "inputs"),
    [
        ([], LAW, 2, {}),
        ([kept("ben", "PRISON")], LAW, 1, {"left_out": "1"}),
        ([kept("ben", "ARREST")], LAW, 2, {}),
        ([kept("ben", "PRISON")], WITHOUT_TERMS, 2, {}),
        ([MISSING], LAW, 1, {"left_out": "1"}),
    ],
)
def test_who_is_no_member(facts: list[Fact], law: Any, people: int, inputs: dict[str, str]) -> None:
    """Whoever is left out is named, and how many are."""
    means = means_of(of_household(home("ben"), *facts, people=("ann", "ben"), pack=law), month("2026-02"))
    assert means is not None
    assert len(means.people) == people
    assert {key: said for key, said in means.inputs.items() if key == "left_out"} == inputs
    assert ("k" in {each.fact.record for each in means.counted}) == bool(inputs)


@pytest.mark.parametrize(
    ("facts", "area"),
    [
        ([home("ann", area="RURAL"), home("ben")], "RURAL"),
        ([home("ben")], "URBAN"),
        ([], None),
        # of who is away only where nobody else's is known
        ([home("ann", area="RURAL"), home("ben"), kept("ann", "PRISON")], "URBAN"),
        ([home("ann", area="RURAL"), kept("ann", "PRISON")], "RURAL"),
    ],
)
def test_a_household_is_where_the_first_of_it_is_registered(facts: list[Fact], area: str | None) -> None:
    asked = question("dibao", *facts, people=("ann", "ben"))
    means = means_of(asked, month("2026-02"))
    assert (None if means is None else means.area) == area


def test_without_a_standard_of_the_month_there_are_no_means() -> None:
    asked = of_household(pack=with_standard("dibao_urban", ("2026-07", "645.00")))
    assert [means_of(asked, month(at)) is None for at in ("2026-06", "2026-07")] == [True, False]


def labels(*rows: Label, stack: Any = "MAX", assumed: bool = False) -> TopUps:
    """Who gets more."""
    return TopUps(stack=stack, labels=rows, clause="增发", source="a text", assumed=assumed)


ILL = fact("p:ann", "i", SeriousIllness(illness="C01", recognised_on=ON), on=ON)
MORE_FOR_THE_ILL = Label(name="SERIOUSLY_ILL", ratio="1/10")


def offer(on: str, outcome: Any = "REFUSED", record: str | None = None, **said: Any) -> Fact:
    """Somebody was offered work."""
    payload = JobOffer(offered_on=on, outcome=outcome, **{"suitable": True, **said})
    return fact("p:ann", record or f"o-{on}", payload, source="human-resources", on=on)


THREE = [offer("2026-01-06"), offer("2026-01-07"), offer("2026-01-08")]


@pytest.mark.parametrize(
    ("facts", "top_ups", "formula", "fen", "clauses"),
    [
        ([], labels(MORE_FOR_THE_ILL), "n*S-I", 64500, ()),
        ([ILL], labels(MORE_FOR_THE_ILL), "n*S-I+T", 70950, ("增发",)),
        (THREE[:2], None, "n*S-I", 64500, ()),
        (THREE, None, "n*S-I-R", 0, (LAW.means.clause,)),
        # the own share is one of what there is before top-ups
        ([ILL, *THREE], labels(MORE_FOR_THE_ILL), "n*S-I+T-R", 6450, ("增发", LAW.means.clause)),
    ],
)
def test_what_is_added_and_taken(facts: Any, top_ups: Any, formula: str, fen: int, clauses: tuple[str, ...]) -> None:
    """645 / 10 = 64.50 for who is ill; who refused three times has nothing of the 645; the records and the terms are named."""
    said = answer(of_household(*facts, top_ups=top_ups), "2026-02")
    assert (said.formula, said.fen, said.clauses) == (formula, fen, clauses)
    assert len(said.sources) == len(clauses)
    named = {each.fact.kind for each in said.counted} & {"serious_illness", "job_offer"}
    assert len(named) == len(clauses)
    assert ("times" in said.numbers) == ("R" in said.numbers)
    assert said.numbers.get("times", "3") == "3"


@pytest.mark.parametrize("one", [False, True])
@pytest.mark.parametrize("other", [False, True])
def test_what_rests_on_assumed_terms_is_assumed(one: bool, other: bool) -> None:
    """Of two terms by which an amount comes about either is enough."""
    assert LAW.means is not None
    law = gz_t(means=structs.replace(LAW.means, assumed=other))
    asked = of_household(ILL, *THREE, top_ups=labels(MORE_FOR_THE_ILL, assumed=one), pack=law)
    assert answer(asked, "2026-02").assumed is (one or other)
    asked = of_household(ILL, top_ups=labels(MORE_FOR_THE_ILL, assumed=one), pack=law)
    assert answer(asked, "2026-02").assumed is one


def test_a_pack_without_means_or_with_no_number_of_refusals_takes_nothing_for_them() -> None:
    assert LAW.means is not None
    for law in (WITHOUT_TERMS, gz_t(means=structs.replace(LAW.means, refusals=0))):
        assert answer(of_household(*THREE, pack=law), "2026-02").formula == "n*S-I"


@pytest.mark.parametrize(
    ("offers", "last"),
    [
        (THREE, ["o-2026-01-08", "o-2026-01-07", "o-2026-01-06"]),
        (THREE[::-1], ["o-2026-01-08", "o-2026-01-07", "o-2026-01-06"]),
        ([*THREE, offer("2026-01-09", "PENDING")], ["o-2026-01-08", "o-2026-01-07", "o-2026-01-06"]),
        ([*THREE, offer("2026-01-09", "ACCEPTED")], []),
        ([*THREE, offer("2026-01-07", good_reason=True, record="p")], ["o-2026-01-08"]),
        ([*THREE, offer("2026-01-09", suitable=False)], ["o-2026-01-08", "o-2026-01-07", "o-2026-01-06"]),
        # of one day by their records
        ([offer("2026-01-06", record="b"), offer("2026-01-06", "NOT_TAKEN_ON", record="a")], ["b"]),
        ([], []),
    ],
)
def test_the_last_refusals_in_a_row(offers: list[Fact], last: list[str]) -> None:
    asked = of_household(*offers)
    assert [each.fact.record for each in last_refusals(asked.world, "p:ann", Month(month("2026-02")))] == last
