"""Judges what is committed: every transaction is done again, in memory, on the inputs that it says it has processed.

A transaction writes its positions to the changelog, so the inputs of it are those from where the one before ended. If the same
step over the same inputs, on the state that all before have left, says anything else than what was committed, or the positions
do not go on where they were, something was lost, doubled or made of a wrong state.
"""

from collections import Counter
from collections.abc import Iterator

import msgspec

from benefit_hub.runtime.stores import MARK, Positions, unpacked
from benefit_hub.task import DictStore, Env, Incoming, Out, Overlay
from benefit_hub.topology import Processor
from tests.runner_simulation.brokers import Broker
from tests.runner_simulation.logs import Place, Transaction
from tests.runner_simulation.store import Disk

_POSITION = msgspec.msgpack.Decoder(int | Positions)
Said = tuple[str, bytes | None, bytes | None]
"""Topic, key and value of an output."""


class Wrong(AssertionError):
    """What must never be."""


class Line:
    """One partition as it stands after all that was committed."""

    def __init__(self, feeds: int) -> None:
        self.store = DictStore()
        self.positions = (0,) * feeds
        self.ends: dict[int, Positions] = {0: self.positions}
        """The positions at each place in the changelog where a transaction ended."""


class Judge:
    """Knows the processor, the logical name of each topic, and the group; is told of every transaction of a runner."""

    def __init__(
        self, processor: Processor, broker: Broker, names: dict[str, str], group: str, env: Env, budget: int
    ) -> None:
        self.committed = 0
        self._processor = processor
        self._broker = broker
        self._names = names
        self._group = group
        self._env = env
        self._budget = budget
        """The greatest number of keys that a sweep may take at a time; fewer are as good."""
        partitions = broker.topics[names[processor.inputs[0]]]
        self.lines = [Line(len(processor.reads)) for _ in range(partitions)]

    def decided(self, transaction: Transaction) -> None:
        """A transaction was committed or aborted. Raises Wrong."""
        if not transaction.fate:
            return
        self.committed += 1
        changelog = self._names[self._processor.changelog]
        said: list[Said] = []
        rows: dict[int, list[tuple[bytes | None, bytes | None, int]]] = {}
        for (topic, partition), offset, key, value in transaction.records:
            if topic == changelog:
                rows.setdefault(partition, []).append((key, value, offset))
            else:
                said.append((topic, key, value))
        offsets = dict(transaction.offsets.get(self._group, {}))
        expected: list[Said] = []
        for partition, written in rows.items():
            *changed, (address, raw, at) = written
            self._sure(address == MARK, "a transaction ends with its positions", written)
            after = unpacked(_POSITION.decode(raw or b""))
            for place, position in zip(self._places(partition), after, strict=True):
                self._sure(
                    offsets.pop(place, None) == position, "group and changelog are told the same positions", place
                )
            dirty = {key: value for key, value, _ in changed}
            expected += self._replay(partition, after, dirty, said)
            self.lines[partition].ends[at + 1] = after
        if not self._processor.stateful:
            for _, partition in list(offsets):
                after = tuple(offsets.pop(place) for place in self._places(partition))
                expected += self._replay(partition, after, {}, said)
        self._sure(not offsets, "positions come with a changelog", offsets)
        self._sure(Counter(expected) == Counter(said), "outputs are those of the step", expected, said)

    def behind(self) -> list[str]:
        """What is not done yet, in words."""
        group = self._broker.groups[self._group]
        found = []
        for partition, line in enumerate(self.lines):
            for place, position in zip(self._places(partition), line.positions, strict=True):
                log = self._broker.logs[place]
                told = group.committed.get(place, log.end)  # forgotten, it is told again within a day
                unread = any(entry.committed for entry in log.history[position:])
                if place in self._broker.doubtful and log.stable == log.end and not unread:
                    continue
                if not log.stable == log.end == position == told:
                    found.append(f"{place} ends at {log.end}, and is committed up to {group.committed.get(place)}")
            if self._processor.pending(Overlay(line.store), self._env):
                found.append(f"partition {partition} has a sweep to go on with")
        return found

    def stores(self, name: str, disk: Disk) -> None:
        """Every store is the changelog, folded up to where the store says that it has come. Raises Wrong."""
        changelog = self._names[self._processor.changelog]
        for partition, kept in disk.items():
            own = f"{changelog}/{partition} {self._broker.ids.get(changelog)}"
            if kept.garbage or kept.whose not in ("", own):
                continue
            if kept.mark is None:
                self._sure(not kept.store.rows, "a store without a mark is empty", name, partition)
                continue
            end = self._broker.logs[changelog, partition].end
            self._sure(kept.mark.changelog <= end, "no store is ahead of its changelog", name, partition)
            rows = self._fold(changelog, partition, kept.mark.changelog)
            self._sure(rows == kept.store.rows, "a store is its changelog, folded", name, partition, kept.mark)

    def finished(self) -> None:
        """Changelogs say what the state is. Raises Wrong."""
        changelog = self._names[self._processor.changelog]
        for partition, line in enumerate(self.lines):
            end = self._broker.logs[changelog, partition].end
            rows = self._fold(changelog, partition, end)
            self._sure(rows == line.store.rows, "the changelog, folded, is the state", partition)

    def _fold(self, topic: str, partition: int, end: int) -> dict[bytes, bytes]:
        rows: dict[bytes, bytes] = {}
        for entry in self._broker.logs[topic, partition].history[:end]:
            if entry.committed and entry.key not in (None, MARK):
                if entry.value is None:
                    rows.pop(entry.key, None)
                else:
                    rows[entry.key] = entry.value
        return rows

    def _replay(
        self, partition: int, after: Positions, dirty: dict[bytes | None, bytes | None], said: list[Said]
    ) -> list[Said]:
        """Do again what one task did in a transaction; what it should have said."""
        line = self.lines[partition]
        goes_on = all(new >= old for new, old in zip(after, line.positions, strict=True))
        self._sure(goes_on, "positions never go back", partition, line.positions, after)
        records = self._window(partition, line.positions, after, said)
        expected, outs = self._again(line, records, dirty)
        self._sure(expected == dirty, "the changelog holds what the step changed", partition, after, expected, dirty)
        line.store.write(expected)
        line.positions = after
        return [(self._names[out.topic], _key(out), msgspec.msgpack.encode(out.value)) for out in outs]

    def _again(
        self, line: Line, records: list[Incoming], dirty: dict[bytes | None, bytes | None]
    ) -> tuple[dict[bytes, bytes | None], list[Out]]:
        """What the step changes and says; of a sweep, with the number of keys that changes just this, if there is one."""
        overlay = Overlay(line.store)
        outs = self._processor.step(overlay, records, self._env) if records else []
        sweeps = not records and self._processor.pending(overlay, self._env)
        for budget in range(1, self._budget + 1) if sweeps else ():
            overlay = Overlay(line.store)
            outs = self._processor.resume(overlay, budget, self._env)
            if overlay.dirty == dirty:
                break
        return overlay.dirty, outs

    def _window(self, partition: int, before: Positions, after: Positions, said: list[Said]) -> list[Incoming]:
        """The inputs of a transaction in the order in which it took them: that of its outputs, which name the topic."""
        feeds = [
            list(self._records(topic, partition, start, end))
            for topic, start, end in zip(self._processor.reads, before, after, strict=True)
        ]
        if len(feeds) == 1:
            return feeds[0]
        merged: list[Incoming] = []
        totals = self._names["totals"]
        keys = {record.key for feed in feeds for record in feed}
        for topic, key, value in said:
            if topic == totals and key in keys:
                feed = feeds[self._processor.reads.index(msgspec.msgpack.decode(value or b"")[0])]
                self._sure(bool(feed) and feed[0].key == key, "outputs come from inputs", topic, key, value)
                merged.append(feed.pop(0))
        self._sure(not any(feeds), "every input has an output", partition, feeds)
        return merged

    def _records(self, topic: str, partition: int, start: int, end: int) -> Iterator[Incoming]:
        log = self._broker.logs[self._names[topic], partition]
        self._sure(end <= log.end, "positions are in the log", topic, partition, end)
        for offset, entry in enumerate(log.history[start:end], start):
            if not entry.committed:
                still_open = not entry.marker and entry.transaction is not None and entry.transaction.fate is None
                self._sure(not still_open, "nobody reads past what is open", topic, partition, offset)
                continue
            value = msgspec.msgpack.decode(entry.value or b"")
            yield Incoming(topic=topic, partition=partition, offset=offset, key=entry.key, value=value)

    def _places(self, partition: int) -> list[Place]:
        return [(self._names[topic], partition) for topic in self._processor.reads]

    @staticmethod
    def _sure(holds: bool, told: str, *found: object) -> None:
        if not holds:
            raise Wrong(f"{told}: {', '.join(map(repr, found))}")


def _key(out: Out) -> bytes | None:
    return out.key.encode() if isinstance(out.key, str) else out.key
