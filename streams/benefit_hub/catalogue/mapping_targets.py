"""What a kind of fact asks of a mapping: its fields, what each may hold, and which of them there have to be."""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import NODEFAULT, Struct, inspect

from benefit_hub.catalogue.shapes import department_fields
from benefit_hub.messages.departments import DAY_FIELDS, MONTH_FIELDS, WHOLE_DAY_FIELDS, names_people
from benefit_hub.task.mapping import UNITS

TargetForm = Literal[
    "TEXT", "NUMBER", "FLAG", "WORD", "PERSON", "DAY", "WHOLE_DAY", "MONTH", "MOMENT", "LIST", "RECORD"
]

_MEASURES = frozenset(unit.measure for unit in UNITS.values())


class Target(Struct, frozen=True):
    """A field of the fact. `words` are what a text may be, `numbers` what a number may be, where it is not any.

    `measure` is what a number counts (`fen`, `months`); `fields` are those of a record; `item` is that of a list.
    """

    name: str
    form: TargetForm
    needed: bool
    words: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    measure: str = ""
    fields: Mapping[str, "Target"] = {}
    item: "Target | None" = None


def targets(kind: str) -> dict[str, Target]:
    """The fields of envelope and payload of a kind, by name."""
    return _targets(department_fields(kind))


def _targets(fields: Iterable[inspect.Field]) -> dict[str, Target]:
    return {field.name: _target(field.name, field.type, _needed(field)) for field in fields}


def _needed(field: inspect.Field) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _target(name: str, kind: inspect.Type, needed: bool) -> Target:
    match kind:
        case inspect.UnionType():
            inner = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
            return _target(name, inner, needed)
        case inspect.LiteralType():
            words = tuple(value for value in kind.values if isinstance(value, str))
            numbers = tuple(value for value in kind.values if isinstance(value, int))
            return Target(name, "WORD" if words else "NUMBER", needed, words, numbers)
        case inspect.IntType():
            return _number(name, needed)
        case inspect.BoolType():
            return Target(name, "FLAG", needed)
        case inspect.VarTupleType():
            return Target(name, "LIST", needed, item=_target(name, kind.item_type, needed=True))
        case inspect.StructType():
            return Target(name, "RECORD", needed, fields=_targets(kind.fields))
    return Target(name, _text_form(name), needed)


def _number(name: str, needed: bool) -> Target:
    if name == "recorded_at":
        return Target(name, "MOMENT", needed)
    measure = name.rpartition("_")[2]
    return Target(name, "NUMBER", needed, measure=measure if measure in _MEASURES else "")


def _text_form(name: str) -> TargetForm:
    if names_people(name):
        return "PERSON"
    if name in WHOLE_DAY_FIELDS:
        return "WHOLE_DAY"
    if name in DAY_FIELDS or name in ("valid_from", "valid_to"):
        return "DAY"
    return "MONTH" if name in MONTH_FIELDS else "TEXT"
