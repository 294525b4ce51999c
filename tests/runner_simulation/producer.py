"""A transactional producer with the interface of confluent-kafka's, as far as the runner uses it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from tests.runner_simulation.brokers import Record
from tests.runner_simulation.groups import Refused
from tests.runner_simulation.sides import Side, ask

Delivered = Callable[[KafkaError | None, Message], None]

GROUP_SAYS_NO = {KafkaError.UNKNOWN_MEMBER_ID, KafkaError.ILLEGAL_GENERATION}


def error(code: int, text: str, *, fatal: bool = False, abort: bool = False) -> KafkaException:
    """An error as the client raises it."""
    return KafkaException(KafkaError(code, text, fatal, False, abort))


def home(key: bytes, partitions: int) -> int:
    """The partition of a key. Which hash it is does not matter here, as all use the same."""
    return crc32(key) % partitions


class FakeProducer:
    """Records wait in a queue of its own and go to the broker in `flush`, `commit_transaction`, or when it likes."""

    def __init__(self, side: Side, config: dict[str, Any]) -> None:
        self._side = side
        self._name = str(config["transactional.id"])
        self._timeout_s = int(config["transaction.timeout.ms"]) / 1000
        self._epoch = -1
        self._open = False
        self._sent = False
        self._ending = ""
        self._error: KafkaException | None = None
        self._queue: list[tuple[Record, Delivered | None]] = []
        self._told: list[tuple[Delivered, KafkaError | None, Message]] = []
        side.add(self._send_some)

    def init_transactions(self, timeout: float) -> None:
        """Take over the transactional id."""
        self._side.reach("init_transactions")
        broker = self._side.broker
        self._epoch = ask(self._side, "init_transactions", timeout, lambda: broker.init(self._name, self._timeout_s))

    def list_topics(self, timeout: float) -> Any:
        """All topics."""
        self._side.reach("list_topics")
        topics = ask(self._side, "list_topics", timeout, lambda: self._side.broker.topics)
        return SimpleNamespace(
            topics={name: SimpleNamespace(partitions=dict.fromkeys(range(count))) for name, count in topics.items()}
        )

    def begin_transaction(self) -> None:
        """Begin; nobody else is told before the first record."""
        self._side.reach("begin_transaction")
        if self._error is not None and self._error.args[0].fatal():
            raise self._error
        if self._open or self._epoch < 0:
            raise error(KafkaError._STATE, "begin_transaction out of turn")
        self._open, self._sent, self._ending, self._error = True, False, "", None

    def produce(  # noqa: PLR0913, PLR0917  as confluent-kafka has it
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        partition: int = -1,
        on_delivery: Delivered | None = None,
        partitioner: object = None,
        timestamp: int = 0,
        headers: dict[str, str | bytes | None] | None = None,
    ) -> None:
        """Put a record into the queue."""
        del partitioner, timestamp
        self._side.reach("produce")
        if self._error is not None:
            fatal = self._error.args[0].fatal()
            raise error(KafkaError._FATAL if fatal else KafkaError._STATE, "the transaction has failed", fatal=fatal)
        if not self._open:
            raise error(KafkaError._STATE, "no transaction is open")
        count = self._side.broker.topics[topic]
        number = partition if partition >= 0 else home(key or b"", count)
        self._queue.append(((topic, number, key, value, list(headers.items()) if headers else None), on_delivery))

    def poll(self, timeout: float = 0) -> int:
        """Serve callbacks."""
        self._side.reach("producer.poll")
        if timeout:
            self._side.sleep(timeout)
        return self._serve()

    def flush(self, timeout: float) -> int:
        """Send everything; how much is left."""
        self._side.reach("flush")
        self._flush(timeout)
        self._serve()
        return len(self._queue)

    def send_offsets_to_transaction(self, offsets: list[TopicPartition], group: Any, timeout: float) -> None:
        """Make positions part of the transaction."""
        self._side.reach("send_offsets_to_transaction")
        self._raise_error()
        told = {(one.topic, one.partition): one.offset for one in offsets}
        broker = self._side.broker
        self._coordinate(
            "send_offsets_to_transaction", timeout, lambda: broker.send_offsets(self._name, self._epoch, group, told)
        )
        self._sent = True

    def commit_transaction(self, timeout: float) -> None:
        """Commit. Called again after a time-out, it goes on where it was."""
        self._side.reach("commit_transaction")
        self._end("commit", timeout)

    def abort_transaction(self, timeout: float) -> None:
        """Abort."""
        self._side.reach("abort_transaction")
        self._queue.clear()
        self._end("abort", timeout)

    def purge(self) -> None:
        """Forget what is in the queue."""
        self._side.reach("purge")
        self._queue.clear()

    def close(self) -> None:
        """End."""
        self._side.reach("producer.close")
        self._open = False

    def _end(self, how: str, timeout: float) -> None:
        if not self._open:
            raise error(KafkaError._STATE, f"{how} without a transaction")
        if self._ending and self._ending != how:
            raise error(KafkaError._CONFLICT, f"{how} while {self._ending} is under way")
        if how == "commit":
            self._flush(timeout)
            self._serve()
            self._raise_error()
            if self._queue:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "records are left", False, True, False))
        elif self._error is not None and self._error.args[0].fatal():
            raise self._error
        self._ending = how
        if self._sent:
            broker, commit = self._side.broker, how == "commit"
            self._coordinate(how, timeout, lambda: broker.finish(self._name, self._epoch, commit=commit))
        self._serve()
        self._open, self._error = False, None

    def _coordinate(self, call: str, timeout: float, request: Callable[[], None]) -> None:
        """Ask the coordinator; what it refuses decides what becomes of the transaction."""
        try:
            ask(self._side, call, timeout, request)
        except Refused as refusal:
            self._refused(refusal)
            self._raise_error()
        except KafkaException as trouble:
            told: KafkaError = trouble.args[0]
            if told.fatal() or told.txn_requires_abort():
                self._error, self._ending = trouble, ""
            raise

    def _refused(self, refusal: Refused) -> None:
        if refusal.code in GROUP_SAYS_NO:
            self._error = error(refusal.code, "the group does not know this member", abort=True)
        elif refusal.code == KafkaError.PRODUCER_FENCED:
            self._error = error(KafkaError._FENCED, "another holds the transactional id, or it timed out", fatal=True)
        else:
            self._error = error(refusal.code, "out of turn", fatal=True)

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _flush(self, timeout: float) -> None:
        deadline = self._side.now + timeout
        while self._queue and self._error is None:
            self._send(len(self._queue))
            if self._queue and self._error is None:
                if self._side.now >= deadline:
                    return
                self._side.sleep(0.05)
                self._side.reach("flush")
        if self._error is not None:
            self._fail_queue()

    def _fail_queue(self) -> None:
        for (topic, partition, *_), on_delivery in self._queue:
            if on_delivery is not None:
                gone = KafkaError(KafkaError._PURGE_QUEUE, "purged", False, False, False)
                self._told.append((on_delivery, gone, Message(topic=topic, partition=partition)))
        self._queue.clear()

    def _send_some(self) -> None:
        """The client sends when it likes."""
        if self._queue and self._open and self._error is None and self._epoch >= 0:
            self._send(self._side.random.randint(1, len(self._queue)))

    def _send(self, count: int) -> None:
        if not self._side.connected:
            return
        batch = self._queue[:count]
        try:
            offsets = self._side.broker.append(self._name, self._epoch, [record for record, _ in batch])
        except Refused as refusal:
            if refusal.code != KafkaError.CONCURRENT_TRANSACTIONS:
                self._refused(refusal)
            return
        del self._queue[:count]
        self._sent = True
        for ((topic, partition, *_), on_delivery), offset in zip(batch, offsets, strict=True):
            if on_delivery is not None:
                self._told.append((on_delivery, None, Message(topic=topic, partition=partition, offset=offset)))

    def _serve(self) -> int:
        told, self._told = self._told, []
        for on_delivery, trouble, message in told:
            on_delivery(trouble, message)
        return len(told)
