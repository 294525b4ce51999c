"""One transactional producer, and what its errors mean.

`Abortable`: abort, and try again. Everything else ends the worker: fenced by another that holds the same transactional id,
fatal to the client, or, worst, a commit of which nobody here knows whether it happened; a new producer then makes the broker
decide, and the restore reads what it decided.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.host import Host
from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

RECORD_BYTES_MAX = 8 * 1024 * 1024
LINGER_MS = 500
"""What is written waits for a full batch, or for the end of the work: `flush` waits for nothing. Fuller batches cost the client
a fifth to a third less for each record."""
CALL_S = 10.0
"""How long one call to the coordinator may take before it is tried again."""
START_S = 2.0
"""The same of the first call, which waits until what an earlier owner left open is ended; also how late a stop may be noticed."""
GIVE_UP_S = 60.0
"""How long the outcome of a commit may be unknown before the worker ends."""


class Abortable(Exception):
    """The transaction cannot be committed; aborted, the same work can be done again."""


class WorkerMustEnd(HubError):
    """The producer cannot go on; the text says why, and that the supervisor should start the worker again."""


class Transactions:
    """The transactional producer of one processor and slot."""

    def __init__(self, host: Host, processor: str) -> None:
        self._id = host.transactional_id(processor)
        self._monotonic, self._sleep = host.outside.monotonic, host.outside.sleep
        self._open = False
        self._producer = host.outside.producer(
            host.client()
            | {
                "transactional.id": self._id,
                "transaction.timeout.ms": host.settings.transaction_timeout_ms,
                "compression.type": "lz4",
                "linger.ms": LINGER_MS,
                "partitioner": "murmur2_random",
                "message.max.bytes": RECORD_BYTES_MAX,
                "queue.buffering.max.messages": 1_000_000,
                # With `rebootstrap` a restart of all brokers leaves a stale group coordinator behind, and the next
                # send_offsets_to_transaction waits for it for ever (librdkafka 5511; it ignores its time limit, 5456).
                "metadata.recovery.strategy": "none",
            },
            logger=client_log,
        )

    def start(self, stop: Event) -> None:
        """Fence an earlier owner of this transactional id; what it left open is aborted, what it was committing is committed.

        Nothing can be begun after it where `stop` was set meanwhile.
        """
        deadline = self._monotonic() + GIVE_UP_S

        def once() -> None:
            if not stop.is_set():
                self._producer.init_transactions(START_S)

        with self._meaning("begin"):
            self._persist(once, deadline)

    def partition_counts(self) -> dict[str, int]:
        """Every topic that the brokers name, and how many partitions it has."""
        with self._meaning("list topics"):
            topics = self._producer.list_topics(timeout=CALL_S).topics
        return {name: len(topic.partitions) for name, topic in topics.items()}

    def begin(self) -> None:
        """Begin a transaction."""
        with self._meaning("begin a transaction"):
            self._producer.begin_transaction()
        self._open = True

    def produce(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int = -1,
        headers: dict[str, str | bytes | None] | None = None,
        on_delivery: Callable[[KafkaError | None, Message], None] | None = None,
    ) -> None:
        """Write a record; without a partition the key decides, as murmur2. `on_delivery` is called before a commit returns."""
        while True:
            try:
                self._producer.produce(topic, value, key, partition, on_delivery, None, 0, headers)
            except BufferError:  # the client's queue is full: let it send
                self._producer.poll(0.1)
            except KafkaException as trouble:
                raise self._meant(f"write to {topic}", trouble) from trouble
            else:
                return

    def flush(self) -> None:
        """Wait until everything written is on the broker."""
        with self._meaning("write"):
            while self._producer.flush(CALL_S):
                log.warning("%s: records still on their way to the broker after %.0f s", self._id, CALL_S)

    def send_positions(self, positions: Sequence[TopicPartition], group: Any) -> None:
        """Make the input positions part of the transaction. A member that has lost its place in the group is refused here."""
        deadline = self._monotonic() + GIVE_UP_S
        with self._meaning("commit input positions"):
            self._persist(lambda: self._producer.send_offsets_to_transaction(list(positions), group, CALL_S), deadline)

    def finish(self) -> None:
        """Commit. Raises WorkerMustEnd where the outcome stays unknown."""
        deadline = self._monotonic() + GIVE_UP_S
        with self._meaning("commit"):
            self._persist(lambda: self._producer.commit_transaction(CALL_S), deadline)
        self._open = False

    def abort(self) -> None:
        """Abort the open transaction, if there is one: nobody who reads committed data sees any of it."""
        if not self._open:
            return
        deadline = self._monotonic() + GIVE_UP_S
        with self._meaning("abort"):
            self._persist(lambda: self._producer.abort_transaction(CALL_S), deadline)
        self._open = False

    def poll(self) -> None:
        """Let the client speak: callbacks and its log."""
        self._producer.poll(0)

    def close(self) -> None:
        """Let go of the client; an open transaction is left to the next owner of the id, or to the broker's clock."""
        try:
            self._producer.purge()
            self._producer.close()
        except KafkaException as trouble:  # it speaks of the transaction, whose end has been told already
            log.info("%s closed: %s", self._id, trouble.args[0].str())

    def _persist(self, call: Callable[[], None], deadline: float) -> None:
        """Repeat a call while its error says that it may be repeated: a commit that timed out is resumed, not doubled."""
        while True:
            try:
                return call()
            except KafkaException as trouble:
                error: KafkaError = trouble.args[0]
                if not error.retriable() or error.txn_requires_abort() or error.fatal() or self._monotonic() > deadline:
                    raise
                log.warning("%s: %s; trying again", self._id, error.str())
                self._sleep(0.1)

    @contextmanager
    def _meaning(self, doing: str) -> Iterator[None]:
        try:
            yield
        except KafkaException as trouble:
            raise self._meant(doing, trouble) from trouble

    def _meant(self, doing: str, trouble: KafkaException) -> Exception:
        error: KafkaError = trouble.args[0]
        if error.txn_requires_abort() and not error.fatal():
            return Abortable(f"could not {doing}: {error.str()}")
        return WorkerMustEnd(
            f"{self._id} could not {doing}: {error.name()}: {error.str()}. This worker ends, so that nothing is written "
            "twice; its supervisor should start it again, and the broker will say what was committed"
        )
