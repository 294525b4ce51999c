"""Values of any type that is kept: with every field filled, with nothing but what is required, and of every alternative.

Nothing is left to chance, so the same code makes the same bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from msgspec import inspect

DAY = date(2026, 1, 1)
ALL_DOWN_TO = 1
"""Of a message, a row, and what stands directly in its fields, all alternatives are shown; of what lies deeper two."""


def filled(kind: Any) -> list[Any]:
    """Values that between them show all that is written of a type."""
    return _values(inspect.type_info(kind), "it", 0)


def _values(kind: inspect.Type, name: str, level: int) -> list[Any]:
    """Values of a type, the fullest first. By the name of the field texts and numbers are told from each other."""
    match kind:
        case inspect.StructType():
            found = list(_structs(kind, level + 1))
        case inspect.UnionType(types):
            each = [_values(one, name, level) for one in types if not isinstance(one, inspect.NoneType)]
            found = [one for values in each for one in values] + [None] * kind.includes_none
        case inspect.VarTupleType(item):
            found = [tuple(_values(item, name, level + 2)), ()]
        case inspect.TupleType(items):
            found = list(_together([_values(item, f"{name} {at}", level + 2) for at, item in enumerate(items)]))
        case inspect.DictType(key, value):
            keys = [*_values(key, name, level + 2), *([f"another {name}"] if isinstance(key, inspect.StrType) else [])]
            found = [dict(zip(keys, _values(value, name, level + 2), strict=False)), {}]
        case inspect.LiteralType(values):
            found = [values[0], values[-1]]
        case _:
            found = _scalars(kind, name)
    return found if level <= ALL_DOWN_TO else found[:2]


def _scalars(kind: inspect.Type, name: str) -> list[Any]:
    number = crc32(name.encode()) % 30_000
    match kind:
        case inspect.BoolType():
            return [True, False]
        case inspect.IntType():
            return [number]
        case inspect.StrType():
            return [f"some {name}"]
        case inspect.DateType():
            return [DAY + timedelta(days=number % 365)]
    raise AssertionError(f"{kind} was never kept so far: say here what is to be shown of it")


def _structs(kind: inspect.StructType, level: int) -> Iterator[Any]:
    """Structs that show all that is in their fields, and one with no more than it must hold."""
    names = [field.name for field in kind.fields]
    values = [_values(field.type, field.name, level) for field in kind.fields]
    full, *others = _together(values)
    yield kind.cls(**dict(zip(names, full, strict=True)))
    yield kind.cls(**{field.name: each[-1] for field, each in zip(kind.fields, values, strict=True) if field.required})
    for each in others:
        yield kind.cls(**dict(zip(names, each, strict=True)))


def _together(columns: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Rows that show every value of every column at least once."""
    for row in range(max(map(len, columns), default=0)):
        yield tuple(column[row % len(column)] for column in columns)
