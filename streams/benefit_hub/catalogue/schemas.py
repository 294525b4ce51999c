"""Avro files: `schemas/<namespace after cn.gov.hub>/<Record>.v<version>.avsc`, and the lock of their ids.

A schema once published never changes: a compatible change is a new file with the next version, a breaking one a new topic
with a new namespace. Only `doc`s may be bettered, so the fingerprint leaves them out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import RootModel

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Written, read_document, validated
from benefit_hub.catalogue.findings import Finding, Unfit

NAMESPACE = "cn.gov.hub."
LOCK = "ids.lock"
_FILE = re.compile(r"(?P<record>[A-Z][A-Za-z0-9]*)\.v(?P<version>[1-9]\d*)\.avsc")


class SchemaFile(Struct, frozen=True, kw_only=True):
    """One version of one public record as its file says it. `name` is the full Avro name."""

    file: str
    name: str
    version: int
    text: str
    definition: Mapping[str, Any]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the schema without its docs: what may never change."""
        bare = json.dumps(without_docs(self.definition), ensure_ascii=False, separators=(",", ":"))
        return sha256(bare.encode()).hexdigest()


class Schema(Struct, frozen=True, kw_only=True):
    """A schema with the id under which it travels and the subject under which a registry lists it."""

    id: int
    subject: str
    name: str
    version: int
    file: str
    text: str
    definition: Mapping[str, Any]


class Locked(Written):
    """A line of the lock."""

    id: int
    subject: str
    fingerprint: str


class Lock(RootModel[dict[str, Locked]]):
    """Every schema file that was ever published."""


def without_docs(node: Any) -> Any:
    """A schema without what is said to people only."""
    if isinstance(node, Mapping):
        return {key: without_docs(value) for key, value in node.items() if key != "doc" or not isinstance(value, str)}
    if isinstance(node, list):
        return [without_docs(value) for value in node]
    return node


def for_reading(definition: Any) -> Any:
    """A schema as we read and write with it: instants stay numbers."""
    if isinstance(definition, Mapping):
        if definition.get("logicalType") == "timestamp-millis":
            return definition["type"]
        return {key: for_reading(value) for key, value in definition.items()}
    if isinstance(definition, list):
        return [for_reading(value) for value in definition]
    return definition


def read_schemas(assets: Assets) -> tuple[list[SchemaFile], list[Finding]]:
    """Every schema file, in the order of their names, and what is wrong with those that cannot be read."""
    schemas: list[SchemaFile] = []
    findings: list[Finding] = []
    for path in sorted(assets.schemas.rglob("*.avsc")):
        try:
            schemas.append(_read_schema(path, assets))
        except Unfit as error:
            findings += error.findings
    return schemas, findings


def _read_schema(path: Path, assets: Assets) -> SchemaFile:
    file = assets.shown(path)
    named = _FILE.fullmatch(path.name)
    if named is None:
        raise Unfit([Finding(file=file, message="expected a name like Residence.v1.avsc", action="Rename the file.")])
    try:
        text = path.read_text("utf-8")
        definition = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unfit([Finding(file=file, line=error.lineno, message=error.msg, action="Correct the JSON.")]) from error
    folder = path.parent.relative_to(assets.schemas).as_posix().replace("/", ".")
    expected = {"type": "record", "name": named["record"], "namespace": NAMESPACE + folder}
    for key, value in expected.items():
        if not isinstance(definition, dict) or definition.get(key) != value:
            told = f"expected {value}, as the file's place says"
            raise Unfit([Finding(file=file, key=key, message=told, action="Correct it, or move the file.")])
    name = f"{expected['namespace']}.{expected['name']}"
    return SchemaFile(file=file, name=name, version=int(named["version"]), text=text, definition=definition)


def read_lock(assets: Assets) -> dict[str, Locked]:
    """The lock by schema file; raises Unfit where it cannot be read."""
    path = assets.schemas / LOCK
    file = assets.shown(path)
    if not path.is_file():
        raise Unfit([Finding(file=file, message="missing", action="Bring it back from version control.")])
    return validated(Lock, read_document(path, file)).root


def locked_schemas(
    schemas: list[SchemaFile], lock: Mapping[str, Locked], file: str
) -> tuple[dict[int, Schema], list[Finding]]:
    """The schemas by id, and where files and lock differ."""
    findings = list(_differences(schemas, lock, file))
    known = [(schema, lock[schema.file]) for schema in schemas if schema.file in lock]
    by_id = {
        line.id: Schema(
            id=line.id,
            subject=line.subject,
            name=schema.name,
            version=schema.version,
            file=schema.file,
            text=schema.text,
            definition=schema.definition,
        )
        for schema, line in known
    }
    return by_id, findings


def _differences(schemas: list[SchemaFile], lock: Mapping[str, Locked], file: str) -> Iterator[Finding]:
    there = {schema.file for schema in schemas}
    for schema in schemas:
        line = lock.get(schema.file)
        if line is None:
            yield Finding(
                file=schema.file, message=f"not in {file}", action="Run python -m benefit_hub.catalogue.lock."
            )
        elif line.fingerprint != schema.fingerprint:
            later = schema.file.replace(f".v{schema.version}.", f".v{schema.version + 1}.")
            told = "differs from what was published under its id"
            topic = line.subject.removesuffix("-value").rpartition(".")[0]
            action = f"Undo the change and put it into {later}; hub onboard {topic} --relock if nothing was ever sent."
            yield Finding(file=schema.file, message=told, action=action)
    for name in sorted(set(lock) - there):
        told = "is locked, but there is no such schema"
        yield Finding(file=file, key=name, message=told, action="Bring the file back: its id may be in any topic.")
    seen: dict[int, str] = {}
    for name, line in lock.items():
        if line.id in seen:
            told = f"id {line.id} is that of {seen[line.id]}"
            yield Finding(file=file, key=name, message=told, action="Bring the lock back from version control.")
        seen.setdefault(line.id, name)
