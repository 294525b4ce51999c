"""Intake's step: department records in, facts keyed by subject out; control events copied into every partition of `facts`."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from benefit_hub.intake.people import Named, with_pseudonyms
from benefit_hub.intake.reading import record_named, record_shown, understood
from benefit_hub.intake.refused import CONTROL_SOURCE, batch_refusal, event_id, event_id_refusal, refuse
from benefit_hub.messages.departments import Envelope
from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact
from benefit_hub.messages.public import Receipt
from benefit_hub.task import Env, Incoming, Out, State, Undecodable
from benefit_hub.task.batches import batch_headers, batch_of, in_batch
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.identity import key_check
from benefit_hub.values.ids import content_id
from benefit_hub.values.months import (
    LAST_MILLIS,
    Month,
    day_of_millis,
    month,
    month_after,
    month_of,
    partial_date,
    whole_day,
)
from benefit_hub.values.refusal import Refusal

STORY_HEADER = "hub-story-received-at"
MAPPING_HEADER = "hub-mapping"
"""By which version of its mapping a publisher has checked a record."""


def step(state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
    """Check, map, pseudonymise and forward each record; a refused one never stops the next."""
    outs: list[Out] = []
    for record in batch:
        if record.topic == "control":
            outs += take_control(record, env)
        else:
            outs += take_record(record, env.sources[record.topic], env)
    return outs


def received_at(record: Incoming, env: Env) -> int | Refusal:
    """When the record arrived, in milliseconds: broker time, or in story time what the story says."""
    header = record.headers.get(STORY_HEADER)
    if header is None:
        return record.timestamp_ms
    if not env.story_time:
        return Refusal("STORY_TIME_REFUSED", STORY_HEADER, "no such header", "Send the record without this header.")
    text = header.decode("ascii", "replace")
    if not text.isdecimal() or len(text) > 15 or int(text) > LAST_MILLIS:
        return Refusal("BAD_DATE", STORY_HEADER, "milliseconds since 1970", "Correct the header.")
    return int(text)


def take_record(record: Incoming, topic: SourceTopic, env: Env) -> list[Out]:
    """One department record: facts and a receipt, or a refusal."""
    body = record.value
    if record.raw is None or body is None:
        refusal = Refusal(
            "NULL_VALUE", "", "a record", "Departments do not delete: send a revision with retracted=true."
        )
        return refuse(record, topic, refusal, "", 0)
    if isinstance(body, Undecodable):
        return refuse(record, topic, body.refusal, "", 0)
    event = event_id(record)
    at = (
        event_id_refusal(event)
        or batch_refusal(record)
        or header_missing(record)
        or mapping_unknown(record, topic)
        or received_at(record, env)
    )
    if isinstance(at, Refusal):
        return refuse(record, topic, at, *record_named(topic, body))
    received_on = day_of_millis(at)
    read = understood(topic, body, received_on)
    if isinstance(read, Refusal):
        return refuse(record, topic, read, *record_named(topic, body))
    envelope, payload = read
    named = with_pseudonyms(envelope, payload, env.pseudonym_key)
    facts = make_facts(topic, envelope, named, event, at, received_on)
    receipt = Receipt(
        source=topic.source,
        event_id=event,
        kind=topic.kind,
        record=record_shown(envelope.record_id),
        revision=envelope.revision,
        status="ACCEPTED",
    )
    batch = batch_of(record.headers)
    headers = batch_headers(batch)
    return [
        *[Out(topic="facts", key=fact.subject, value=fact, headers=headers) for fact in facts],
        *in_batch([Out(topic="receipts", key=topic.source, value=receipt)], batch),
    ]


def header_missing(record: Incoming) -> Refusal | None:
    """The refusal of a record that lacks a header by which CloudEvents are told apart, or None."""
    for header in ("ce_source", "ce_id"):
        if header not in record.headers:
            action = "Send CloudEvents 1.0 headers in binary mode."
            return Refusal("MISSING_HEADER", header, "the CloudEvents header", action)
    return None


def mapping_unknown(record: Incoming, topic: SourceTopic) -> Refusal | None:
    """The refusal of a record that was checked by a newer mapping than the one here, or None: its codes may not be known yet."""
    said = record.headers.get(MAPPING_HEADER, b"")
    if not said.isdigit() or len(said) > 9 or int(said) <= topic.mapping:
        return None
    expected = (
        f"version {topic.mapping} of the mapping of {topic.topic}, which is what this worker has, or an earlier one"
    )
    action = "The record may be right: ask the operator to start the workers with the new mapping, then send it again."
    return Refusal("UNKNOWN_MAPPING", MAPPING_HEADER, expected, action)


def make_facts(
    topic: SourceTopic, envelope: Envelope, named: Named, event: str, at: int, received_on: date
) -> list[Fact]:
    """The facts of a record: one per subject, people by pseudonym.

    A record that changes person is retracted for the person whom it was about before.
    """
    said = (named.content, envelope.valid_from, envelope.valid_to, envelope.retracted, sorted(named.subjects))
    content = content_id(msgspec.msgpack.encode(said).hex())
    valid_from = partial_date(envelope.valid_from)
    valid_to = None if envelope.valid_to is None else partial_date(envelope.valid_to)
    return [
        Fact(
            subject=subject,
            source=topic.source,
            record=envelope.record_id,
            revision=envelope.revision,
            mapping=topic.mapping,
            recorded_at=envelope.recorded_at,
            content=content,
            received_at=at,
            received_on=received_on,
            retracted=envelope.retracted or subject == named.left,
            valid_from=valid_from,
            valid_to=valid_to,
            event_id=event,
            payload=named.content,
        )
        for subject in (named.subjects if named.left is None else (*named.subjects, named.left))
    ]


def take_control(record: Incoming, env: Env) -> list[Out]:
    """Copy a control event into every partition of `facts`; its offset in the one partition of control is its sequence."""
    at = received_at(record, env)
    if isinstance(at, Refusal):
        return refuse(record, CONTROL_SOURCE, at, "", 0)
    refusal = control_refusal(record, day_of_millis(at), env)
    if refusal is not None:
        return refuse(record, CONTROL_SOURCE, refusal, "", 0)
    event: ControlEvent = record.value
    if event.type == "KEY_DECLARED" and event.check != key_check(env.pseudonym_key):
        raise InvariantBroken(
            "the pseudonym key of this worker is not the one that the hub was initialised with: "
            "copy the key file of the first worker here, never make a second one"
        )
    copy = ControlCopy(sequence=record.offset, origin=0, event=event, received_at=at)
    return [
        Out(topic="facts", key=f"control:{record.offset}", value=copy, partition=partition)
        for partition in range(env.partitions["facts"])
    ]


def control_refusal(record: Incoming, received_on: date, env: Env) -> Refusal | None:
    """Why a control event cannot be taken, or None."""
    event = record.value
    if event is None:
        return Refusal("NULL_VALUE", "", "a control event", "Send the event again.")
    if isinstance(event, Undecodable):
        return event.refusal
    try:
        match event.type:
            case "DAY_OPENED":
                return check_tick(whole_day(event.day or ""), received_on)
            case "PAY_RUN_CLOSED":
                return check_pay_run(month(event.month or ""), received_on)
            case "BOOTSTRAP_CLOSED":
                return check_first_month(month(event.month or ""), received_on)
            case "POLICY_ACTIVATED" if event.book not in env.books:
                return Refusal(
                    "UNKNOWN_CONTROL",
                    "book",
                    "the hash of a policy book that this worker has",
                    "`hub control policy` names the books there are.",
                )
            case "KEY_DECLARED" if not event.check:
                return Refusal("UNKNOWN_CONTROL", "check", "the check value of the key", "Run hub init again.")
    except ValueError:
        return Refusal("UNKNOWN_CONTROL", "day or month", "YYYY-MM-DD, or YYYY-MM for a month", "Send the event again.")
    return None


def check_pay_run(closed: Month, received_on: date) -> Refusal | None:
    """A pay run may close for this month or the next; what it makes past stays past."""
    if closed > month_after(received_on):
        return Refusal(
            "FUTURE_TICK", "month", "this month or the next by broker time", "Check the month of the pay run."
        )
    return None


def check_first_month(own: Month, received_on: date) -> Refusal | None:
    """The first month for which a hub answers is the last, this, or the next one: all months before count as paid by others."""
    if not month_of(received_on) - 1 <= own <= month_after(received_on):
        told = "the last, this or the next month by broker time"
        return Refusal("FUTURE_TICK", "month", told, "Check the first month for which this hub answers.")
    return None


def check_tick(day: date, received_on: date) -> Refusal | None:
    """A day may not open more than a day before it comes."""
    if day > received_on + timedelta(days=1):
        return Refusal("FUTURE_TICK", "day", "at most one day after broker time", "Check the clock of the publisher.")
    return None
