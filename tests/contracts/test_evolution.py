"""How schemas may change: both ways, and against all versions (FULL_TRANSITIVE)."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from benefit_hub.catalogue.evolution import Compatibility, NotAvro, misreadings, parsed
from tests.checkout import catalogue
from tests.contracts.records import schema_text

CATALOGUE = catalogue()
WAGE = schema_text("schemas/humanresources/v1/Wage.v1.avsc")
ADJUSTMENT = schema_text("schemas/benefits/v1/Adjustment.v1.avsc")
TOPICS = [name for name, topic in CATALOGUE.topics.items() if topic.compatibility == "FULL_TRANSITIVE"]

Definition = dict[str, Any]


def faults(new: Definition, *old: Definition) -> list[str]:
    """Why a new version may not stand beside the old ones."""
    before = {number: parsed(json.dumps(each)) for number, each in enumerate(old, 1)}
    return list(misreadings(parsed(json.dumps(new)), before, "FULL_TRANSITIVE"))


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
    assert faults(new, old) == []
    assert faults(old, new) == []


@pytest.mark.parametrize(("old", "change"), BAD.values(), ids=BAD)
def test_a_bad_evolution(old: Definition, change: Callable[[Definition], None]) -> None:
    new = copy.deepcopy(old)
    change(new)
    assert faults(new, old)
    assert faults(old, new)


@pytest.mark.parametrize("topic", TOPICS)
def test_all_versions_of_a_topic_read_each_other(topic: str) -> None:
    versions = [schema_text(schema.file) for schema in CATALOGUE.versions(topic)]
    assert [told for at, new in enumerate(versions) for told in faults(new, *versions[:at])] == []
    assert len({(each["namespace"], each["name"]) for each in versions}) == 1


FIELD: Definition = {"name": "x", "type": "int"}
LESS: Definition = {"type": "record", "name": "R", "fields": []}
MORE: Definition = {"type": "record", "name": "R", "fields": [FIELD]}


def one_way(level: Compatibility) -> list[bool]:
    """Whether a field more, without default, is allowed; and whether one less is."""
    known = {True: parsed(json.dumps(MORE)), False: parsed(json.dumps(LESS))}
    return [not list(misreadings(known[more], {1: known[not more]}, level)) for more in (True, False)]


def test_backward_asks_only_whether_the_new_reads_the_old() -> None:
    assert one_way("FULL_TRANSITIVE") == [False, False]
    assert one_way("BACKWARD_TRANSITIVE") == [False, True]
    assert one_way("NONE") == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "5",
        "[" * 10_000,
        '{"type": "record", "name": "R"}',
        '{"type": "record", "name": "R", "fields": [{"name": "x", "type": "int", "default": "no"}]}',
        '{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}',
        '{"type": "array", "items": "nothing"}',
    ],
)
def test_what_is_no_schema_is_told(text: str) -> None:
    with pytest.raises(NotAvro):
        parsed(text)
