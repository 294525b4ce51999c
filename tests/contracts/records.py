"""Hypothesis strategies for records of every public topic, made from the Avro files alone."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.conventions import named_types

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT,
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "timestamp-millis": st.integers(0, 2**42),
    "date": st.dates(date(1880, 1, 1), date(2199, 12, 31)),
}
NARROWER = {"level": st.sampled_from([1, 2, 3, 4])}


def schema_text(file: str) -> dict[str, Any]:
    """The schema of a file as JSON, by the path that the lock names."""
    definition: dict[str, Any] = json.loads(Path(find_assets().root, file).read_text("utf-8"))
    return definition


def records(definition: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Records of a schema, instants as milliseconds, days as dates."""
    return _values(definition, dict(named_types(definition)))


def _values(kind: Any, named: dict[str, Any]) -> st.SearchStrategy[Any]:
    if isinstance(kind, list):
        return st.none() | _values(kind[1], named)
    if isinstance(kind, str):
        return _values(named[kind], named) if kind in named else SIMPLE[kind]
    match kind["type"]:
        case "enum":
            return st.sampled_from(kind["symbols"][1:])
        case "array":
            return st.lists(_values(kind["items"], named), max_size=3)
        case "map":
            return st.dictionaries(TEXT, _values(kind["values"], named), max_size=3)
        case "record":
            fields = {field["name"]: field["type"] for field in kind["fields"]}
            return st.fixed_dictionaries(
                {name: NARROWER[name] if name in NARROWER else _values(inner, named) for name, inner in fields.items()}
            )
    return SIMPLE[kind["logicalType"]]
