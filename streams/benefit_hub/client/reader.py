"""Reads topics up to their end as it is now, and later what came since: for answers and checks, not for subscribers."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from benefit_hub.client.connection import Connection
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import HubError

SILENT_S = 20.0


class Read(NamedTuple):
    """A record as it lies on a topic, the topic by its logical name; `timestamp_ms` as the topic's time stamps are set."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Reader(Connection):
    """Reads these topics, from the first record or from the first with this time stamp or a later one.

    Without `committed` it shows what is in open and aborted transactions, too. Raises HubError where no broker answers.
    """

    def __init__(
        self,
        settings: Settings,
        bootstrap: str,
        topics: Sequence[str],
        *,
        committed: bool = True,
        since_ms: int | None = None,
    ) -> None:
        self._settings = settings
        try:
            self._consumer = KafkaConsumer(
                **kafka_python_config(settings, bootstrap),
                isolation_level="read_committed" if committed else "read_uncommitted",
                enable_auto_commit=False,
            )
            self._begin(bootstrap, topics, since_ms)
        except KafkaError as trouble:
            raise HubError(f"cannot read at {bootstrap}: {trouble}; see to the brokers") from trouble

    def _begin(self, bootstrap: str, topics: Sequence[str], since_ms: int | None) -> None:
        settings = self._settings
        names = [settings.topic(topic) for topic in topics]
        counts = {name: self._consumer.partitions_for_topic(name) for name in names}
        missing = sorted(name for name, partitions in counts.items() if not partitions)
        if missing:
            self._consumer.close()
            raise HubError(f"there is no topic {', '.join(missing)} at {bootstrap}: run `hub topics apply`")
        self._places = [TopicPartition(name, each) for name, partitions in counts.items() for each in partitions or ()]
        self._consumer.assign(self._places)
        self._consumer.seek_to_beginning()
        if since_ms is not None:
            ends = self._consumer.end_offsets(self._places)
            found = self._consumer.offsets_for_times(dict.fromkeys(self._places, since_ms))
            for place in self._places:
                self._consumer.seek(place, found[place].offset if found.get(place) else ends[place])

    def new(self) -> list[Read]:
        """What came since the last call, each partition in its order. Raises HubError where the brokers fall silent."""
        found: list[Read] = []
        silent_since = time.monotonic()
        try:
            ends = self._consumer.end_offsets(self._places)
            while any(self._consumer.position(place) < ends[place] for place in self._places):
                batches = self._consumer.poll(timeout_ms=100)
                if batches:
                    silent_since = time.monotonic()
                elif time.monotonic() - silent_since > SILENT_S:
                    raise HubError(f"the brokers gave nothing for {SILENT_S:.0f} s, though there is more; see to them")
                found += [self._read(record) for batch in batches.values() for record in batch]
        except KafkaError as trouble:
            raise HubError(f"cannot read: {type(trouble).__name__}: {trouble}; see to the brokers") from trouble
        return found

    def _read(self, record: Any) -> Read:
        return Read(
            topic=self._settings.logical(record.topic),
            partition=record.partition,
            offset=record.offset,
            timestamp_ms=record.timestamp,
            key=record.key,
            value=record.value,
            headers=dict(record.headers or ()),
        )

    def close(self) -> None:
        """Let go of the brokers."""
        self._consumer.close()
