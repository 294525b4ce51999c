"""Which input partitions a runner owns, where in each it stands, and the way of a new one until it may be processed.

A partition that the group gives us is not read at once: its committed position is fetched, its store is restored, and only
then is it handed to the client, with the exact offset to begin at. The same partition of the processor's loop goes with it:
the group knows nothing of that topic, so we take it and let go of it together with the input. Nothing is ever paused: after
a pause librdkafka 2.x may resume at the end of the partition, and records are skipped without a word
(`tests/kafka/test_runner_assignment.py`).
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from benefit_hub.runtime.changelog import Restorer
from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.gauge import Gauge
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.progress import Restored, RestoreTold
from benefit_hub.runtime.stores import Positions, ProcessorStore, TaskStore
from benefit_hub.runtime.transactions import WorkerMustEnd
from benefit_hub.task import DictStore, Env
from benefit_hub.topology import Processor
from benefit_hub.values.errors import InvariantBroken

log = logging.getLogger(__name__)

AGAIN_S = 0.2
"""After so long it is asked again where to begin, if that was not known."""
COMMITTED_S = 0.5
"""How long a turn waits for committed offsets; they are withheld while a former owner's transaction is open."""
NAMED_MOST = 8
"""So many partitions are named where the log tells which run."""
LEAVE_S = 1.5
"""How long a stopping worker waits for the group to let it go. While others are awaited, to join or to be given up, brokers
answer nothing that comes after a request to join: it would take up to 5 s, and all that matters is committed already."""
RESTORE_ROWS = 20_000
RESTORE_WAIT_S = 0.05

PASSING = {
    KafkaError._TIMED_OUT,  # noqa: SLF001  the client's own codes begin so
    KafkaError._TRANSPORT,  # noqa: SLF001
    KafkaError._WAIT_COORD,  # noqa: SLF001
    KafkaError._ALL_BROKERS_DOWN,  # noqa: SLF001
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001  so it calls one whose leader was lost
    KafkaError._DESTROY_BROKER,  # noqa: SLF001  it lets go of a broker that left
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


@dataclass
class Feed:
    """A partition that a task reads: `position` is the next offset to process.

    `taken` is the offset after the last record that the client gave since it began here; None before the first. `stale` is
    where the client said it stood just then, if anywhere: for a while that may still be where an earlier beginning had come to.
    """

    topic: str
    logical: str
    partition: int
    position: int = -1
    taken: int | None = None
    stale: int = -1

    @property
    def place(self) -> Place:
        """Topic and partition."""
        return (self.topic, self.partition)


@dataclass(eq=False)
class Task:
    """A processor on one partition of its input, and of its loop where it has one: `feeds` are these, in this order.

    `logged` is the next changelog offset as far as this task wrote it. `running` is False until the store is complete.
    """

    feeds: tuple[Feed, ...]
    env: Env
    store: TaskStore | DictStore
    since: float
    committed_at: float
    logged: int = 0
    running: bool = False
    pending: bool = False

    @property
    def place(self) -> Place:
        """Topic and partition of its input."""
        return self.feeds[0].place

    @property
    def logical(self) -> str:
        """The logical name of its input."""
        return self.feeds[0].logical

    @property
    def partition(self) -> int:
        """The number of its partition, of whatever topic."""
        return self.feeds[0].partition

    @property
    def positions(self) -> Positions:
        """The next offset to process of each feed."""
        return tuple(feed.position for feed in self.feeds)


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
        self.logical = {host.names[logical]: logical for logical in processor.reads}
        """The logical name of each Kafka topic that is read."""
        self._owners: dict[Place, tuple[Task, Feed]] = {}
        self._known: dict[Place, list[tuple[int, int]]] = {}
        self._taken_away: set[Place] = set()
        self._restorer = None if store is None else Restorer(host, host.names[processor.changelog], store)
        self._monotonic = host.outside.monotonic
        self._gauge = Gauge(lambda: host.outside.consumer(host.client() | {"group.id": "hub.gauge"}, logger=client_log))
        settings = host.settings
        self._consumer = host.outside.consumer(
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
                "queued.max.messages.kbytes": settings.prefetch_mib * 1024,
                "queued.min.messages": settings.prefetch_records,  # until so many are there it fetches: a limit from above
            },
            logger=client_log,
        )

    def open(self) -> None:
        """Join the group."""
        inputs = sorted(self._host.names[logical] for logical in self._processor.inputs)
        self._consumer.subscribe(inputs, on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost)

    def close(self) -> None:
        """Leave the group, so that others need not wait for the session to end; where it takes long, the request stands."""
        restorer, self._restorer = self._restorer, None
        if not self._host.outside.within(LEAVE_S, self._consumer.close):
            log.info(
                "%s: leaves its group in the middle of a rebalance, and does not wait for it", self._processor.name
            )
        self._gauge.close()
        if restorer is not None:
            restorer.close()

    @property
    def group(self) -> object:
        """What proves to the broker that we are still the member that read these records."""
        return self._consumer.consumer_group_metadata()

    @property
    def running(self) -> list[Task]:
        """The tasks whose stores are complete."""
        return [task for task in self.tasks.values() if task.running]

    @property
    def positions(self) -> dict[Place, int]:
        """The next offset of everything that tasks at work read."""
        return {feed.place: feed.position for task in self.running for feed in task.feeds}

    @property
    def restoring(self) -> dict[int, Restored]:
        """The partitions on their way, and how far they are."""
        return {} if self._restorer is None else self._restorer.under_way

    @property
    def restored(self) -> RestoreTold | None:
        """How much was restored so far, and how fast; None without a store."""
        return None if self._restorer is None else self._restorer.told

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way any more."""
        return all(task.running for task in self.tasks.values())

    def collect(self, limit: int, wait_s: float, not_before: float) -> list[tuple[Task, list[Message]]]:
        """Up to so many records, by task, in the order of each partition: whatever has been fetched once one is there, and
        whatever comes until `not_before`, a moment of the monotonic clock."""
        self._taken_away.clear()
        first = self._consumer.poll(wait_s)
        if first is None:
            return []
        gather_s = max(0.0, not_before - self._monotonic())
        messages = [first, *(self._consumer.consume(limit - 1, gather_s) if limit > 1 else [])]
        by_task: dict[Task, list[Message]] = defaultdict(list)
        for message in messages:
            if (error := message.error()) is not None:
                self._hear(error, message)
                continue
            place = (message.topic() or "", message.partition() or 0)
            task, feed = self._owners.get(place, (None, None))
            if task is not None and feed is not None and task.running and place not in self._taken_away:
                self._take(feed, message)
                by_task[task].append(message)
        return list(by_task.items())

    def reached(self, task: Task) -> Positions:
        """The next offset to read of each feed: past the markers and aborted records that the client has stepped over."""
        return tuple(self._reached(feed) for feed in task.feeds)

    def _reached(self, feed: Feed) -> int:
        at = self._consumer.position([TopicPartition(*feed.place)])[0].offset
        if 0 <= at == feed.stale:
            return feed.position
        feed.stale = -1  # it has forgotten, and perhaps gone on
        return max(feed.position, at)

    def rewind(self, tasks: Iterable[Task]) -> None:
        """Read again from the last committed position, where the partition is still ours."""
        for task in tasks:
            if self.tasks.get(task.place) is task and task.running:
                self._consumer.incremental_unassign([TopicPartition(*feed.place) for feed in task.feeds])
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
                self._set_out(task, restored.positions)
                rows += restored.rows
                started.append(task)
        for task in started:
            task.running = True
            self._start(task)
        if started:
            places = ", ".join(f"{task.logical} {task.partition}" for task in started[:NAMED_MOST])
            places += f" and {len(started) - NAMED_MOST} more" if len(started) > NAMED_MOST else ""
            waited_s = max(self._monotonic() - task.since for task in started)
            told = "%s: runs %s, %d rows restored, at most %.2f s after they were assigned"
            log.info(told, self._processor.name, places, rows, waited_s)

    def _ask_where_to_begin(self, tasks: list[Task]) -> list[Task]:
        """Ask the brokers, and begin to restore; those without a store may run at once. What is not known yet is asked again."""
        ready: list[Task] = []
        try:
            asked = [TopicPartition(*feed.place) for task in tasks for feed in task.feeds]
            answers = {(told.topic, told.partition): told for told in self._consumer.committed(asked, COMMITTED_S)}
            for task in tasks:
                known = [self._told(answers[feed.place]) for feed in task.feeds]
                if self._restorer is not None:
                    self._restorer.begin(task.partition)
                self._known[task.place] = known
                if self._restorer is None:
                    self._set_out(task, tuple(committed for committed, _ in known))
                    ready.append(task)
        except KafkaException as trouble:
            error: KafkaError = trouble.args[0]
            if not error.retriable() and error.code() not in PASSING:
                raise WorkerMustEnd(
                    f"{self._processor.name} cannot learn where to begin: {error.str()}; see to the brokers, then start it again"
                ) from trouble
            log.info("%s: where to begin is not known yet: %s", self._processor.name, error.str())
            self._host.outside.sleep(AGAIN_S)
        return ready

    def _told(self, answer: TopicPartition) -> tuple[int, int]:
        """The committed position (-1 for none), and the first offset that the partition still holds."""
        if answer.error is not None:
            raise KafkaException(answer.error)
        low, _ = self._gauge.ends(answer)
        return max(answer.offset, -1), low  # the client says -1001 for none

    def _set_out(self, task: Task, stored: Positions) -> None:
        """Fix where each feed begins. A store from before the processor had a loop knows no position there."""
        for feed, (committed, low), position in zip(task.feeds, self._known[task.place], (*stored, -1), strict=False):
            feed.position = self._begin_at(feed, position, committed, low)

    def _begin_at(self, feed: Feed, stored: int, committed: int, low: int) -> int:
        """Where to begin: the committed position, checked against the store and against what the topic still holds."""
        where = f"{self._processor.name}: {feed.logical} partition {feed.partition}"
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
        self._consumer.incremental_assign([TopicPartition(*feed.place, feed.position) for feed in task.feeds])
        for feed in task.feeds:
            feed.taken, feed.stale = None, self._consumer.position([TopicPartition(*feed.place)])[0].offset

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign([])
        loop, now = self._processor.loop, self._monotonic()
        for one in partitions:
            logical = self.logical[one.topic]
            store = DictStore() if self._store is None else self._store.open(one.partition)
            topics = (logical,) if loop is None else (logical, loop)
            feeds = tuple(Feed(self._host.names[topic], topic, one.partition) for topic in topics)
            task = Task(feeds, self._make_env(logical, one.partition), store, now, now)
            self.tasks[task.place] = task
            self._owners |= {feed.place: (task, feed) for feed in feeds}

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Give partitions back. Callbacks run while records are collected, and never while a transaction is open."""
        started: list[TopicPartition] = []
        for one in partitions:
            place = (one.topic, one.partition)
            task = self.tasks.pop(place, None)
            self._known.pop(place, None)
            if task is None:
                continue
            for feed in task.feeds:
                del self._owners[feed.place]
                self._taken_away.add(feed.place)
            if task.running:
                started += [TopicPartition(*feed.place) for feed in task.feeds]
            elif self._restorer is not None:
                self._restorer.forget(one.partition)
        consumer.incremental_unassign(started)

    def _on_lost(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        log.warning(
            "%s: %d partitions were lost to others while this worker was silent", self._processor.name, len(partitions)
        )
        self._on_revoke(consumer, partitions)

    def _take(self, feed: Feed, message: Message) -> None:
        offset = message.offset() or 0
        least = feed.position if feed.taken is None else feed.taken
        if offset < least:
            raise InvariantBroken(
                f"{self._processor.name}: {feed.logical} partition {feed.partition}: the client gave offset "
                f"{offset} again, expected {least} or later"
            )
        feed.taken, feed.stale = offset + 1, -1

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
