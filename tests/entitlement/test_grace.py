"""Whether it is work that brought a household to the standard: 3 x 645 = 1935 a month, and what each earned before and now."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.rules.grace import by_work
from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import VerificationResult, Wage
from benefit_hub.messages.internal import Cause, Fact
from benefit_hub.policy.standards import Standard
from benefit_hub.values.months import month
from tests.facts import fact

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
