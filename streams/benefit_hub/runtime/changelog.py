"""Bringing stores up to the end of their changelog, a slice at a time.

The order matters. The committed input offsets are fetched first, then the end of the changelog as *uncommitted* readers see
it: whatever went with those offsets lies before that end. Then committed records are read until the position has reached it.
A reader of committed data waits there behind a transaction that is still open, so a former owner's work is either seen or
known to be aborted; asked for its own end instead, it would answer with the place before that transaction, and the store would
miss it.
"""

import logging
import time
from collections import defaultdict

import msgspec
from confluent_kafka import TopicPartition

from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.gauge import Gauge
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.progress import Restored, RestoreTold
from benefit_hub.runtime.stores import MARK, Mark, Positions, ProcessorStore, TaskStore, packed, unpacked
from benefit_hub.runtime.topic_id import TopicId
from benefit_hub.runtime.transactions import WorkerMustEnd
from benefit_hub.values.errors import InvariantBroken

log = logging.getLogger(__name__)

STALE_MS = 12 * 3600 * 1000
"""A store that was not written for so long is rebuilt unless it is complete: half of Kafka's delete.retention.ms, after which
compaction may have removed tombstones that the store has not seen."""


_POSITION = msgspec.msgpack.Decoder(int | Positions)


class Restoring:
    """One partition on its way: its store, where its changelog ends, and what was read last."""

    def __init__(self, store: TaskStore, mark: Mark, end: int) -> None:
        self.store = store
        self.end = end
        self.next = mark.changelog
        self.positions = mark.positions
        self.rows = 0


class Restorer:
    """Restores the stores of one processor from its changelog."""

    def __init__(self, host: Host, topic: str, store: ProcessorStore) -> None:
        self._topic = topic
        self._store = store
        self._now_ms = host.now_ms
        self._under_way: dict[int, Restoring] = {}
        self.told = RestoreTold(topic)
        reading: dict[str, str | int | bool] = {
            "group.id": "hub.restore",  # asked for by the client, never joined
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "queued.max.messages.kbytes": 16_384,
            "fetch.queue.backoff.ms": 20,
            "fetch.wait.max.ms": 10,
        }
        make, client = host.outside.consumer, host.client() | reading
        self._consumer = make(client | {"isolation.level": "read_committed"}, logger=client_log)
        self._gauge = Gauge(lambda: make(client | {"isolation.level": "read_uncommitted"}, logger=client_log))
        self._id = TopicId(lambda: host.outside.admin(host.client(), logger=client_log), topic)

    @property
    def busy(self) -> bool:
        """Whether a store is on its way."""
        return bool(self._under_way)

    @property
    def under_way(self) -> dict[int, Restored]:
        """The partitions on their way, and how far they are."""
        return {number: Restored(one.rows, max(0, one.end - one.next)) for number, one in self._under_way.items()}

    def begin(self, partition: int) -> None:
        """Start on a partition whose committed input offsets have been fetched already."""
        low, end = self._gauge.ends(TopicPartition(self._topic, partition))
        store = self._store.open(partition)
        mark, name = store.mark, f"{self._topic}/{partition}"
        whole_name = f"{name} {self._id.ask()}"
        reason = rebuild_reason(mark, low, end, self._now_ms())
        if store.whose not in ("", name, whole_name):
            reason = f"it is a copy of {store.whose}, and not of {whole_name}"
        if mark is None or reason:
            if low > 0:
                raise InvariantBroken(
                    f"{self._topic} partition {partition} begins at offset {low}: records of the changelog were deleted, "
                    f"and the local store cannot stand in ({reason}). Nothing is guessed: rebuild the processor from its input"
                )
            if mark is not None:
                log.warning("%s partition %d: the local store is rebuilt: %s", self._topic, partition, reason)
            store, mark = self._store.emptied(partition), Mark(low, -1, 0)
        if store.whose != whole_name:
            store.belong_to(whole_name)  # also where an earlier release made it, which knew no ids of topics
        self._under_way[partition] = Restoring(store, mark, end)
        if mark.changelog < end:
            self._consumer.incremental_assign([TopicPartition(self._topic, partition, mark.changelog)])

    def forget(self, partition: int) -> None:
        """The partition was taken away; what was restored stays for another time."""
        restoring = self._under_way.pop(partition, None)
        if restoring is not None:
            self._unassign(partition)

    def advance(self, limit: int, wait_s: float) -> dict[int, Restoring]:
        """Read a slice; the partitions that have reached their end."""
        if any(restoring.next < restoring.end for restoring in self._under_way.values()):
            self._read(limit, wait_s)
            self.told.tell(self.under_way)
        done = {number: one for number, one in self._under_way.items() if one.next >= one.end}
        for partition, one in done.items():
            del self._under_way[partition]
            self._unassign(partition)
            one.store.settle()
        return done

    def close(self) -> None:
        """Let go of the clients."""
        self._consumer.close()
        self._gauge.close()

    def _read(self, limit: int, wait_s: float) -> None:
        first = self._consumer.poll(wait_s)
        messages = [] if first is None else [first, *self._consumer.consume(limit, 0)]
        rows: dict[int, list[tuple[bytes, bytes | None]]] = defaultdict(list)
        for message in messages:
            if (error := message.error()) is not None:
                if error.retriable():
                    continue
                raise WorkerMustEnd(
                    f"{self._topic} cannot be read: {error.str()}; see to the brokers, then start the worker again"
                )
            address, partition = message.key() or b"", message.partition()
            restoring = None if partition is None else self._under_way.get(partition)
            if restoring is None or partition is None:
                continue
            restoring.next = (message.offset() or 0) + 1
            if address == MARK:
                restoring.positions = unpacked(_POSITION.decode(message.value() or b""))
            else:
                rows[partition].append((address, message.value()))
        for partition, restoring in self._under_way.items():
            self._write(partition, restoring, rows.get(partition, []))

    def _write(self, partition: int, restoring: Restoring, rows: list[tuple[bytes, bytes | None]]) -> None:
        """Write what was read; past markers and aborted records only the position of the reader goes."""
        reached = self._consumer.position([TopicPartition(self._topic, partition)])[0].offset
        restoring.next = max(restoring.next, reached)
        restoring.rows += len(rows)
        self.told.rows += len(rows)
        if rows or restoring.next >= restoring.end:
            restoring.store.restore(rows, Mark(restoring.next, packed(restoring.positions), self._now_ms()))

    def _unassign(self, partition: int) -> None:
        held = [one for one in self._consumer.assignment() if one.partition == partition]
        if held:
            self._consumer.incremental_unassign(held)


def now_ms() -> int:
    """The clock of this machine, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def rebuild_reason(mark: Mark | None, low: int, end: int, at_ms: int) -> str:
    """Why a store cannot be continued at this time; empty where it can."""
    if mark is None:
        return "it does not say how far it has come"
    if mark.changelog > end:
        return f"it is at offset {mark.changelog} of a changelog that ends at {end}"
    if mark.changelog < low:
        return f"it is at offset {mark.changelog} of a changelog that begins at {low}"
    if end - mark.changelog > 1 and at_ms - mark.written_ms > STALE_MS:
        return "it is older than the tombstones that the changelog keeps"
    return ""
