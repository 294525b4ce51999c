"""Mapping files: a YAML per department topic whose records have the department's own fields, `mappings/<topic>.yaml`.

What every key means is told in docs/mappings.md.
"""

from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Document, Written, read_document, validated
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.task.mapping import UnitName, Value

Text = Annotated[str, StringConstraints(min_length=1)]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Text], BeforeValidator(_listed), Field(min_length=1)]


class PartWritten(Written):
    """One number of a sum."""

    from_: Annotated[Text, Field(alias="from")]
    unit: UnitName | None = None


class ValueWritten(Written):
    """How one value is made."""

    from_: Annotated[Names | None, Field(alias="from")] = None
    constant: Value = None
    with_: Annotated[Text, Field(alias="with")] = "/"
    first: Annotated[int, Field(ge=1)] | None = None
    unit: UnitName | None = None
    sum: Annotated[list[PartWritten], Field(min_length=2)] | None = None
    codes: Annotated[dict[str, Value], Field(min_length=1)] | None = None
    otherwise: Value = None
    date: Text | None = None
    month: Text | None = None
    time: Text | None = None
    inclusive: bool = False
    optional: bool = False
    default: Value = None
    nothing: list[Text] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _is_rule(cls, said: Any) -> Any:
        if not isinstance(said, dict):
            raise ValueError("a rule such as {from: your_field} or {constant: VALUE}")  # noqa: TRY004  as pydantic wants it
        return said


class RuleWritten(ValueWritten):
    """How a field of the fact is made; a list has `each` or `several`."""

    each: Text | None = None
    split: Text | None = None
    fields: dict[str, ValueWritten] | None = None
    several: Annotated[list[dict[str, ValueWritten]], Field(min_length=1)] | None = None


class MappingWritten(Written):
    """A mapping file."""

    topic: Text
    version: Annotated[int, Field(ge=1)]
    kind: Literal[tuple(PAYLOADS)]  # type: ignore[valid-type]  # the kinds are what messages knows
    about: Text
    rows: Literal["added", "overwritten"]
    fields: Annotated[dict[str, RuleWritten], Field(min_length=1)]
    unused: list[Text] = Field(default_factory=list)


class MappingFile(Struct, frozen=True):
    """A mapping as it is written, and where."""

    written: MappingWritten
    document: Document


def read_mappings(assets: Assets) -> tuple[dict[str, MappingFile], list[Finding]]:
    """Every mapping by the logical name of its topic, and what is wrong with the files."""
    files: dict[str, MappingFile] = {}
    findings: list[Finding] = []
    for path in sorted(assets.mappings.glob("*.yaml")):
        try:
            document = read_document(path, assets.shown(path))
            written = validated(MappingWritten, document)
        except Unfit as error:
            findings += error.findings
            continue
        if path.stem != written.topic:
            told = f"the file is called {path.name}"
            findings.append(document.finding(("topic",), told, "Call the file after its topic, without the version."))
        files[written.topic] = MappingFile(written, document)
    return files, findings
