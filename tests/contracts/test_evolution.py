"""How schemas may change: verdicts of the `avro` package, both ways and against all versions (FULL_TRANSITIVE)."""

import copy
import json
from collections.abc import Callable
from itertools import permutations
from typing import Any

import avro.schema
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from benefit_hub.catalogue import load
from tests.contracts.records import schema_text

CATALOGUE = load()
WAGE = schema_text("schemas/humanresources/v1/Wage.v1.avsc")
ADJUSTMENT = schema_text("schemas/benefits/v1/Adjustment.v1.avsc")
TOPICS = [name for name, topic in CATALOGUE.topics.items() if topic.compatibility == "FULL_TRANSITIVE"]

Definition = dict[str, Any]


def reads(reader: Definition, writer: Definition) -> bool:
    """Whether a reader with one schema reads what was written with another."""
    parsed = [avro.schema.parse(json.dumps(each)) for each in (reader, writer)]
    verdict = ReaderWriterCompatibilityChecker().get_compatibility(parsed[0], parsed[1])
    return verdict.compatibility is SchemaCompatibilityType.compatible


def fully_compatible(*versions: Definition) -> bool:
    """Whether every version reads every other."""
    return all(reads(reader, writer) for reader, writer in permutations(versions, 2))


def field(definition: Definition, name: str) -> Definition:
    """A field of a record, to be changed."""
    found: Definition = next(each for each in definition["fields"] if each["name"] == name)
    return found


def without(definition: Definition, name: str) -> None:
    """Take a field away."""
    definition["fields"].remove(field(definition, name))


def more(definition: Definition, **said: Any) -> None:
    """Add a field."""
    definition["fields"].append({"name": "shifts", "doc": "班次: how many shifts were worked", **said})


def add_symbol(definition: Definition) -> None:
    """A kind of adjustment more."""
    field(definition, "kind")["type"]["symbols"].append("RECALCULATION")


def drop_symbol_and_default(definition: Definition) -> None:
    """A kind of adjustment less, and nothing for readers to see in its place."""
    del field(definition, "kind")["type"]["default"]
    field(definition, "kind")["type"]["symbols"].remove("HOLD")


GOOD: dict[str, tuple[Definition, Callable[[Definition], None]]] = {
    "nothing": (WAGE, lambda _: None),
    "a better doc": (WAGE, lambda new: field(new, "employer").update(doc="用人单位: who pays")),
    "an optional field more": (WAGE, lambda new: more(new, type=["null", "int"], default=None)),
    "a field with a default more": (WAGE, lambda new: more(new, type="int", default=0)),
    "an optional field less": (WAGE, lambda new: without(new, "previous_id_number")),
    "a field with a default less": (WAGE, lambda new: without(new, "retracted")),
    "fields in another order": (WAGE, lambda new: new["fields"].reverse()),
    "a symbol more": (ADJUSTMENT, add_symbol),
    "a symbol less": (ADJUSTMENT, lambda new: field(new, "kind")["type"]["symbols"].remove("HOLD")),
}
BAD: dict[str, tuple[Definition, Callable[[Definition], None]]] = {
    "a field without default more": (WAGE, lambda new: more(new, type="int")),
    "a field without default less": (WAGE, lambda new: without(new, "employer")),
    "a field renamed": (WAGE, lambda new: field(new, "employer").update(name="employer_code")),
    "long becomes int": (WAGE, lambda new: field(new, "amount_fen").update(type="int")),
    "long becomes string": (WAGE, lambda new: field(new, "amount_fen").update(type="string")),
    "a field becomes optional": (
        WAGE,
        lambda new: field(new, "employer").update(type=["null", "string"], default=None),
    ),
    "an optional field becomes obligatory": (
        WAGE,
        lambda new: field(new, "id_number").update(type="string", default=""),
    ),
    "a symbol less, and no default": (ADJUSTMENT, drop_symbol_and_default),
    "the record renamed": (WAGE, lambda new: new.update(name="Pay")),
    "a list becomes a map": (
        ADJUSTMENT,
        lambda new: field(new, "settled").update(
            type={"type": "map", "values": field(new, "settled")["type"]["items"]}
        ),
    ),
}


@pytest.mark.parametrize(("old", "change"), GOOD.values(), ids=GOOD)
def test_a_good_evolution(old: Definition, change: Callable[[Definition], None]) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert fully_compatible(old, new)


@pytest.mark.parametrize(("old", "change"), BAD.values(), ids=BAD)
def test_a_bad_evolution(old: Definition, change: Callable[[Definition], None]) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert not fully_compatible(old, new)


@pytest.mark.parametrize("topic", TOPICS)
def test_all_versions_of_a_topic_read_each_other(topic: str) -> None:
    versions = [schema_text(schema.file) for schema in CATALOGUE.versions(topic)]
    assert fully_compatible(*versions, versions[-1])
    assert len({(each["namespace"], each["name"]) for each in versions}) == 1
