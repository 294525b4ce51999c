"""Department records on their way into intake: one good record of each kind, and what comes out of a batch."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from benefit_hub import intake
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import Receipt
from benefit_hub.task import DictStore, Env, Incoming, Out, Overlay, SourceTopic
from benefit_hub.task.mapping import TopicMapping
from tests.in_memory import demo_book
from tests.intake.samples import ANN, BEN, KINDS, NO_PERSON, SAMPLES

__all__ = ["ANN", "BEN", "KEY", "KINDS", "NOON", "Taken", "body", "env", "record", "take"]

KEY = b"k" * 32
NOON = int(datetime(2026, 6, 30, 4, tzinfo=UTC).timestamp()) * 1000
"""Noon of 30 June 2026 in Asia/Shanghai."""


def body(topic: str, **changes: Any) -> dict[str, Any]:
    """A good record of a topic, with changes; `...` leaves a field out."""
    whole = {
        "record_id": "rec-1",
        "revision": 1,
        "retracted": False,
        "valid_from": "2026-06-01",
        "valid_to": None,
        "recorded_at": NOON,
        "id_number": None if topic in NO_PERSON else ANN,
        "previous_id_number": None,
        **SAMPLES[topic],
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not ...}


def record(topic: str, value: Any, **said: Any) -> Incoming:
    """A record as intake reads it; its bytes and key are whatever came."""
    headers: Mapping[str, bytes] = said.pop(
        "headers", {"ce_id": b"event-7", "ce_source": topic.split(".", maxsplit=1)[0].encode()}
    )
    given: dict[str, Any] = {"offset": 5, "key": b"as it came", "raw": b"\x00as it came", "timestamp_ms": NOON, **said}
    return Incoming(topic=topic, value=value, headers=headers, **given)


def env(*, mapped: TopicMapping | None = None, **said: Any) -> Env:
    """Intake's world: all department topics and perhaps a mapped one, four partitions of facts."""
    sources = {
        topic: SourceTopic(topic=topic, kind=kind, source=topic.split(".")[0], department=topic.split(".")[0])
        for topic, kind in KINDS.items()
    }
    if mapped is not None:
        department = mapped.topic.split(".")[0]
        sources[mapped.topic] = SourceTopic(
            topic=mapped.topic,
            kind=mapped.kind,
            source=department,
            department=department,
            mapping=mapped.version,
            rules=mapped,
        )
    given: dict[str, Any] = {"pseudonym_key": KEY, "sources": sources, **said}
    return Env(books={"abc": demo_book()}, first_book="b", engine="test", partitions={"facts": 4}, **given)


class Taken(Struct, frozen=True):
    """What intake made of a batch."""

    outs: list[Out]

    @property
    def facts(self) -> list[Fact]:
        """The facts, in order."""
        return [out.value for out in self.outs if isinstance(out.value, Fact)]

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts, in order."""
        return [out.value for out in self.outs if isinstance(out.value, Receipt)]

    @property
    def quarantined(self) -> list[Out]:
        """The records in quarantine."""
        return [out for out in self.outs if out.topic.startswith("quarantine.")]

    def spoken(self) -> str:
        """All that leaves intake for eyes other than the department's own: values, keys, what was said of errors."""
        open_ones = [out for out in self.outs if not out.topic.startswith("quarantine.")]
        values = [msgspec.json.encode(out.value).decode() + str(out.key) + str(dict(out.headers)) for out in open_ones]
        errors = [str(value) for out in self.quarantined for name, value in out.headers.items() if ".errors." in name]
        return "\n".join([*values, *errors])


def take(*records: Incoming, **said: Any) -> Taken:
    """One batch through intake."""
    return Taken(intake.step(Overlay(DictStore()), records, env(**said)))
