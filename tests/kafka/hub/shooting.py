"""Publishes many records of many departments, each to its partition, as it is and in order."""

from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import Producer

from tests.kafka.hub.fuzz import Shot
from tests.kafka.hub.live import LiveHub

Place = tuple[str, int, int]
"""Topic by its logical name, partition, offset."""
ANSWER_S = 60
AT_ONCE = 2_000


def fire(hub: LiveHub, shots: Iterable[Shot]) -> dict[Place, Shot]:
    """Publish them in order, and learn where each came to lie."""
    producer = Producer({"bootstrap.servers": hub.bootstrap, "enable.idempotence": True, "compression.type": "lz4"})
    placed: dict[Place, Shot] = {}

    def placing(shot: Shot) -> Callable[[Any, Any], None]:
        def delivered(error: Any, message: Any) -> None:
            assert error is None, error
            placed[shot.topic, shot.partition, message.offset()] = shot

        return delivered

    sent = 0
    for sent, shot in enumerate(shots, 1):
        producer.produce(
            hub.topic(shot.topic), shot.value, shot.key, shot.partition, headers=shot.headers, on_delivery=placing(shot)
        )
        producer.poll(0)
        if sent % AT_ONCE == 0:
            assert producer.flush(ANSWER_S) == 0
    assert producer.flush(ANSWER_S) == 0
    assert len(placed) == sent
    return placed
