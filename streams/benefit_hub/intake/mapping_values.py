"""How one value of a department's record is read: codes, numbers in units, days and instants as the department writes them.

Each maker returns a function from a raw value to a value of the fact, to `LEFT_OUT`, or to a refusal that names the source. A
raw value is never null, and a text has no blanks around it. Everything is exact; nothing is guessed. Days and instants
repeat from record to record, so the last ones are remembered.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from benefit_hub.task.mapping import LEAST, UNITS, Choice, Coded, Day, Instant, Text, UnitName, Value, Whole
from benefit_hub.values.months import LAST_MILLIS, day_of_millis, first_day, month_after
from benefit_hub.values.refusal import Refusal


class LeftOut:
    """Stands for a field that the fact does not have."""


LEFT_OUT: Final = LeftOut()
Raw = str | int | bool | date
Reading = Callable[[Raw], Value | LeftOut | Refusal]
REMEMBERED = 1024

TOKENS = {
    "yyyy": r"(?P<yyyy>[0-9]{4})",
    "MM": r"(?P<MM>[0-9]{2})",
    "M": r"(?P<MM>[0-9]{1,2})",
    "dd": r"(?P<dd>[0-9]{2})",
    "d": r"(?P<dd>[0-9]{1,2})",
    "HH": r"(?P<HH>[0-9]{2})",
    "H": r"(?P<HH>[0-9]{1,2})",
    "mm": r"(?P<mm>[0-9]{2})",
    "ss": r"(?P<ss>[0-9]{2})",
    "SSS": r"(?P<SSS>[0-9]{3})",
}
"""The letters of a date pattern, the longest of each kind first; `T` and everything that is no letter stand for themselves."""

COUNTED = {"seconds": 1000, "millis": 1}
"""Patterns of instants that are numbers: how many milliseconds one of it is."""

RESEND = "Correct the record in your system and send it again with a new revision."
_NUMBER = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{1,9}))?")
_LETTERS = re.compile(r"yyyy|MM?|dd?|HH?|mm|ss|SSS|.", re.DOTALL)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FARTHEST_MILLIS = 3_000_000_000_000
_SHOWN_CODES = 20


def pattern_of(written: str) -> re.Pattern[str]:
    """What a date pattern such as `yyyy-MM-dd HH:mm:ss` stands for; raises ValueError with what is wrong with it."""
    parts: list[str] = []
    for letters in _LETTERS.findall(written):
        if letters not in TOKENS and letters.isascii() and letters.isalpha() and letters != "T":
            raise ValueError(f"{letters} is no letter of a date pattern")
        parts.append(TOKENS.get(letters, re.escape(letters)))
    try:
        found = re.compile("".join(parts))
    except re.error:
        raise ValueError("the same part twice") from None
    if not {"yyyy", "MM"} <= set(found.groupindex):
        raise ValueError("no year and month in it")
    return found


def text_reading(how: Text) -> Callable[[Raw], str]:
    """A text, or a number as its digits."""

    def read(raw: Raw) -> str:
        text = raw if isinstance(raw, str) else str(raw)
        text = text.upper() if how.upper else text
        return text if how.first is None else text[: how.first]

    return read


def number_reading(unit: UnitName | None, source: str) -> Callable[[Raw], int | Refusal]:
    """A whole number of ours out of a number in a unit."""
    factor = UNITS[unit].factor if unit else 1
    refusal = Refusal("WRONG_SHAPE", source, *_number_told(unit))

    def read(raw: Raw) -> int | Refusal:
        if type(raw) is int:
            return raw * factor
        found = _NUMBER.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            return refusal
        sign, whole, decimals = found.groups("")
        value = int(whole + decimals) * factor
        if decimals:
            value, rest = divmod(value, 10 ** len(decimals))
            if rest:
                return refusal
        return -value if sign == "-" else value

    return read


def whole_reading(how: Whole, source: str) -> Reading:
    """A number by itself: in its unit, and one of those that are allowed."""
    read_number = number_reading(how.units[0], source)
    if not how.allowed:
        return read_number
    refusal = not_listed(how.allowed, source, "WRONG_SHAPE")

    def read(raw: Raw) -> Value | Refusal:
        value = read_number(raw)
        return value if isinstance(value, Refusal) or value in how.allowed else refusal

    return read


def _number_told(unit: UnitName | None) -> tuple[str, str, str]:
    if not unit:
        return "a whole number in digits", RESEND, "用数字书写的整数"
    known = UNITS[unit]
    least = LEAST[known.measure]
    digits = "digits, " if known.factor == 1 else "digits, such as 1234.5, "
    return (
        f"a number in {unit.replace('-', ' ')}, {digits}with no part of a {least[0]}",
        RESEND,
        f"以{known.chinese}为单位的数字，精确到{least[1]}",
    )


def not_listed(codes: Iterable[object], source: str, code: str = "UNKNOWN_CODE") -> Refusal:
    """A refusal of what is not in a list, with the list as far as it is short."""
    known = [str(each) for each in codes]
    listed = ", ".join(known[:_SHOWN_CODES]) + (" …" if len(known) > _SHOWN_CODES else "")
    return Refusal(code, source, f"one of {listed}", RESEND, f"下列之一：{listed}")


def flag_reading(source: str) -> Reading:
    """Yes or no."""
    refusal = not_listed(("true", "false"), source, "WRONG_SHAPE")
    return lambda raw: raw if isinstance(raw, bool) else refusal


def choice_reading(how: Choice, source: str) -> Reading:
    """A word that both sides use."""
    refusal = not_listed(how.allowed, source)
    return lambda raw: raw if isinstance(raw, str) and raw in how.allowed else refusal


def code_reading(how: Coded, source: str) -> Reading:
    """A code by its table. Numbers and flags are looked up as they are written: `1`, `true`."""
    table = {code: LEFT_OUT if value is None else value for code, value in how.table}
    unknown: Value | LeftOut | Refusal = not_listed(table, source)
    if not how.known:
        unknown = LEFT_OUT if how.otherwise is None else how.otherwise

    def read(raw: Raw) -> Value | LeftOut | Refusal:
        if isinstance(raw, str):
            return table.get(raw, unknown)
        return table.get(str(raw).lower() if isinstance(raw, bool) else str(raw), unknown)

    return read


def day_reading(how: Day, source: str) -> Reading:
    """A day `YYYY-MM-DD`, or a month `YYYY-MM`, as far as the pattern goes."""
    refusal = Refusal("BAD_DATE", source, f"a date written {how.pattern}", RESEND, f"按 {how.pattern} 书写的日期")
    if how.pattern in COUNTED:
        read_day = _counted_day(COUNTED[how.pattern])
    elif how.pattern == "day":
        read_day = _given_day
    else:
        read_day = _written_day(pattern_of(how.pattern))

    @lru_cache(REMEMBERED, typed=True)
    def read(raw: Raw) -> Value | Refusal:
        try:
            day, whole = read_day(raw)
            if how.inclusive:
                day = day + timedelta(days=1) if whole else first_day(month_after(day))
        except (ValueError, OverflowError):
            return refusal
        text = day.isoformat()
        return text if whole and not how.month_only else text[:7]

    return read


def _given_day(raw: Raw) -> tuple[date, bool]:
    if isinstance(raw, date):
        return raw, True
    raise ValueError


def _counted_day(factor: int) -> Callable[[Raw], tuple[date, bool]]:
    def read(raw: Raw) -> tuple[date, bool]:
        return day_of_millis(_millis(raw, factor)), True

    return read


def _written_day(pattern: re.Pattern[str]) -> Callable[[Raw], tuple[date, bool]]:
    whole = "dd" in pattern.groupindex

    def read(raw: Raw) -> tuple[date, bool]:
        found = pattern.fullmatch(raw if isinstance(raw, str) else str(raw))
        if found is None:
            raise ValueError
        return date(int(found["yyyy"]), int(found["MM"]), int(found["dd"]) if whole else 1), whole

    return read


def instant_reading(how: Instant, source: str) -> Reading:
    """Milliseconds since 1970, of a local time in Asia/Shanghai or of a count."""
    refusal = Refusal(
        "BAD_DATE", source, f"a time written {how.pattern}, Asia/Shanghai", RESEND, f"按 {how.pattern} 书写的北京时间"
    )
    if how.pattern in COUNTED:
        factor = COUNTED[how.pattern]
        refusal = Refusal(
            "BAD_DATE", source, f"{how.pattern} since 1970", RESEND, f"1970 年以来的{_COUNTED_ZH[factor]}数"
        )
        read_millis = _counted(factor)
    else:
        read_millis = _written_instant(pattern_of(how.pattern))

    @lru_cache(REMEMBERED, typed=True)
    def read(raw: Raw) -> Value | Refusal:
        try:
            return read_millis(raw)
        except ValueError:
            return refusal

    return read


_COUNTED_ZH = {1000: "秒", 1: "毫秒"}


def _counted(factor: int) -> Callable[[Raw], int]:
    return lambda raw: _millis(raw, factor)


def _millis(raw: Raw, factor: int) -> int:
    """A count of seconds or milliseconds that can be meant."""
    text = str(raw)
    if re.fullmatch(r"-?[0-9]{1,18}", text) is None:
        raise ValueError
    millis = int(text) * factor
    if not -_FARTHEST_MILLIS <= millis <= LAST_MILLIS:
        raise ValueError
    return millis


def _written_instant(pattern: re.Pattern[str]) -> Callable[[Raw], int]:
    parts = pattern.groupindex

    def read(raw: Raw) -> int:
        found = pattern.fullmatch(raw if isinstance(raw, str) else str(raw))
        if found is None:
            raise ValueError
        days = date(int(found["yyyy"]), int(found["MM"]), int(found["dd"])).toordinal() - _EPOCH_DAY
        hour, minute, second, thousandth = (
            int(found[part]) if part in parts else 0 for part in ("HH", "mm", "ss", "SSS")
        )
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError
        return (((days * 24 + hour - 8) * 60 + minute) * 60 + second) * 1000 + thousandth

    return read
