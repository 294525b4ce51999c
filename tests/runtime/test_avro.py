"""Avro bodies, held against the numbers of the specification and against fastavro."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.runtime.avro import BROKEN, UNWRITABLE, number_bytes, number_read, reader, writer

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
            {"name": "again", "type": ["null", "Symbol"], "default": None},
            {"name": "inner", "type": INNER},
            {"name": "more", "type": {"type": "array", "items": "Inner"}},
            {"name": "by_name", "type": {"type": "map", "values": "long"}},
            {"name": "share", "type": "double"},
            {"name": "raw", "type": "bytes"},
            {"name": "exact", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
            {"name": "either", "type": ["string", "long", "null"]},
        ],
    },
    named_schemas={},
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=150)
SYMBOLS = st.sampled_from(["UNKNOWN", "A", "B"])
DAYS = st.fixed_dictionaries({"day": st.dates()})
RECORDS = st.fixed_dictionaries(
    {
        "text": TEXT,
        "number": st.integers(-(2**63), 2**63 - 1),
        "small": st.integers(-(2**31), 2**31 - 1),
        "flag": st.booleans(),
        "maybe": st.none() | TEXT,
        "symbol": SYMBOLS,
        "again": st.none() | SYMBOLS,
        "inner": DAYS,
        "more": st.lists(DAYS, max_size=3),
        "by_name": st.dictionaries(TEXT, st.integers(0, 300), max_size=3),
        "share": st.floats(allow_nan=False),
        "raw": st.binary(max_size=5),
        "exact": st.integers(-(10**11), 10**11).map(lambda fen: Decimal(fen).scaleb(-2)),
        "either": st.none() | TEXT | st.integers(0, 9),
    }
)
READ, WRITE = reader(EVERYTHING), writer(EVERYTHING)


def by_fastavro(record: dict[str, Any]) -> bytes:
    body = BytesIO()
    fastavro.schemaless_writer(body, EVERYTHING, record)
    return body.getvalue()


def written(record: Any) -> bytes:
    out = bytearray()
    WRITE(out, record)
    return bytes(out)


@given(RECORDS)
@settings(max_examples=60)
def test_a_record_has_the_bytes_that_fastavro_gives_it_and_comes_back(record):
    raw = written(record)
    assert raw == by_fastavro(record)
    assert READ(b"head" + raw, 4) == (record, 4 + len(raw))


@given(RECORDS, st.data())
@settings(max_examples=60)
def test_what_is_read_from_damaged_bytes_is_what_fastavro_reads_or_nothing(record, data):
    raw = bytearray(by_fastavro(record))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        found, end = READ(bytes(raw), 0)
    except BROKEN:
        return
    body = BytesIO(raw)
    assert str(found) == str(fastavro.schemaless_reader(body, EVERYTHING, None))  # as text, for numbers that are none
    assert end == body.tell()


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


def test_a_number_without_an_end_is_broken():
    with pytest.raises(BROKEN):
        number_read(b"\xff" * 11, 0)


GOOD = {
    "text": "a",
    "number": 1,
    "small": 1,
    "flag": True,
    "symbol": "A",
    "inner": {"day": 1},
    "more": [],
    "by_name": {},
    "share": 1.0,
    "raw": b"",
    "exact": Decimal("1.00"),
    "either": "a",
}


def test_what_has_a_default_may_be_left_out():
    assert written(GOOD) == by_fastavro({**GOOD, "maybe": None, "again": None})


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
        {"flag": 1},
        {"maybe": 3},
        {"symbol": "C"},
        {"symbol": []},
        {"inner": None},
        {"inner": {}},
        {"inner": {"day": "2026-01-01"}},
        {"more": "text"},
        {"by_name": {"a": "b"}},
        {"stranger": 1},
        {"stranger": 1, "maybe": None, "again": None},
    ],
)
def test_what_does_not_fit_is_not_written(wrong):
    with pytest.raises(UNWRITABLE):
        written({**GOOD, **wrong})


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_what_has_no_default_may_not_be_left_out(missing):
    with pytest.raises(UNWRITABLE):
        written({name: value for name, value in GOOD.items() if name != missing})


def test_no_record_is_no_record():
    with pytest.raises(UNWRITABLE):
        written("text")
