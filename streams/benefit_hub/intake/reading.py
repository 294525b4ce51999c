"""What a department's record says, by all that intake asks of it: the one judgement of step, examples and publishers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from benefit_hub.intake.checks import check_record, read_record
from benefit_hub.intake.mapping import translation
from benefit_hub.intake.people import check_people
from benefit_hub.messages.departments import Envelope, Payload
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.refusal import Refusal


def understood(topic: SourceTopic, body: Mapping[str, Any], received_on: date) -> tuple[Envelope, Payload] | Refusal:
    """The envelope and the payload of a decoded record, or why it is refused, by the department's own field."""
    translated = translation(topic)
    said = translated.record(body)
    if isinstance(said, Refusal):
        return said
    read = read_record(topic.kind, said)
    if isinstance(read, Refusal):
        return translated.told(read)
    refusal = check_record(said, *read, received_on) or check_people(*read)
    return read if refusal is None else translated.told(refusal)


def record_named(topic: SourceTopic, body: Mapping[str, Any]) -> tuple[str, int]:
    """Which record and revision a refused one seems to be, for its receipt."""
    names = translation(topic).names(body)
    revision = names.get("revision")
    return record_shown(names.get("record_id")), (revision if isinstance(revision, int) else 0)


def record_shown(record_id: object) -> str:
    """A record id as receipts tell it: nothing where it could be an identity number."""
    if not isinstance(record_id, str) or len(record_id) > 64:
        return ""
    return record_id if len(record_id) < 17 or sum(map(str.isdigit, record_id)) < 17 else ""
