"""Where partitions begin and end, asked by a client that fetches nothing: behind a fetch each answer would take its wait."""

from collections.abc import Callable

from confluent_kafka import Consumer, KafkaException, TopicPartition

ANSWER_S = 10.0


class Gauge:
    """Asks by a client of this making, and by a new one after each failure.

    librdkafka 2.16 may never find the new leader of a partition whose leader was lost: this call then times out, or calls the
    partition unknown, for as long as the client lives, while a new client is answered at once.
    """

    def __init__(self, make: Callable[[], Consumer]) -> None:
        self._make = make
        self._client = make()

    def ends(self, place: TopicPartition) -> tuple[int, int]:
        """The first offset that a partition still holds, and the one after its last. Raises KafkaException."""
        try:
            low, high = self._client.get_watermark_offsets(place, ANSWER_S)
        except KafkaException:
            self._client.close()
            self._client = self._make()
            raise
        return low, high

    def close(self) -> None:
        """Let go of the client."""
        self._client.close()
