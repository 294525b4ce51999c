"""Examples of mapped records, `mappings/examples/<topic>.yaml`: what a department sends, and what the hub makes of it.

They are a department's test of its mapping, run by `hub check`: the first is a record that becomes a fact, written out; the
others may tell only what differs in the record (`but`), and may be refused.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import fastavro
from fastavro.validation import ValidationError
from msgspec import structs
from pydantic import Field, RootModel, StringConstraints

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Document, Place, Written, read_document, validated
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.schemas import Schema, for_reading
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.intake.checks import read_record
from benefit_hub.intake.mapping import translation
from benefit_hub.intake.reading import understood
from benefit_hub.messages.departments import Envelope, Payload, names_people
from benefit_hub.task import SourceTopic
from benefit_hub.values.months import day_of_millis
from benefit_hub.values.refusal import Refusal

_WHOLE = "Write the whole fact: only the record may tell just what differs from the first (but)."
Record = dict[str, Any]
Text = Annotated[str, StringConstraints(min_length=1)]


class RefusedWritten(Written):
    """`refused:` of an example."""

    code: Text
    field: Text


class ExampleWritten(Written):
    """One example."""

    it: Text
    record: Record | None = None
    but: Record | None = None
    fact: Record | None = None
    refused: RefusedWritten | None = None


class ExamplesWritten(RootModel[Annotated[list[ExampleWritten], Field(min_length=1)]]):
    """A file of examples."""


def examples_that_differ(catalogue: Catalogue) -> Iterator[Finding]:
    """Every example of every mapping that comes to something else than it says."""
    for name, source in catalogue.sources.items():
        if source.rules is not None:
            yield from example_faults(catalogue.assets, source, catalogue.newest(name))
    for path in sorted(_folder(catalogue.assets).glob("*.yaml")):
        source_or_none = catalogue.sources.get(path.stem)
        if source_or_none is None or source_or_none.rules is None:
            told = f"there is no mapping {path.name}"
            yield Finding(file=catalogue.assets.shown(path), message=told, action="Remove it, or correct its name.")


def example_faults(assets: Assets, source: SourceTopic, schema: Schema) -> Iterator[Finding]:
    """Where the examples of a topic are missing, no records of its schema, or come to something else than they say."""
    path = _folder(assets) / f"{source.topic}.yaml"
    file = assets.shown(path)
    if not path.is_file():
        action = "Add one: a record as the department sends it, and the fact that it is to become (docs/mappings.md)."
        yield Finding(file=file, message="the mapping has no example", action=action)
        return
    try:
        document = read_document(path, file)
        examples = validated(ExamplesWritten, document).root
    except Unfit as error:
        yield from error.findings
        return
    parsed = fastavro.parse_schema(for_reading(schema.definition), named_schemas={})
    first = examples[0].record or {}
    for index, example in enumerate(examples):
        fault = _shape(index, example)
        if fault is not None:
            yield document.finding((index,), *fault)
            continue
        body = _filled({**first, **(example.but or {})} if example.record is None else example.record, schema)
        misfit = _misfit(body, parsed)
        if misfit is not None:
            action = "Write the record as the schema says, numbers and dates in text in quotes."
            yield document.finding((index, "but" if example.record is None else "record"), misfit, action)
            continue
        yield from _outcome(document, index, example, source, body)


def _folder(assets: Assets) -> Path:
    return assets.mappings / "examples"


def _shape(index: int, example: ExampleWritten) -> tuple[str, str] | None:
    if (example.record is None) == (example.but is None):
        return "expected either record or but", "Write the record out, or tell what differs from the first."
    if (example.fact is None) == (example.refused is None):
        return "expected either fact or refused", "Say what the hub makes of it."
    if index == 0 and (example.record is None or example.fact is None):
        return "the first example is a record that becomes a fact", "Write it out, and the fact too."
    return None


def _filled(record: Record, schema: Schema) -> Record:
    """A record with what a publisher may leave out."""
    defaults = {field["name"]: field["default"] for field in schema.definition["fields"] if "default" in field}
    return {**defaults, **record}


def _misfit(record: Record, parsed: Any) -> str | None:
    """Which field of a record is not as the schema says."""
    strange = sorted(set(record) - {field["name"] for field in parsed["fields"]})
    if strange:
        return f"the schema has no field {strange[0]}"
    try:
        fastavro.validate(record, parsed, raise_errors=True)
    except ValidationError as error:
        places = [str(getattr(one, "field", "")).rpartition(".")[2] for one in error.errors]
        return f"{next(filter(None, places), 'a field')} is not as the schema says"
    return None


def _outcome(
    document: Document, index: int, example: ExampleWritten, source: SourceTopic, body: Record
) -> Iterator[Finding]:
    """What intake makes of a record that arrives on the day on which it was recorded."""
    said = translation(source).record(body)
    found = said if isinstance(said, Refusal) else understood(source, body, day_of_millis(said["recorded_at"]))
    if example.refused is not None:
        yield from _refusal(document, (index, "refused"), example.refused, found)
    elif isinstance(found, Refusal):
        yield document.finding((index, "fact"), f"refused: {found.english}", "Correct the record, or the mapping.")
    else:
        yield from _fact(document, (index, "fact"), example.fact or {}, source.kind, found)


def _refusal(
    document: Document, place: Place, expected: RefusedWritten, found: Refusal | tuple[Envelope, Payload]
) -> Iterator[Finding]:
    if not isinstance(found, Refusal):
        yield document.finding(place, "it is not refused", "Correct the record, or the mapping.")
    elif (found.code, found.field) != (expected.code, expected.field):
        told = f"it is refused otherwise: {found.english}"
        yield document.finding(place, told, "Correct the record, or the mapping.")


def _fact(
    document: Document, place: Place, written: Record, kind: str, found: tuple[Envelope, Payload]
) -> Iterator[Finding]:
    """Every field in which the fact differs from what the example says; what is left out has its default."""
    expected = read_record(kind, written)
    if isinstance(expected, Refusal):
        told = f"no fact of kind {kind}: field {expected.field}: expected {expected.expected}"
        yield document.finding(place, told, f"Correct it. {_WHOLE}")
        return
    wanted, made = _flat(expected), _flat(found)
    strange = sorted(set(written) - set(made))
    if strange:
        yield document.finding((*place, strange[0]), f"{kind} has no such field", "Remove it.")
    for name, value in made.items():
        if wanted[name] != value:
            told = "another number" if names_people(name) else f"expected {wanted[name]!r}, the mapping makes {value!r}"
            action = "Correct the example, or the mapping."
            yield document.finding((*place, name), told, action if name in written else f"{action} {_WHOLE}")


def _flat(read: tuple[Envelope, Payload]) -> Mapping[str, Any]:
    return {**structs.asdict(read[0]), **structs.asdict(read[1])}
