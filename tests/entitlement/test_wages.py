"""A payroll that tells the year's total: each month's wage is what the total grew by, in whatever order totals come."""

from datetime import date
from itertools import permutations

import pytest

from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.wages import paid
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import Wage
from benefit_hub.messages.internal import Cause, Fact
from benefit_hub.values.months import month
from tests.entitlement.families import about_h0, dibao, h0, proposed
from tests.facts import fact


def total(period: str, yuan: int, on: str, **said: object) -> Fact:
    """A payroll says what it paid ben from January to a month."""
    payload = Wage(pay_period=period, employer=str(said.pop("employer", "E1")), year_to_date_fen=yuan * 100)
    told = {"on": f"{period}-01", "received": on, **said}
    return fact("p:ben", f"t-{period}", payload, source="human-resources", **told)


def test_a_total_of_may_then_corrected_in_favour():
    """750 less a fifth is 600, so 1935 - 1500 = 435; 500 less a fifth is 400, so 635."""
    may = total("2026-05", 750, "2026-06-08")
    hub = h0().hear(may)
    assert proposed(hub) == [("dibao", "2026-07", 1035, 435)]
    hub.hear(*about_h0([may], "2026-06-20"))
    assert dibao(hub, "2026-06", "2026-07") == ["1035.00", "435.00"]
    hub.hear(total("2026-05", 500, "2026-07-25", revision=2))
    assert dibao(hub, "2026-06", "2026-07", "2026-08") == ["1035.00", "635.00", "635.00"]


@pytest.mark.parametrize(
    ("totals", "july"),
    [
        ([("2026-04", 0), ("2026-05", 750)], "435.00"),
        ([("2026-04", 500), ("2026-05", 750)], "835.00"),  # 250 in May
        ([("2026-03", 100), ("2026-04", 500), ("2026-05", 500)], "1035.00"),  # nothing in May
        ([("2025-12", 9000), ("2026-05", 750)], "435.00"),  # a year begins anew
        ([("2026-05", 750), ("2026-06", 1000)], "835.00"),  # 250 in June
        ([("2026-04", 800), ("2026-05", 750)], "1035.00"),  # never less than nothing
    ],
)
def test_a_month_is_what_the_total_grew_by_in_any_order(totals, july):
    told = [total(period, yuan, "2026-06-08") for period, yuan in totals]
    for order in permutations(told):
        hub = h0().hear(*order).hear(*about_h0(list(told), "2026-06-20"))
        assert dibao(hub, "2026-07") == [july]


def test_another_employers_total_is_another_wage():
    told = [total("2026-05", 500, "2026-06-08"), total("2026-05", 250, "2026-06-08", employer="E2")]
    hub = h0().hear(told[0], fact("p:ben", "t-E2", told[1].payload, source="human-resources", received="2026-06-08"))
    assert proposed(hub) == [("dibao", "2026-07", 1035, 435)]


def test_a_total_that_ended_still_tells_what_was_paid_before():
    told = [total("2026-04", 500, "2026-06-08", until="2026-05-01"), total("2026-05", 750, "2026-06-08")]
    hub = h0().hear(*told).hear(*about_h0(told, "2026-06-20"))
    assert dibao(hub, "2026-07") == ["835.00"]


def test_a_total_that_two_records_tell_is_one():
    """1250 in May above 1000 in April: 250 less a fifth is 200, so 1935 - 1100 = 835."""
    first, may = total("2026-04", 1000, "2026-06-08"), total("2026-05", 1250, "2026-06-08")
    told = {"on": "2026-04-01", "received": "2026-06-08", "source": "human-resources"}
    everything = [first, fact("p:ben", "t-again", first.payload, **told), may]
    hub = h0().hear(*everything).hear(*about_h0(everything, "2026-06-20"))
    assert dibao(hub, "2026-07") == ["835.00"]


def counted(told: Fact, since: str, ends: str | None = None) -> Counted:
    """A total that counts from a month on, and where another took its place, up to that month."""
    day = date(2026, 6, 20)
    cause = Cause(cause="wage", name=told.name, event_day=day, received_on=day, execution="DECIDED")
    return Counted(
        fact=told,
        since=month(since),
        rule="NEXT_MONTH_OF_DECISION",
        decided_on=day,
        cause=cause,
        row=NO_LAW.effects[0],
        ends=None if ends is None else month(ends),
    )


def test_a_total_that_was_corrected_to_another_month_stands_until_the_correction_does():
    """750 in May above 500 in April is 250; from July on, when the 500 are 100 of February, it is 650."""
    april, may = counted(total("2026-04", 500, "2026-06-08"), "2026-05", "2026-07"), total("2026-05", 750, "2026-06-08")
    february, of_may = counted(total("2026-02", 100, "2026-06-08"), "2026-07"), counted(may, "2026-06")
    told = [april, february, of_may]
    assert isinstance(may.payload, Wage)
    assert paid(of_may, may.payload, told, month("2026-06")) == (25_000, april)
    assert paid(of_may, may.payload, told, month("2026-07")) == (65_000, february)
