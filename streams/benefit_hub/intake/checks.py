"""What intake asks of a department record before it becomes a fact. A check answers with a refusal, or None.

No refusal repeats what a field holds: it may be an identity number.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from benefit_hub.messages.departments import PAYLOADS, Envelope, Payload, names_people
from benefit_hub.values.identity import check_character, identity_fault
from benefit_hub.values.months import LAST_MILLIS, day_of_millis, month, month_of, partial_date, whole_day
from benefit_hub.values.refusal import Refusal

LONGEST_TEXT = 4_000
LARGEST_AMOUNT_FEN = 10**12
EARLIEST_DAY = date(1880, 1, 1)

_LOOKS_LIKE_IDENTITY = re.compile(
    r"(?=([0-9]{6}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]))"
)
_DAY_FIELDS = {"issued_on", "birth_date", "as_of"}
_WHOLE_DAY_FIELDS = {"submitted_on", "decided_on", "heard_on", "notice_served_on"}
_MONTH_FIELDS = {"pay_period", "from_month", "until_month", "period"}
FURTHEST_YEARS = 10
"""A month that is spoken of lies at most so many years from the day of receipt."""
_CHECK_NUMBER = "Check the number against the document, then send a new revision."
_RESEND = "Correct the record in your system and send it again with a new revision number."


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every single value of a decoded record with its path and the name of its field."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, re.sub(r"\[\d+\]$", "", path.rsplit(".", 1)[-1]), value


def names_somebody(text: str) -> bool:
    """Whether a text holds what looks like an identity number, in whatever script its digits are.

    Inside a longer row of digits, such as an id made of the time of day, only a right check digit makes it one.
    """
    plain = unicodedata.normalize("NFKC", text)
    for found in _LOOKS_LIKE_IDENTITY.finditer(plain):
        number = found[1]
        around = plain[max(found.start() - 1, 0) : found.start()] + plain[found.end(1) : found.end(1) + 1]
        if not any(letter.isdigit() for letter in around) or check_character(number[:17]) == number[17].upper():
            return True
    return False


def check_leaf(path: str, name: str, value: Any, latest: date) -> Refusal | None:
    """One value; `latest` is the last day that may be spoken of as past."""
    if isinstance(value, str):
        return check_text(path, name, value, latest)
    if isinstance(value, int) and name.endswith("_fen"):
        return check_amount(path, value)
    return None


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
    if name in ("household_id", "household_ids") and not value.strip():
        return Refusal("MISSING_SUBJECT", path, "the number of a household", _RESEND)
    if name in _DAY_FIELDS or name in _WHOLE_DAY_FIELDS:
        return check_day(path, value, latest, whole=name in _WHOLE_DAY_FIELDS)
    return check_month(path, value, latest) if name in _MONTH_FIELDS else None


def check_amount(path: str, fen: int) -> Refusal | None:
    """An amount in fen that can be meant."""
    if fen < 0:
        return Refusal("NEGATIVE_AMOUNT", path, "an amount in fen of 0 or more", _RESEND)
    if fen > LARGEST_AMOUNT_FEN:
        return Refusal("WRONG_SHAPE", path, f"an amount in fen of at most {LARGEST_AMOUNT_FEN}", _RESEND)
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


def check_month(path: str, text: str, latest: date) -> Refusal | None:
    """A month YYYY-MM, not so far away that it can only be a slip."""
    try:
        away = month(text) - month_of(latest)
    except ValueError:
        return Refusal("BAD_DATE", path, "a month YYYY-MM", _RESEND)
    if abs(away) > FURTHEST_YEARS * 12:
        return Refusal("BAD_DATE", path, f"a month within {FURTHEST_YEARS} years of the day of receipt", _RESEND)
    return None


def check_record(body: Mapping[str, Any], envelope: Envelope, received_on: date) -> Refusal | None:
    """All values of a record, its interval, and the moment when it was recorded."""
    latest = received_on + timedelta(days=1)
    for path, name, value in leaves(body):
        refusal = check_leaf(path, name, value, latest)
        if refusal is not None:
            return refusal
    refusal = check_day("valid_from", envelope.valid_from, latest)
    if refusal is None and envelope.valid_to is not None:
        refusal = check_day("valid_to", envelope.valid_to, None)
        if refusal is None and partial_date(envelope.valid_to) < partial_date(envelope.valid_from):
            refusal = Refusal("WRONG_ORDER", "valid_to", "a day not before valid_from", _RESEND)
    if refusal is None and not 0 <= envelope.recorded_at <= LAST_MILLIS:
        refusal = Refusal("BAD_DATE", "recorded_at", "milliseconds since 1970, before the year 9999", _RESEND)
    if refusal is None and day_of_millis(envelope.recorded_at) > latest:
        refusal = Refusal("FUTURE_DATE", "recorded_at", "an instant not after the day of receipt", _RESEND)
    if refusal is None and envelope.revision < 0:
        refusal = Refusal("WRONG_SHAPE", "revision", "a number of 0 or more", _RESEND)
    return refusal


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
