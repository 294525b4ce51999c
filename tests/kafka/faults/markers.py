"""How transactions ended, as the logs of Kafka have it: markers that clients step over and never show."""

from collections.abc import Iterable
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import Fetcher

from tests.kafka.hub.raw import ANSWER_S

Aborted = tuple[int, int]
"""A producer and its epoch: a fence and a time-out each give the next one."""


class _Spied:
    """The batches of a fetch, of which those that end a transaction are noted on their way."""

    def __init__(self, batches: Any, aborted: set[Aborted]) -> None:
        self._batches = batches
        self._aborted = aborted

    def next_batch(self) -> Any:
        """The next batch, as it was."""
        batch = self._batches.next_batch()
        if batch is not None and batch.is_control_batch and next(batch).abort:
            self._aborted.add((batch.producer_id, batch.producer_epoch))
        return batch


def aborted_transactions(bootstrap: str, topics: Iterable[str]) -> set[Aborted]:
    """Every transaction that was aborted in these topics (Kafka's names), by its ABORT markers."""
    found: set[Aborted] = set()

    class Spying(Fetcher.PartitionRecords):  # type: ignore[misc]  # kafka-python has no types
        def _unpack_records(self, place: Any, records: Any, *rest: Any) -> Any:
            return super()._unpack_records(place, _Spied(records, found), *rest)

    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_uncommitted", enable_auto_commit=False, fetch_max_wait_ms=50
    )
    consumer._fetcher.PartitionRecords = Spying
    try:
        names = [(topic, consumer.partitions_for_topic(topic) or ()) for topic in topics]
        places = [TopicPartition(topic, number) for topic, numbers in names for number in numbers]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        for _ in range(ANSWER_S * 10):
            if all(consumer.position(place) >= end for place, end in ends.items()):
                return found
            consumer.poll(timeout_ms=100, max_records=5_000)
        raise AssertionError("the logs cannot be read to their ends")
    finally:
        consumer.close(autocommit=False)
