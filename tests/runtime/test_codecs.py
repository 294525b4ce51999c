"""Codecs on bad input: a value for what others send, an error for what we sent ourselves, and never a content of a field."""

import struct
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.messages.internal import ControlCopy, ControlEvent
from benefit_hub.messages.public import TaskItem
from benefit_hub.runtime.codecs import LARGEST_RECORD, Codecs, avro_bytes
from benefit_hub.task import Undecodable
from benefit_hub.values.errors import ContractViolation
from benefit_hub.values.identity import check_character
from tests.checkout import catalogue
from tests.contracts.records import records, schema_text

CATALOGUE = catalogue()
CODECS = Codecs(CATALOGUE)
WAGE = "human-resources.wage"
SCHEMA = CATALOGUE.newest(WAGE)
NUMBER = "99010119800101001" + check_character("99010119800101001")
RECORD = {
    "record_id": "W-1",
    "revision": 1,
    "valid_from": "2026-05-01",
    "recorded_at": 1_780_000_000_000,
    "id_number": NUMBER,
    "pay_period": "2026-05",
    "employer": "E-7",
    "amount_fen": 60_000,
}
RAW = avro_bytes(SCHEMA, RECORD)
TASK = TaskItem(
    task_id="t-1",
    state="OPEN",
    type="verify",
    subject="p:00",
    household=None,
    due_on=date(2026, 6, 15),
    facts=(),
    text_zh="核实",
)
SOURCES = sorted(CATALOGUE.sources)


def with_id(schema_id: int) -> bytes:
    """The wage record under another schema id."""
    return struct.pack(">bi", 0, schema_id) + RAW[5:]


REFUSED = {
    "nothing": (b"", "BROKEN_AVRO"),
    "a header alone": (RAW[:5], "BROKEN_AVRO"),
    "cut short": (RAW[:-1], "BROKEN_AVRO"),
    "something after it": (RAW + b"\0", "BROKEN_AVRO"),
    "JSON": (msgspec.json.encode(RECORD), "BROKEN_AVRO"),
    "no magic byte": (b"\1" + RAW[1:], "BROKEN_AVRO"),
    "text that is no UTF-8": (RAW.replace(b"E-7", b"\xff-7"), "BROKEN_AVRO"),
    "an unknown schema id": (with_id(9_999), "UNKNOWN_SCHEMA"),
    "the schema of another topic": (with_id(CATALOGUE.newest("control").id), "UNKNOWN_SCHEMA"),
    "a megabyte of text": (avro_bytes(SCHEMA, {**RECORD, "employer": "甲" * 350_000}), "TOO_LARGE"),
    "a byte too many": (avro_bytes(SCHEMA, {**RECORD, "employer": "E" * LARGEST_RECORD}), "TOO_LARGE"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "code"), REFUSED.values(), ids=REFUSED)
def test_what_a_department_sends_wrongly_is_a_value(raw: bytes, code: str) -> None:
    read = CODECS.decode(WAGE, raw)
    assert isinstance(read, Undecodable)
    assert read.refusal.code == code
    assert NUMBER not in read.refusal.english


def test_the_largest_record_is_read() -> None:
    spare = LARGEST_RECORD - len(avro_bytes(SCHEMA, {**RECORD, "employer": "E" * 200_000}))
    raw = avro_bytes(SCHEMA, {**RECORD, "employer": "E" * (200_000 + spare)})
    assert len(raw) == LARGEST_RECORD
    assert len(CODECS.decode(WAGE, raw)["employer"]) == 200_000 + spare


def test_the_schemas_of_the_topic_are_named_to_its_developer() -> None:
    told = CODECS.decode(WAGE, with_id(9_999)).refusal.english
    ids = ", ".join(str(schema.id) for schema in CATALOGUE.versions(WAGE))
    assert f"human-resources.wage.v1-value: {ids}." in told
    assert str(SCHEMA.id) in ids


@pytest.mark.slow
@pytest.mark.parametrize("topic", [*SOURCES, "control"])
@given(body=st.binary(max_size=200))
@settings(max_examples=25)
def test_no_bytes_at_all_raise(topic: str, body: bytes) -> None:
    header = struct.pack(">bi", 0, CATALOGUE.newest(topic).id)
    assert isinstance(CODECS.decode(topic, header + body), Undecodable | dict | ControlEvent)


@pytest.mark.slow
@pytest.mark.parametrize("topic", SOURCES)
@given(data=st.data())
@settings(max_examples=12)
def test_no_damage_to_a_good_record_raises(topic: str, data: st.DataObject) -> None:
    schema = CATALOGUE.newest(topic)
    raw = bytearray(avro_bytes(schema, data.draw(records(schema_text(schema.file)))))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(5, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(CODECS.decode(topic, bytes(raw)), Undecodable | dict)


def test_a_control_event_whose_type_readers_do_not_know_is_a_value() -> None:
    raw = avro_bytes(CATALOGUE.newest("control"), {"type": "UNKNOWN"})
    read = CODECS.decode("control", raw)
    assert isinstance(read, Undecodable)
    assert (read.refusal.code, read.refusal.field) == ("UNKNOWN_CONTROL", "type")


def test_null_is_null_everywhere() -> None:
    for topic in CATALOGUE.topics:
        assert CODECS.decode(topic, None) is None
        assert CODECS.encode(topic, None) is None


def test_bytes_stay_as_they_are() -> None:
    assert CODECS.encode("quarantine.civil-affairs", b"\1\2") == b"\1\2"
    assert CODECS.decode("quarantine.civil-affairs", b"\1\2") == b"\1\2"
    assert CODECS.encode("changelog.register", b"\1\2") == b"\1\2"
    with pytest.raises(ContractViolation, match=r"changelog\.register carries bytes as they are, not TaskItem"):
        CODECS.encode("changelog.register", TASK)


def test_internal_topics_carry_versioned_msgpack() -> None:
    copy = ControlCopy(sequence=3, origin=0, event=ControlEvent(type="DAY_OPENED", day="2026-04-01"))
    raw = CODECS.encode("facts", copy)
    assert raw is not None
    assert msgspec.msgpack.decode(raw)["type"] == "control-copy/1"
    for topic in ("facts", "household-facts", "claims"):
        assert CODECS.decode(topic, raw) == copy


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode({"type": "control-copy/2", "sequence": 1}),
        msgspec.msgpack.encode({"type": "control-copy/1", "sequence": NUMBER, "origin": 0}),
        msgspec.msgpack.encode({"type": NUMBER}),
        b"\x81\xa4type\xa2\xff\xfe",
    ],
    ids=["nothing", "no msgpack", "another version", "another shape", "another type", "no UTF-8"],
)
def test_a_broken_message_of_ours_stops_us(raw: bytes) -> None:
    with pytest.raises(ContractViolation, match=r"facts: .* is not as FactsMessage says") as caught:
        CODECS.decode("facts", raw)
    assert NUMBER not in str(caught.value)


def test_a_broken_output_of_ours_stops_us() -> None:
    raw = CODECS.encode("tasks", TASK)
    assert raw is not None
    with pytest.raises(ContractViolation, match="tasks: BROKEN_AVRO"):
        CODECS.decode("tasks", raw[:-1])


MISFITS = {
    "a field too few": ({name: value for name, value in RECORD.items() if name != "employer"}, "employer is missing"),
    "a field too many": ({**RECORD, "colour": NUMBER}, "no field colour"),
    "a name that is a number": ({**RECORD, NUMBER: "x"}, "no field of a name that is no name"),
    "text for an amount": ({**RECORD, "amount_fen": NUMBER}, "field amount_fen does not fit"),
    "an amount past all bounds": ({**RECORD, "amount_fen": 2**64}, "field amount_fen does not fit"),
    "a number for text": ({**RECORD, "id_number": int(NUMBER[:17])}, "field id_number does not fit"),
    "no record": (NUMBER, "expected a mapping, not str"),
}


@pytest.mark.parametrize(("record", "told"), MISFITS.values(), ids=MISFITS)
def test_a_publisher_learns_which_field_does_not_fit(record, told: str) -> None:
    with pytest.raises(ContractViolation, match=told) as caught:
        avro_bytes(SCHEMA, record)
    assert NUMBER[:17] not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_message_on_the_wrong_topic_is_not_written() -> None:
    with pytest.raises(ContractViolation, match="Lead: no field due_on; no field facts"):
        CODECS.encode("leads", TASK)


def test_a_nested_field_that_does_not_fit() -> None:
    decision = CATALOGUE.newest("civil-affairs.decision")
    with pytest.raises(ContractViolation, match="Decision: "):
        avro_bytes(decision, {"covers": [{"source": 5}]})
