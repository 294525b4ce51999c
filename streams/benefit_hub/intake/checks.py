"""What intake asks of a department record before it becomes a fact. A check answers with a refusal, or None.

Which fields of a type there are to check, and how, is found once per type; a record is then only gone through.
"""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from msgspec import Struct, inspect

from benefit_hub.intake.field_checks import (
    RESEND,
    Check,
    check_any_day,
    check_past_day,
    check_recorded,
    number_check,
    text_check,
)
from benefit_hub.messages.departments import PAYLOADS, Envelope, Payload
from benefit_hub.values.months import partial_date
from benefit_hub.values.refusal import Refusal

_TIMES: Mapping[str, Check] = {
    "valid_from": check_past_day,
    "valid_to": check_any_day,
    "recorded_at": check_recorded,
}
"""Fields of the envelope at which `check_record` looks last."""


def checks_of(fields: Iterable[inspect.Field]) -> tuple[tuple[str, Check], ...]:
    """The fields of a type of which anything is asked beyond their shape, and what."""
    found = ((field.name, _check_of(field.name, field.type)) for field in fields)
    return tuple((name, check) for name, check in found if check is not None and name not in _TIMES)


def _check_of(name: str, kind: inspect.Type) -> Check | None:
    match kind:
        case inspect.UnionType():
            return next((check for each in kind.types if (check := _check_of(name, each)) is not None), None)
        case inspect.StrType():
            return text_check(name)
        case inspect.IntType():
            return number_check(name)
        case inspect.VarTupleType():
            item = _check_of(name, kind.item_type)
            return None if item is None else _each(item)
        case inspect.StructType():
            return _inside(checks_of(kind.fields))
    return None


def _each(item: Check) -> Check:
    def check(values: Iterable[Any], path: str, latest: date) -> Refusal | None:
        refusals = (item(value, f"{path}[{index}]", latest) for index, value in enumerate(values))
        return next((refusal for refusal in refusals if refusal is not None), None)

    return check


def _inside(checks: tuple[tuple[str, Check], ...]) -> Check:
    def check(part: Struct, path: str, latest: date) -> Refusal | None:
        refusals = (each(getattr(part, name), f"{path}.{name}", latest) for name, each in checks)
        return next((refusal for refusal in refusals if refusal is not None), None)

    return check


def _fields(kind: type[Struct]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    return info.fields if isinstance(info, inspect.StructType) else ()


_ENVELOPE = checks_of(_fields(Envelope))
_PAYLOADS = {published: checks_of(_fields(published)) for published in PAYLOADS.values()}


def check_fields(part: Struct, checks: Iterable[tuple[str, Check]], latest: date) -> Refusal | None:
    """All that is asked of the fields of envelope or payload, one by one."""
    for name, check in checks:
        value = getattr(part, name)
        if value is not None:
            refusal = check(value, name, latest)
            if refusal is not None:
                return refusal
    return None


def check_record(body: Mapping[str, Any], envelope: Envelope, payload: Payload, received_on: date) -> Refusal | None:
    """All values of a record, its interval, and the moment when it was recorded."""
    latest = received_on + timedelta(days=1)
    refusal = (
        check_fields(envelope, _ENVELOPE, latest)
        or check_fields(payload, _PAYLOADS[type(payload)], latest)
        or check_either(body, payload.either)
        or check_fields(envelope, _TIMES.items(), latest)
    )
    return refusal or check_interval(envelope)


def check_interval(envelope: Envelope) -> Refusal | None:
    """What is true ends no earlier than it begins."""
    until = envelope.valid_to
    if until is None or partial_date(until) >= partial_date(envelope.valid_from):
        return None
    return Refusal("WRONG_ORDER", "valid_to", "a day not before valid_from", RESEND)


def faults(kind: str, body: Mapping[str, Any], received_on: date, unread: Container[str]) -> list[Refusal]:
    """All that is wrong with the fields of a record, one by one, but for those that were not even read; slowly."""
    latest = received_on + timedelta(days=1)
    checks = dict([*_ENVELOPE, *_PAYLOADS[PAYLOADS[kind]], *_TIMES.items()])
    return [
        refusal
        for field in (*msgspec.structs.fields(Envelope), *msgspec.structs.fields(PAYLOADS[kind]))
        if field.name not in unread and (refusal := _fault(field, body, checks.get(field.name), latest))
    ]


def _fault(
    field: msgspec.structs.FieldInfo, body: Mapping[str, Any], check: Check | None, latest: date
) -> Refusal | None:
    """What is wrong with one field of a record."""
    if field.name not in body:
        return shape_refusal(f"missing required field `{field.name}`") if field.required else None
    try:
        value = msgspec.convert(body[field.name], field.type)
    except msgspec.ValidationError as error:
        return shape_refusal(str(error), field.name)
    return None if value is None or check is None else check(value, field.name, latest)


def check_either(body: Mapping[str, Any], names: tuple[str, ...]) -> Refusal | None:
    """Of these fields exactly one is said: the others are left out, null, or 0."""
    if not names:
        return None
    said = [name for name in names if body.get(name) is not None]
    if said and sum(bool(body[name]) for name in said) <= 1:
        return None
    others = " and ".join(names[1:])
    return Refusal("NOT_ONE", names[0], f"either a value here or in {others}, not in both", RESEND)


def read_record(kind: str, body: Mapping[str, Any]) -> tuple[Envelope, Payload] | Refusal:
    """The envelope and the payload of a decoded record."""
    try:
        return msgspec.convert(body, Envelope), msgspec.convert(body, PAYLOADS[kind])
    except msgspec.ValidationError as error:
        return shape_refusal(str(error))


def shape_refusal(text: str, inside: str = "") -> Refusal:
    """msgspec's complaint about a record, or what is inside a field of one, without the value that it may quote."""
    complaint, _, path = text.partition(" - at ")
    missing = re.search(r"missing required field `(\w+)`", complaint)
    field = f"{inside}{path.strip('`').removeprefix('$')}".strip(".") or (missing[1] if missing else "")
    expected = "one of the values that the schema lists" if complaint.startswith("Invalid") else complaint
    expected = f"a value for {missing[1]}" if missing else expected.removeprefix("Expected ").partition(", got")[0]
    return Refusal("WRONG_SHAPE", field, expected, "Compare the record with the schema of this topic.")
