"""Whether it is work that brought a household to the standard: 3 x 645 = 1935 a month, and what each earned before and now."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.rules.grace import by_work, decided_months, with_grace
from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.rules.rule import Answer
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.departments import VerificationResult, Wage
from benefit_hub.messages.internal import Cause, Fact
from benefit_hub.policy.standards import Standard
from benefit_hub.policy.terms import Grace, GraceTerm
from benefit_hub.values.months import month
from tests.entitlement.asked import question
from tests.facts import decides, fact

URBAN = Standard(name="urban", unit="MONTH", basis="exact", values=(), clause="", source="", assumed=False)
DAY = date(2026, 6, 5)


def earned(told: Fact, yuan: int) -> Earned:
    """An income that counts in full."""
    cause = Cause(cause=told.kind, name=told.name, event_day=DAY, received_on=DAY, execution="DECIDED")
    record = Counted(
        fact=told,
        since=month("2026-07"),
        rule="NEXT_MONTH_OF_DECISION",
        decided_on=DAY,
        cause=cause,
        row=NO_LAW.effects[0],
    )
    return Earned(record, yuan * 100, yuan * 500)


def wage(who: str, yuan: int) -> Earned:
    """What an employer pays."""
    return earned(fact(f"p:{who}", f"w-{who}-{yuan}", Wage(pay_period="2026-06", employer="E1", amount_fen=1)), yuan)


def verified(who: str, item: Any, yuan: int) -> Earned:
    """What verification found."""
    payload = VerificationResult(item=item, period="2026-06", amount_fen=1, as_of="2026-06-05")
    return earned(fact(f"p:{who}", f"v-{who}-{item}", payload), yuan)


def means(*incomes: Earned, people: tuple[str, ...] = ("ann", "ben", "cyn")) -> Means:
    """A household with these incomes."""
    return Means(
        people=tuple(f"p:{who}" for who in people),
        area="URBAN",
        income=sum(each.counts for each in incomes),
        parts=500,
        standard=URBAN,
        per_month=Fraction(645),
        counted=(),
        earned=incomes,
    )


ALONE = ("ann", "cyn")


@pytest.mark.parametrize(
    ("before", "now", "by"),
    [
        # 900 of other kinds: without the 1600 it would be under 1935
        (means(verified("ann", "OTHER", 900)), means(verified("ann", "OTHER", 900), wage("ben", 1600)), True),
        # without the 1600 it is 1935, not under it
        (means(verified("ann", "OTHER", 900)), means(verified("ann", "OTHER", 1935), wage("ben", 1600)), False),
        (means(verified("ann", "OTHER", 900)), means(verified("ann", "OTHER", 1934), wage("ben", 1600)), True),
        # nobody earns more
        (means(wage("ben", 1000)), means(wage("ben", 1000), verified("ann", "OTHER", 950)), False),
        (means(wage("ben", 1000)), means(wage("ben", 900), verified("ann", "OTHER", 1500)), False),
        # a wage that verification found is work, too
        (means(), means(verified("ben", "WAGE", 2000)), True),
        # two wages of one person are what that person earns: 1000 more
        (means(wage("ben", 500)), means(wage("ben", 500), verified("ben", "WAGE", 1000), wage("ann", 600)), True),
        # both: 2800 - 1000 = 1800, and 3000 - 1000 = 2000
        (
            means(wage("ben", 500)),
            means(wage("ben", 500), verified("ben", "WAGE", 1000), verified("ann", "OTHER", 1300)),
            True,
        ),
        (
            means(wage("ben", 500)),
            means(wage("ben", 500), verified("ben", "WAGE", 1000), verified("ann", "OTHER", 1500)),
            False,
        ),
        # one finds work and another loses it: 1600 - 480 = 1120 more, and 3000 - 1120 = 1880
        (
            means(wage("ann", 480), verified("cyn", "OTHER", 900)),
            means(wage("ben", 1600), verified("cyn", "OTHER", 1400)),
            True,
        ),
        # 3100 - 1120 = 1980
        (
            means(wage("ann", 480), verified("cyn", "OTHER", 900)),
            means(wage("ben", 1600), verified("cyn", "OTHER", 1500)),
            False,
        ),
        # who has left takes nothing off what others earn more: n = 2, 1290; 2000 - 1600 = 400
        (means(wage("ben", 1700)), means(wage("ann", 1600), verified("cyn", "OTHER", 400), people=ALONE), True),
        # the wage of somebody who joined is no work that was found
        (means(people=ALONE), means(wage("ben", 2000)), False),
    ],
)
def test_what_brought_the_income_to_the_standard(before: Means, now: Means, by: bool) -> None:
    assert by_work(now, before) is by


LAW = Grace(terms=(GraceTerm(months=6),), cap=6, clause="渐退", source="a text", assumed=False)
HAD = Answer(status="DIBAO", fen=103500, formula="n*S-I", counted=(), standards=(), means=means(wage("ben", 900)))
TOO_MUCH = Answer(
    status="NOT_ELIGIBLE", fen=0, formula="p >= S", counted=(), standards=(), means=means(wage("ben", 2500))
)
JULY = month("2026-07")


def gap(yuan: int) -> Answer:
    """Dibao by the gap to 1935, or to what a raised standard makes of it, with the 2500 earned."""
    return structs.replace(HAD, fen=yuan * 100, means=means(wage("ben", 2500)))


def kept(said: Answer, before: Answer | None, at: str = "2026-07", today: str | None = None, **terms: Any) -> Answer:
    """What holds in a month."""
    asked = question("dibao", **{"grace": LAW, **terms})
    world = World(asked.world.household, {}, {}, [], None if today is None else date.fromisoformat(today))
    return with_grace(structs.replace(asked, world=world), month(at), said, before)


def test_the_last_amount_is_kept_for_six_months_by_the_clause_of_the_gradual_exit() -> None:
    said = kept(TOO_MUCH, HAD)
    assert (said.status, said.fen, said.formula, said.until) == ("DIBAO", 103500, "grace", month("2027-01"))
    assert said.numbers == {
        "last_fen": "103500",
        "grace_from": "2026-07",
        "grace_to": "2026-12",
        "grace_months": "6",
    }
    assert (said.clauses, said.sources, said.assumed) == (("渐退",), ("a text",), False)
    assert kept(TOO_MUCH, HAD, grace=structs.replace(LAW, assumed=True)).assumed


def test_it_ends_when_the_calendar_has_come_to_its_end() -> None:
    in_grace = kept(TOO_MUCH, HAD)
    assert kept(TOO_MUCH, in_grace, "2027-01", "2026-12-31").formula == "grace"
    assert kept(TOO_MUCH, in_grace, "2027-01", "2027-01-01") == structs.replace(TOO_MUCH, formula="grace over")
    # a standard that was raised over the income meanwhile leaves what is missing to it
    assert kept(gap(200), in_grace, "2027-01", "2027-01-01") == gap(200)


@pytest.mark.parametrize(
    ("said", "before", "formula"),
    [
        # a raise over the income: the last amount stays where it is more
        (gap(1034), "grace", "grace"),
        (gap(1035), "grace", "n*S-I"),
        (gap(1036), "grace", "n*S-I"),
        # an income that has fallen ends it
        (structs.replace(gap(1034), means=means(wage("ben", 2499))), "grace", "n*S-I"),
        # who earns more and stays under the standard has less, and no gradual exit
        (gap(500), "n*S-I", "n*S-I"),
        (structs.replace(TOO_MUCH, means=None, formula="nobody left"), "grace", "nobody left"),
    ],
)
def test_what_ends_it_before(said: Answer, before: str, formula: str) -> None:
    assert kept(said, kept(TOO_MUCH, HAD) if before == "grace" else HAD, "2026-08").formula == formula


def test_the_law_of_the_month_counts() -> None:
    """A gradual exit that comes into the law in July is none in June."""
    earlier = structs.replace(question("dibao").programme, grace=None, until=JULY)
    assert kept(TOO_MUCH, HAD, "2026-06", earlier=(earlier,)) == TOO_MUCH
    assert kept(TOO_MUCH, HAD, "2026-07", earlier=(earlier,)).formula == "grace"


def said_months(on: str, months: int | None) -> Fact:
    """A decision over the household, perhaps with the months of a gradual exit."""
    return decides("dibao", [], on, ["h:H0"], received=on, grace_months=months)[0]


@pytest.mark.parametrize(
    ("decisions", "months"),
    [
        ([], None),
        ([said_months("2026-06-20", None)], None),
        ([said_months("2026-06-20", 3)], 3),
        ([said_months("2026-06-20", 3), said_months("2026-06-25", None)], 3),
        ([said_months("2026-06-20", 3), said_months("2026-06-25", 2)], 2),
    ],
)
def test_for_how_many_months_by_the_latest_decision_that_says_so(decisions: list[Fact], months: int | None) -> None:
    asked = question("dibao", *decisions)
    assert decided_months(asked, JULY) == months
