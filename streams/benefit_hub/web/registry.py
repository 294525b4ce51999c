"""What a schema registry answers, from the catalogue: nothing is stored, and nothing can be changed through it.

A subject is `<Kafka topic>-value`. Where the topics of this hub carry a prefix, their subjects do, as clients make them of a
topic's name; they may be asked for without the prefix too.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from benefit_hub.catalogue import Catalogue, Schema
from benefit_hub.catalogue.evolution import Compatibility, NotAvro, Parsed, misreadings, parsed, parsed_definition

DEFAULT_LEVEL: Compatibility = "FULL_TRANSITIVE"
LATEST = ("latest", "-1")
LARGEST_VERSION = 2**31 - 1


class Refused(Exception):
    """An answer that is not what was asked for: HTTP status, the registry's own error code, what to do."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class Listed(NamedTuple):
    """A schema as it stands under a subject."""

    subject: str
    schema: Schema


class Subject(NamedTuple):
    """The versions of one topic's schemas, oldest first, and how they may change."""

    versions: tuple[Schema, ...]
    level: Compatibility


class Registry:
    """Answers by subject, version and id; raises Refused with the error that Confluent's registry gives."""

    def __init__(self, catalogue: Catalogue, prefix: str = "") -> None:
        self._prefix = prefix
        levels = {topic.subject: topic.compatibility for topic in catalogue.topics.values()}
        ordered = sorted(catalogue.schemas.values(), key=attrgetter("subject", "version"))
        self._subjects: Mapping[str, Subject] = {
            name: Subject(tuple(versions), levels.get(name, DEFAULT_LEVEL))
            for name, versions in groupby(ordered, key=attrgetter("subject"))
        }
        self._by_id = catalogue.schemas
        self._parsed = cache(lambda number: parsed_definition(self._by_id[number].definition))

    def subjects(self) -> list[str]:
        """Every subject, as clients of this hub's topics name them."""
        return [self._prefix + name for name in self._subjects]

    def subject(self, name: str) -> Subject:
        """The versions below a subject, named with or without the prefix."""
        found = self._find(name)
        if found is None:
            told = f"Subject '{name}' not found: no topic of this hub has it; GET /subjects lists them."
            raise Refused(404, 40401, told)
        return found

    def version(self, name: str, number: str) -> Listed:
        """One version below a subject, or the latest."""
        versions = self.subject(name).versions
        if number in LATEST:
            return Listed(name, versions[-1])
        if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= LARGEST_VERSION:
            told = f"The specified version '{number[:20]}' is not valid: expected 1 to {LARGEST_VERSION}, or 'latest'."
            raise Refused(422, 42202, told)
        for schema in versions:
            if schema.version == int(number):
                return Listed(name, schema)
        there = ", ".join(str(schema.version) for schema in versions)
        raise Refused(404, 40402, f"Version {number} not found: '{name}' has {there}.")

    def schema(self, number: int) -> Listed:
        """The schema that travels under an id."""
        if number not in self._by_id:
            raise Refused(404, 40403, f"Schema {number} not found: no schema of this hub was ever given this id.")
        schema = self._by_id[number]
        return Listed(self._prefix + schema.subject, schema)

    def known(self, name: str, text: str) -> Listed | None:
        """The version below a subject that means the same as this schema; docs and the order of attributes say nothing."""
        versions = self.subject(name).versions
        asked = _read(text)
        same = [schema for schema in versions if self._parsed(schema.id).meaning == asked.meaning]
        return Listed(name, same[-1]) if same else None

    def look_up(self, name: str, text: str) -> Listed:
        """The same, where it has to be known."""
        found = self.known(name, text)
        if found is None:
            raise Refused(404, 40403, f"Schema not found: '{name}' has no version that means the same.")
        return found

    def register(self, name: str, text: str) -> Listed:
        """A schema that is known already; others are refused, with the way in which a schema comes to be known."""
        if self._find(name) is None:
            raise Refused(422, 42205, f"'{name}' is no subject of this hub, and this registry is read-only.")
        found = self.known(name, text)
        if found is not None:
            return found
        if faults := list(self.misreadings(name, text, self.subject(name).versions)):
            told = f"Schema being registered is incompatible with an earlier schema of '{name}': {'; '.join(faults)}."
            raise Refused(409, 409, told)
        latest = self.subject(name).versions[-1]
        file = latest.file.replace(f".v{latest.version}.", f".v{latest.version + 1}.")
        told = (
            "It is compatible, but this registry is read-only, as schemas are files under version control: put it into"
        )
        raise Refused(422, 42205, f"{told} {file}, run python -m benefit_hub.catalogue.lock, and release that.")

    def misreadings(self, name: str, text: str, versions: Sequence[Schema]) -> Iterator[str]:
        """Why a schema may not stand beside these versions of a subject, by its topic's compatibility."""
        old = {schema.version: self._parsed(schema.id) for schema in versions}
        return misreadings(_read(text), old, self.subject(name).level)

    def _find(self, name: str) -> Subject | None:
        return self._subjects.get(name.removeprefix(self._prefix))


def _read(text: str) -> Parsed:
    try:
        return parsed(text)
    except NotAvro as trouble:
        raise Refused(422, 42201, f"Invalid Avro schema: {trouble}") from None
