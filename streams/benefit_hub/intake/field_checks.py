"""What intake asks of a single value by the meaning of its field. A check answers with a refusal, or None.

No refusal repeats what a field holds: it may be an identity number.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from benefit_hub.messages.departments import (
    AHEAD_FIELDS,
    DAY_FIELDS,
    LONG_AGO_FIELDS,
    MONTH_FIELDS,
    WHOLE_DAY_FIELDS,
    names_people,
)
from benefit_hub.values.identity import check_character, identity_fault
from benefit_hub.values.months import LAST_MILLIS, day_of_millis, month, month_of, partial_date, whole_day
from benefit_hub.values.refusal import Refusal

LONGEST_TEXT = 4_000
LARGEST_AMOUNT_FEN = 10**12
LARGEST_NUMBER = 2**63 - 1
EARLIEST_DAY = date(1880, 1, 1)
FURTHEST_YEARS = 10
"""A month that is spoken of lies at most so many years from the day of receipt."""

Check = Callable[[Any, str, date], Refusal | None]
"""Asked of a value, its path in the record, and the last day that may be spoken of as past."""

RESEND = "Correct the record in your system and send it again with a new revision number."

_LOOKS_LIKE_IDENTITY = re.compile(
    r"(?=([0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]))"
)
_SEVENTEEN_DIGITS = re.compile(r"[0-9]{17}")
_IDENTITY_LENGTH = 18
_BACK_TO = month_of(EARLIEST_DAY)
_HOUSEHOLD_FIELDS = frozenset({"household_id", "household_ids"})


def text_check(name: str) -> Check:
    """What is asked of a text in a field of this name."""
    if names_people(name):
        return check_identity
    if name in WHOLE_DAY_FIELDS:
        return partial(check_whole_day, ahead=name in AHEAD_FIELDS)
    if name in DAY_FIELDS:
        return check_past_day
    if name in MONTH_FIELDS:
        return partial(check_month, long_ago=name in LONG_AGO_FIELDS)
    return check_household if name in _HOUSEHOLD_FIELDS else check_text


def number_check(name: str) -> Check:
    """What is asked of a number in a field of this name."""
    return check_amount if name.endswith("_fen") else check_count


def names_somebody(text: str) -> bool:
    """Whether a text holds what looks like an identity number, in whatever script its digits are.

    Inside a longer row of digits, such as an id made of the time of day, only a right check digit makes it one.
    """
    if text.isascii():
        if len(text) < _IDENTITY_LENGTH:
            return False
        plain = text
    else:
        plain = unicodedata.normalize("NFKC", text)
    if _SEVENTEEN_DIGITS.search(plain) is None:  # as nearly always, and much cheaper to find out
        return False
    for found in _LOOKS_LIKE_IDENTITY.finditer(plain):
        number = found[1]
        around = plain[max(found.start() - 1, 0) : found.start()] + plain[found.end(1) : found.end(1) + 1]
        if not any(letter.isdigit() for letter in around) or check_character(number[:17]) == number[17].upper():
            return True
    return False


def check_text(text: str, path: str, _latest: date) -> Refusal | None:
    """A text of any meaning: not too long, and nobody named in it."""
    if len(text) < _IDENTITY_LENGTH and text.isascii():
        return None
    if len(text) > LONGEST_TEXT:
        return Refusal("TEXT_TOO_LONG", path, f"at most {LONGEST_TEXT} characters", RESEND)
    if names_somebody(text):
        return Refusal(
            "IDENTITY_MISPLACED", path, "text without an identity number", "Name people in fields …id_number only."
        )
    return None


def check_identity(number: str, path: str, _latest: date) -> Refusal | None:
    """An identity number where it belongs."""
    fault = identity_fault(number)
    if fault is None:
        return None
    return Refusal("BAD_IDENTITY", path, fault, "Check the number against the document, then send a new revision.")


def check_household(text: str, path: str, latest: date) -> Refusal | None:
    """The number of a household: without a name it would be everybody's."""
    if not text.strip():
        return Refusal("MISSING_SUBJECT", path, "the number of a household", RESEND)
    return check_text(text, path, latest)


def check_count(value: int, path: str, _latest: date) -> Refusal | None:
    """Nothing that departments count is less than nothing."""
    if 0 <= value <= LARGEST_NUMBER:
        return None
    return Refusal("WRONG_SHAPE", path, f"a number from 0 to {LARGEST_NUMBER}", RESEND)


def check_amount(fen: int, path: str, _latest: date) -> Refusal | None:
    """An amount in fen that can be meant."""
    if fen < 0:
        return Refusal("NEGATIVE_AMOUNT", path, "an amount in fen of 0 or more", RESEND)
    if fen > LARGEST_AMOUNT_FEN:
        return Refusal("WRONG_SHAPE", path, f"an amount in fen of at most {LARGEST_AMOUNT_FEN}", RESEND)
    return None


def check_whole_day(text: str, path: str, latest: date, *, ahead: bool = False) -> Refusal | None:
    """A day YYYY-MM-DD; however far ahead, if it may lie `ahead`."""
    try:
        day = whole_day(text)
    except ValueError:
        return Refusal("BAD_DATE", path, "a date YYYY-MM-DD", RESEND)
    return _check_when(day, path, None if ahead else latest)


def check_past_day(text: str, path: str, latest: date) -> Refusal | None:
    """A day that may be known by its month or year only."""
    return check_day(text, path, latest)


def check_any_day(text: str, path: str, _latest: date) -> Refusal | None:
    """The same, however far ahead."""
    return check_day(text, path, None)


def check_recorded(millis: int, path: str, latest: date) -> Refusal | None:
    """An instant at which a department can have recorded something."""
    if not 0 <= millis <= LAST_MILLIS:
        return Refusal("BAD_DATE", path, "milliseconds since 1970, before the year 9999", RESEND)
    if day_of_millis(millis) > latest:
        return Refusal("FUTURE_DATE", path, "an instant not after the day of receipt", RESEND)
    return None


def check_day(text: str, path: str, latest: date | None) -> Refusal | None:
    """The same, however far ahead where `latest` is None."""
    try:
        day = partial_date(text)
    except ValueError:
        return Refusal("BAD_DATE", path, "a date YYYY-MM-DD, or YYYY-MM", RESEND)
    return _check_when(day, path, latest)


def _check_when(day: date, path: str, latest: date | None) -> Refusal | None:
    if day < EARLIEST_DAY:
        return Refusal("BAD_DATE", path, f"a date from {EARLIEST_DAY} on", RESEND)
    if latest is not None and day > latest:
        return Refusal("FUTURE_DATE", path, "a date not after the day of receipt", RESEND)
    return None


def check_month(text: str, path: str, latest: date, *, long_ago: bool = False) -> Refusal | None:
    """A month YYYY-MM, not so far away that it can only be a slip; `long_ago`, back to 1880."""
    try:
        spoken_of, now = month(text), month_of(latest)
    except ValueError:
        return Refusal("BAD_DATE", path, "a month YYYY-MM", RESEND)
    first = _BACK_TO if long_ago else now - FURTHEST_YEARS * 12
    if first <= spoken_of <= now + FURTHEST_YEARS * 12:
        return None
    far = f"from {EARLIEST_DAY.year} on" if long_ago else f"within {FURTHEST_YEARS} years of the day of receipt"
    return Refusal("BAD_DATE", path, f"a month {far}", RESEND)
