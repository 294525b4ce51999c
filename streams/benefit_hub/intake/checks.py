"""What intake asks of a department record before it becomes a fact. A check answers with a refusal, or None.

No refusal repeats what a field holds: it may be an identity number.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from benefit_hub.messages.departments import (
    AHEAD_FIELDS,
    DAY_FIELDS,
    LONG_AGO_FIELDS,
    MONTH_FIELDS,
    PAYLOADS,
    WHOLE_DAY_FIELDS,
    Envelope,
    Payload,
    names_people,
)
from benefit_hub.values.identity import check_character, identity_fault
from benefit_hub.values.months import LAST_MILLIS, day_of_millis, month, month_of, partial_date, whole_day
from benefit_hub.values.refusal import Refusal

LONGEST_TEXT = 4_000
LARGEST_AMOUNT_FEN = 10**12
LARGEST_NUMBER = 2**63 - 1
EARLIEST_DAY = date(1880, 1, 1)
IDENTITY_LENGTH = 18

_LOOKS_LIKE_IDENTITY = re.compile(
    r"(?=([0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]))"
)
FURTHEST_YEARS = 10
"""A month that is spoken of lies at most so many years from the day of receipt."""
_BACK_TO = month_of(EARLIEST_DAY)
_HOUSEHOLD_FIELDS = ("household_id", "household_ids")
_CHECK_NUMBER = "Check the number against the document, then send a new revision."
_RESEND = "Correct the record in your system and send it again with a new revision number."


def names_somebody(text: str) -> bool:
    """Whether a text holds what looks like an identity number, in whatever script its digits are.

    Inside a longer row of digits, such as an id made of the time of day, only a right check digit makes it one.
    """
    if text.isascii():
        if len(text) < IDENTITY_LENGTH:
            return False
        plain = text
    else:
        plain = unicodedata.normalize("NFKC", text)
    for found in _LOOKS_LIKE_IDENTITY.finditer(plain):
        number = found[1]
        around = plain[max(found.start() - 1, 0) : found.start()] + plain[found.end(1) : found.end(1) + 1]
        if not any(letter.isdigit() for letter in around) or check_character(number[:17]) == number[17].upper():
            return True
    return False


def check_value(path: str, name: str, value: Any, latest: date) -> Refusal | None:
    """The value of a field and all that is in it; `latest` is the last day that may be spoken of as past."""
    if isinstance(value, str):
        return check_text(path, name, value, latest)
    if isinstance(value, int):
        return check_number(path, name, value)
    inside: Iterable[Refusal | None] = ()
    if isinstance(value, Mapping):
        inside = (check_value(f"{path}.{inner}", str(inner), each, latest) for inner, each in value.items())
    elif isinstance(value, list | tuple):
        inside = (check_value(f"{path}[{index}]", name, each, latest) for index, each in enumerate(value))
    return next((refusal for refusal in inside if refusal is not None), None)


def check_text(path: str, name: str, value: str, latest: date) -> Refusal | None:
    """Length, identity numbers where they belong and nowhere else, household numbers, days and months."""
    if len(value) > LONGEST_TEXT:
        return Refusal("TEXT_TOO_LONG", path, f"at most {LONGEST_TEXT} characters", _RESEND)
    if names_people(name):
        fault = identity_fault(value)
        return None if fault is None else Refusal("BAD_IDENTITY", path, fault, _CHECK_NUMBER)
    if names_somebody(value):
        return Refusal(
            "IDENTITY_MISPLACED", path, "text without an identity number", "Name people in fields …id_number only."
        )
    if name in _HOUSEHOLD_FIELDS and not value.strip():
        return Refusal("MISSING_SUBJECT", path, "the number of a household", _RESEND)
    if name in WHOLE_DAY_FIELDS:
        return check_day(path, value, None if name in AHEAD_FIELDS else latest, whole=True)
    if name in DAY_FIELDS:
        return check_day(path, value, latest)
    if name in MONTH_FIELDS:
        return check_month(path, value, latest, long_ago=name in LONG_AGO_FIELDS)
    return None


def check_number(path: str, name: str, value: int) -> Refusal | None:
    """Nothing that departments count is less than nothing, and an amount in fen is one that can be meant."""
    if value < 0 and name != "recorded_at":
        if name.endswith("_fen"):
            return Refusal("NEGATIVE_AMOUNT", path, "an amount in fen of 0 or more", _RESEND)
        return Refusal("WRONG_SHAPE", path, "a number of 0 or more", _RESEND)
    if value > (largest := LARGEST_AMOUNT_FEN if name.endswith("_fen") else LARGEST_NUMBER):
        return Refusal("WRONG_SHAPE", path, f"a number of at most {largest}", _RESEND)
    return None


def check_day(path: str, text: str, latest: date | None, *, whole: bool = False) -> Refusal | None:
    """A date between 1880 and `latest` (None: however far ahead); partial unless it has to be `whole`."""
    try:
        day = whole_day(text) if whole else partial_date(text)
    except ValueError:
        return Refusal("BAD_DATE", path, "a date YYYY-MM-DD" + ("" if whole else ", or YYYY-MM"), _RESEND)
    if day < EARLIEST_DAY:
        return Refusal("BAD_DATE", path, f"a date from {EARLIEST_DAY} on", _RESEND)
    if latest is not None and day > latest:
        return Refusal("FUTURE_DATE", path, "a date not after the day of receipt", _RESEND)
    return None


def check_month(path: str, text: str, latest: date, *, long_ago: bool = False) -> Refusal | None:
    """A month YYYY-MM, not so far away that it can only be a slip; `long_ago`, back to 1880."""
    try:
        away = month(text) - month_of(latest)
    except ValueError:
        return Refusal("BAD_DATE", path, "a month YYYY-MM", _RESEND)
    if away > FURTHEST_YEARS * 12 or away < (_BACK_TO - month_of(latest) if long_ago else -FURTHEST_YEARS * 12):
        return Refusal("BAD_DATE", path, f"a month within {FURTHEST_YEARS} years of the day of receipt", _RESEND)
    return None


def check_record(body: Mapping[str, Any], envelope: Envelope, payload: Payload, received_on: date) -> Refusal | None:
    """All values of a record, its interval, and the moment when it was recorded."""
    latest = received_on + timedelta(days=1)
    for name, value in body.items():
        refusal = check_value(name, name, value, latest)
        if refusal is not None:
            return refusal
    refusal = check_either(body, payload.either) or check_day("valid_from", envelope.valid_from, latest)
    if refusal is None and envelope.valid_to is not None:
        refusal = check_day("valid_to", envelope.valid_to, None)
        if refusal is None and partial_date(envelope.valid_to) < partial_date(envelope.valid_from):
            refusal = Refusal("WRONG_ORDER", "valid_to", "a day not before valid_from", _RESEND)
    if refusal is None and not 0 <= envelope.recorded_at <= LAST_MILLIS:
        refusal = Refusal("BAD_DATE", "recorded_at", "milliseconds since 1970, before the year 9999", _RESEND)
    if refusal is None and day_of_millis(envelope.recorded_at) > latest:
        refusal = Refusal("FUTURE_DATE", "recorded_at", "an instant not after the day of receipt", _RESEND)
    return refusal


def check_either(body: Mapping[str, Any], names: tuple[str, ...]) -> Refusal | None:
    """Of these fields exactly one is said: the others are left out, null, or 0."""
    if not names:
        return None
    said = [name for name in names if body.get(name) is not None]
    if said and sum(bool(body[name]) for name in said) <= 1:
        return None
    others = " and ".join(names[1:])
    return Refusal("NOT_ONE", names[0], f"either a value here or in {others}, not in both", _RESEND)


def read_record(kind: str, body: Mapping[str, Any]) -> tuple[Envelope, Payload] | Refusal:
    """The envelope and the payload of a decoded record."""
    try:
        return msgspec.convert(body, Envelope), msgspec.convert(body, PAYLOADS[kind])
    except msgspec.ValidationError as error:
        return shape_refusal(str(error))


def shape_refusal(text: str) -> Refusal:
    """msgspec's complaint as a refusal, without the value that it may quote."""
    complaint, _, path = text.partition(" - at ")
    missing = re.search(r"missing required field `(\w+)`", complaint)
    field = path.strip("`$.") or (missing[1] if missing else "")
    expected = "one of the values that the schema lists" if complaint.startswith("Invalid") else complaint
    expected = f"a value for {missing[1]}" if missing else expected.removeprefix("Expected ").partition(", got")[0]
    return Refusal("WRONG_SHAPE", field, expected, "Compare the record with the schema of this topic.")
