"""Topic files: a YAML per topic, `topics/<name>.yaml`."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import Field, StringConstraints

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Document, Written, read_document, validated
from benefit_hub.catalogue.evolution import Compatibility
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.watch import Watch, WatchWritten, watch_mistakes
from benefit_hub.messages.departments import PAYLOADS

Category = Literal["department", "control", "internal", "changelog", "output", "quarantine"]
Encoding = Literal["avro", "msgpack", "raw"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

LARGEST_WRITTEN = 9 * 1024 * 1024
"""The largest batch that the hub itself may write: more than Kafka's default, because a quarantined record gains headers,
and because the row of somebody with a long history may outgrow what a department may send."""

DEPARTMENTS = "departments"
"""Among the readers of a topic: everybody who owns a department topic."""

VERSION = re.compile(r"\.v[1-9]\d*$")


class Origin(Struct, frozen=True):
    """What a department topic carries: the kind of fact, the system that says it, the version of its mapping."""

    kind: str
    source: str
    mapping: int


class Shared(Struct, frozen=True, kw_only=True):
    """The entry of shared data in the government data catalogue (政务数据目录); `assumed` names what was not looked up."""

    item: str
    attribute: str
    legal_basis: str
    use: str
    validity: str
    classification: str
    frequency: str
    assumed: tuple[str, ...]


class Topic(Struct, frozen=True, kw_only=True):
    """A topic: where something is said, by whom, to whom, how long it is kept, and what happens to a bad record.

    `name` is its name in Kafka, `logical` the same without its version, as the topology says it. `key` names the fields
    whose values make the key, joined by `|`. `retention` None is without limit. `watch` is how a department's is watched.
    `file` and `lines` say where it is written.
    """

    name: str
    logical: str
    title: str
    about: str
    owner: str
    contact: str
    category: Category
    key: tuple[str, ...]
    encoding: Encoding
    schema: str
    partitions: int
    cleanup: Literal["delete", "compact"]
    retention: timedelta | None
    timestamp: Literal["LogAppendTime", "CreateTime"]
    compatibility: Compatibility
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    on_bad_record: Literal["halt", "quarantine"]
    origin: Origin | None
    shared: Shared | None
    watch: Watch | None
    file: str
    lines: Mapping[str, int]

    @property
    def subject(self) -> str:
        """Under which a registry lists its schemas (TopicNameStrategy)."""
        return f"{self.name}-value"

    @property
    def kafka_settings(self) -> dict[str, str]:
        """The topic's settings as Kafka names them; what is not here is left to the broker."""
        kept = -1 if self.retention is None else self.retention // timedelta(milliseconds=1)
        ours = {} if self.category in ("department", "control") else {"max.message.bytes": str(LARGEST_WRITTEN)}
        return ours | {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(kept),
            "retention.bytes": "-1",
            "message.timestamp.type": self.timestamp,
        }


class OriginWritten(Written):
    """`origin:` of a department topic."""

    kind: Literal[tuple(PAYLOADS)]  # type: ignore[valid-type]  # the kinds are what messages knows
    source: Name
    mapping: Annotated[int, Field(ge=1)] = 1


class SharedWritten(Written):
    """`shared:` of a department topic."""

    item: Text
    attribute: Literal["unconditional", "conditional", "not-shared"]
    legal_basis: Text
    use: Text
    validity: Text
    classification: Text
    frequency: Text
    assumed: list[Literal["item", "attribute", "legal_basis", "validity", "classification", "frequency"]] = Field(
        default_factory=list
    )


class TopicWritten(Written):
    """A topic file."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*\.v[1-9][0-9]*$")]
    title: Text
    about: Text
    owner: Name
    contact: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    category: Category
    key: Annotated[list[Text], Field(min_length=1)]
    encoding: Encoding
    schema_: Annotated[Text, Field(alias="schema")]
    partitions: Annotated[int, Field(ge=1, le=64)]
    cleanup: Literal["delete", "compact"]
    retention: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]*d|unlimited)$")]
    timestamp: Literal["LogAppendTime", "CreateTime"]
    compatibility: Compatibility
    writers: Annotated[list[Name], Field(min_length=1)]
    readers: Annotated[list[Name], Field(min_length=1)]
    on_bad_record: Literal["halt", "quarantine"]
    origin: OriginWritten | None = None
    shared: SharedWritten | None = None
    watch: WatchWritten | None = None


def read_topics(assets: Assets) -> tuple[dict[str, Topic], list[Finding]]:
    """Every topic by its logical name, and what is wrong with the files."""
    topics: dict[str, Topic] = {}
    findings: list[Finding] = []
    for path in sorted(assets.topics.glob("*.yaml")):
        try:
            document = read_document(path, assets.shown(path))
            written = validated(TopicWritten, document)
        except Unfit as error:
            findings += error.findings
            continue
        findings += _mistakes(written, document, path.stem)
        topic = _topic(written, document)
        if topic.watch is not None:
            findings += watch_mistakes(topic.watch, topic.retention, document)
        if topic.logical in topics:
            told = f"there is {topics[topic.logical].name} already"
            findings.append(document.finding(("name",), told, "Remove the version that nobody reads any more."))
        topics[topic.logical] = topic
    return topics, findings


def _topic(written: TopicWritten, document: Document) -> Topic:
    origin, shared = written.origin, written.shared
    watched = (written.watch or WatchWritten()) if written.category == "department" else None
    return Topic(
        name=written.name,
        logical=VERSION.sub("", written.name),
        title=written.title,
        about=written.about,
        owner=written.owner,
        contact=written.contact,
        category=written.category,
        key=tuple(written.key),
        encoding=written.encoding,
        schema=written.schema_,
        partitions=written.partitions,
        cleanup=written.cleanup,
        retention=None
        if written.retention == "unlimited"
        else timedelta(days=int(written.retention.removesuffix("d"))),
        timestamp=written.timestamp,
        compatibility=written.compatibility,
        writers=tuple(written.writers),
        readers=tuple(written.readers),
        on_bad_record=written.on_bad_record,
        origin=None if origin is None else Origin(origin.kind, origin.source, origin.mapping),
        shared=None if shared is None else Shared(**{**shared.model_dump(), "assumed": tuple(shared.assumed)}),
        watch=None if watched is None else watched.watch(),
        file=document.file,
        lines={str(place[0]): line for place, line in document.lines.items() if len(place) == 1},
    )


def _mistakes(written: TopicWritten, document: Document, stem: str) -> Iterator[Finding]:
    """What a topic of its category may not say."""
    if stem != written.name:
        yield document.finding(("name",), f"the file is called {stem}.yaml", "Call the file after its topic.")
    if written.cleanup == "compact" and written.retention != "unlimited":
        told = "compacted, and yet dropped after a time"
        yield document.finding(("retention",), told, "Say retention: unlimited, or cleanup: delete.")
    if VERSION.sub("", written.name) == "facts" and (written.cleanup, written.retention) != ("delete", "unlimited"):
        told = "facts are the system of record"
        yield document.finding(("cleanup",), told, "Say cleanup: delete and retention: unlimited.")
    if written.category == "changelog" and written.cleanup != "compact":
        yield document.finding(("cleanup",), "a changelog keeps the newest of each row", "Say cleanup: compact.")
    if written.category in ("department", "control"):
        if written.timestamp != "LogAppendTime":
            told = "received_at is broker time"
            yield document.finding(("timestamp",), told, "Say timestamp: LogAppendTime.")
        if written.on_bad_record != "quarantine":
            told = "one bad record may not stop the next"
            yield document.finding(("on_bad_record",), told, "Say on_bad_record: quarantine.")
    if written.category == "control" and written.partitions != 1:
        yield document.finding(("partitions",), "control events have one order", "Say partitions: 1.")
    yield from _department_mistakes(written, document)


def _department_mistakes(written: TopicWritten, document: Document) -> Iterator[Finding]:
    department = written.category == "department"
    for key, value in (("origin", written.origin), ("shared", written.shared)):
        if department and value is None:
            yield document.finding((key,), "missing", f"Add {key}: every department topic has it.")
        if not department and value is not None:
            yield document.finding((key,), "only department topics have it", "Remove it, or correct category.")
    if not department and written.watch is not None:
        yield document.finding(("watch",), "only department topics have it", "Remove it, or correct category.")
