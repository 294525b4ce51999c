"""Subscribers that look on while workers are killed: what they were shown is all that they will ever be shown."""

from collections.abc import Iterable
from hashlib import blake2b
from threading import Event, Thread

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from tests.kafka.hub.raw import Reader

Place = tuple[str, int, int]
"""Topic as Kafka names it, partition, offset."""


def digest(value: bytes | None) -> bytes:
    """What stands for a value."""
    return b"" if value is None else blake2b(value, digest_size=8).digest()


class Witness:
    """A reader of committed data, in a thread of its own from the first record on."""

    def __init__(self, name: str) -> None:
        self.seen: dict[Place, bytes] = {}
        self.twice = 0
        """How many records it was given again: none, since it never goes back."""
        self.trouble: BaseException | None = None
        self._done = Event()
        self._thread = Thread(target=self._watch, name=name, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        try:
            while not self._done.is_set():
                self._look()
        except BaseException as trouble:  # noqa: BLE001  told by `rest`
            self.trouble = trouble

    def _look(self) -> None:
        raise NotImplementedError

    def _note(self, place: Place, value: bytes | None) -> None:
        self.twice += place in self.seen
        self.seen[place] = digest(value)

    def rest(self) -> None:
        """End the thread."""
        self._done.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert self.trouble is None, self.trouble


class ByConfluent(Witness):
    """A subscriber on librdkafka."""

    def __init__(self, bootstrap: str, places: Iterable[tuple[str, int]]) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "a-witness",  # asked for by the client, never joined
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
            }
        )
        self._consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in places])
        super().__init__("a witness on librdkafka")

    def _look(self) -> None:
        for message in self._consumer.consume(1_000, 0.2):
            if message.error() is None:
                place = (message.topic() or "", message.partition() or 0, message.offset() or 0)
                self._note(place, message.value())

    def rest(self) -> None:
        """End the thread, and let go of the broker."""
        super().rest()
        self._consumer.close()


class ByKafkaPython(Witness):
    """A subscriber on kafka-python."""

    def __init__(self, bootstrap: str, places: Iterable[tuple[str, int]]) -> None:
        self._reader = Reader(bootstrap, sorted({topic for topic, _ in places}))
        super().__init__("a witness on kafka-python")

    def _look(self) -> None:
        for record in self._reader.more():
            self._note((record.topic, record.partition, record.offset), record.value)

    def rest(self) -> None:
        """End the thread, and let go of the broker."""
        super().rest()
        self._reader.close()
