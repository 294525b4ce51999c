"""Records that no ordinary client would write, each of which could stop a reader for ever."""

from collections.abc import Iterator
from typing import Any

from confluent_kafka import Producer
from kafka import KafkaProducer

from tests.kafka.hub.fuzz import Shot

ANSWER_S = 30
SWOLLEN = [(f"header-{number}", b"z" * 16_384) for number in range(900)]
"""14 MiB, which compressed are a few KiB."""


class NoUtf8(str):
    """A name of a header whose bytes are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any, **__: Any) -> bytes:
        """What goes to the broker."""
        return b"\xff\xfe" + str.encode(self)


def poison(bootstrap: str, kafka_topic: str, shot: Shot) -> Iterator[tuple[int, Shot]]:
    """Publish what the shot says, with headers that nobody means; where each lies in the shot's partition."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        headers = [(NoUtf8("x"), b"1"), ("ce_id", b"poison")]
        sending = producer.send(kafka_topic, shot.value, shot.key, headers, shot.partition)
        yield sending.get(ANSWER_S).offset, shot
    finally:
        producer.close(timeout=ANSWER_S)
    places: list[Any] = []
    zipped = Producer(
        {"bootstrap.servers": bootstrap, "compression.type": "gzip", "message.max.bytes": 32 * 1024 * 1024}
    )
    zipped.produce(
        kafka_topic,
        (shot.value or b"")[:-1],
        shot.key,
        shot.partition,
        headers=[*SWOLLEN],
        on_delivery=lambda error, message: places.append(-1 if error else message.offset()),
    )
    assert zipped.flush(ANSWER_S) == 0
    yield places[0], Shot(shot.topic, shot.partition, shot.key, (shot.value or b"")[:-1], [], "swollen")
