"""Which topic it is that has a name: one that was deleted and made again has the name of the one before, and another id."""

from collections.abc import Callable

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

ANSWER_S = 10.0


class TopicId:
    """Asks for the id of a topic by a client of this making, and by a new one after each failure, as `Gauge` does."""

    def __init__(self, make: Callable[[], AdminClient], topic: str) -> None:
        self._make = make
        self._topic = topic
        self._client = make()

    def ask(self) -> str:
        """The id that the brokers gave the topic when it was made. Raises KafkaException."""
        try:
            told = self._client.describe_topics(TopicCollection([self._topic]), request_timeout=ANSWER_S)
            return str(told[self._topic].result().topic_id)
        except KafkaException:
            self._client = self._make()
            raise
