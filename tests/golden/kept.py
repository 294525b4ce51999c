"""What outlives a release: rows of state, what processors tell each other, and the marks of stores. Each with its bytes."""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

import msgspec
from msgspec import Struct

from benefit_hub import entitlement, register, settlement, task
from benefit_hub.messages import internal
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.stores import Mark, Positions
from benefit_hub.task import Table
from tests import checkout

POSITIONS = int | Positions


@dataclass(frozen=True)
class Kept:
    """One sort of bytes: its type, and how today's code reads and writes it."""

    name: str
    kind: Any
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def kept() -> dict[str, Kept]:
    """Every sort by name: `table.<name>`, `topic.<logical name>`, `mark`, `positions`."""
    return {each.name: each for each in (*_tables(), *_topics(), *_marks())}


def _tables() -> Iterator[Kept]:
    """Every table that a processor's modules define, wherever it stands in them."""
    found: dict[str, Table[Any]] = {}
    for package in (task, register, entitlement, settlement):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            found |= {each.name: each for each in vars(import_module(module.name)).values() if isinstance(each, Table)}
    for name, table in found.items():
        yield Kept(f"table.{name}", table.kind, table.decode, table.encode)


def _topics() -> Iterator[Kept]:
    catalogue = checkout.catalogue()
    codecs = Codecs(catalogue)
    for name, topic in catalogue.topics.items():
        if topic.encoding == "msgpack":
            kind = getattr(internal, topic.schema)
            yield Kept(f"topic.{name}", kind, *(_bound(codecs, name)))


def _bound(codecs: Codecs, topic: str) -> tuple[Callable[[bytes], Any], Callable[[Any], Any]]:
    return lambda raw: codecs.decode(topic, raw), lambda value: codecs.encode(topic, value)


def _marks() -> Iterator[Kept]:
    for name, kind in (("mark", Mark), ("positions", POSITIONS)):
        yield Kept(name, kind, msgspec.msgpack.Decoder(kind).decode, msgspec.msgpack.encode)


def plain(value: Any) -> Any:
    """A value as a reviewer reads it: structs as mappings by field, with their tag as `tag`."""
    if isinstance(value, Struct):
        fields = {name: plain(each) for name, each in fields_of(value).items()}
        return fields if value.__struct_config__.tag is None else {"tag": value.__struct_config__.tag, **fields}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def fields_of(value: Struct) -> dict[str, Any]:
    """The fields of a struct, by name."""
    return {name: getattr(value, name) for name in value.__struct_fields__}


def differences(expected: Any, value: Any, place: str = "") -> list[str]:
    """Where a value does not say what was expected; what a struct has learnt to say since then must stand at its default."""
    if isinstance(value, Struct) and isinstance(expected, dict):
        return _of_struct(expected, value, place)
    if isinstance(value, dict) and isinstance(expected, dict) and value.keys() == expected.keys():
        return [each for name in value for each in differences(expected[name], value[name], f"{place}[{name!r}]")]
    if isinstance(value, tuple | list) and isinstance(expected, list) and len(value) == len(expected):
        pairs = enumerate(zip(expected, value, strict=True))
        return [each for at, (one, other) in pairs for each in differences(one, other, f"{place}[{at}]")]
    found = plain(value)
    return [] if (type(found), found) == (type(expected), expected) else [f"{place}: {found!r}, expected {expected!r}"]


def _of_struct(expected: dict[str, Any], value: Struct, place: str) -> list[str]:
    said, tag = fields_of(value), value.__struct_config__.tag
    found = [f"{place}.{name} is not there any more" for name in expected.keys() - said.keys() - {"tag"}]
    if expected.get("tag") != tag:
        found.append(f"{place} is a {tag}, expected a {expected.get('tag')}")
    for field in msgspec.structs.fields(value):
        name, now = field.name, said[field.name]
        if name in expected:
            found += differences(expected[name], now, f"{place}.{name}")
        elif now != (field.default if field.default is not msgspec.NODEFAULT else field.default_factory()):
            found.append(f"{place}.{name} is new, and not at its default: {plain(now)!r}")
    return found
