"""What every Avro schema of ours keeps to, so that it can be understood, and later versions can be compatible both ways."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.schemas import SchemaFile

UNKNOWN = "UNKNOWN"
Fault = tuple[str, str, str]
"""Path in the schema, what is wrong, what to do."""

_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DOC = re.compile(rf"(?P<term>[^:：]*{_CHINESE.pattern}[^:：]*)(?:: |：)(?P<told>.+)", re.DOTALL)
_SAID_IN_CHINESE = re.compile(rf"\b(\w+) (?=[^,;]*{_CHINESE.pattern})")
_WORD = re.compile(r"[a-z]+")
_NAMED = ("record", "enum", "fixed")


def term_and_explanation(doc: str) -> tuple[str, str]:
    """A doc's two halves: the Chinese term, and the explanation, in English or Chinese; raises ValueError."""
    found = _DOC.fullmatch(doc)
    if found is None:
        raise ValueError(doc)
    return found["term"], found["told"]


def unconventional(schema: SchemaFile) -> Iterator[Finding]:
    """Everything in a schema that Avro or we do not take."""
    try:
        fastavro.parse_schema(dict(schema.definition), named_schemas={})
    except (SchemaParseException, UnknownType, KeyError, TypeError, ValueError) as error:
        yield Finding(file=schema.file, message=f"no Avro schema: {error!r}", action="Correct the schema.")
        return
    for path, told, action in _record_faults(schema.definition, schema.name.rpartition(".")[2]):
        yield Finding(file=schema.file, key=path, message=told, action=action)


def named_types(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every record and enum that is defined in a schema, by its short name."""
    if isinstance(node, Mapping):
        if node.get("type") in _NAMED:
            yield node["name"], node
        for value in node.values():
            yield from named_types(value)
    elif isinstance(node, list):
        for value in node:
            yield from named_types(value)


def _record_faults(record: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _name_faults(_PASCAL, record["name"], path, "PascalCase")
    yield from _doc_faults(record, path)
    for field in record["fields"]:
        yield from _field_faults(field, f"{path}.{field['name']}")


def _name_faults(shape: re.Pattern[str], name: str, path: str, called: str) -> Iterator[Fault]:
    if shape.fullmatch(name) is None:
        yield path, f"expected a name in {called}", "Rename it."


def _doc_faults(said: Mapping[str, Any], path: str) -> Iterator[Fault]:
    action = "Write doc as 中文术语: what it is."
    try:
        _, told = term_and_explanation(said.get("doc", ""))
    except ValueError:
        yield path, "no doc with the Chinese term and an explanation", action
        return
    if _CHINESE.search(told) is None and set(_WORD.findall(told.lower())) <= set(
        _WORD.findall(re.sub(r"([A-Z])", r" \1", said["name"]).lower())
    ):
        yield path, "the doc says no more than the name", action


def _field_faults(field: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _name_faults(_SNAKE, field["name"], path, "snake_case")
    yield from _doc_faults(field, path)
    kind = field["type"]
    if isinstance(kind, list):
        if len(kind) != 2 or kind[0] != "null" or field.get("default", 0) is not None:
            yield path, "expected an optional value as [null, type] with default null", "Write it so."
        kind = kind[-1]
    if field["name"].endswith("_fen") and kind != "long":
        yield path, "amounts are long, in fen", "Make it long."
    yield from _type_faults(kind, path)


def _type_faults(kind: Any, path: str) -> Iterator[Fault]:
    if isinstance(kind, list):
        yield path, "a union inside of something", "Make the field itself optional."
    elif isinstance(kind, Mapping):
        match kind["type"]:
            case "record":
                yield from _record_faults(kind, f"{path}.{kind['name']}")
            case "enum":
                yield from _enum_faults(kind, f"{path}.{kind['name']}")
            case "array":
                yield from _type_faults(kind["items"], path)
            case "map":
                yield from _type_faults(kind["values"], path)
    elif kind in ("float", "double"):
        yield path, "a float", "Use long in fen, or an exact number as string."


def _enum_faults(enum: Mapping[str, Any], path: str) -> Iterator[Fault]:
    yield from _name_faults(_PASCAL, enum["name"], path, "PascalCase")
    yield from _doc_faults(enum, path)
    if enum.get("default") != UNKNOWN or enum["symbols"][0] != UNKNOWN:
        told = f"expected {UNKNOWN} as first symbol and as default, so that a symbol can be added"
        yield path, told, "Write it so; nobody ever sends it."
    said = set(_SAID_IN_CHINESE.findall(enum.get("doc", "")))
    for symbol in enum["symbols"]:
        if symbol not in said:
            yield path, f"the doc does not say {symbol} in Chinese", f"Write {symbol} 中文 into the doc of the enum."
