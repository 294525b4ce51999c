"""A small processor to drive the runner with: it adds up numbers per key, and says each new total.

Inputs and outputs are msgpack. The text "sweep" makes it double every total, a budget of keys at a time, with the cursor in the
state. The number -1 breaks its invariant, -2 makes it write where it may not, -3 is a defect of the
program, -4 makes it hang.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import msgspec
import pytest
from confluent_kafka import Consumer, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from benefit_hub.runtime.faults import NO_FAULT, Fault
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.stores import Memory
from benefit_hub.task import Env, Out, Table
from benefit_hub.topology import Processor
from benefit_hub.values.errors import InvariantBroken

TOTALS = Table("totals", int)
SWEEP = Table("sweep", str)
PARTITIONS = 4


def step(state, batch, env):
    """Add up; say each new total with the number that led to it, and who said so."""
    outs = []
    for record in batch:
        if record.value == "sweep":
            state.put(SWEEP, "cursor", "")
            continue
        _break(record.value)
        key = record.key.decode()
        total = (state.get(TOTALS, key) or 0) + record.value
        state.put(TOTALS, key, total)
        outs.append(
            Out(topic="totals" if record.value != -2 else "elsewhere", key=key, value=[record.value, total, env.engine])
        )
    return outs


def resume(state, budget, env):
    """Double so many totals."""
    cursor = state.get(SWEEP, "cursor")
    keys = state.keys(TOTALS, cursor, budget)
    for key in keys:
        state.put(TOTALS, key, 2 * state.get(TOTALS, key))
    if len(keys) < budget:
        state.delete(SWEEP, "cursor")
    else:
        state.put(SWEEP, "cursor", keys[-1])
    return [Out(topic="totals", key=key, value=["doubled", state.get(TOTALS, key), env.engine]) for key in keys]


def pending(state, _env):
    """Whether a sweep is under way."""
    return state.get(SWEEP, "cursor") is not None


def _break(number: Any) -> None:
    if number == -1:
        raise InvariantBroken("a total must never go down")
    if number == -3:
        raise ValueError("could not read 990101199001010014")
    if number == -4:
        time.sleep(3_600)


COUNTING = Processor(
    name="counting",
    inputs=("numbers",),
    outputs=("totals",),
    origins="numbers",
    stateful=True,
    step=step,
    resume=resume,
    pending=pending,
)


def topics_of(processor: Processor) -> list[str]:
    """The logical topics of a test processor, and one that the view follows."""
    return sorted({*processor.reads, *processor.outputs, processor.changelog, "receipts"})


class Packed:
    """Every topic is msgpack."""

    def decode(self, topic: str, raw: bytes | None) -> Any:
        del topic
        return None if raw is None else msgspec.msgpack.decode(raw)

    def encode(self, topic: str, value: Any) -> bytes:
        del topic
        return msgspec.msgpack.encode(value)


def host(
    bootstrap: str,
    namespace: str,
    data: Path,
    slot: int = 0,
    fault: Fault = NO_FAULT,
    processor: Processor = COUNTING,
    **settings: Any,
) -> Host:
    """A host for the counting processor, or another; its engine is called after data folder and slot."""
    made = Settings(topic_prefix=namespace, data=data, bootstrap=bootstrap, **settings)
    folder = DataFolder(data)
    return Host(
        settings=made,
        bootstrap=bootstrap,
        stores=folder.store(slot),
        folder_id=folder.identity(),
        slot=slot,
        memory=Memory(16),
        codec=Packed(),
        names={topic: f"{namespace}{topic}.v1" for topic in topics_of(processor)},
        public=frozenset(),
        env=Env(books={}, first_book="", engine=f"{data.name}/{slot}"),
        fault=fault,
    )


class Running:
    """A runner in a thread."""

    def __init__(self, made: Host, processor: Processor = COUNTING) -> None:
        self.runner = Runner(processor, made)
        self.trouble: Exception | None = None
        self.stop = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.runner.run(self.stop)
        except Exception as trouble:  # noqa: BLE001  whatever it is, the test is told
            self.trouble = trouble

    def end(self, within_s: float = 20) -> None:
        """Tell it to stop, and wait."""
        self.stop.set()
        self.ended(within_s)

    def ended(self, within_s: float = 20) -> None:
        """Wait for its end."""
        self._thread.join(within_s)
        assert not self._thread.is_alive()


@contextmanager
def running(made: Host, processor: Processor = COUNTING) -> Iterator[Running]:
    """A runner for this block; its trouble is the block's."""
    found = Running(made, processor)
    try:
        yield found
    except AssertionError:
        if found.trouble is not None:
            raise found.trouble from None
        raise
    finally:
        found.end()
    if found.trouble is not None:
        raise found.trouble


def until(holds: Callable[[], bool], within_s: float = 90) -> float:
    """Wait until something holds; how long it took, in seconds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s, "it never came to hold"
        time.sleep(0.05)
    return time.monotonic() - begun


def _unpacked(raw: bytes | None) -> Any:
    return None if raw is None else msgspec.msgpack.decode(raw)


class Bench:
    """The broker's side of a test: topics, numbers in, totals out."""

    def __init__(self, bootstrap: str, namespace: str, processor: Processor = COUNTING) -> None:
        self.bootstrap = bootstrap
        self.namespace = namespace
        self.processor = processor
        self.admin = AdminClient({"bootstrap.servers": bootstrap})
        asking = {"bootstrap.servers": bootstrap, "group.id": f"{namespace}hub.{processor.name}"}
        self._groups = Consumer(asking | {"isolation.level": "read_uncommitted"})
        self.producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 2})

    def create(self, *topics: str) -> None:
        """Make these topics, or all."""
        made = [NewTopic(self.name(topic), PARTITIONS, 1) for topic in topics or topics_of(self.processor)]
        for future in self.admin.create_topics(made).values():
            future.result(20)

    def remove(self, *topics: str) -> None:
        """Delete these topics, and what the group has committed; nobody may be at work."""
        names = [self.name(topic) for topic in topics]
        for future in self.admin.delete_consumer_groups([f"{self.namespace}hub.{self.processor.name}"]).values():
            future.result(20)
        for future in self.admin.delete_topics(names).values():
            future.result(20)
        until(lambda: not {*names} & {*self.admin.list_topics(timeout=20).topics})

    def name(self, topic: str) -> str:
        """A logical topic in Kafka."""
        return f"{self.namespace}{topic}.v1"

    def send(self, numbers: list[tuple[str, int]]) -> None:
        """Publish numbers."""
        for key, number in numbers:
            self.produce(key, number)
        self.flush()

    def produce(self, key: str, number: int) -> None:
        """Hand a number to the client."""
        self.producer.produce(self.name("numbers"), msgspec.msgpack.encode(number), key)
        self.producer.poll(0)

    def flush(self) -> None:
        """Wait until everything is on the broker."""
        assert self.producer.flush(60) == 0

    def sweep(self) -> None:
        """Ask every partition to double its totals."""
        for partition in range(PARTITIONS):
            self.producer.produce(self.name("numbers"), msgspec.msgpack.encode("sweep"), "sweep", partition=partition)
        assert self.producer.flush(20) == 0

    def read(self, topic: str, *, committed: bool = True) -> list[tuple[Any, Any, Any, Any]]:
        """Everything in a topic up to its end as this reader sees it: key, value, partition, offset."""
        found = self._messages(topic, committed=committed)
        return [(one.key(), _unpacked(one.value()), one.partition(), one.offset()) for one in found]

    def count(self, topic: str, *, committed: bool = True) -> int:
        """How many records this reader sees."""
        return len(self._messages(topic, committed=committed))

    def _messages(self, topic: str, *, committed: bool) -> list[Message]:
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": f"{self.namespace}reader",
                "isolation.level": "read_committed" if committed else "read_uncommitted",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 20,
                "auto.offset.reset": "earliest",
            }
        )
        count = len(consumer.list_topics(self.name(topic), timeout=10).topics[self.name(topic)].partitions)
        consumer.assign([TopicPartition(self.name(topic), number, 0) for number in range(count)])
        found: list[Message] = []
        ended: set[int | None] = set()
        while len(ended) < count:
            message = consumer.poll(10)
            assert message is not None, "the broker says nothing"
            if message.error() is not None:
                ended.add(message.partition())
                continue
            found.append(message)
        consumer.close()
        return found

    def totals(self) -> dict[str, int]:
        """The last total said of each key."""
        return {key.decode(): value[1] for key, value, _, _ in self.read("totals")}

    def committed(self) -> int:
        """How many offsets the group has committed, over all partitions of what it reads."""
        places = [place for topic in self.processor.reads for place in self._places(topic)]
        return self._told(lambda: sum(max(0, one.offset) for one in self._groups.committed(places, 10)))

    def end(self, topic: str = "numbers") -> int:
        """The sum of the ends of a topic's partitions, open transactions included."""
        places = self._places(topic)
        return self._told(lambda: sum(self._groups.get_watermark_offsets(place, 10)[1] for place in places))

    def caught_up(self) -> bool:
        """Whether the group has committed everything."""
        return self.committed() == sum(map(self.end, self.processor.reads))

    def _told(self, ask: Callable[[], int]) -> int:
        """An answer of the brokers; those that have just started, or just made a topic, do not know yet."""
        for _ in range(50):
            with suppress(KafkaException):
                return ask()
            time.sleep(0.2)
        pytest.fail("the brokers do not tell")

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(self.name(topic), number) for number in range(PARTITIONS)]
