"""Which input partitions a runner owns, where in each it stands, and the way of a new one until it may be processed.

A partition that the group gives us is not read at once: its committed position is fetched, its store is restored, and only
then is it handed to the client, with the exact offset to begin at. It is never paused: after a pause librdkafka 2.x may
resume at the end of the partition, and records are skipped without a word (`tests/kafka/test_runner_assignment.py`).
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from benefit_hub.runtime.changelog import Restorer
from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.stores import ProcessorStore, TaskStore
from benefit_hub.runtime.transactions import WorkerMustEnd
from benefit_hub.task import DictStore, Env
from benefit_hub.topology import Processor
from benefit_hub.values.errors import InvariantBroken

log = logging.getLogger(__name__)

ANSWER_S = 10.0
COMMITTED_S = 0.5
"""How long a turn waits for committed offsets; they are withheld while a former owner's transaction is open."""
RESTORE_ROWS = 20_000
RESTORE_WAIT_S = 0.05

PASSING = {
    KafkaError._TIMED_OUT,  # noqa: SLF001  the client's own codes begin so
    KafkaError._TRANSPORT,  # noqa: SLF001
    KafkaError._WAIT_COORD,  # noqa: SLF001
    KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.UNSTABLE_OFFSET_COMMIT,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.REQUEST_TIMED_OUT,
}
"""What passes by itself: brokers that are away, or that do not know yet."""
POSITION_GONE = KafkaError._AUTO_OFFSET_RESET  # noqa: SLF001  the same

Place = tuple[str, int]
"""A Kafka topic and a partition of it."""


@dataclass(eq=False)
class Task:
    """A processor on one input partition.

    `position` is the next input offset to process; `logged` the next changelog offset as far as this task wrote it. `running`
    is False until the store is complete; `fed` tells that the client's own position may be trusted.
    """

    topic: str
    logical: str
    partition: int
    env: Env
    store: TaskStore | DictStore
    since: float = field(default_factory=time.monotonic)
    position: int = -1
    logged: int = 0
    running: bool = False
    fed: bool = False
    pending: bool = False

    @property
    def place(self) -> Place:
        """Topic and partition."""
        return (self.topic, self.partition)


class Assignment:
    """The consumer of one processor, and its tasks."""

    def __init__(
        self, processor: Processor, host: Host, store: ProcessorStore | None, make_env: Callable[[str, int], Env]
    ) -> None:
        self.tasks: dict[Place, Task] = {}
        self._processor = processor
        self._host = host
        self._store = store
        self._make_env = make_env
        self._known: dict[Place, tuple[int, int]] = {}
        self._taken_away: set[Place] = set()
        self._logical = {host.names[logical]: logical for logical in processor.inputs}
        self._restorer = None if store is None else Restorer(host.client(), host.names[processor.changelog], store)
        self._gauge = Consumer(
            host.client() | {"group.id": "hub.gauge"}, logger=client_log
        )  # fetches nothing: no answer waits behind a fetch
        settings = host.settings
        self._consumer = Consumer(
            host.client()
            | {
                "group.id": settings.group(processor.name),
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": settings.session_timeout_ms,
                "heartbeat.interval.ms": settings.session_timeout_ms // 6,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 100,
                "fetch.queue.backoff.ms": 20,
                "queued.max.messages.kbytes": 16_384,
            },
            logger=client_log,
        )

    def open(self) -> None:
        """Join the group."""
        self._consumer.subscribe(
            sorted(self._logical), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )

    def close(self) -> None:
        """Leave the group, so that others need not wait for the session to end."""
        self._consumer.close()
        self._gauge.close()
        if self._restorer is not None:
            self._restorer.close()

    @property
    def group(self) -> object:
        """What proves to the broker that we are still the member that read these records."""
        return self._consumer.consumer_group_metadata()

    @property
    def running(self) -> list[Task]:
        """The tasks whose stores are complete."""
        return [task for task in self.tasks.values() if task.running]

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way any more."""
        return all(task.running for task in self.tasks.values())

    def collect(self, limit: int, wait_s: float) -> list[tuple[Task, list[Message]]]:
        """Up to so many records, by task, in the order of each partition; whatever has been fetched once one is there."""
        self._taken_away.clear()
        first = self._consumer.poll(wait_s)
        if first is None:
            return []
        messages = [first, *(self._consumer.consume(limit - 1, 0) if limit > 1 else [])]
        by_task: dict[Place, list[Message]] = defaultdict(list)
        for message in messages:
            if (error := message.error()) is not None:
                self._hear(error, message)
                continue
            place = (message.topic() or "", message.partition() or 0)
            task = self.tasks.get(place)
            if task is not None and task.running and place not in self._taken_away:
                self._check_order(task, message, by_task[place])
                by_task[place].append(message)
        for place in by_task:
            self.tasks[place].fed = True
        return [(self.tasks[place], found) for place, found in by_task.items() if found]

    def reached(self, task: Task) -> int:
        """The next offset to read: past the markers and aborted records that the client has stepped over."""
        if not task.fed:
            return task.position
        return max(task.position, self._consumer.position([TopicPartition(task.topic, task.partition)])[0].offset)

    def rewind(self, tasks: Iterable[Task]) -> None:
        """Read again from the last committed position, where the partition is still ours."""
        for task in tasks:
            if self.tasks.get(task.place) is task and task.running:
                self._consumer.incremental_unassign([TopicPartition(*task.place)])
                self._start(task)

    def advance(self) -> None:
        """Take new partitions a step further: committed position, restore, start."""
        new = [task for task in self.tasks.values() if not task.running and task.place not in self._known]
        started = self._ask_where_to_begin(new) if new else []
        rows = 0
        if self._restorer is not None and self._restorer.busy:
            for partition, restored in self._restorer.advance(RESTORE_ROWS, RESTORE_WAIT_S).items():
                (task,) = (task for task in self.tasks.values() if task.partition == partition)
                task.store, task.logged = restored.store, restored.next
                task.position = self._begin_at(task, restored.position, *self._known[task.place])
                rows += restored.rows
                started.append(task)
        for task in started:
            task.running = True
            self._start(task)
        if started:
            places = ", ".join(f"{task.logical} {task.partition}" for task in started)
            waited_s = max(time.monotonic() - task.since for task in started)
            told = "%s: runs %s, %d rows restored, at most %.2f s after they were assigned"
            log.info(told, self._processor.name, places, rows, waited_s)

    def _ask_where_to_begin(self, tasks: list[Task]) -> list[Task]:
        """Ask the brokers, and begin to restore; those without a store may run at once. What is not known yet is asked again."""
        ready: list[Task] = []
        try:
            answers = self._consumer.committed([TopicPartition(*task.place) for task in tasks], COMMITTED_S)
            for task, answer in zip(tasks, answers, strict=True):
                if answer.error is not None:
                    raise KafkaException(answer.error)  # noqa: TRY301  one way for both kinds of refusal
                low, _ = self._gauge.get_watermark_offsets(TopicPartition(*task.place), ANSWER_S)
                committed = max(answer.offset, -1)  # the client says -1001 for none
                if self._restorer is None:
                    task.position = self._begin_at(task, committed, committed, low)
                    ready.append(task)
                else:
                    self._restorer.begin(task.partition)
                self._known[task.place] = (committed, low)
        except KafkaException as trouble:
            error: KafkaError = trouble.args[0]
            if not error.retriable() and error.code() not in PASSING:
                raise WorkerMustEnd(
                    f"{self._processor.name} cannot learn where to begin: {error.str()}; see to the brokers, then start it again"
                ) from trouble
            log.info("%s: where to begin is not known yet: %s", self._processor.name, error.str())
        return ready

    def _begin_at(self, task: Task, stored: int, committed: int, low: int) -> int:
        """Where to begin: the committed position, checked against the store and against what the topic still holds."""
        where = f"{self._processor.name}: {task.logical} partition {task.partition}"
        if committed > stored:
            raise InvariantBroken(
                f"{where}: the group has committed position {committed}, and the changelog knows of {max(stored, 0)} "
                "only: it was lost or truncated. Nothing is guessed: rebuild the processor from its input"
            )
        if committed < 0 <= stored:
            log.warning("%s: the group's position has expired; going on at %d, as the store says", where, stored)
        elif committed < stored:
            log.warning("%s: the group was set back to %d from %d; records come again", where, committed, stored)
        start = committed if committed >= 0 else stored
        if 0 <= start < low:
            raise InvariantBroken(
                f"{where}: records {start} to {low - 1} were deleted before they were processed. Set the group to {low} "
                "only if they are known not to matter, and lengthen the topic's retention"
            )
        return max(start, low)

    def _start(self, task: Task) -> None:
        self._consumer.incremental_assign([TopicPartition(task.topic, task.partition, task.position)])
        task.fed = False

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign([])
        for one in partitions:
            logical = self._logical[one.topic]
            store = DictStore() if self._store is None else self._store.open(one.partition)
            self.tasks[one.topic, one.partition] = Task(
                one.topic, logical, one.partition, self._make_env(logical, one.partition), store
            )

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Give partitions back. Callbacks run while records are collected, and never while a transaction is open."""
        started: list[TopicPartition] = []
        for one in partitions:
            place = (one.topic, one.partition)
            task = self.tasks.pop(place, None)
            self._known.pop(place, None)
            self._taken_away.add(place)
            if task is not None and task.running:
                started.append(TopicPartition(*place))
            elif task is not None and self._restorer is not None:
                self._restorer.forget(one.partition)
        consumer.incremental_unassign(started)

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        log.warning(
            "%s: %d partitions were lost to others while this worker was silent", self._processor.name, len(partitions)
        )
        self._on_revoke(consumer, partitions)

    def _check_order(self, task: Task, message: Message, before: list[Message]) -> None:
        least = task.position if not before else (before[-1].offset() or 0) + 1
        if (message.offset() or 0) < least:
            raise InvariantBroken(
                f"{self._processor.name}: {task.logical} partition {task.partition}: the client gave offset "
                f"{message.offset()} again, expected {least} or later"
            )

    def _hear(self, error: KafkaError, message: Message) -> None:
        """An event instead of a record: most pass by themselves, some mean that records are missing or forbidden."""
        where = f"{self._processor.name}: {message.topic() or 'brokers'} partition {message.partition()}"
        if error.code() == POSITION_GONE:
            raise InvariantBroken(
                f"{where}: the position does not exist any more ({error.str()}): records were deleted before they were "
                "processed; lengthen the topic's retention"
            )
        ends = {
            KafkaError.UNKNOWN_TOPIC_OR_PART,
            KafkaError.TOPIC_AUTHORIZATION_FAILED,
            KafkaError.GROUP_AUTHORIZATION_FAILED,
        }
        if error.fatal() or error.code() in ends:
            raise WorkerMustEnd(f"{where}: {error.str()}; `hub topics plan` shows what is missing")
        log.warning("%s: %s", where, error.str())
