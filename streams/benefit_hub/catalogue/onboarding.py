"""The files with which a department begins: schema, topic, quarantine, mapping, and an example that is the mapping's test."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from msgspec import Struct

from benefit_hub.catalogue.mapping_targets import targets
from benefit_hub.catalogue.onboarding_columns import Column, columns, terms_of, unspeakable
from benefit_hub.catalogue.schemas import NAMESPACE
from benefit_hub.catalogue.topics import Shared
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.values.errors import CatalogueError

Rows = Literal["added", "overwritten"]
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)?")


class Newcomer(Struct, frozen=True, kw_only=True):
    """A department's class of records that is to be added: `department` and `called` make its topic."""

    department: str
    called: str
    kind: str
    rows: Rows
    contact: str

    @property
    def topic(self) -> str:
        """The logical name of its topic."""
        return f"{self.department}.{self.called}"

    @property
    def record(self) -> str:
        """The Avro name of its record."""
        return "".join(part.capitalize() for part in self.called.split("-"))

    @property
    def folder(self) -> str:
        """The Avro namespace of the department, as a folder."""
        return f"{self.department.replace('-', '')}/v1"

    @property
    def schema_file(self) -> str:
        """Where its schema lies."""
        return f"schemas/{self.folder}/{self.record}.v1.avsc"


def newcomer(name: str, kind: str, *, rows: Rows = "added", contact: str = "") -> Newcomer:
    """What `hub onboard` was asked for: a department, or `department.class`; the class is called as its kind unless said.

    Raises CatalogueError for a name that no topic can have, and for a kind that there is not or that nobody can map.
    """
    if _NAME.fullmatch(name) is None:
        raise CatalogueError(
            f"{name!r} cannot be the name of a topic. Write a department such as county-hospital, or a department and a "
            "class such as county-hospital.death: small letters, digits, hyphens."
        )
    speakable = sorted(each for each in PAYLOADS if not unspeakable(targets(each)))
    if kind not in speakable:
        raise CatalogueError(f"there is no kind {kind!r} to be mapped. There are {', '.join(speakable)}.")
    department, _, called = name.partition(".")
    return Newcomer(
        department=department,
        called=called or kind.replace("_", "-"),
        kind=kind,
        rows=rows,
        contact=contact or f"data@{department}.example",
    )


def files_of(new: Newcomer, catalogue: Catalogue) -> dict[str, str]:
    """The text of every file by its path below the root. Raises CatalogueError where one is there already."""
    terms = terms_of(catalogue, new.kind)
    made = columns(targets(new.kind), PAYLOADS[new.kind], terms)
    title = re.sub(r"（.*?）", "", terms.get("", "记录"))
    files = {
        new.schema_file: _schema(new, title, made),
        f"topics/{new.topic}.v1.yaml": _topic(new, title, made, _shared_alike(catalogue, new.kind)),
        f"mappings/{new.topic}.yaml": _mapping(new, title, made),
        f"mappings/examples/{new.topic}.yaml": _examples(new, made),
    }
    quarantine = f"quarantine.{new.department}"
    if quarantine not in catalogue.topics:
        files[f"topics/{quarantine}.v1.yaml"] = _QUARANTINE.format(department=new.department, contact=new.contact)
    there = sorted(file for file in files if (catalogue.assets.root / file).exists())
    if there:
        raise CatalogueError(f"nothing is overwritten, and there is already {', '.join(there)}. Choose another name.")
    return files


def _shared_alike(catalogue: Catalogue, kind: str) -> Shared | None:
    """What the catalogue says of records of this kind from somebody else, native ones first."""
    alike = sorted(
        (each for each in catalogue.sources.values() if each.kind == kind), key=lambda each: each.rules is None
    )
    return catalogue.topics[alike[-1].topic].shared if alike else None


def _schema(new: Newcomer, title: str, made: Mapping[str, Column]) -> str:
    lines = [f"    {json.dumps(column.field, ensure_ascii=False)}" for column in made.values()]
    definition = {
        "type": "record",
        "name": new.record,
        "namespace": NAMESPACE + new.folder.replace("/", "."),
        "doc": f"{title}: a row of your table, with the names that you use",
        "fields": [],
    }
    told = json.dumps(definition, ensure_ascii=False, indent=2)
    return told.replace("[]", "[\n" + ",\n".join(lines) + "\n  ]") + "\n"


def _topic(new: Newcomer, title: str, made: Mapping[str, Column], alike: Shared | None) -> str:
    key = made["record_id"].name
    return _TOPIC.format(
        topic=new.topic,
        title=title,
        department=new.department,
        contact=new.contact,
        kind=new.kind,
        key=key,
        schema=f"{NAMESPACE}{new.folder.replace('/', '.')}.{new.record}",
        item=f"{title}信息",
        use="核对社会救助对象的情况" if alike is None else alike.use,
        basis="《社会救助法》第四十条、第四十一条" if alike is None else alike.legal_basis,
        classification="个人信息" if alike is None else alike.classification,
    )


def _mapping(new: Newcomer, title: str, made: Mapping[str, Column]) -> str:
    fields = yaml.safe_dump(
        {name: dict(column.rule) for name, column in made.items()},
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=120,
    )
    indented = "".join(f"  {line}\n" for line in fields.splitlines())
    return _MAPPING.format(topic=new.topic, kind=new.kind, title=title, rows=new.rows, fields=indented)


def _examples(new: Newcomer, made: Mapping[str, Column]) -> str:
    sent = {column.name: column.sent for column in made.values()}
    fact = {name: column.fact for name, column in made.items() if column.fact is not None}
    if new.rows == "overwritten" and not PAYLOADS[new.kind].happens:
        fact["record_id"] = f"{fact['record_id']}/{fact['valid_from']}"
    person, begins, deleted = (made[name].name for name in ("id_number", "valid_from", "retracted"))
    wrong: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("a code that is not in the table is not guessed", {deleted: "9"}, {"code": "UNKNOWN_CODE", "field": deleted}),
        ("a date is written as agreed", {begins: "2026-03-01"}, {"code": "BAD_DATE", "field": begins}),
        (
            "a number with a wrong check digit is nobody's",
            {person: "990101197901011019"},
            {"code": "BAD_IDENTITY", "field": person},
        ),
    ]
    examples: list[dict[str, Any]] = [
        {"it": "a row of yours becomes a fact", "record": sent, "fact": fact},
        *({"it": it, "but": but, "refused": refused} for it, but, refused in wrong),
    ]
    return _EXAMPLES + yaml.safe_dump(examples, allow_unicode=True, sort_keys=False, width=120)


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a root, none of which is there."""
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as opened:
            opened.write(text)


_TOPIC = """\
name: {topic}.v1
title: {title}
about: Records of kind {kind} as {department} has them
owner: {department}
contact: {contact}
category: department
origin: {{kind: {kind}, source: {department}, mapping: 1}}
key: [{key}]
encoding: avro
schema: {schema}
partitions: 1   # never changed later: ask for as many as your records per second divided by 2,000
cleanup: delete
retention: 14d
timestamp: LogAppendTime
compatibility: FULL_TRANSITIVE
writers: [{department}]
readers: [intake]
on_bad_record: quarantine
shared:         # the entry in the government data catalogue; take a key out of `assumed` once you have looked it up
  item: {item}
  attribute: conditional
  legal_basis: {basis}
  use: {use}
  validity: 按开始日期、截止日期，直至新版本
  classification: {classification}
  frequency: 变更后即时，至迟次日
  assumed: [item, attribute, legal_basis, validity, classification, frequency]
"""

_QUARANTINE = """\
name: quarantine.{department}.v1
title: 隔离记录（{department}）
about: Refused records of {department} as they came, with what was wrong in the headers
owner: {department}
contact: {contact}
category: quarantine
key: [as-received]
encoding: raw
schema: as-received
partitions: 1
cleanup: delete
retention: 30d   # holds identity numbers, so no longer than mending takes
timestamp: CreateTime
compatibility: NONE
writers: [intake]
readers: [{department}, operator]
on_bad_record: halt
"""

_MAPPING = """\
# Left: what the hub calls it. Right: your field, and how it is read. Every key is told in docs/mappings.md.
# A field of the schema of which nothing is said here is a mistake; what the hub does not need goes under `unused`.
topic: {topic}
version: 1
kind: {kind}
about: {title}
rows: {rows}   # overwritten: a row of yours is changed when the world changes; added: then there is another row
fields:
{fields}unused: []
"""

_EXAMPLES = """\
# The test of the mapping, run by `hub check`: what you send, and the fact that it is to become. Only invented people here.
"""
