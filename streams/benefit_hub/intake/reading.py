"""What a department's record says, by all that intake asks of it: the one judgement of step, examples and publishers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import structs

from benefit_hub.intake.checks import check_either, check_interval, check_record, faults, read_record
from benefit_hub.intake.mapping import translation
from benefit_hub.intake.people import check_people
from benefit_hub.messages.departments import Envelope, Payload
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.refusal import Refusal


def understood(topic: SourceTopic, body: Mapping[str, Any], received_on: date) -> tuple[Envelope, Payload] | Refusal:
    """The envelope and the payload of a decoded record, or all for which it is refused, by the department's own fields."""
    translated = translation(topic)
    said = translated.record(body)
    if isinstance(said, Refusal):
        return with_all_faults(said, topic, body, received_on)
    read = read_record(topic.kind, said)
    refusal = read if isinstance(read, Refusal) else check_record(said, *read, received_on) or check_people(*read)
    return read if refusal is None else with_all_faults(translated.told(refusal), topic, body, received_on)


def with_all_faults(first: Refusal, topic: SourceTopic, body: Mapping[str, Any], received_on: date) -> Refusal:
    """A refusal with what is wrong in other fields of the record: who mends it hears all of it at once."""
    translated = translation(topic)
    made, unread = translated.parts(body)
    found = faults(topic.kind, made, received_on, unread)
    read = first if unread else read_record(topic.kind, made)
    if not isinstance(read, Refusal):
        found += together(made, *read, {each.field for each in found})
    others: dict[str, Refusal] = {}
    for each in (*unread.values(), *map(translated.told, found)):
        if each.field != first.field:
            others.setdefault(each.field, each)
    return structs.replace(first, further=tuple(others.values()))


def together(body: Mapping[str, Any], envelope: Envelope, payload: Payload, wrong: set[str]) -> list[Refusal]:
    """What is wrong with several fields together, where some may be wrong by themselves."""
    asked = [check_either(body, payload.either), check_people(envelope, payload)]
    if not wrong & {"valid_from", "valid_to"}:
        asked.append(check_interval(envelope))
    return [each for each in asked if each is not None]


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
