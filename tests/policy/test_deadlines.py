"""Working days, by the State Council's notice for 2026."""

from datetime import date

import pytest

from benefit_hub.catalogue.assets import find_assets
from benefit_hub.catalogue.deadlines import read_working_days
from benefit_hub.policy.deadlines import WorkingDays

DAYS = read_working_days(find_assets())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),  # a Monday
        (date(2026, 3, 7), False),  # a Saturday
        (date(2026, 1, 1), False),  # the new year
        (date(2026, 1, 4), True),  # a Sunday that is worked
        (date(2026, 2, 23), False),  # the last day of the spring festival
        (date(2026, 2, 24), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # a Saturday that is worked
    ],
)
def test_which_days_are_worked(day, works):
    assert DAYS.works(day) is works


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # over a weekend
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # Saturday the 14th is worked, then nine days off
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 12, 30), 1, date(2026, 12, 31)),
        (date(2026, 12, 30), 2, None),  # nobody has said yet which days of 2027 are worked
        (date(2025, 12, 31), 1, None),
        (date(2026, 1, 1), 1, date(2026, 1, 4)),  # the first day of which it is known
    ],
)
def test_the_day_after_so_many(day, days, due):
    assert DAYS.after(day, days) == due


def test_a_calendar_that_ends_with_a_day_off_says_nothing_of_the_next_working_day():
    through_saturday = WorkingDays(first=date(2026, 3, 2), through=date(2026, 3, 7))
    assert through_saturday.after(date(2026, 3, 5), 1) == date(2026, 3, 6)
    assert through_saturday.after(date(2026, 3, 6), 1) is None


def test_without_a_calendar_nothing_is_guessed():
    assert WorkingDays().after(date(2026, 3, 2), 1) is None
