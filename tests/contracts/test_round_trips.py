"""Records of every public topic, there and back: our codec on one side, fastavro with the schema file as it is on the other."""

import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import avro.schema
import fastavro
import msgspec
import pytest
from avro.io import BinaryDecoder, DatumReader
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.catalogue import Schema
from benefit_hub.messages import internal, public
from benefit_hub.messages.departments import PAYLOADS, Envelope
from benefit_hub.runtime.codecs import Codecs, avro_bytes
from tests.checkout import catalogue
from tests.contracts.records import records, schema_text

pytestmark = pytest.mark.slow

CATALOGUE = catalogue()
CODECS = Codecs(CATALOGUE)
PUBLIC = [name for name, topic in CATALOGUE.topics.items() if topic.encoding == "avro"]
SOURCES = sorted(CATALOGUE.sources)
OUTPUTS = [name for name, topic in CATALOGUE.topics.items() if topic.category == "output"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

examples = settings(max_examples=12)


def newest(topic: str) -> Schema:
    """The topic's schema."""
    return CATALOGUE.newest(topic)


def independently_read(raw: bytes, file: str) -> Any:
    """A record without any code of ours: header, body, and nothing after it."""
    magic, schema_id = struct.unpack(">bi", raw[:5])
    body = BytesIO(raw[5:])
    record = fastavro.schemaless_reader(body, fastavro.parse_schema(schema_text(file), named_schemas={}), None)
    assert magic == 0
    assert body.read() == b""
    assert CATALOGUE.schemas[schema_id].file == file
    return record


def in_millis(read: Mapping[str, Any]) -> dict[str, Any]:
    """Instants as we say them, where others make datetimes of them."""
    return {
        name: (value - EPOCH) // timedelta(milliseconds=1) if isinstance(value, datetime) else value
        for name, value in read.items()
    }


def independently_written(record: Mapping[str, Any], schema: Schema) -> bytes:
    """The bytes of a record without any code of ours."""
    body = BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema_text(schema.file), named_schemas={}), record)
    return struct.pack(">bi", 0, schema.id) + body.getvalue()


@pytest.mark.parametrize("topic", OUTPUTS)
@given(data=st.data())
@examples
def test_what_we_say_others_read(topic: str, data: st.DataObject) -> None:
    schema = newest(topic)
    record = data.draw(records(schema_text(schema.file)))
    kind = getattr(public, schema.name.rpartition(".")[2])
    message = msgspec.convert(record, kind)
    raw = CODECS.encode(topic, message)
    assert raw is not None
    assert in_millis(independently_read(raw, schema.file)) == record
    assert CODECS.decode(topic, raw) == record


@pytest.mark.parametrize("topic", SOURCES)
@given(data=st.data())
@examples
def test_what_departments_say_we_read(topic: str, data: st.DataObject) -> None:
    schema = newest(topic)
    record = data.draw(records(schema_text(schema.file)))
    raw = independently_written(record, schema)
    read = CODECS.decode(topic, raw)
    assert read == record
    assert avro_bytes(schema, record) == raw


@pytest.mark.parametrize("topic", [name for name in SOURCES if CATALOGUE.sources[name].rules is None])
@given(data=st.data())
@examples
def test_what_departments_say_in_our_fields_loses_nothing(topic: str, data: st.DataObject) -> None:
    schema = newest(topic)
    record = data.draw(records(schema_text(schema.file)))
    read = CODECS.decode(topic, independently_written(record, schema))
    payload = PAYLOADS[CATALOGUE.sources[topic].kind]
    both = {
        name: msgspec.to_builtins(value)
        for part in (msgspec.convert(read, Envelope), msgspec.convert(read, payload))
        for name, value in msgspec.structs.asdict(part).items()
    }
    assert msgspec.json.encode(both, order="sorted") == msgspec.json.encode(record, order="sorted")


@pytest.mark.parametrize("topic", PUBLIC)
@given(data=st.data())
@settings(max_examples=3)
def test_apaches_own_reader_reads_what_we_write(topic: str, data: st.DataObject) -> None:
    schema = newest(topic)
    record = data.draw(records(schema_text(schema.file)))
    body = BytesIO(avro_bytes(schema, record)[5:])
    read: Any = DatumReader(avro.schema.parse(json.dumps(schema_text(schema.file)))).read(BinaryDecoder(body))
    assert in_millis(read) == record
    assert body.read() == b""


@given(data=st.data())
@examples
def test_control_events_go_both_ways(data: st.DataObject) -> None:
    schema = newest("control")
    record = data.draw(records(schema_text(schema.file)))
    event = msgspec.convert(record, internal.ControlEvent)
    raw = CODECS.encode("control", event)
    assert raw is not None
    assert independently_read(raw, schema.file) == record
    assert CODECS.decode("control", independently_written(record, schema)) == event


def test_every_public_record_goes_there_and_back() -> None:
    assert sorted([*OUTPUTS, *SOURCES, "control"]) == sorted(PUBLIC)
    assert len(PUBLIC) >= 24


def test_an_instant_is_a_number_to_us_and_an_instant_to_others() -> None:
    schema = newest("public-security.death")
    millis = 1_774_000_000_123
    record = {"record_id": "D-1", "revision": 1, "valid_from": "2026-03", "recorded_at": millis}
    raw = avro_bytes(schema, record)
    assert CODECS.decode("public-security.death", raw)["recorded_at"] == millis
    assert independently_read(raw, schema.file)["recorded_at"] == EPOCH + timedelta(milliseconds=millis)


def test_what_a_publisher_leaves_out_has_its_default() -> None:
    record = {"record_id": "D-1", "revision": 1, "valid_from": "2026-03-15", "recorded_at": 0}
    read = CODECS.decode("funeral-service.death", avro_bytes(newest("funeral-service.death"), record))
    assert read["retracted"] is False
    assert read["valid_to"] is None
