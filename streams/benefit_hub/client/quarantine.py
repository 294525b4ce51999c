"""What lies in quarantine, what the mappings and schemas of today say of it, and sending it again.

A record is known by its redrive id, however often it was refused. It waits while its last refusal is younger than its last
sending: what was sent again carries id and number of attempts in its headers, so that topics alone tell, and whoever is
interrupted, or repeats himself, sends nothing twice. Nothing here tells what a field holds: it may be an identity number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from kafka.errors import KafkaError
from msgspec import Struct, structs

from benefit_hub.client.sending import ACKNOWLEDGED_WITHIN_S, let_go, producer
from benefit_hub.intake.reading import record_named
from benefit_hub.intake.refused import CONNECT, OURS, event_id, event_id_refusal, place_of
from benefit_hub.intake.step import take_record
from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.whole_topic import whole
from benefit_hub.runtime.wire import incoming
from benefit_hub.task import Incoming
from benefit_hub.values.errors import HubError

QUARANTINE = "quarantine."
NO_KEY = b"judges only, and names nobody outside of this process"
"""For pseudonyms that are thrown away with the judgement."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A refused record that was not sent again since: who, where and why, and what intake would say of it now.

    `id` is its redrive id; `record` and `event` are told only where they are nobody's identity number. `verdict` is ACCEPTED, the
    code of a refusal, or `CUT` (only its beginning was kept) or `CONTROL` (no department's record) where it cannot be sent.
    """

    id: str
    department: str
    topic: str
    partition: int
    offset: int
    code: str
    field: str
    text_en: str
    text_zh: str
    attempt: int
    refused_first_ms: int
    refused_last_ms: int
    event: str
    record: str
    revision: int
    verdict: str
    verdict_en: str
    verdict_zh: str

    @property
    def sendable(self) -> bool:
        """Whether intake would accept it now."""
        return self.verdict == "ACCEPTED"


class Kept(Struct, frozen=True):
    """A record in quarantine as it lies there."""

    department: str
    lying: Incoming

    def said(self, name: str) -> str:
        """What a header of ours says."""
        return self.lying.headers.get(OURS + name, b"").decode("utf-8", "replace")

    def number(self, name: str) -> int:
        """A number in a header of ours."""
        text = self.said(name)
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def came(self) -> Incoming:
        """The record as it came, with the history that it brings along when it is sent again."""
        headers = {name: value for name, value in self.lying.headers.items() if not name.startswith(CONNECT)}
        place = {"topic": self.said("topic"), "partition": self.number("partition"), "offset": self.number("offset")}
        return structs.replace(self.lying, headers=headers, **place)


class Verdict(Struct, frozen=True):
    """What would become of a record now, in both languages."""

    code: str
    english: str
    chinese: str


class AsItIs:
    """Bytes that nobody has to decode."""

    def decode(self, topic: str, raw: bytes | None) -> Any:
        """The bytes."""
        del topic
        return raw

    def encode(self, topic: str, value: Any) -> bytes | None:
        """Nothing is written by this."""
        raise HubError(f"{topic} is only read here, and was to be written: {type(value).__name__}")


class Quarantine:
    """What lies in the quarantine of a hub, read anew at each question. Raises HubError where the brokers do not answer."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._env = structs.replace(hub.env(), pseudonym_key=NO_KEY)

    def waiting(self, departments: Collection[str] = ()) -> list[tuple[Waiting, Kept]]:
        """What was refused and not sent again since, of these departments or of all; the oldest refusal first."""
        last = self._last_refusals(departments)
        sent = self._sent_again({kept.said("topic") for kept in last.values()})
        left = ((name, kept) for name, kept in last.items() if sent.get(name, 0) < kept.number("attempt"))
        found = [(self._described(name, kept), kept) for name, kept in left]
        return sorted(found, key=lambda pair: (pair[0].refused_first_ms, pair[0].topic, pair[0].id))

    def shape(self, kept: Kept) -> dict[str, str]:
        """The fields of a record, and of each what sort of thing it holds, never what; empty where it cannot be decoded."""
        body = self._body(kept.came)
        return {name: _sort(value) for name, value in body.items()} if isinstance(body, Mapping) else {}

    def _last_refusals(self, departments: Collection[str]) -> dict[str, Kept]:
        last: dict[str, Kept] = {}
        for topic in self._hub.catalogue.quarantines:
            department = topic.removeprefix(QUARANTINE)
            if departments and department not in departments:
                continue
            for each in self._records(topic):
                kept = Kept(department, each)
                known = last.get(kept.said("redrive-id"))
                if known is None or known.number("attempt") <= kept.number("attempt"):
                    last[kept.said("redrive-id")] = kept
        return last

    def _sent_again(self, topics: Iterable[str]) -> dict[str, int]:
        """By redrive id: after how many attempts a record was sent again, as it lies on its department's topic."""
        found: dict[str, int] = {}
        for topic in sorted(set(topics) & self._hub.catalogue.sources.keys()):
            for each in self._records(topic):
                if OURS + "redrive-id" in each.headers:
                    kept = Kept("", each)
                    name = kept.said("redrive-id")
                    found[name] = max(kept.number("attempt"), found.get(name, 0))
        return found

    def _records(self, topic: str) -> Iterator[Incoming]:
        for message in whole(self._hub.settings, self._hub.bootstrap, topic):
            yield incoming(message, topic, AsItIs())

    def _body(self, came: Incoming) -> Any:
        """What its schema of today makes of a record; None of what is no department's."""
        return self._hub.codecs.decode(came.topic, came.raw) if came.topic in self._env.sources else None

    def _described(self, name: str, kept: Kept) -> Waiting:
        came = kept.came
        event, body = event_id(came), self._body(came)
        source = self._env.sources.get(came.topic)
        named = record_named(source, body) if source is not None and isinstance(body, Mapping) else ("", 0)
        verdict = self._verdict(kept, body)
        return Waiting(
            id=name,
            department=kept.department,
            topic=came.topic,
            partition=came.partition,
            offset=came.offset,
            code=kept.said("code"),
            field=kept.said("field"),
            text_en=kept.said("message"),
            text_zh=kept.said("message-zh"),
            attempt=kept.number("attempt"),
            refused_first_ms=kept.number("first-failure-time"),
            refused_last_ms=kept.lying.timestamp_ms,
            event=place_of(came) if event_id_refusal(event) else event,
            record=named[0],
            revision=named[1],
            verdict=verdict.code,
            verdict_en=verdict.english,
            verdict_zh=verdict.chinese,
        )

    def _verdict(self, kept: Kept, body: Any) -> Verdict:
        """What intake would say of a record if it came now."""
        came = kept.came
        source = self._env.sources.get(came.topic)
        if source is None:
            return Verdict("CONTROL", "It is no department's record: say it again.", "不是部门数据，请重新发出。")
        if kept.number("cut-from-bytes"):
            return Verdict("CUT", "Only its beginning was kept: the department sends it.", "只保留了开头，请部门重发。")
        record = structs.replace(came, value=body, timestamp_ms=now_ms())
        outs = take_record(record, source, self._env)
        (receipt,) = (out.value for out in outs if isinstance(out.value, Receipt))
        if receipt.status == "ACCEPTED":
            return Verdict("ACCEPTED", "It would be accepted.", "可以接收。")
        return Verdict(receipt.code or receipt.status, receipt.text_en or "", receipt.text_zh or "")


def _sort(value: Any) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "true / false"
        case str():
            return f"文本 text ({len(value)})"
        case int() | float():
            return "数 number"
    return f"列表 list ({len(value)})" if isinstance(value, list) else "结构 structure"


def redrive(hub: Hub, chosen: Iterable[Kept], done: Callable[[], None]) -> int:
    """Publish records anew, to their topic and partition, as they came; how many were acknowledged. Raises HubError."""
    sender = producer(hub.settings, hub.bootstrap)
    try:
        sendings = []
        for kept in chosen:
            came = kept.came
            headers = list(came.headers.items())
            topic = hub.settings.topic(came.topic)
            sendings.append(sender.send(topic, value=came.raw, key=came.key, headers=headers, partition=came.partition))
        for sending in sendings:
            sending.get(timeout=ACKNOWLEDGED_WITHIN_S)
            done()
    except KafkaError as trouble:
        raise HubError(
            f"not all were acknowledged: {type(trouble).__name__}; see to the brokers, then do it again: "
            "what lies on its topic is not sent twice"
        ) from trouble
    finally:
        let_go(sender, ACKNOWLEDGED_WITHIN_S)
    return len(sendings)
