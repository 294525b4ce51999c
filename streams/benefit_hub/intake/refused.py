"""What becomes of a record that intake refuses: a receipt for its department, and the record as it came in quarantine."""

from benefit_hub.messages.public import Receipt
from benefit_hub.task import Incoming, Out
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.refusal import Refusal

CONTROL_SOURCE = SourceTopic(topic="control", kind="control", source="control", department="civil-affairs")


def event_id(record: Incoming) -> str:
    """The CloudEvents id of a record, or its place in the topic where it has none."""
    header = record.headers.get("ce_id")
    return header.decode("utf-8", "replace") if header else place_of(record)


def place_of(record: Incoming) -> str:
    """Where a record lies."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def refuse(record: Incoming, topic: SourceTopic, refusal: Refusal, record_id: str, revision: int) -> list[Out]:
    """A receipt and a quarantined copy: original key, value and headers untouched, what was wrong in headers beside them."""
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
    receipt = Receipt(
        source=topic.source,
        event_id=place_of(record) if refusal.field == "ce_id" else event_id(record),
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
            value=record.raw,
            headers={**record.headers, **errors},
        ),
        Out(topic="receipts", key=topic.source, value=receipt),
    ]
