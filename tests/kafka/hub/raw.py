"""Kafka as a stranger sees it: plain clients, fastavro, the Avro files and their lock. Nothing of ours is imported here.

Records are read by kafka-python, as a small subscriber would; they are written by librdkafka where a way of compressing is
chosen, because it knows them all.
"""

import json
import struct
import time
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import msgspec
import yaml
from confluent_kafka import Producer
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

ROOT = Path(__file__).parents[3]
COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")
ANSWER_S = 30


class Contract:
    """The public schemas by the topics that use them."""

    def __init__(self) -> None:
        lock: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "schemas/ids.lock").read_text("utf-8"))
        self.ids = {entry["subject"].removesuffix(".v1-value"): entry["id"] for entry in lock.values()}
        texts = {entry["id"]: (ROOT / file).read_text("utf-8") for file, entry in lock.items()}
        self._written = {number: json.loads(text) for number, text in texts.items()}
        self._schemas = {number: fastavro.parse_schema(_plain(each)) for number, each in self._written.items()}

    def fields(self, topic: str) -> dict[str, Any]:
        """The fields of a topic's records, and their types as the schema has them."""
        return {field["name"]: field["type"] for field in self._written[self.ids[topic]]["fields"]}

    def encode(self, topic: str, record: Mapping[str, Any], *, schema_id: int | None = None) -> bytes:
        """A record in Confluent's wire format; with `schema_id` the header says another id than the body is written with."""
        number = self.ids[topic]
        body = BytesIO()
        body.write(struct.pack(">bI", 0, number if schema_id is None else schema_id))
        fastavro.schemaless_writer(body, self._schemas[number], dict(record))
        return body.getvalue()

    def decode(self, raw: bytes) -> dict[str, Any]:
        """A record of any public topic."""
        magic, number = struct.unpack_from(">bI", raw)
        assert magic == 0
        found: Any = fastavro.schemaless_reader(BytesIO(raw[5:]), self._schemas[number], None)
        return dict(found)


def _plain(definition: Any) -> Any:
    """A schema whose instants stay milliseconds."""
    if isinstance(definition, dict):
        if definition.get("logicalType") == "timestamp-millis":
            return "long"
        return {key: _plain(value) for key, value in definition.items()}
    return [_plain(value) for value in definition] if isinstance(definition, list) else definition


def cloud_event(
    event_id: str, source: str, received_ms: int | None = None, **instead: bytes | None
) -> dict[str, bytes]:
    """CloudEvents headers in binary mode, in story time where `received_ms` is given; `instead` replaces some, None omits."""
    headers: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_id": event_id.encode(),
        "ce_source": source.encode(),
        "ce_type": b"anything",
        "ce_time": b"2026-03-01T00:00:00Z",
        "content-type": b"application/avro",
    }
    if received_ms is not None:
        headers["hub-story-received-at"] = str(received_ms).encode()
    return {name: value for name, value in (headers | instead).items() if value is not None}


class Senders:
    """A producer for each way of compressing: librdkafka's, which knows them all."""

    def __init__(self, bootstrap: str) -> None:
        self._by = {
            compression: Producer(
                {
                    "bootstrap.servers": bootstrap,
                    "compression.type": compression,
                    "message.max.bytes": 32 * 1024 * 1024,
                    "linger.ms": 0,
                }
            )
            for compression in COMPRESSIONS
        }

    def send(
        self,
        topic: str,
        partition: int,
        key: bytes,
        value: bytes | None,
        headers: Mapping[str, bytes],
        compression: str,
    ) -> None:
        """Publish a record, and wait until it has its place."""
        troubles: list[Any] = []
        producer = self._by[compression]
        producer.produce(
            topic,
            value,
            key,
            partition=partition,
            headers=list(headers.items()),
            on_delivery=lambda error, _: troubles.append(error),
        )
        assert producer.flush(ANSWER_S) == 0
        assert troubles == [None]


class Reader:
    """Reads whole topics; `topics` are Kafka's names. Nothing is committed."""

    def __init__(self, bootstrap: str, topics: Iterable[str], *, committed: bool = True) -> None:
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap,
            isolation_level="read_committed" if committed else "read_uncommitted",
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
            max_poll_records=5_000,
        )
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(places)
        self._consumer.seek_to_beginning(*places)
        self._places = places

    def more(self, wait_s: float = 0.2) -> list[Any]:
        """What has come since the last call, as kafka-python's records."""
        polled = self._consumer.poll(timeout_ms=int(wait_s * 1000))
        return [record for records in polled.values() for record in records]

    def all(self) -> list[Any]:
        """Everything up to the end that this reader sees now. It may take long, as long as something comes."""
        ends = self._consumer.end_offsets(self._places)
        found: list[Any] = []
        deadline = time.monotonic() + ANSWER_S
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            assert time.monotonic() < deadline, f"{len(found)} records, and the rest does not come"
            if come := self.more():
                found += come
                deadline = time.monotonic() + ANSWER_S
        return found

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close(autocommit=False)


def read(bootstrap: str, *topics: str, committed: bool = True) -> list[Any]:
    """Everything in these topics, in the order of each partition."""
    reader = Reader(bootstrap, topics, committed=committed)
    try:
        return reader.all()
    finally:
        reader.close()


class Lag:
    """How far consumer groups are behind."""

    def __init__(self, bootstrap: str) -> None:
        self._admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)

    def topics(self) -> set[str]:
        """Every topic that the brokers name."""
        return set(self._consumer.topics())

    def of(self, group: str, topics: Iterable[str]) -> int:
        """Offsets between what a group has committed and the end of these topics, markers of transactions included."""
        places = [
            TopicPartition(topic, number)
            for topic in topics
            for number in self._consumer.partitions_for_topic(topic) or ()
        ]
        ends = self._consumer.end_offsets(places)
        told = self._admin.list_group_offsets({group: places})[group]
        committed = {place: max(0, answer.offset) for place, answer in told.items()}
        return sum(end - committed.get(place, 0) for place, end in ends.items())

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close(autocommit=False)
        self._admin.close()


def unpacked(raw: bytes) -> Any:
    """A record of an internal topic or a row of a changelog."""
    return msgspec.msgpack.decode(raw)
