"""What leaves a department: a record, checked as intake will check it, and made ready for Kafka as the contract asks.

A record is Avro in Confluent's wire format with the locked id of its topic's newest schema, keyed as its topic says, with
CloudEvents 1.0 headers in binary mode.
"""

import re
from collections.abc import Container, Mapping
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct, structs, to_builtins

from benefit_hub.catalogue import Catalogue
from benefit_hub.intake.reading import record_named, understood
from benefit_hub.intake.refused import event_id_refusal
from benefit_hub.intake.step import MAPPING_HEADER, STORY_HEADER
from benefit_hub.messages.departments import PAYLOADS, Envelope, Payload
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.codecs import Codecs, Misfit
from benefit_hub.task import SourceTopic, Undecodable
from benefit_hub.values.errors import CatalogueError, HubError
from benefit_hub.values.months import LAST_MILLIS, day_of_millis
from benefit_hub.values.refusal import Refusal

CONTROL_SOURCE = "civil-affairs"


class Event(Struct, frozen=True):
    """A department's record, typed: its envelope, and the payload of its kind (`messages.departments`).

    For topics whose department uses the fields of the hub. Where it has fields of its own, a record is a mapping of these.
    """

    envelope: Envelope
    payload: Payload


Said = Event | Mapping[str, Any]
"""A record: typed, or the fields of its topic's schema, of which those with a default may be left out."""


class Letter(Struct, frozen=True, array_like=True):
    """A record ready to be sent; its topic by the logical name."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    event_id: str


class Refused(HubError):
    """A record that the hub would not take. It was not sent."""

    def __init__(self, topic: str, record: str, revision: int, refusal: Refusal) -> None:
        named = f"record {record} revision {revision}" if record else "a record that cannot be named"
        super().__init__(f"{topic}: {named}: {refusal.english}")
        self.topic, self.record, self.revision, self.refusal = topic, record, revision, refusal


class Desk:
    """Makes letters. Unless `checked`, what is wrong with a record is left to the hub to say."""

    def __init__(self, catalogue: Catalogue, *, checked: bool = True) -> None:
        self._catalogue = catalogue
        self._codecs = Codecs(catalogue)
        self._checked = checked

    def source(self, topic: str) -> SourceTopic:
        """What is known of a department's topic. Raises CatalogueError for any other."""
        found = self._catalogue.sources.get(topic)
        if found is None:
            instead = self._catalogue.assets.instead(topic, self._catalogue.sources)
            raise CatalogueError(f"{topic} is not a topic of a department; {instead}")
        return found

    def letter(
        self,
        topic: str,
        said: Said,
        *,
        at_ms: int,
        event_id: str | None = None,
        story_received_at_ms: int | None = None,
    ) -> Letter:
        """A department's record as a letter; `at_ms` is now. Raises Refused for what the hub would not take.

        Without an `event_id` it is made of kind, record and revision, so that the same revision is the same event.
        """
        source = self.source(topic)
        record = self._body(source, said)
        received_on = day_of_millis(at_ms if story_received_at_ms is None else story_received_at_ms)
        value, body = self._written(source, record, received_on if self._checked else None)
        read = understood(source, body, received_on)
        if isinstance(read, Refusal):
            name, revision = record_named(source, body)
            if self._checked:
                raise Refused(topic, name, revision, read)
            recorded_at = body.get("recorded_at")
        else:
            name, revision, recorded_at = read[0].record_id, read[0].revision, read[0].recorded_at
        event_id = event_id or f"{source.kind}/{name}/{revision}"
        told_ms = recorded_at if isinstance(recorded_at, int) and 0 <= recorded_at <= LAST_MILLIS else at_ms
        headers = self._headers(topic, event_id, source.source, told_ms, story_received_at_ms)
        if source.rules is not None:
            headers = (*headers, (MAPPING_HEADER, str(source.mapping).encode()))
        key = "|".join(str(body[field]) for field in self._catalogue.topic(topic).key)
        refusal = event_id_refusal(event_id) if self._checked else None
        if refusal is not None:
            raise Refused(topic, name, revision, refusal)
        return Letter(topic, key.encode(), value, headers, event_id)

    def control(
        self, event: ControlEvent, *, event_id: str, at_ms: int, story_received_at_ms: int | None = None
    ) -> Letter:
        """A control event as a letter."""
        value = self._codecs.encode("control", structs.asdict(event)) or b""
        headers = self._headers("control", event_id, CONTROL_SOURCE, at_ms, story_received_at_ms)
        return Letter("control", event.type.encode(), value, headers, event_id)

    def named(self, topic: str, said: Said) -> tuple[str, int]:
        """Which record and revision this is, as far as that can be told."""
        return record_named(self.source(topic), self.read(topic, said))

    def read(self, topic: str, said: Said) -> Mapping[str, Any]:
        """A record as intake reads it, defaults filled in. Raises Refused for what is not as its schema says."""
        source = self.source(topic)
        return self._written(source, self._body(source, said))[1]

    def _body(self, source: SourceTopic, said: Said) -> Mapping[str, Any]:
        if isinstance(said, Mapping):
            return said
        expected = PAYLOADS[source.kind]
        if source.rules is not None:
            raise CatalogueError(
                f"{source.topic}: its department uses fields of its own; publish a mapping of those, as its schema says"
            )
        if type(said.payload) is not expected:
            raise CatalogueError(f"{source.topic} carries {expected.__name__}, not {type(said.payload).__name__}")
        body: dict[str, Any] = to_builtins(said.envelope) | to_builtins(said.payload)
        del body["kind"]
        return body

    def _written(
        self, source: SourceTopic, record: Mapping[str, Any], received_on: date | None = None
    ) -> tuple[bytes, Mapping[str, Any]]:
        """The bytes of a record, and what intake will read in them."""
        try:
            value = self._codecs.encode(source.topic, record) or b""
        except Misfit:
            raise Refused(
                source.topic, *_as_named(source, record), self._misfits(source, record, received_on)
            ) from None
        body = self._codecs.decode(source.topic, value)
        if isinstance(body, Undecodable):
            raise Refused(source.topic, *_as_named(source, record), body.refusal)
        return value, body

    def _misfits(self, source: SourceTopic, record: Mapping[str, Any], received_on: date | None) -> Refusal:
        """All that does not fit the schema, and with a day of receipt what else is wrong: each misfit is replaced by nothing,
        and the rest is looked at again."""
        rest, found = dict(record), dict[str, Refusal]()
        while True:
            try:
                body = self._codecs.decode(source.topic, self._codecs.encode(source.topic, rest))
            except Misfit as misfit:
                types = {field["name"]: field["type"] for field in misfit.schema.definition["fields"]}
                if misfit.field in found or misfit.field not in {*types, *rest}:
                    found.setdefault(misfit.field, shape_refusal(misfit, rest))
                    break
                found[misfit.field] = shape_refusal(misfit, rest)
                rest.pop(misfit.field, None)
                if misfit.field in types:
                    rest[misfit.field] = blank(types[misfit.field])
            else:
                read = understood(source, body, received_on) if received_on and isinstance(body, Mapping) else None
                others = read.faults if isinstance(read, Refusal) else ()
                found |= {each.field: each for each in others if not_about(each.field, found)}
                break
        first, *further = found.values()
        return structs.replace(first, further=tuple(further))

    def _headers(
        self,
        topic: str,
        event_id: str,
        source: str,
        at_ms: int,
        story_received_at_ms: int | None,
    ) -> tuple[tuple[str, bytes], ...]:
        told = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": source,
            "ce_type": self._catalogue.topic(topic).name,
            "ce_time": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
            "content-type": "application/avro",
        }
        if story_received_at_ms is not None:
            told[STORY_HEADER] = str(story_received_at_ms)
        return tuple((name, text.encode()) for name, text in told.items())


def _as_named(source: SourceTopic, record: Mapping[str, Any]) -> tuple[str, int]:
    """Which record this seems to be, though it is not as its schema says."""
    return record_named(source, {name: value for name, value in record.items() if isinstance(value, str | int)})


def shape_refusal(misfit: Misfit, record: Mapping[str, Any]) -> Refusal:
    """What does not fit a schema, as a refusal: what the schema says of the field, never what stood there."""
    fields = {field["name"]: field["type"] for field in misfit.schema.definition["fields"]}
    compare, compare_zh = (
        f"Compare the record with {misfit.schema.file}.",
        f"请对照 {misfit.schema.file} 更正后重新发送。",
    )
    if misfit.field in fields and record.get(misfit.field) is None:
        expected, expected_zh = described(fields[misfit.field])
        return Refusal("MISSING_VALUE", misfit.field, expected, compare, f"{expected_zh}，不能缺少", compare_zh)
    if misfit.field in fields:
        expected, expected_zh = described(fields[misfit.field])
    else:
        names = ", ".join(fields)
        expected, expected_zh = f"only the fields {names}", f"字段 {names} 之一"
    return Refusal("WRONG_SHAPE", misfit.field, expected, compare, expected_zh, compare_zh)


_WORDS = {
    "string": ("text", "文本"),
    "long": ("a whole number", "整数"),
    "int": ("a whole number", "整数"),
    "boolean": ("true or false", "true 或 false"),
    "array": ("a list", "列表"),
    "map": ("a mapping", "键值对"),
    "record": ("a mapping", "键值对"),
}


def not_about(field: str, others: Container[str]) -> bool:
    """Whether a fault is about none of these fields, nor made of one."""
    return not any(re.split(r"[.\[]", each)[0] in others for each in field.split(" + "))


def blank(kind: Any) -> Any:
    """What of an Avro type holds nothing."""
    if isinstance(kind, list):
        return blank(kind[0])
    if isinstance(kind, Mapping) and kind["type"] == "record":
        return {field["name"]: blank(field["type"]) for field in kind["fields"]}
    if isinstance(kind, Mapping) and kind["type"] == "enum":
        return kind["symbols"][0]
    return _BLANKS.get(kind["type"] if isinstance(kind, Mapping) else kind)


_BLANKS: Mapping[str, Any] = {"string": "", "long": 0, "int": 0, "boolean": False, "array": [], "map": {}}


def described(kind: Any) -> tuple[str, str]:
    """What an Avro type asks for, in English and in Chinese."""
    if isinstance(kind, list):
        english, chinese = described(kind[-1])
        return f"{english}, or null", f"{chinese}，或空"
    if isinstance(kind, Mapping) and kind["type"] == "enum":
        names = ", ".join(symbol for symbol in kind["symbols"] if symbol != "UNKNOWN")
        return f"one of {names}", f"{names} 之一"
    if isinstance(kind, Mapping) and kind.get("logicalType") == "timestamp-millis":
        return "milliseconds since 1970", "1970 年以来的毫秒数"
    return _WORDS.get(kind["type"] if isinstance(kind, Mapping) else kind, ("what the schema says", "目录规定的取值"))
