"""Run the topology in memory: topics are lists, partitions are chosen by key, nothing happens but what is delivered.

Which task is served next, and how much of its input it gets at once, is up to a `Schedule`; the entitlements that come out
must not depend on it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

import msgspec
from msgspec import structs

from benefit_hub.messages.internal import (
    ClaimsMessage,
    ControlEvent,
    FactsMessage,
    HouseholdFactsMessage,
    LedgerTransfersMessage,
    PersonTransfersMessage,
)
from benefit_hub.settlement.account import ACCOUNTS, Account
from benefit_hub.task import DictStore, Env, Incoming, Out, Overlay, SourceTopic
from benefit_hub.topology import Processor, Topology
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.steps import merge, squeeze

Schedule = Callable[[list["Task"]], tuple["Task", int]]
"""Of the tasks that have something to do, the one that is served next, and how many records it gets at most."""

_INTERNAL: Mapping[str, Any] = {
    "facts": msgspec.msgpack.Decoder(FactsMessage),
    "household-facts": msgspec.msgpack.Decoder(HouseholdFactsMessage),
    "claims": msgspec.msgpack.Decoder(ClaimsMessage),
    "person-transfers": msgspec.msgpack.Decoder(PersonTransfersMessage),
    "ledger-transfers": msgspec.msgpack.Decoder(LedgerTransfersMessage),
}
_ENCODE = msgspec.msgpack.Encoder().encode


def in_turn(tasks: list["Task"]) -> tuple["Task", int]:
    """The plain schedule: whoever comes first in the flow, all that it has."""
    return tasks[0], 1_000


class Task:
    """One processor on one partition of one of its inputs, and of its loop: its state, and what waits for it on each."""

    def __init__(self, processor: Processor, topic: str, partition: int, env: Env) -> None:
        self.processor = processor
        self.partition = partition
        self.env = env
        self.store = DictStore()
        topics = (topic,) if processor.loop is None else (topic, processor.loop)
        self.waiting: dict[str, list[Incoming]] = {each: [] for each in topics}

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return any(self.waiting.values()) or self.processor.pending(Overlay(self.store), self.env)

    def serve(self, most: int) -> list[Out]:
        """One batch of so many records of each topic, or where none waits a piece of a sweep; state changes with it."""
        overlay = Overlay(self.store)
        batch = [record for waiting in self.waiting.values() for record in waiting[:most]]
        self.waiting = {topic: waiting[most:] for topic, waiting in self.waiting.items()}
        work = self.processor
        outs = work.step(overlay, batch, self.env) if batch else work.resume(overlay, most, self.env)
        self.store.write(overlay.dirty)
        return outs


class Simulation:
    """The hub in memory. `published` are department records and control events in, `outputs` every public record out.

    Of the outputs only those of the topics in `keeps` are kept, where that is given.
    """

    def __init__(
        self,
        topology: Topology,
        env: Env,
        partitions: int = 2,
        schedule: Schedule = in_turn,
        keeps: Collection[str] | None = None,
    ) -> None:
        self._topology = topology
        self._keeps = keeps
        self._schedule = schedule
        self._counts = {"control": 1} | dict.fromkeys(_INTERNAL, partitions)
        self.outputs: dict[str, list[Out]] = {}
        self.tasks = [
            Task(processor, topic, partition, self._env(env, processor, partition))
            for processor in topology.processors
            for topic in processor.inputs
            for partition in range(self._counts.get(topic, 1))
        ]
        self._offsets: dict[tuple[str, int], int] = {}
        self._places = {task: place for place, task in enumerate(self.tasks)}
        self._busy: set[Task] = set()  # asked of a task only after something happened to it
        self._readers: dict[tuple[str, int], list[Task]] = {}
        for task in self.tasks:
            for topic in task.waiting:
                self._readers.setdefault((topic, task.partition), []).append(task)

    def _env(self, env: Env, processor: Processor, partition: int) -> Env:
        key = env.pseudonym_key if processor.name == "intake" else b""
        return structs.replace(
            env,
            partition=partition,
            origins=self._counts[processor.origins],
            partitions=self._counts,
            pseudonym_key=key,
        )

    def read_as(self, sources: Mapping[str, SourceTopic]) -> None:
        """From now on department records are read as these say."""
        for task in self.tasks:
            task.env = structs.replace(task.env, sources=sources)

    def publish(
        self,
        topic: str,
        body: Any,
        *,
        key: str,
        event_id: str,
        source: str,
        at_ms: int,
        headers: Mapping[str, bytes] | None = None,
    ) -> None:
        """Put a department record on its topic, received at `at_ms`."""
        raw = _ENCODE(body) if isinstance(body, dict) else None
        ce = {"ce_id": event_id.encode(), "ce_source": source.encode(), **(headers or {})}
        record = Incoming(topic=topic, key=key.encode(), value=body, raw=raw, headers=ce, timestamp_ms=at_ms)
        self._append(topic, self._place(topic, key.encode()), record)

    def control(self, event: ControlEvent, at_ms: int) -> None:
        """Put a control event on its topic."""
        self._append("control", 0, Incoming(topic="control", value=event, raw=_ENCODE(event), timestamp_ms=at_ms))

    def _place(self, topic: str, key: bytes) -> int:
        """The partition of a key."""
        return crc32(key) % self._counts.get(topic, 1)

    def _append(self, topic: str, partition: int, record: Incoming) -> None:
        offset = self._offsets.get((topic, partition), 0)
        self._offsets[topic, partition] = offset + 1
        placed = structs.replace(record, partition=partition, offset=offset)
        for task in self._readers.get((topic, partition), ()):
            task.waiting[topic].append(placed)
            self._busy.add(task)

    def run(self, most: int = 1_000_000) -> "Simulation":
        """Serve tasks until nobody has anything to do."""
        for _ in range(most):
            if not self._busy:
                return self
            task, size = self._schedule(sorted(self._busy, key=self._places.__getitem__))
            outs = task.serve(size)
            if not task.busy:
                self._busy.remove(task)
            for out in outs:
                self._route(task, out)
        raise InvariantBroken(f"the simulation did not come to rest in {most} turns")

    def _route(self, task: Task, out: Out) -> None:
        """Internal records go on as bytes and are read again, so that what cannot be written is seen here."""
        if out.topic not in task.processor.outputs:
            raise InvariantBroken(f"{task.processor.name} wrote to {out.topic}, which the topology does not give it")
        decoder = _INTERNAL.get(out.topic)
        if decoder is None:
            if self._keeps is None or out.topic in self._keeps:
                self.outputs.setdefault(out.topic, []).append(out)
            return
        key = out.key.encode() if isinstance(out.key, str) else out.key
        partition = out.partition if out.partition is not None else self._place(out.topic, key or b"")
        value = decoder.decode(_ENCODE(out.value))
        headers = {name: text.encode() if isinstance(text, str) else text for name, text in out.headers.items()}
        self._append(out.topic, partition, Incoming(topic=out.topic, key=key, value=value, headers=headers))

    def said(self, topic: str) -> list[Any]:
        """The values of an output topic in order."""
        return [out.value for out in self.outputs.get(topic, [])]

    def standing(self, topic: str) -> dict[str, Any]:
        """The newest value of each key of a compacted output topic."""
        return {str(out.key): out.value for out in self.outputs.get(topic, [])}

    def accounts(self) -> Iterator[Account]:
        """Every ledger account, as settlement holds it."""
        for task in self.tasks:
            if task.processor.name == "settlement":
                overlay = Overlay(task.store)
                for key in overlay.keys(ACCOUNTS, "", 1 << 30):
                    account = overlay.get(ACCOUNTS, key)
                    if account is not None:
                        yield account


def shuffled(choose: Callable[[int], int], largest: int = 7) -> Schedule:
    """A schedule that lets `choose(n)` pick a number below n: which task is next, and how many records it gets."""

    def schedule(tasks: list[Task]) -> tuple[Task, int]:
        return tasks[choose(len(tasks))], 1 + choose(largest)

    return schedule


def ledger_by_month(accounts: Iterable[Account]) -> dict[tuple[str, str], tuple[Any, Any]]:
    """What order must not change: per beneficiary and programme, `due` and instructed - receivable by month."""

    found = {}
    for account in accounts:
        for name, ledger in account.ledgers.items():
            net = squeeze(
                ((at, told - back) for at, told, back in merge(ledger.instructed, ledger.receivable, (0, 0))), 0
            )
            if ledger.due or net:
                found[account.beneficiary, name] = (ledger.due, net)
    return found
