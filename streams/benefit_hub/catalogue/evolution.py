"""How schemas may change: whether two are the same, and whether a new version and the old ones read each other.

The verdict is that of Apache's own `avro` package, not an algorithm of our own.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import avro.schema
import fastavro
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException, IgnoredLogicalType
from fastavro.schema import SchemaParseException, UnknownType

Compatibility = Literal["FULL_TRANSITIVE", "BACKWARD_TRANSITIVE", "NONE"]
SAID_TO_PEOPLE_OR_JAVA = ("doc", "avro.java.string")
"""What changes nothing of a record: two schemas that differ in nothing else are the same."""


class NotAvro(ValueError):
    """A text that is no Avro schema; the text of the error says why."""


class Parsed(NamedTuple):
    """An Avro schema: as the verdicts need it, and in the one form that all schemas of the same meaning have."""

    schema: avro.schema.Schema
    meaning: Any


def parsed(text: str) -> Parsed:
    """Read a schema; raises NotAvro. Defaults are checked too: a wrong one is found by nobody until a record lacks the field."""
    try:
        with warnings.catch_warnings(category=IgnoredLogicalType, action="ignore"):  # Avro takes one for its bare type
            schema = avro.schema.parse(text)
        fastavro.parse_schema(json.loads(text), named_schemas={})
        return Parsed(schema, _meaning(schema.to_json()))
    except (AvroException, SchemaParseException, UnknownType, ValueError) as trouble:
        raise NotAvro(str(trouble)) from None
    except (AttributeError, KeyError, RecursionError, TypeError):
        raise NotAvro("its parts are not what the Avro specification asks for") from None


def parsed_definition(definition: Mapping[str, Any]) -> Parsed:
    """The same for a schema that was read from its file."""
    return parsed(json.dumps(definition))


def misreadings(new: Parsed, old: Mapping[int, Parsed], level: Compatibility) -> Iterator[str]:
    """Why `new` may not stand beside the `old` versions, which are given by their number; nothing where it may."""
    for number, each in old.items() if level != "NONE" else ():
        if told := _fault(new, each):
            yield f"it cannot read what was written with version {number}: {told}"
        if level == "FULL_TRANSITIVE" and (told := _fault(each, new)):
            yield f"version {number} cannot read what it writes: {told}"


def _fault(reader: Parsed, writer: Parsed) -> str:
    """Why a reader cannot read what a writer writes, in Avro's words; empty where it can."""
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # it says nothing of its types
    verdict = checker.get_compatibility(reader.schema, writer.schema)
    if verdict.compatibility is SchemaCompatibilityType.compatible:
        return ""
    kinds = sorted({each.value for each in verdict.incompatibilities})
    places = sorted(verdict.locations - {"/"}) or ["/"]
    return f"{', '.join(kinds)} at {', '.join(places)} ({'; '.join(sorted(verdict.messages))})"


def _meaning(node: Any) -> Any:
    """A schema without what changes nothing of a record; JSON objects compare without regard to order."""
    if isinstance(node, Mapping):
        kept = {key: _meaning(value) for key, value in node.items() if key not in SAID_TO_PEOPLE_OR_JAVA}
        return kept["type"] if set(kept) == {"type"} and isinstance(kept["type"], str) else kept
    if isinstance(node, list):
        return [_meaning(value) for value in node]
    return node
