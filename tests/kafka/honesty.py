"""The same few words for a real broker with confluent-kafka's clients, and for the simulated one with fake clients."""

import time
import uuid
from collections.abc import Callable
from contextlib import closing
from random import Random
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove

from benefit_hub.runtime.topic_id import TopicId
from tests.runner_simulation.admin import FakeAdmin
from tests.runner_simulation.brokers import Broker
from tests.runner_simulation.consumer import FakeConsumer
from tests.runner_simulation.producer import FakeProducer

PARTITIONS = 2
WITHIN_S = 30.0


class Bench:
    """A broker with the topics `numbers` and `totals`, of two partitions each, and clients."""

    def __init__(self) -> None:
        self.before = f"t{uuid.uuid4().hex[:8]}."
        self.clients: list[Any] = []

    def topic(self, name: str) -> str:
        """A topic of this test alone."""
        return self.before + name

    def producer(self, name: str = "writer", timeout_ms: int = 60_000) -> Any:
        """A transactional producer, which has taken over its id."""
        config = {
            "transactional.id": self.before + name,
            "transaction.timeout.ms": timeout_ms,
            "linger.ms": 0,
            "metadata.recovery.strategy": "none",
        }
        made = self._producer(config)
        made.init_transactions(20)
        return made

    def consumer(self, *, committed: bool = True) -> Any:
        """A consumer as the runner makes them."""
        made = self._consumer(
            {
                "group.id": self.before + "group",
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": 6000,
                "heartbeat.interval.ms": 500,
                "isolation.level": "read_committed" if committed else "read_uncommitted",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 20,
            }
        )
        self.clients.append(made)
        return made

    def place(self, topic: str = "numbers", partition: int = 0, offset: int = -1001) -> TopicPartition:
        """A place as clients take it."""
        return TopicPartition(self.topic(topic), partition, offset)

    def reader(self, offset: int = 0, *, committed: bool = True, topic: str = "numbers") -> Any:
        """A consumer that reads the first partition from an offset."""
        made = self.consumer(committed=committed)
        made.incremental_assign([self.place(topic, 0, offset)])
        return made

    def write(self, producer: Any, *values: bytes, topic: str = "numbers", key: bytes = b"k") -> None:
        """Write to the first partition, and wait until it is there."""
        for value in values:
            producer.produce(self.topic(topic), value, key, 0, None, None, 0, None)
        assert producer.flush(20) == 0

    def transact(self, producer: Any, *values: bytes, commit: bool = True) -> None:
        """A whole transaction."""
        producer.begin_transaction()
        self.write(producer, *values)
        if commit:
            producer.commit_transaction(20)
        else:
            producer.abort_transaction(20)

    def marks(self, *, committed: bool) -> tuple[int, int]:
        """First offset and end of the first partition, as this kind of reader is told."""
        low, end = self.consumer(committed=committed).get_watermark_offsets(self.place(), 10)
        return low, end

    def ends_at(self, end: int) -> None:
        """Wait until the markers are written, so that this is the end for everybody."""
        asking = self.consumer()
        self.until(lambda: asking.get_watermark_offsets(self.place(), 10) == (0, end))

    def read(self, reader: Any, count: int) -> list[tuple[int, bytes]]:
        """The next records: offset and value."""
        found: list[tuple[int, bytes]] = []

        def enough() -> bool:
            message = reader.poll(0.1)
            if message is not None:
                assert message.error() is None, message.error()
                found.append((message.offset(), message.value()))
            return len(found) >= count

        self.until(enough)
        return found

    def committed(self) -> int:
        """The committed position of the first partition, once it is told."""
        asking = self.consumer()
        (told,) = asking.committed([self.place()], 20)
        return int(told.offset)

    def topic_id(self, name: str) -> str:
        """The id that the broker gave a topic."""
        return TopicId(self._admin_client, self.topic(name)).ask()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = self.now() + WITHIN_S
        while not holds():
            assert self.now() < end, "it never came to hold"
            self.sleep(0.02)

    def close(self) -> None:
        """Let go of all clients."""
        for each in self.clients:
            each.close()

    def _producer(self, config: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _consumer(self, config: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _admin_client(self) -> Any:
        raise NotImplementedError

    def now(self) -> float:
        """Seconds."""
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        """Wait."""
        raise NotImplementedError

    def delete(self, before: int) -> None:
        """Have the broker delete the first records of the first partition."""
        raise NotImplementedError

    def put_out(self, member: "GroupMember") -> None:
        """Have the broker put a member out of its group, as after a silence."""
        raise NotImplementedError


class RealBench(Bench):
    """On a real broker."""

    def __init__(self, bootstrap: str) -> None:
        super().__init__()
        self._bootstrap = bootstrap
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        made = [NewTopic(self.topic(name), PARTITIONS, 1) for name in ("numbers", "totals")]
        for future in self._admin.create_topics(made).values():
            future.result(20)

    def now(self) -> float:
        """Seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def delete(self, before: int) -> None:
        """As an administrator may."""
        for future in self._admin.delete_records([self.place(offset=before)]).values():
            future.result(20)

    def put_out(self, member: "GroupMember") -> None:
        """By its name, as an administrator may."""
        name = member.consumer.memberid()
        with closing(KafkaAdminClient(bootstrap_servers=self._bootstrap)) as admin:
            admin.remove_group_members(self.before + "group", [MemberToRemove(member_id=name)])

    def _producer(self, config: dict[str, Any]) -> Producer:
        return Producer(config | {"bootstrap.servers": self._bootstrap})

    def _consumer(self, config: dict[str, Any]) -> Consumer:
        return Consumer(config | {"bootstrap.servers": self._bootstrap})

    def _admin_client(self) -> AdminClient:
        return self._admin


class FakeBench(Bench):
    """In memory. It is its own side of the wire: nothing goes wrong, and time passes only in `sleep`."""

    def __init__(self) -> None:
        super().__init__()
        self.broker = Broker({self.topic(name): PARTITIONS for name in ("numbers", "totals")})
        self.broker.add_group(self.before + "group", [(self.topic("numbers"), number) for number in range(PARTITIONS)])
        self.broker.delay_s = lambda: 0.05
        self.random = Random(0)
        self.connected = True
        self._background: list[Callable[[], None]] = []

    def now(self) -> float:
        """Seconds of the broker."""
        return self.broker.now

    def sleep(self, seconds: float) -> None:
        """Time passes, and everybody does in the background what he does there."""
        self.broker.now += min(seconds, 0.05)
        self.broker.tick()
        for each in self._background:
            each()

    def delete(self, before: int) -> None:
        """In the log."""
        self.broker.logs[self.topic("numbers"), 0].low = before

    def put_out(self, member: "GroupMember") -> None:
        """At the coordinator."""
        self.broker.groups[self.before + "group"].leave(member.consumer.memberid())

    def reach(self, call: str) -> None:
        """Nobody else is here."""

    def harm(self, call: str) -> None:
        """Nothing goes wrong."""

    def add(self, background: Callable[[], None]) -> None:
        """What a client does by itself."""
        self._background.append(background)

    def _producer(self, config: dict[str, Any]) -> FakeProducer:
        return FakeProducer(self._side, config)

    def _consumer(self, config: dict[str, Any]) -> FakeConsumer:
        return FakeConsumer(self._side, config)

    def _admin_client(self) -> Any:
        return FakeAdmin(self._side)

    @property
    def _side(self) -> Any:
        return _Side(self)


class _Side:
    """The bench as clients see it."""

    def __init__(self, bench: FakeBench) -> None:
        self._bench = bench
        self.broker, self.random, self.connected = bench.broker, bench.random, True
        self.reach, self.harm, self.add, self.sleep = bench.reach, bench.harm, bench.add, bench.sleep

    @property
    def now(self) -> float:
        return self._bench.now()


class GroupMember:
    """A member of the group, who reads what it is given from the beginning, and remembers what it was told."""

    def __init__(self, bench: Bench) -> None:
        self.consumer = bench.consumer()
        self.owned: set[int] = set()
        self.told: list[str] = []
        self._bench = bench
        self.consumer.subscribe(
            [bench.topic("numbers")], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
        )

    def has(self, *partitions: int) -> bool:
        """Poll; whether these are what it owns."""
        self.consumer.poll(0.02)
        return self.owned == set(partitions)

    def leave(self) -> None:
        """Leave the group, and close."""
        self._bench.clients.remove(self.consumer)
        self.consumer.close()

    def _assigned(self, consumer: Any, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign([TopicPartition(one.topic, one.partition, 0) for one in partitions])
        self.owned |= {one.partition for one in partitions}
        self.told.append("assigned")

    def _revoked(self, consumer: Any, partitions: list[TopicPartition]) -> None:
        consumer.incremental_unassign(partitions)
        self.owned -= {one.partition for one in partitions}
        self.told.append("revoked")

    def _lost(self, consumer: Any, partitions: list[TopicPartition]) -> None:
        consumer.incremental_unassign(partitions)
        self.owned -= {one.partition for one in partitions}
        self.told.append("lost")


def refusal(call: Callable[[], object]) -> KafkaError:
    """The error with which a call fails."""
    with pytest.raises(KafkaException) as raised:
        call()
    error: KafkaError = raised.value.args[0]
    return error
