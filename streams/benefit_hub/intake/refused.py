"""What becomes of a record that intake refuses: a receipt for its department, and the record as it came in quarantine."""

import re
from collections.abc import Mapping

from benefit_hub.intake.field_checks import names_somebody
from benefit_hub.messages.public import Receipt
from benefit_hub.task import Incoming, Out, Undecodable
from benefit_hub.task.batches import BATCH, BATCH_SIZE, LARGEST_BATCH, Batch, batch_of, in_batch
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.ids import content_id
from benefit_hub.values.refusal import Refusal

LONGEST_EVENT_ID = 200
LONGEST_BATCH_NAME = 100
KEPT_BYTES = 2 * 1024 * 1024
"""Kafka takes batches of 1 MiB by default, compressed as they come: what is larger than this was inflated."""
KEPT_HEADER_BYTES = 16 * 1024
KEPT_HEADERS_BYTES = 1024 * 1024
"""So much of one header is kept, and of all of them together: they may have been inflated, too."""
OURS = "hub.errors."
CONNECT = "__connect.errors."
STAGE = "intake"

_REDRIVE_ID = re.compile(rb"[0-9a-f]{32}")

CONTROL_SOURCE = SourceTopic(topic="control", kind="control", source="control", department="civil-affairs")


def event_id(record: Incoming) -> str:
    """The CloudEvents id of a record, or its place in the topic where it has none."""
    header = record.headers.get("ce_id")
    return header.decode("utf-8", "replace") if header else place_of(record)


def event_id_refusal(said: str) -> Refusal | None:
    """Why the id of an event cannot be repeated to its sender and handed on with its fact, or None."""
    if names_somebody(said):
        return Refusal("IDENTITY_MISPLACED", "ce_id", "an id without an identity number", "Make event ids of your own.")
    if len(said) > LONGEST_EVENT_ID:
        return Refusal("TEXT_TOO_LONG", "ce_id", f"at most {LONGEST_EVENT_ID} characters", "Make shorter event ids.")
    return None


def batch_refusal(record: Incoming) -> Refusal | None:
    """Why the batch that a record names cannot be repeated in receipts, or None."""
    try:
        batch = batch_of(record.headers)
    except ValueError:
        expected = f"a name in UTF-8, and in {BATCH_SIZE} a number from 1 to {LARGEST_BATCH}"
        return Refusal("WRONG_SHAPE", BATCH, expected, "Correct the headers of the batch.")
    if batch is not None and names_somebody(batch.name):
        return Refusal(
            "IDENTITY_MISPLACED", BATCH, "a name without an identity number", "Make batch names of your own."
        )
    if batch is not None and len(batch.name) > LONGEST_BATCH_NAME:
        return Refusal("TEXT_TOO_LONG", BATCH, f"at most {LONGEST_BATCH_NAME} characters", "Make shorter batch names.")
    return None


def place_of(record: Incoming) -> str:
    """Where a record lies."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def refuse(record: Incoming, topic: SourceTopic, refusal: Refusal, record_id: str, revision: int) -> list[Out]:
    """A receipt and a quarantined copy: original key, value and headers untouched, what was wrong in headers beside them.

    Of a value so large that only compression brought it past the broker, the beginning is kept, and its size is told.
    """
    event = event_id(record)
    receipt = Receipt(
        source=topic.source,
        event_id=place_of(record) if event_id_refusal(event) else event,
        kind=topic.kind,
        record=record_id,
        revision=revision,
        status="REFUSED",
        code=refusal.code,
        field=refusal.field or None,
        expected=refusal.expected,
        text_en=refusal.english,
        text_zh=refusal.chinese,
    )
    kept = Out(
        topic=f"quarantine.{topic.department}",
        key=record.key,
        value=None if record.raw is None else record.raw[:KEPT_BYTES],
        headers=kept_headers(record.headers) | errors_of(record, refusal),
    )
    return [kept, *in_batch([Out(topic="receipts", key=topic.source, value=receipt)], nameable_batch(record))]


def kept_headers(headers: Mapping[str, bytes]) -> dict[str, str | bytes]:
    """As many of the first headers as quarantine has room for."""
    kept: dict[str, str | bytes] = {}
    room = KEPT_HEADERS_BYTES
    for name, value in headers.items():
        room -= len(name.encode()) + len(value[:KEPT_HEADER_BYTES])
        if room < 0:
            break
        kept[name] = value[:KEPT_HEADER_BYTES]
    return kept


def nameable_batch(record: Incoming) -> Batch | None:
    """The batch of a record, where receipts may name it."""
    return None if batch_refusal(record) else batch_of(record.headers)


def errors_of(record: Incoming, refusal: Refusal) -> dict[str, str | bytes]:
    """What was wrong, in headers of our own and by the names that Kafka Connect gives them.

    A record that was sent again from quarantine brings its history along: how often it was tried, when it failed first, and the
    id by which it is known there.
    """
    place = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
    errors: dict[str, str | bytes] = {
        **{f"{OURS}{name}": value for name, value in place.items()},
        f"{OURS}stage": STAGE,
        f"{OURS}code": refusal.code,
        f"{OURS}field": refusal.field,
        f"{OURS}message": refusal.english,
        f"{OURS}message-zh": refusal.chinese,
        f"{OURS}attempt": str(1 + number_in(record, "attempt", 0)),
        f"{OURS}first-failure-time": str(number_in(record, "first-failure-time", record.timestamp_ms)),
        f"{OURS}redrive-id": redrive_id(record),
        **{f"{CONNECT}{name}": value for name, value in place.items()},
        f"{CONNECT}connector.name": "benefit-hub",
        f"{CONNECT}task.id": str(record.partition),
        f"{CONNECT}stage": "VALUE_CONVERTER" if isinstance(record.value, Undecodable) else "TRANSFORMATION",
        f"{CONNECT}class.name": STAGE,
        f"{CONNECT}exception.class.name": refusal.code,
        f"{CONNECT}exception.message": refusal.english,
    }
    if record.raw is not None and len(record.raw) > KEPT_BYTES:
        errors[f"{OURS}cut-from-bytes"] = str(len(record.raw))
    return errors


def number_in(record: Incoming, name: str, otherwise: int) -> int:
    """A number that a record brings along from quarantine."""
    said = record.headers.get(OURS + name, b"")
    return int(said) if said.isdigit() and len(said) <= 15 else otherwise


def redrive_id(record: Incoming) -> str | bytes:
    """The id by which a record is known in quarantine: made of where it lay when it failed first, and kept from then on."""
    said = record.headers.get(OURS + "redrive-id", b"")
    return said if _REDRIVE_ID.fullmatch(said) else content_id(place_of(record))
