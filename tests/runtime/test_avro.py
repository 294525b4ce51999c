"""Functions made for a schema, held against the numbers of the specification and against fastavro."""

from datetime import date
from io import BytesIO
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from benefit_hub.runtime.avro import NOT_SURE, number_bytes, number_read, reader, writer
from benefit_hub.runtime.view import KINDS
from tests.checkout import catalogue
from tests.contracts.records import records, schema_text

INNER = {"type": "record", "name": "Inner", "fields": [{"name": "day", "type": {"type": "int", "logicalType": "date"}}]}
EVERYTHING = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Everything",
        "fields": [
            {"name": "text", "type": "string"},
            {"name": "number", "type": "long"},
            {"name": "small", "type": "int"},
            {"name": "flag", "type": "boolean"},
            {"name": "maybe", "type": ["null", "string"], "default": None},
            {"name": "symbol", "type": {"type": "enum", "name": "Symbol", "symbols": ["UNKNOWN", "A", "B"]}},
            {"name": "again", "type": ["Symbol", "null"]},
            {"name": "inner", "type": INNER},
            {"name": "more", "type": {"type": "array", "items": "Inner"}},
            {"name": "by_name", "type": {"type": "map", "values": "long"}},
        ],
    },
    named_schemas={},
)


class Inner(Struct):
    """As the schema says."""

    day: Any


class Everything(Struct):
    """As the schema says."""

    text: Any
    number: Any
    small: Any
    flag: Any
    maybe: Any
    symbol: Any
    again: Any
    inner: Any
    more: Any
    by_name: Any


TEXT = st.text(st.characters(codec="utf-8"), max_size=150)
SYMBOLS = st.sampled_from(["UNKNOWN", "A", "B"])
DAYS = st.builds(Inner, st.dates())
RECORDS = st.builds(
    Everything,
    TEXT,
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.booleans(),
    st.none() | TEXT,
    SYMBOLS,
    st.none() | SYMBOLS,
    DAYS,
    st.lists(DAYS, max_size=3).map(tuple),
    st.dictionaries(TEXT, st.integers(0, 300), max_size=3),
)
GOOD = Everything("a", 1, 1, True, None, "A", None, Inner(date(2026, 5, 1)), (), {})
CATALOGUE = catalogue()


def made(found: Any) -> Any:
    """The function, which is there for every schema of these tests."""
    assert found is not None
    return found


READ, WRITE = made(reader(EVERYTHING)), made(writer(EVERYTHING))


def plain(record: Any) -> Any:
    return msgspec.to_builtins(record, builtin_types=(date,))


def by_fastavro(schema: Any, record: Any) -> bytes:
    body = BytesIO()
    fastavro.schemaless_writer(body, schema, record)
    return body.getvalue()


def written(record: Any) -> bytes:
    out = bytearray()
    WRITE(out, record)
    return bytes(out)


@given(RECORDS)
@settings(max_examples=60)
def test_a_record_has_the_bytes_that_fastavro_gives_it_and_comes_back(record):
    raw = written(record)
    assert raw == by_fastavro(EVERYTHING, plain(record))
    found, end = READ(b"head" + raw, 4)
    assert (msgspec.convert(found, Everything).text, end) == (record.text, 4 + len(raw))
    assert found == fastavro.schemaless_reader(BytesIO(raw), EVERYTHING, None)


@given(RECORDS, st.data())
@settings(max_examples=60)
def test_of_damaged_bytes_it_is_sure_only_of_what_fastavro_reads(record, data):
    raw = bytearray(written(record))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        found, end = READ(bytes(raw), 0)
    except NOT_SURE:
        return
    if end == len(raw):
        body = BytesIO(raw)
        assert found == fastavro.schemaless_reader(body, EVERYTHING, None)
        assert body.tell() == end


@pytest.mark.slow
@pytest.mark.parametrize("topic", sorted(KINDS))
def test_our_own_messages_have_the_bytes_that_fastavro_gives_them(topic):
    schema = CATALOGUE.newest(topic)
    parsed = fastavro.parse_schema(without_instants(schema.definition), named_schemas={})
    write = made(writer(parsed))

    @given(records(schema_text(schema.file)))
    @settings(max_examples=8)
    def holds(record: dict[str, Any]) -> None:
        out = bytearray()
        write(out, msgspec.convert(record, KINDS[topic].type))
        assert bytes(out) == by_fastavro(parsed, record)

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("topic", sorted(CATALOGUE.sources))
def test_what_departments_send_is_read_as_fastavro_reads_it(topic):
    schema = CATALOGUE.newest(topic)
    parsed = fastavro.parse_schema(without_instants(schema.definition), named_schemas={})
    read = made(reader(parsed))

    @given(records(schema_text(schema.file)))
    @settings(max_examples=8)
    def holds(record: dict[str, Any]) -> None:
        raw = by_fastavro(parsed, record)
        assert read(raw, 0) == (fastavro.schemaless_reader(BytesIO(raw), parsed, None), len(raw))

    holds()


def without_instants(kind: Any) -> Any:
    """The schema with instants as numbers."""
    if isinstance(kind, dict):
        return (
            kind["type"]
            if kind.get("logicalType") == "timestamp-millis"
            else {k: without_instants(v) for k, v in kind.items()}
        )
    return [without_instants(each) for each in kind] if isinstance(kind, list) else kind


@pytest.mark.parametrize(
    ("number", "raw"),
    [
        (0, "00"),
        (-1, "01"),
        (1, "02"),
        (-2, "03"),
        (-64, "7f"),
        (64, "8001"),
        (2**63 - 1, "feffffffffffffffff01"),
        (-(2**63), "ffffffffffffffffff01"),
    ],
)
def test_numbers_are_written_as_the_specification_says(number, raw):
    assert number_bytes(number).hex() == raw
    assert number_read(bytes.fromhex(raw), 0) == (number, len(raw) // 2)


@pytest.mark.parametrize("raw", ["ff" * 9, "ff" * 11 + "01", "ffffffffffffffffff02"])
def test_a_number_without_an_end_or_too_large_is_not_sure(raw):
    with pytest.raises(NOT_SURE):
        number_read(bytes.fromhex(raw), 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 1},
        {"text": None},
        {"text": "\ud800"},
        {"number": 2**63},
        {"number": "1"},
        {"number": 1.0},
        {"small": 2**31},
        {"small": True},
        {"flag": 3},
        {"maybe": 3},
        {"symbol": "C"},
        {"symbol": []},
        {"inner": None},
        {"inner": Everything(*([None] * 10))},
        {"inner": Inner("2026-01-01")},
        {"more": "text"},
        {"by_name": {"a": "b"}},
    ],
)
def test_it_is_not_sure_of_what_does_not_fit(wrong):
    with pytest.raises(NOT_SURE):
        written(structs.replace(GOOD, **wrong))


@pytest.mark.parametrize("other", ["double", "bytes", ["string", "long"], {"type": "fixed", "name": "F", "size": 2}])
def test_other_types_are_left_to_fastavro(other):
    schema = {"type": "record", "name": "Other", "fields": [{"name": "value", "type": other}]}
    parsed = fastavro.parse_schema(schema, named_schemas={})
    assert reader(parsed) is None
    assert writer(parsed) is None


def test_a_type_inside_of_itself_is_left_to_fastavro():
    tree = {"type": "record", "name": "Tree", "fields": [{"name": "down", "type": ["null", "Tree"]}]}
    assert reader(fastavro.parse_schema(tree, named_schemas={})) is None
