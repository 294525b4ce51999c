"""From the publishing of a record to the moment at which a subscriber has the adjustment that it caused."""

import time
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import Any, Self

from confluent_kafka import Consumer, TopicPartition

from benefit_hub.bench.publishing import Departments, Told
from benefit_hub.runtime.hub import Hub

TOPIC = "benefits.explanations"
"""Written with the adjustments in the same transactions, and names the facts that caused them."""
AFTERWARDS_S = 2.0

Name = tuple[str, str, int]
"""A revision: kind, record id, revision."""


class Listener:
    """Reads explanations as they are committed, and notes how long ago what caused them was published.

    What a decision covers counts from when the decision was published.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._published: dict[Name, float] = {}
        self.latencies_ms: list[float] = []
        self._stop = Event()
        self._thread = Thread(target=self._listen, name="latency", daemon=True)
        self._ready = Event()

    def sent(self, said: Told) -> None:
        """A record is published now."""
        now, body = time.time(), said.record
        kind = self._hub.catalogue.sources[said.topic].kind
        names = [(kind, str(body["record_id"]), int(body["revision"]))]
        names += [(each["kind"], each["record"], each["revision"]) for each in body.get("covers") or ()]
        self._published.update(dict.fromkeys(names, now))

    def __enter__(self) -> Self:
        """Listen from now on."""
        self._thread.start()
        self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._stop.set()
        self._thread.join(30)

    def _listen(self) -> None:
        consumer = Consumer(
            {
                "bootstrap.servers": self._hub.bootstrap,
                "group.id": "nobody",
                "enable.auto.commit": False,
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 10,
            }
        )
        topic, codecs = self._hub.settings.topic(TOPIC), self._hub.codecs
        places = [TopicPartition(topic, at) for at in range(self._hub.catalogue.topic(TOPIC).partitions)]
        consumer.assign(
            [TopicPartition(topic, each.partition, consumer.get_watermark_offsets(each)[1]) for each in places]
        )
        self._ready.set()
        while not self._stop.is_set():
            for message in consumer.consume(500, 0.02):
                if message.error() is None:
                    self._hear(codecs.decode(TOPIC, message.value()), time.time())
        consumer.close()

    def _hear(self, explanation: dict[str, Any], now: float) -> None:
        names = [(each["kind"], each["record"], each["revision"]) for each in explanation["cause_facts"]]
        times = [self._published[name] for name in names if name in self._published]
        if times:
            self.latencies_ms.append((now - max(times)) * 1000)


def latencies_ms(
    hub: Hub, records: Iterable[Told], rate: int, seconds: float, until_quiet: Callable[[], object]
) -> list[float]:
    """Publish so many a second for so long; the latency of every adjustment that one of these records caused.

    `until_quiet` waits until all is worked off: the slowest must not be missing.
    """
    departments = Departments(hub, linger_ms=2)
    with Listener(hub) as listener:
        departments.publish_at(records, rate, seconds, listener.sent)
        until_quiet()
        time.sleep(AFTERWARDS_S)
    return listener.latencies_ms
