"""The runner of one processor: read a batch, step, write outputs and changelog, commit all of it with the input positions,
and only then write the local store.

    messages = consume                              read_committed
    begin
    for each partition: overlay = Overlay(store)    reads through, keeps changes aside
                        outputs = step(overlay, records)
                        write outputs, then overlay.dirty to the same partition of the changelog
    send the input positions as this member of the group, commit
    write overlay.dirty and the mark to the local store

Whatever fails before the commit is as if it had not been tried; what fails after it is repaired by the restore. Work without
a message (`resume`) runs in transactions of the same kind, in turn with new records.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, get_ident

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition
from msgspec import structs

from benefit_hub.runtime.assignment import Assignment, Place, Task
from benefit_hub.runtime.batches import FIRST_KEYS, FIRST_RECORDS, Pace
from benefit_hub.runtime.blame import blamed, stopped_at
from benefit_hub.runtime.faults import InjectedAbort
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.progress import Now, Progress, Refused, Standing, refusals
from benefit_hub.runtime.stores import MARK, Mark, Positions, ProcessorStore, TaskStore, packed
from benefit_hub.runtime.transactions import Abortable, Transactions, WorkerMustEnd
from benefit_hub.runtime.wire import Headers, headers_of, incoming, key_bytes
from benefit_hub.task import ControlState, Env, Incoming, Out, Overlay, State
from benefit_hub.task.controls import CONTROL, ROW
from benefit_hub.topology import Processor
from benefit_hub.values.errors import HubError, InvariantBroken

log = logging.getLogger(__name__)

IDLE_S = 0.2
"""How long a turn without work waits for a record; also how late a stop may be noticed."""
GATHER_S = 0.05
"""Transactions of records begin no closer to each other than this, unless one is full: each costs client and brokers
milliseconds, whatever it holds. A record that comes after a pause waits for nothing."""
TRIES_FROM_MEMORY = 2
FRESH_S = 24 * 3600.0
"""Positions are committed again after so long, moved or not. Brokers forget what stands still for a week in a topic that no
member of the group subscribes to, and a loop is such a topic."""
FAILURES_MAX = 8
"""So many transactions in a row may fail before the worker ends."""

Call = Callable[[State], list[Out]]


@dataclass
class Work:
    """What one transaction does for one task: the call, and the records it is about."""

    task: Task
    call: Call
    records: Sequence[Incoming] = ()


@dataclass
class Done:
    """What a task changed, to be written to its store once the transaction is committed."""

    work: Work
    overlay: Overlay
    dirty: dict[bytes, bytes | None]
    positions: Positions
    pending: bool
    logged: int
    refused: list[Refused]


class Runner:
    """One processor in one slot."""

    def __init__(self, processor: Processor, host: Host) -> None:
        self.processor = processor
        self.progress = Progress()
        self.assigned: dict[Place, bool] = {}
        """The partitions that this runner owned at its last turn, and whether each was restored and at work."""
        self.standing = Standing()
        self.origins = 0
        """How many partitions send copies of control to each of its tasks; known once it runs."""
        self.thread: int | None = None
        """The thread in which it runs, once it does."""
        self._host = host
        self._idle_s = host.settings.commit_interval_ms / 1000
        self._records = Pace(FIRST_RECORDS, host.settings.batch_records_max, host.settings)
        self._keys = Pace(FIRST_KEYS, host.settings.sweep_budget, host.settings)
        self._began = 0.0
        self._worked_s = 0.0
        self._failures = 0
        self._attempts = 0
        self._monotonic = host.outside.monotonic
        self._transactions = Transactions(host, processor.name)
        self._looked = self._monotonic()
        self._now_and_then = Now()

    @property
    def name(self) -> str:
        """The name of its processor."""
        return self.processor.name

    def run(self, stop: Event) -> None:
        """Work until told to stop; then the transaction at work is finished, and the group is left.

        Raises HubError for what this worker cannot go on with. Its text holds no key and no content of a record.
        """
        name, self.thread = self.processor.name, get_ident()
        store = None
        if self.processor.stateful:
            store = self._host.outside.store(self._host.stores / name, self._host.memory)
        self._assignment = Assignment(self.processor, self._host, store, self._env)
        self._stop = stop
        try:
            self._transactions.start(stop)
            if stop.is_set():
                return
            self._counts = self._partition_counts()
            self.origins = self._counts[self.processor.origins]
            self._assignment.open()
            while not stop.is_set():
                self._turn()
        except KafkaException as trouble:
            raise WorkerMustEnd(
                f"{name}: {trouble.args[0].str()}; see to the brokers, then start the worker again"
            ) from trouble
        finally:
            self._close(store)

    def _turn(self) -> None:
        """Take new partitions on, then a batch of records, then a budget of work without a message."""
        self._assignment.advance()
        self.assigned = {place: task.running for place, task in self._assignment.tasks.items()}
        found = self._assignment
        self.standing = Standing(found.positions, found.restoring, self._controls(), found.restored)
        self.progress.turns += 1
        busy = not self._assignment.settled or any(task.pending for task in self._assignment.running)
        batch = self._assignment.collect(self._records.limit, 0 if busy else IDLE_S, self._began + GATHER_S)
        self._transactions.poll()
        if batch:
            codec, logical = self._host.codec, self._assignment.logical
            works = [
                self._stepping(task, [incoming(each, logical[each.topic() or ""], codec) for each in found])
                for task, found in batch
            ]
            self._transact(works, self._records, sum(len(found) for _, found in batch))
        self._first_look()
        waiting = [task for task in self._assignment.running if task.pending]
        if waiting:
            budget = max(1, self._keys.limit // len(waiting))
            self._transact([self._resuming(task, budget) for task in waiting], self._keys, budget * len(waiting))
        elif not batch:
            self._commit_idle()

    def _controls(self) -> dict[int, ControlState]:
        """What tasks know of control, looked at now and then."""
        if not self._now_and_then.due():
            return dict(self.standing.controls)
        known = {task.partition: Overlay(task.store).get(CONTROL, ROW) for task in self._assignment.running}
        return {partition: row for partition, row in known.items() if row is not None}

    def _stepping(self, task: Task, records: list[Incoming]) -> Work:
        return Work(task, lambda state: self.processor.step(state, records, task.env), records)

    def _resuming(self, task: Task, budget: int) -> Work:
        return Work(task, lambda state: self.processor.resume(state, budget, task.env))

    def _first_look(self) -> None:
        """A task that has just been restored may have been in the middle of a sweep."""
        for task in self._assignment.running:
            if task.since:
                task.since = 0.0
                task.pending = self.processor.pending(Overlay(task.store), task.env)

    def _commit_idle(self) -> None:
        """Commit positions that moved without a record, so that no lag seems to be left where there is none."""
        if self._monotonic() - self._looked < self._idle_s:
            return
        self._looked = self._monotonic()
        moved = [
            task
            for task in self._assignment.running
            if self._assignment.reached(task) != task.positions or self._looked - task.committed_at > FRESH_S
        ]
        if moved:
            self._transact([Work(task, lambda _: []) for task in moved], self._records, 0)

    def _transact(self, works: list[Work], pace: Pace, taken: int) -> None:
        """One transaction, which takes so much of what the pace is of.

        What can be aborted is tried again from memory, unless we are to stop, then from the last committed positions.
        """
        for tried in range(1 + TRIES_FROM_MEMORY):
            started = self._began = self._monotonic()
            try:
                done = self._attempt(works)
            except (Abortable, InjectedAbort) as trouble:
                self._failures += 1
                self.progress.aborted += 1
                log.warning("%s: transaction aborted (%d in a row): %s", self.processor.name, self._failures, trouble)
                self._transactions.abort()
                if self._failures >= FAILURES_MAX:
                    raise WorkerMustEnd(
                        f"{self.processor.name}: {self._failures} transactions in a row failed, the last: {trouble}. "
                        "See to the brokers, then start the worker again"
                    ) from trouble
                if self._stop.wait(0.1 * tried):
                    break
                continue
            self._failures = 0
            self._keep(done)
            records, took_s = sum(len(work.records) for work in works), self._monotonic() - started
            self.progress.done(records, took_s, (one for each in done for one in each.refused))
            pace.done(taken, worked_s=self._worked_s, took_s=took_s)
            return
        pace.halve()
        self._assignment.rewind([work.task for work in works])

    def _attempt(self, works: list[Work]) -> list[Done]:
        """Everything between begin and commit, and the commit."""
        fault, name = self._host.fault, self.processor.name
        self._attempts += 1
        self._transactions.begin()
        started = self._monotonic()
        done = [self._do(work) for work in works]
        self._worked_s = self._monotonic() - started
        self._transactions.flush()
        fault.reach("after_produce", name, self._attempts, self._stop)
        started = self._monotonic()
        positions = [
            TopicPartition(*feed.place, position)
            for each in done
            for feed, position in zip(each.work.task.feeds, each.positions, strict=True)
        ]
        self._transactions.send_positions(positions, self._assignment.group)
        fault.reach("after_offsets", name, self._attempts, self._stop)
        self._transactions.finish()
        took_s = self._monotonic() - started
        self.progress.committed(sum(len(work.records) for work in works), sum(len(each.dirty) for each in done), took_s)
        fault.reach("after_commit", name, self._attempts, self._stop)
        return done

    def _do(self, work: Work) -> Done:
        task = work.task
        overlay = Overlay(task.store)
        try:
            outs = work.call(overlay)
            pending = bool(work.records or task.pending) and self.processor.pending(overlay, task.env)
            dirty = overlay.dirty
        except Exception as trouble:  # noqa: BLE001  whatever it is, it ends the worker
            raise blamed(self.processor, task, work.records, trouble) from None
        positions = self._assignment.reached(task)
        self._write_outputs(task, work, outs)
        done = Done(work, overlay, dirty, positions, pending, task.logged, refusals(outs))
        if self.processor.stateful:
            self._write_changelog(task, done)
        elif dirty:
            raise InvariantBroken(f"{stopped_at(self.processor, task, work.records)}: it has no store, and wrote state")
        return done

    def _write_outputs(self, task: Task, work: Work, outs: list[Out]) -> None:
        names, encode, public = self._host.names, self._host.codec.encode, self._host.public
        first = work.records[0].offset if work.records else task.positions[0]
        at = task.logged if self.processor.stateful else first
        for number, out in enumerate(outs):
            if out.topic not in self.processor.outputs:
                raise InvariantBroken(
                    f"{stopped_at(self.processor, task, work.records)}: it wrote to {out.topic}, which is not among its outputs "
                    f"({', '.join(self.processor.outputs)}): correct the processor or the topology"
                )
            name, value = names[out.topic], out.value
            headers: Headers | None = None
            if out.headers or out.topic in public:
                place = f"{self.processor.name}.{task.logical}.{task.partition}.{at}.{number}"
                headers = headers_of(out, name, place, public=out.topic in public)
            self._transactions.produce(
                name,
                key_bytes(out),
                value if value is None or isinstance(value, bytes) else encode(out.topic, value),
                -1 if out.partition is None else out.partition,
                headers,
            )

    def _write_changelog(self, task: Task, done: Done) -> None:
        """Changed rows, and last the positions, whose place in the changelog is where this task stands then."""
        topic, partition = self._host.names[self.processor.changelog], task.partition
        for address, raw in done.dirty.items():
            self._transactions.produce(topic, address, raw, partition)

        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                done.logged = (message.offset() or 0) + 1

        positions = msgspec.msgpack.encode(packed(done.positions))
        self._transactions.produce(topic, MARK, positions, partition, on_delivery=delivered)

    def _keep(self, done: list[Done]) -> None:
        """The transaction is committed: now, and only now, the local stores may know."""
        for each in done:
            task = each.work.task
            task.pending, task.committed_at = each.pending, self._monotonic()
            for feed, position in zip(task.feeds, each.positions, strict=True):
                feed.position = position
            if isinstance(task.store, TaskStore):
                task.logged = each.logged
                task.store.write(each.dirty, Mark(each.logged, packed(each.positions), self._host.now_ms()))

    def _env(self, logical: str, partition: int) -> Env:
        """What a task may know, with what is particular to its partition."""
        del logical
        return structs.replace(
            self._host.env,
            partition=partition,
            origins=self._counts[self.processor.origins],
            partitions={topic: self._counts[topic] for topic in self.processor.outputs},
        )

    def _partition_counts(self) -> dict[str, int]:
        """How many partitions every topic of this processor has. Raises HubError that names those that are missing."""
        processor, names = self.processor, self._host.names
        wanted = {*processor.reads, *processor.outputs, processor.origins}
        if processor.stateful:
            wanted.add(processor.changelog)
        there = self._transactions.partition_counts()
        missing = sorted(names[topic] for topic in wanted if names[topic] not in there)
        if missing:
            raise HubError(
                f"{processor.name} needs topics that are not there: {', '.join(missing)}; run `hub topics apply`"
            )
        counts = {topic: there[names[topic]] for topic in wanted}
        together = {*processor.inputs, processor.changelog} if processor.stateful else set()
        together |= {*processor.inputs, processor.loop} if processor.loop else set()
        if len({counts[topic] for topic in together}) > 1:
            told = ", ".join(f"{names[topic]} has {counts[topic]}" for topic in sorted(together))
            raise HubError(
                f"what {processor.name} reads, and its changelog, must have the same number of partitions: {told}; keyed topics "
                "never change theirs, a rebuild is needed"
            )
        return counts

    def _close(self, store: ProcessorStore | None) -> None:
        """Let go of everything, whatever state it is in; an open transaction is aborted, so that nobody waits for it."""
        try:
            self._transactions.abort()
        except (Abortable, HubError) as trouble:
            log.warning("%s: the open transaction is left to the broker: %s", self.processor.name, trouble)
        self._assignment.close()
        self._transactions.close()
        if store is not None:
            store.close()
