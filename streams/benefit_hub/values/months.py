"""Months and days. A month is the unit in which benefits are owed; it is a number, so that arithmetic is exact.

`Month` counts months since the year 0: 2026-04 is 2026 * 12 + 3. Days are `datetime.date` in Asia/Shanghai, whose
offset has been +08:00 without summer time since 1991, which covers every instant that the hub can receive.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NewType

Month = NewType("Month", int)

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_MONTH = Month(0)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_DAY_MILLIS = 86_400_000
_AHEAD = 8 * 3_600_000
LAST_MILLIS = 253_370_764_800_000
"""The last instant that is told from another: noon before the year 9999, in milliseconds since 1970."""


def month(text: str) -> Month:
    """Read `2026-04`; raises ValueError for anything else."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(f"expected a month like 2026-04, not {text!r}")
    return Month(int(found[1]) * 12 + int(found[2]) - 1)


def month_of(day: date) -> Month:
    """The month in which a day lies."""
    return Month(day.year * 12 + day.month - 1)


def month_text(value: int) -> str:
    """Write a month as `2026-04`."""
    return f"{value // 12:04d}-{value % 12 + 1:02d}"


def month_after(day: date) -> Month:
    """The month after the one in which a day lies."""
    return Month(month_of(day) + 1)


def month_over(end: date | None) -> Month | None:
    """The month from which something that ends before `end` is over: the one after its last day. The year 9999 is no end."""
    return None if end is None or end.year >= 9999 else month_after(end - timedelta(days=1))


def first_day(value: int) -> date:
    """The first day of a month."""
    return date(value // 12, value % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    target = month_of(day) + months
    last = (first_day(target + 1) - timedelta(days=1)).day
    return first_day(target).replace(day=min(day.day, last))


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches an age; born on 29 February, it is 1 March in common years."""
    year = born.year + age
    if born.month == 2 and born.day == 29 and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        return date(year, 3, 1)
    return born.replace(year=year)


@lru_cache(maxsize=16_384)  # the same days are read again and again
def partial_date(text: str) -> date:
    """Read a date, or a partial one (`2026-03`, `2026`) as its first day; raises ValueError."""
    if len(text) == 10 and text[4] == text[7] == "-":
        return date.fromisoformat(text)
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1)
    return first_day(month(text))


def whole_day(text: str) -> date:
    """Read `2026-03-15` and nothing else; raises ValueError."""
    if _DAY.fullmatch(text) is None:
        raise ValueError("expected a day like 2026-03-15")
    return date.fromisoformat(text)


def day_of_millis(millis: int) -> date:
    """The day in Asia/Shanghai of an instant in milliseconds since 1970."""
    return date.fromordinal(_EPOCH_DAY + (millis + _AHEAD) // _DAY_MILLIS)


def millis_of_day(day: date) -> int:
    """Noon in Asia/Shanghai of a day, in milliseconds since 1970."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
    return (noon - _EPOCH) // timedelta(milliseconds=1)
