"""Months and days, by the calendar on the wall."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.values.months import (
    Month,
    add_months,
    birthday,
    day_of_millis,
    first_day,
    millis_of_day,
    month,
    month_after,
    month_of,
    month_over,
    month_text,
    partial_date,
    whole_day,
)

DAYS = st.dates(date(1880, 1, 1), date(2099, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2026-04", 24315), ("2026-01", 24312), ("2025-12", 24311), ("1999-12", 23999), ("0001-01", 12)],
)
def test_a_month_is_a_number_and_reads_back(text, number):
    assert month(text) == number
    assert month_text(number) == text


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-4", "26-04", "2026-04-01", " 2026-04", "2026-04\n", ""])
def test_what_is_no_month_is_not_read(text):
    with pytest.raises(ValueError, match="expected a month like 2026-04"):
        month(text)


@pytest.mark.parametrize(
    ("on", "same", "next_one"),
    [
        ("2026-03-01", "2026-03", "2026-04"),
        ("2026-03-31", "2026-03", "2026-04"),
        ("2026-12-31", "2026-12", "2027-01"),
        ("2024-02-29", "2024-02", "2024-03"),
    ],
)
def test_a_day_lies_in_its_month(on, same, next_one):
    assert month_text(month_of(day(on))) == same
    assert month_text(month_after(day(on))) == next_one
    assert first_day(month_of(day(on))) == day(same + "-01")


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        ("2026-03-15", 3, "2026-06-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-08-31", -2, "2026-06-30"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_last_of_the_month(on, months, then):
    assert add_months(day(on), months) == day(then)


@pytest.mark.parametrize(
    ("born", "age", "on"),
    [
        ("1946-07-20", 80, "2026-07-20"),
        ("2008-09-15", 18, "2026-09-15"),
        ("1944-02-29", 80, "2024-02-29"),
        ("1944-02-29", 81, "2025-03-01"),
        ("2000-02-29", 100, "2100-03-01"),
        ("1920-02-29", 80, "2000-02-29"),
    ],
)
def test_an_age_is_reached_on_the_birthday_and_leap_day_children_wait_for_march(born, age, on):
    assert birthday(day(born), age) == day(on)


@pytest.mark.parametrize(
    ("text", "on"), [("2026", "2026-01-01"), ("2026-03", "2026-03-01"), ("2026-03-15", "2026-03-15")]
)
def test_a_partial_date_is_its_first_day(text, on):
    assert partial_date(text) == day(on)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29",
        "2026-13",
        "2026-3",
        "0000",
        "0000-01",
        "15.03.2026",
        "2026/03/15",
        "2026-03-15T00:00:00Z",
        "2026年3月",
        "",
        # ISO 8601 too, but not what is told to departments
        "20260315",
        "2026-W11-7",
        "2026-W11",
    ],
)
def test_what_is_no_date_is_not_read(text):
    with pytest.raises(ValueError, match=r".+"):
        partial_date(text)


@pytest.mark.parametrize(
    ("utc", "in_shanghai"),
    [
        ("2026-06-30T15:59:59.999", "2026-06-30"),
        ("2026-06-30T16:00:00", "2026-07-01"),
        ("2026-06-30T16:30:00", "2026-07-01"),
        ("1970-01-01T00:00:00", "1970-01-01"),
        ("1969-12-31T15:59:59.999", "1969-12-31"),
        ("2024-02-29T16:00:00", "2024-03-01"),
    ],
)
def test_the_day_of_an_instant_is_that_in_shanghai(utc, in_shanghai):
    instant = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    millis = round(instant.timestamp() * 1000)
    assert day_of_millis(millis) == day(in_shanghai)


@pytest.mark.parametrize(
    ("ends_before", "over"),
    [("2026-05-01", "2026-05"), ("2026-05-02", "2026-06"), ("2026-06-01", "2026-06"), ("9998-12-31", "9999-01")],
)
def test_what_ends_before_a_day_is_over_from_the_month_after_its_last(ends_before, over):
    assert month_over(day(ends_before)) == month(over)


@pytest.mark.parametrize("ends_before", [None, day("9999-01-01"), day("9999-12-31")])
def test_what_has_no_end_is_never_over(ends_before):
    assert month_over(ends_before) is None


def test_a_whole_day_is_read_and_nothing_else():
    assert whole_day("2026-03-15") == day("2026-03-15")
    for text in ("2026-03", "20260315", "2026-03-15T00:00:00", "2026-3-15", ""):
        with pytest.raises(ValueError, match=r"^expected a day like 2026-03-15$"):
            whole_day(text)


@settings(max_examples=40)
@given(DAYS)
def test_noon_of_a_day_is_at_four_utc_and_lies_in_that_day(on):
    assert millis_of_day(on) == ((on - date(1970, 1, 1)).days * 24 + 4) * 3_600_000
    assert day_of_millis(millis_of_day(on)) == on


@settings(max_examples=40)
@given(DAYS, st.integers(-600, 600))
def test_months_later_and_back_never_leave_the_month(on, months):
    there = add_months(on, months)
    assert month_of(there) == month_of(on) + months
    assert there.day == on.day or (there.day < on.day and date.fromordinal(there.toordinal() + 1).day == 1)


@settings(max_examples=40)
@given(st.integers(12, 12 * 9999))
def test_a_month_written_is_the_month_read(number):
    assert month(month_text(number)) == Month(number)
