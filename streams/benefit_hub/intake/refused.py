"""What becomes of a record that intake refuses: a receipt for its department, and the record as it came in quarantine."""

from benefit_hub.intake.checks import names_somebody
from benefit_hub.messages.public import Receipt
from benefit_hub.task import Incoming, Out
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.refusal import Refusal

LONGEST_EVENT_ID = 200
KEPT_BYTES = 2 * 1024 * 1024
"""Kafka takes batches of 1 MiB by default, compressed as they come: what is larger than this was inflated."""
KEPT_HEADER_BYTES = 16 * 1024

CONTROL_SOURCE = SourceTopic(topic="control", kind="control", source="control", department="civil-affairs")


def event_id(record: Incoming) -> str:
    """The CloudEvents id of a record, or its place in the topic where it has none."""
    header = record.headers.get("ce_id")
    return header.decode("utf-8", "replace") if header else place_of(record)


def event_id_refusal(record: Incoming) -> Refusal | None:
    """Why the id of an event cannot be repeated to its sender and handed on with its fact, or None."""
    said = event_id(record)
    if names_somebody(said):
        return Refusal("IDENTITY_MISPLACED", "ce_id", "an id without an identity number", "Make event ids of your own.")
    if len(said) > LONGEST_EVENT_ID:
        return Refusal("TEXT_TOO_LONG", "ce_id", f"at most {LONGEST_EVENT_ID} characters", "Make shorter event ids.")
    return None


def place_of(record: Incoming) -> str:
    """Where a record lies."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def refuse(record: Incoming, topic: SourceTopic, refusal: Refusal, record_id: str, revision: int) -> list[Out]:
    """A receipt and a quarantined copy: original key, value and headers untouched, what was wrong in headers beside them.

    Of a value so large that only compression brought it past the broker, the beginning is kept, and its size is told.
    """
    place = {"topic": record.topic, "partition": str(record.partition), "offset": str(record.offset)}
    errors = {
        **{f"hub.errors.{name}": value for name, value in place.items()},
        "hub.errors.stage": "intake",
        "hub.errors.code": refusal.code,
        "hub.errors.field": refusal.field,
        "hub.errors.message": refusal.english,
        "hub.errors.attempt": "1",
        "hub.errors.first-failure-time": str(record.timestamp_ms),
        **{f"__connect.errors.{name}": value for name, value in place.items()},
        "__connect.errors.exception.message": refusal.english,
    }
    if record.raw is not None and len(record.raw) > KEPT_BYTES:
        errors["hub.errors.cut-from-bytes"] = str(len(record.raw))
    receipt = Receipt(
        source=topic.source,
        event_id=place_of(record) if event_id_refusal(record) else event_id(record),
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
    return [
        Out(
            topic=f"quarantine.{topic.department}",
            key=record.key or b"",
            value=None if record.raw is None else record.raw[:KEPT_BYTES],
            headers={**{name: value[:KEPT_HEADER_BYTES] for name, value in record.headers.items()}, **errors},
        ),
        Out(topic="receipts", key=topic.source, value=receipt),
    ]
