"""Avro bodies read and written by functions that are made for one schema: the way of nearly every record.

fastavro looks each value up in its schema again, and stays the authority: a function made here knows the types that our schemas
consist of, returns what fastavro would, and raises one of `NOT_SURE` for anything out of the ordinary, good or bad; the caller
then asks fastavro. None stands for a function where a schema has other types (numbers with a point, free unions).

The functions are Python text, made from the schema and compiled once, so that a field costs no call.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from keyword import iskeyword
from typing import Any

NOT_SURE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)

Read = Callable[[bytes, int], tuple[Any, int]]
"""The record that begins at a place, and the place after it, which lies beyond the end where bytes are missing."""
Write = Callable[[bytearray, Any], None]
"""Appends a message struct that has the fields of the schema and no other."""

_EPOCH = date(1970, 1, 1).toordinal()
_LONG = 2**63
_SYMBOLS_MAX = 64
"""So many symbols are told apart by one byte."""


class _Unknown(Exception):
    """A type that is left to fastavro."""


def number_read(raw: bytes, at: int) -> tuple[int, int]:
    """An int or long, and the place after it: seven bits per byte, the lowest first, then the sign in the lowest."""
    value, shift = 0, 0
    while (byte := raw[at]) > 127:
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
    value |= byte << shift
    if value >= 2 * _LONG:
        raise ValueError
    return (value >> 1) ^ -(value & 1), at + 1


def size_read(raw: bytes, at: int) -> tuple[int, int]:
    """A number that counts something."""
    size, after = number_read(raw, at)
    if size < 0:
        raise ValueError
    return size, after


@lru_cache(
    maxsize=4096, typed=True
)  # the same days and amounts come again and again; a float is no int, though it is equal
def number_bytes(value: int) -> bytes:
    """The bytes of an int or long."""
    if not -_LONG <= value < _LONG:
        raise OverflowError
    left = value << 1 if value >= 0 else ~(value << 1)
    out = bytearray()
    while left > 127:
        out.append(left & 127 | 128)
        left >>= 7
    out.append(left)
    return bytes(out)


_SMALL = tuple(number_bytes(value) for value in range(1024))
_FLAGS = {True: b"\1", False: b"\0"}


def _items_left(raw: bytes, at: int) -> tuple[int, int]:
    """How many items the next block of an array has; one that also says its size in bytes is left to fastavro."""
    count, after = size_read(raw, at)
    if count > len(raw):
        raise ValueError
    return count, after


_KNOWN: dict[str, Any] = {
    "number_read": number_read,
    "size_read": size_read,
    "items_left": _items_left,
    "number_bytes": number_bytes,
    "small": _SMALL,
    "flags": _FLAGS,
    "day_of": date.fromordinal,
}


class _Text:
    """A function while it is written: its lines, and the constants that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants = dict(_KNOWN)
        self._named: dict[str, Any] = {}
        self._inside: list[str] = []
        self._count = 0

    def fresh(self, letter: str) -> str:
        """A name that nothing has yet."""
        self._count += 1
        return f"{letter}{self._count}"

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = self.fresh("c")
        self.constants[name] = value
        return name

    def say(self, deep: int, *lines: str) -> None:
        """Append lines."""
        self.lines += ["    " * deep + line for line in lines]

    def made(self, signature: str) -> Any:
        """The function."""
        source = f"def made({signature}):\n" + "\n".join(self.lines)
        exec(compile(source, "<avro>", "exec"), self.constants)  # noqa: S102  its text is ours: names and numbers of a schema
        return self.constants["made"]

    def resolved(self, kind: Any) -> tuple[str, Any]:
        """What a type is, and the whole of it: types that were named before may be named again, but not inside of themselves."""
        if isinstance(kind, list):
            return "union", kind
        if isinstance(kind, str):
            return (kind, kind) if kind not in self._named else self.resolved(self._named[kind])
        if "name" in kind:
            self._named[kind["name"]] = kind
        return kind.get("logicalType") or kind["type"], kind

    def fields(self, kind: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Name and type of each field of a record."""
        if kind["name"] in self._inside:
            raise _Unknown
        self._inside.append(kind["name"])
        for field in kind["fields"]:
            if not field["name"].isidentifier() or iskeyword(field["name"]):
                raise _Unknown
            yield field["name"], field["type"]
        self._inside.pop()


def reader(parsed: Any) -> Read | None:
    """How a body is read that was written with a schema, as fastavro has parsed it."""
    text = _Text()
    try:
        value = _read(text, parsed, 1)
    except _Unknown:
        return None
    text.say(1, f"return {value}, at")
    made: Read = text.made("raw, at")
    return made


def _read(text: _Text, kind: Any, deep: int) -> str:
    """Say how a value is read; the expression that it is then."""
    what, kind = text.resolved(kind)
    value = text.fresh("v")
    match what:
        case "record":
            parts = [f"{name!r}: {_read(text, inner, deep)}" for name, inner in text.fields(kind)]
            text.say(deep, f"{value} = {{{', '.join(parts)}}}")
        case "string":
            text.say(
                deep,
                "size = raw[at]",
                "if size & 129: size, at = size_read(raw, at)",
                "else: size >>= 1; at += 1",
                f"{value} = raw[at : at + size].decode()",
                "at += size",
            )
        case "int" | "long" | "date":
            text.say(deep, f"if raw[at] & 129: {value}, at = number_read(raw, at)")
            text.say(deep, f"else: {value} = raw[at] >> 1; at += 1")
            if what == "date":
                text.say(deep, f"{value} = day_of({value} + {_EPOCH})")
        case "boolean":
            text.say(deep, f"{value} = {text.constant({0: False, 1: True})}[raw[at]]", "at += 1")
        case "enum" if len(kind["symbols"]) <= _SYMBOLS_MAX:
            symbols = text.constant({2 * index: symbol for index, symbol in enumerate(kind["symbols"])})
            text.say(deep, f"{value} = {symbols}[raw[at]]", "at += 1")
        case "union":
            inner, null = _optional(kind)
            text.say(deep, f"if raw[at] == {2 * null}:", f"    {value} = None", "    at += 1")
            text.say(deep, f"elif raw[at] == {2 - 2 * null}:", "    at += 1")
            text.say(deep + 1, f"{value} = {_read(text, inner, deep + 1)}")
            text.say(deep, "else: raise ValueError")
        case "array" | "map":
            left = text.fresh("n")
            text.say(deep, f"{value} = {'[]' if what == 'array' else '{}'}", f"{left}, at = items_left(raw, at)")
            text.say(deep, f"while {left}:", f"    for _ in range({left}):")
            if what == "array":
                text.say(deep + 2, f"{value}.append({_read(text, kind['items'], deep + 2)})")
            else:
                key = _read(text, "string", deep + 2)
                text.say(deep + 2, f"{value}[{key}] = {_read(text, kind['values'], deep + 2)}")
            text.say(deep + 1, f"{left}, at = items_left(raw, at)")
        case _:
            raise _Unknown
    return value


def _optional(kinds: list[Any]) -> tuple[Any, int]:
    """The type beside null, and the place of null, in a union of these two."""
    if len(kinds) != 2 or "null" not in kinds:
        raise _Unknown
    null = kinds.index("null")
    return kinds[1 - null], null


def writer(parsed: Any) -> Write | None:
    """How message structs are written with a schema, as fastavro has parsed it."""
    text = _Text()
    try:
        _write(text, parsed, "value", 1)
    except _Unknown:
        return None
    made: Write = text.made("out, value")
    return made


def _write(text: _Text, kind: Any, value: str, deep: int) -> None:
    """Say how the value of an expression is written."""
    what, kind = text.resolved(kind)
    match what:
        case "record":
            text.say(deep, f"if len({value}.__struct_fields__) != {len(kind['fields'])}: raise ValueError")
            for name, inner in text.fields(kind):
                part = text.fresh("v")
                text.say(deep, f"{part} = {value}.{name}")
                _write(text, inner, part, deep)
        case "string":
            text.say(
                deep,
                f"data = {value}.encode()",
                "size = len(data)",
                f"out += small[size] if size < {len(_SMALL)} else number_bytes(size)",
                "out += data",
            )
        case "int" | "long":
            least = f"-{2**31} <= {value} < {2**31}" if what == "int" else "True"
            text.say(deep, f"if {value}.__class__ is not int or not {least}: raise TypeError")
            text.say(deep, f"out += small[{value}] if 0 <= {value} < {len(_SMALL)} else number_bytes({value})")
        case "date":
            text.say(deep, f"out += number_bytes({value}.toordinal() - {_EPOCH})")
        case "boolean":
            text.say(deep, f"out += flags[{value}]")
        case "enum" if len(kind["symbols"]) <= _SYMBOLS_MAX:
            symbols = {symbol: number_bytes(index) for index, symbol in enumerate(kind["symbols"])}
            text.say(deep, f"out += {text.constant(symbols)}[{value}]")
        case "union":
            inner, null = _optional(kind)
            text.say(deep, f"if {value} is None: out += {number_bytes(null)!r}", "else:")
            text.say(deep + 1, f"out += {number_bytes(1 - null)!r}")
            _write(text, inner, value, deep + 1)
        case "array" | "map":
            _write_items(text, what, kind, value, deep)
        case _:
            raise _Unknown


def _write_items(text: _Text, what: str, kind: Any, value: str, deep: int) -> None:
    """Say how an array or a map is written: one block, where it is not empty."""
    item, key = text.fresh("v"), text.fresh("v")
    text.say(deep, f"if {value}: out += number_bytes(len({value}))")
    if what == "array":
        text.say(deep, f"if {value}.__class__ is not tuple and {value}.__class__ is not list: raise TypeError")
        text.say(deep, f"for {item} in {value}:")
        _write(text, kind["items"], item, deep + 1)
    else:
        text.say(deep, f"for {key}, {item} in {value}.items():")
        _write(text, "string", key, deep + 1)
        _write(text, kind["values"], item, deep + 1)
    text.say(deep, "out += b'\\0'")
