"""Avro bodies to builtins and back: a schema is looked at once, and becomes a function per type.

A record is read and written in a third of the time that it takes where each value is looked up in its schema again. Instants
stay milliseconds, days are `datetime.date`. Types that no schema of ours uses (a mapped department may: numbers with a point,
decimals, fixed) are left to fastavro, part by part.

Reading raises what is in `BROKEN` for bytes that are not what the schema says, writing what is in `UNWRITABLE` for values.
"""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from operator import itemgetter
from typing import Any

import fastavro

BROKEN = (EOFError, ValueError, IndexError, OverflowError, MemoryError)
UNWRITABLE = (ValueError, TypeError, KeyError, OverflowError, AttributeError)

Read = Callable[[bytes, int], tuple[Any, int]]
"""The value that begins at a place, and the place after it."""
Write = Callable[[bytearray, Any], None]
"""Appends a value."""
Named = dict[str, Any]
"""What was made of named types so far, by full name: they may be named again, inside of themselves too."""

_LONGEST_NUMBER = 10
_EPOCH = date(1970, 1, 1).toordinal()
_INT, _LONG = 2**31, 2**63


def reader(parsed: Mapping[str, Any]) -> Read:
    """How a body is read that was written with a schema, as fastavro has parsed it."""
    return _reader(parsed, {})


def writer(parsed: Mapping[str, Any]) -> Write:
    """How a mapping is written: fields that have a default may be missing, no other may be there."""
    return _writer(parsed, {})


def number_read(raw: bytes, place: int) -> tuple[int, int]:
    """An int or long: seven bits per byte, the lowest first, then the sign in the lowest."""
    value = raw[place]
    place += 1
    if value < 128:
        return (value >> 1) ^ -(value & 1), place
    value &= 127
    for shift in range(7, 7 * _LONGEST_NUMBER, 7):
        byte = raw[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return (value >> 1) ^ -(value & 1), place
    raise ValueError("a number that does not end")


def number_bytes(value: int) -> bytes:
    """The bytes of an int or long."""
    left = value << 1 if value >= 0 else ~(value << 1)
    if left < 128:
        return bytes((left,))
    out = bytearray()
    while left > 127:
        out.append(left & 127 | 128)
        left >>= 7
    out.append(left)
    return bytes(out)


_SIZES = [number_bytes(size) for size in range(256)]


def _index_read(raw: bytes, place: int) -> tuple[int, int]:
    """A number that counts something: one byte nearly always, never below 0."""
    byte = raw[place]
    if byte < 128 and not byte & 1:
        return byte >> 1, place + 1
    index, place = number_read(raw, place)
    if index < 0:
        raise IndexError
    return index, place


def _text_read(raw: bytes, place: int) -> tuple[str, int]:
    size, place = _index_read(raw, place)
    end = place + size
    if end > len(raw):
        raise EOFError
    return raw[place:end].decode(), end


def _flag_read(raw: bytes, place: int) -> tuple[bool, int]:
    return raw[place] != 0, place + 1


def _nothing_read(_: bytes, place: int) -> tuple[None, int]:
    return None, place


def _day_read(raw: bytes, place: int) -> tuple[date, int]:
    days, place = number_read(raw, place)
    return date.fromordinal(_EPOCH + days), place


_SIMPLE_READ: Mapping[str, Read] = {
    "null": _nothing_read,
    "boolean": _flag_read,
    "int": number_read,
    "long": number_read,
    "string": _text_read,
    "date": _day_read,
}


def _reader(kind: Any, named: Named) -> Read:
    if isinstance(kind, list):
        return _choice_read([_reader(each, named) for each in kind])
    if isinstance(kind, str):
        return named[kind] if kind in named else _SIMPLE_READ.get(kind) or _read_by_fastavro(kind)
    match kind.get("logicalType") or kind["type"]:
        case "record":
            return _record_read(kind, named)
        case "enum":
            read = named[kind["name"]] = _symbol_read(kind["symbols"])
            return read
        case "array":
            return _array_read(_reader(kind["items"], named))
        case "map":
            return _map_read(_reader(kind["values"], named))
        case simple:
            return _SIMPLE_READ.get(simple) or _read_by_fastavro(kind)


def _read_by_fastavro(kind: Any) -> Read:
    parsed = fastavro.parse_schema(kind, named_schemas={})

    def read(raw: bytes, place: int) -> tuple[Any, int]:
        body = BytesIO(raw)
        body.seek(place)
        return fastavro.schemaless_reader(body, parsed, None), body.tell()

    return read


def _choice_read(choices: list[Read]) -> Read:
    def read(raw: bytes, place: int) -> tuple[Any, int]:
        chosen, place = _index_read(raw, place)
        return choices[chosen](raw, place)

    return read


def _record_read(kind: Mapping[str, Any], named: Named) -> Read:
    fields: list[tuple[str, Read]] = []

    def read(raw: bytes, place: int) -> tuple[dict[str, Any], int]:
        found = {}
        for name, read_field in fields:
            found[name], place = read_field(raw, place)
        return found, place

    named[kind["name"]] = read
    fields += [(field["name"], _reader(field["type"], named)) for field in kind["fields"]]
    return read


def _symbol_read(symbols: list[str]) -> Read:
    def read(raw: bytes, place: int) -> tuple[str, int]:
        index, place = _index_read(raw, place)
        return symbols[index], place

    return read


def _blocks(raw: bytes, place: int) -> tuple[int, int]:
    """How many items the next block has; where the number is negative, its size in bytes follows."""
    count, place = number_read(raw, place)
    if count < 0:
        count, (_, place) = -count, number_read(raw, place)
    if count > len(raw):
        raise EOFError
    return count, place


def _array_read(item: Read) -> Read:
    def read(raw: bytes, place: int) -> tuple[list[Any], int]:
        found = []
        count, place = _blocks(raw, place)
        while count:
            for _ in range(count):
                value, place = item(raw, place)
                found.append(value)
            count, place = _blocks(raw, place)
        return found, place

    return read


def _map_read(item: Read) -> Read:
    def read(raw: bytes, place: int) -> tuple[dict[str, Any], int]:
        found = {}
        count, place = _blocks(raw, place)
        while count:
            for _ in range(count):
                key, place = _text_read(raw, place)
                found[key], place = item(raw, place)
            count, place = _blocks(raw, place)
        return found, place

    return read


def _number_write(limit: int) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if type(value) is not int:
            raise TypeError
        if 0 <= value < len(_SIZES):
            out += _SIZES[value]
        elif -limit <= value < limit:
            out += number_bytes(value)
        else:
            raise OverflowError

    return write


_long_write = _number_write(_LONG)
_int_write = _number_write(_INT)


def _text_write(out: bytearray, value: Any) -> None:
    data = value.encode()
    size = len(data)
    out += _SIZES[size] if size < len(_SIZES) else number_bytes(size)
    out += data


def _flag_write(out: bytearray, value: Any) -> None:
    if type(value) is not bool:
        raise TypeError
    out.append(value)


def _nothing_write(_: bytearray, value: Any) -> None:
    if value is not None:
        raise TypeError


def _day_write(out: bytearray, value: Any) -> None:
    _int_write(out, value.toordinal() - _EPOCH if isinstance(value, date) else value)


_SIMPLE_WRITE: Mapping[str, Write] = {
    "null": _nothing_write,
    "boolean": _flag_write,
    "int": _int_write,
    "long": _long_write,
    "string": _text_write,
    "date": _day_write,
}


def _writer(kind: Any, named: Named) -> Write:
    if isinstance(kind, list):
        return _optional_write(kind, named)
    if isinstance(kind, str):
        return named[kind] if kind in named else _SIMPLE_WRITE.get(kind) or _write_by_fastavro(kind)
    match kind.get("logicalType") or kind["type"]:
        case "record":
            return _record_write(kind, named)
        case "enum":
            write = named[kind["name"]] = _symbol_write(kind["symbols"])
            return write
        case "array":
            return _array_write(_writer(kind["items"], named))
        case "map":
            return _map_write(_writer(kind["values"], named))
        case simple:
            return _SIMPLE_WRITE.get(simple) or _write_by_fastavro(kind)


def _write_by_fastavro(kind: Any) -> Write:
    parsed = fastavro.parse_schema(kind, named_schemas={})

    def write(out: bytearray, value: Any) -> None:
        body = BytesIO()
        fastavro.schemaless_writer(body, parsed, value)
        out += body.getvalue()

    return write


def _optional_write(kinds: list[Any], named: Named) -> Write:
    """A union of null and one type, the only ones that our conventions know."""
    if len(kinds) != 2 or "null" not in kinds:
        return _write_by_fastavro(kinds)
    null = kinds.index("null")
    some, none = number_bytes(1 - null), number_bytes(null)
    inner = _writer(kinds[1 - null], named)

    def write(out: bytearray, value: Any) -> None:
        if value is None:
            out += none
        else:
            out += some
            inner(out, value)

    return write


def _record_write(kind: Mapping[str, Any], named: Named) -> Write:
    names = [field["name"] for field in kind["fields"]]
    defaults = {field["name"]: field["default"] for field in kind["fields"] if "default" in field}
    values = itemgetter(*names) if len(names) > 1 else lambda record: [record[name] for name in names]
    fields: list[Write] = []

    def write(out: bytearray, record: Any) -> None:
        if len(record) != len(names):
            record = {**defaults, **record}
        if len(record) != len(names):
            raise KeyError
        for write_field, value in zip(fields, values(record), strict=True):
            write_field(out, value)

    named[kind["name"]] = write
    fields += [_writer(field["type"], named) for field in kind["fields"]]
    return write


def _symbol_write(symbols: list[str]) -> Write:
    known = {symbol: number_bytes(index) for index, symbol in enumerate(symbols)}

    def write(out: bytearray, value: Any) -> None:
        out += known[value]

    return write


def _array_write(item: Write) -> Write:
    def write(out: bytearray, values: Any) -> None:
        if not isinstance(values, list | tuple):
            raise TypeError
        if values:
            out += number_bytes(len(values))
            for value in values:
                item(out, value)
        out.append(0)

    return write


def _map_write(item: Write) -> Write:
    def write(out: bytearray, values: Any) -> None:
        if values:
            out += number_bytes(len(values))
            for key, value in values.items():
                _text_write(out, key)
                item(out, value)
        out.append(0)

    return write
