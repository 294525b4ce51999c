"""Departments' records onto their topics: as fast as it goes, or so many a second."""

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from confluent_kafka import Producer

from benefit_hub.intake.step import STORY_HEADER
from benefit_hub.runtime.hub import Hub
from benefit_hub.simulate.population.records import Body

FLUSH_S = 120
Say = Callable[[str], None]


class Told(Protocol):
    """A record of the population: `Saying` or `Change`."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def record(self) -> Body:
        """What it says."""

    @property
    def received_at(self) -> int:
        """When the story has it received, in milliseconds."""


class Departments:
    """All departments' programs in one."""

    def __init__(self, hub: Hub, *, linger_ms: int) -> None:
        self._hub = hub
        self._sent = 0
        self._producer = Producer(
            {"bootstrap.servers": hub.bootstrap, "linger.ms": linger_ms, "compression.type": "lz4", "acks": "all"}
        )

    def publish(self, said: Told) -> None:
        """Hand a record to the client."""
        self._sent += 1
        record_id, source = str(said.record["record_id"]), self._hub.catalogue.sources[said.topic].source
        headers: list[tuple[str, str | bytes | None]] = [
            ("ce_id", f"{said.topic}/{record_id}/{self._sent}"),
            ("ce_source", source),
            (STORY_HEADER, str(said.received_at)),
        ]
        raw = self._hub.codecs.encode(said.topic, said.record)
        while True:
            try:
                self._producer.produce(self._hub.settings.topic(said.topic), raw, record_id, headers=headers)
                break
            except BufferError:
                self._producer.poll(0.5)
        if self._sent % 100 == 0:
            self._producer.poll(0)

    def publish_all(self, records: Iterable[Told], say: Say, what: str) -> int:
        """Everything, as fast as it goes; how many there were."""
        count, told = 0, time.monotonic()
        for count, said in enumerate(records, 1):
            self.publish(said)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                say(f"{what}: {count:,} published")
        self.flush()
        return count

    def publish_at(self, records: Iterable[Told], rate: int, seconds: float, sent: Callable[[Told], None]) -> int:
        """So many a second, for so long; `sent` hears of each just before it goes. How many there were."""
        began, count = time.monotonic(), 0
        for said in records:
            due = began + count / rate
            if due - began >= seconds:
                break
            if (ahead := due - time.monotonic()) > 0:
                self._producer.poll(0)
                time.sleep(ahead)
            sent(said)
            self.publish(said)
            count += 1
        self.flush()
        return count

    def flush(self) -> None:
        """Wait until the brokers have everything."""
        self._producer.flush(FLUSH_S)
