"""What a department's schema offers to a mapping: its fields by path, with what kind of value each holds."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from benefit_hub.catalogue.conventions import UNKNOWN, named_types
from benefit_hub.catalogue.schemas import SchemaFile
from benefit_hub.task.mapping import Value

SourceForm = Literal["TEXT", "NUMBER", "FLAG", "ENUM", "DAY", "MOMENT", "LIST", "RECORD", "OTHER"]

_FORMS: Mapping[str, SourceForm] = {"string": "TEXT", "int": "NUMBER", "long": "NUMBER", "boolean": "FLAG"}
_LOGICAL: Mapping[str, SourceForm] = {"date": "DAY", "timestamp-millis": "MOMENT"}
_NAMED: Mapping[str, SourceForm] = {"enum": "ENUM", "array": "LIST", "record": "RECORD"}


class SourceField(Struct, frozen=True):
    """A field of the source: what it holds, the symbols of an enum, the fields of a record, the item of a list."""

    form: SourceForm
    symbols: tuple[str, ...] = ()
    fields: Mapping[str, "SourceField"] = {}
    item: "SourceField | None" = None


class Source(Struct, frozen=True):
    """What a mapping may name: the fields of a record, or in a list those of an item, and `.` for the item itself."""

    fields: Mapping[str, SourceField]
    item: SourceField | None = None

    def find(self, path: str) -> SourceField | None:
        """The field at a path, None where there is none."""
        if path == ".":
            return self.item
        found: SourceField | None = None
        fields = self.fields
        for name in path.split("."):
            found = fields.get(name)
            if found is None:
                return None
            fields = found.fields
        return found

    def paths(self) -> Iterator[str]:
        """Every path that can be named here."""
        if self.item is not None:
            yield "."
        yield from _paths(self.fields, "")

    def leaves(self) -> Iterator[str]:
        """The paths that are no records."""
        for path in self.paths():
            field = self.find(path)
            if field is not None and field.form != "RECORD":
                yield path

    def of_items(self, item: SourceField) -> "Source":
        """What rules inside of a list may name."""
        return Source(item.fields, item)


def _paths(fields: Mapping[str, SourceField], before: str) -> Iterator[str]:
    for name, field in fields.items():
        yield before + name
        if field.form == "RECORD":
            yield from _paths(field.fields, f"{before}{name}.")


def source_of(schema: SchemaFile) -> Source:
    """What the records of a schema offer."""
    return Source(_fields(schema.definition, dict(named_types(schema.definition))))


def defaults_of(schema: SchemaFile) -> dict[str, Value]:
    """What stands for the fields that records of an older version may lack."""
    given = {field["name"]: field["default"] for field in schema.definition["fields"] if "default" in field}
    return {name: value for name, value in given.items() if isinstance(value, str | int)}


def _fields(record: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, SourceField]:
    return {field["name"]: _field(field["type"], named) for field in record["fields"]}


def _field(kind: Any, named: Mapping[str, Any]) -> SourceField:
    if isinstance(kind, list):
        return _field(kind[-1], named)
    if isinstance(kind, str):
        return _field(named[kind], named) if kind in named else SourceField(_FORMS.get(kind, "OTHER"))
    form = _LOGICAL.get(kind.get("logicalType", ""), _NAMED.get(kind["type"], "OTHER"))
    match form:
        case "ENUM":
            return SourceField(form, tuple(symbol for symbol in kind["symbols"] if symbol != UNKNOWN))
        case "LIST":
            return SourceField(form, item=_field(kind["items"], named))
        case "RECORD":
            return SourceField(form, fields=_fields(kind, named))
    return SourceField(form)
