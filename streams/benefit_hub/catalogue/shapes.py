"""Message types against their Avro schemas: the same fields, types, optional values and defaults.

A Python `int` is an Avro int or long (or an instant), `date` a date, a `Literal` of text an enum with UNKNOWN beside its
symbols, a tuple an array, a dict a map, `… | None` a union with null, a nested struct a record.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct, inspect

from benefit_hub.catalogue.conventions import UNKNOWN, named_types
from benefit_hub.messages import internal, public
from benefit_hub.messages.departments import PAYLOADS, Envelope

Fault = tuple[str, str]
"""Path in the schema, what is wrong."""

_SIMPLE: Mapping[type[inspect.Type], tuple[Any, ...]] = {
    inspect.StrType: ("string",),
    inspect.BoolType: ("boolean",),
    inspect.IntType: ("int", "long", {"type": "long", "logicalType": "timestamp-millis"}),
    inspect.DateType: ({"type": "int", "logicalType": "date"},),
}
_NESTED: Mapping[type[inspect.Type], str] = {
    inspect.VarTupleType: "array",
    inspect.DictType: "map",
    inspect.StructType: "record",
}


def department_fields(kind: str) -> tuple[inspect.Field, ...]:
    """The fields of a department's record of a kind: envelope and payload side by side."""
    return (*_fields(Envelope), *_fields(PAYLOADS[kind]))


def own_fields(record: str) -> tuple[inspect.Field, ...] | None:
    """The fields of the message type with this name among public messages and control events; None where there is none."""
    kind = internal.ControlEvent if record == "ControlEvent" else getattr(public, record, None)
    return _fields(kind) if isinstance(kind, type) and issubclass(kind, Struct) else None


def is_internal_message(name: str) -> bool:
    """Whether `messages.internal` has a message type, or a union of them, of this name."""
    return name.endswith("Message") and hasattr(internal, name)


def shape_faults(fields: Sequence[inspect.Field], record: Mapping[str, Any], *, decoded: bool) -> Iterator[Fault]:
    """Where a record differs from the fields of its message type. `decoded` records are read by us too, so their type has
    the default of every field that has one."""
    yield from _record_faults(fields, record, dict(named_types(record)), record["name"], decoded)


@cache
def _fields(kind: type[Struct]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    return info.fields if isinstance(info, inspect.StructType) else ()


def _record_faults(
    fields: Sequence[inspect.Field], record: Mapping[str, Any], named: Mapping[str, Any], path: str, decoded: bool
) -> Iterator[Fault]:
    said = {field["name"]: field for field in record["fields"]}
    for name in sorted(set(said) - {field.name for field in fields}):
        yield f"{path}.{name}", "the message type has no such field"
    for field in fields:
        place = f"{path}.{field.name}"
        if field.name not in said:
            yield place, "missing; the message type has it"
        else:
            yield from _type_faults(field.type, said[field.name]["type"], named, place, decoded)
            yield from _default_faults(field, said[field.name], place, decoded)


def _default_faults(field: inspect.Field, said: Mapping[str, Any], path: str, decoded: bool) -> Iterator[Fault]:
    default = NODEFAULT if field.default is NODEFAULT else msgspec.to_builtins(field.default)
    told = said.get("default", NODEFAULT)
    if default is not NODEFAULT and told is NODEFAULT:
        yield path, f"no default; the message type has {default!r}"
    elif default is not NODEFAULT and told != (list(default) if isinstance(default, tuple) else default):
        yield path, f"default {told!r}; the message type has {default!r}"
    elif decoded and default is NODEFAULT and told is not NODEFAULT:
        yield path, f"default {told!r}; the message type has none, and could not read a record without this field"


def _type_faults(kind: inspect.Type, said: Any, named: Mapping[str, Any], path: str, decoded: bool) -> Iterator[Fault]:
    said = named.get(said, said) if isinstance(said, str) else said
    expected = _expected(kind, said)
    if expected is not None:
        yield path, f"expected {expected}, as the message type says"
        return
    match kind:
        case inspect.UnionType():
            inner = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
            yield from _type_faults(inner, said[1], named, path, decoded)
        case inspect.VarTupleType():
            yield from _type_faults(kind.item_type, said["items"], named, path, decoded)
        case inspect.DictType():
            yield from _type_faults(kind.value_type, said["values"], named, path, decoded)
        case inspect.StructType():
            yield from _record_faults(kind.fields, said, named, f"{path}.{said['name']}", decoded)


def _expected(kind: inspect.Type, said: Any) -> str | None:
    """What stands for a Python type in Avro, where something else does; what is inside of it is not looked at."""
    if isinstance(kind, inspect.LiteralType):
        return _expected_literal(kind, said)
    if isinstance(kind, inspect.UnionType):
        optional = len(kind.types) == 2 and any(isinstance(each, inspect.NoneType) for each in kind.types)
        same = optional and isinstance(said, list) and len(said) == 2 and said[0] == "null"
        return None if same else "a union of null and one type"
    if type(kind) in _SIMPLE:
        return None if said in _SIMPLE[type(kind)] else " or ".join(map(_named, _SIMPLE[type(kind)]))
    outer = said.get("type") if isinstance(said, Mapping) else said
    counterpart = _NESTED.get(type(kind), f"something that Avro has no word for ({type(kind).__name__})")
    return None if outer == counterpart else counterpart


def _expected_literal(kind: inspect.LiteralType, said: Any) -> str | None:
    if all(isinstance(value, int) for value in kind.values):
        return None if said == "int" else "int"
    symbols = sorted({UNKNOWN, *map(str, kind.values)})
    same = isinstance(said, Mapping) and said["type"] == "enum" and sorted(said["symbols"]) == symbols
    return None if same else f"an enum of {', '.join(symbols)}"


def _named(simple: Any) -> str:
    return str(simple["logicalType"]) if isinstance(simple, Mapping) else str(simple)
