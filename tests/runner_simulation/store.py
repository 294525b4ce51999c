"""The local store without RocksDB: what is on a disk outlives the process that wrote it."""

from collections.abc import Mapping
from typing import Any

from benefit_hub.runtime.stores import Mark, ProcessorStore, Rows, TaskStore
from benefit_hub.task import DictStore

Reach = Any
Disk = dict[int, "Kept"]
"""The rows of each partition."""


class Kept:
    """The rows of one partition on a disk, and the mark that covers them; `garbage` where the disk is broken."""

    def __init__(
        self, rows: Mapping[bytes, bytes] | None = None, mark: Mark | None = None, *, garbage: bool = False
    ) -> None:
        self.store = DictStore()
        self.store.write(dict(rows or {}))
        self.mark = mark
        self.garbage = garbage
        self.whose = ""
        self.loose: Kept | None = None
        """What is left of it after a kill, while it is restored."""

    def copy(self) -> "Kept":
        """The same, at another place."""
        made = Kept(self.store.rows, self.mark, garbage=self.garbage)
        made.whose = self.whose
        return made


class FakeTaskStore(TaskStore):
    """The store of one partition in the hands of a process."""

    def __init__(self, kept: Kept, reach: Reach) -> None:
        self._kept = kept
        self._reach = reach

    def get(self, address: bytes) -> bytes | None:
        """The bytes at an address."""
        return self._kept.store.get(address)

    def scan(self, after: bytes, limit: int) -> list[bytes]:
        """Up to so many addresses greater than `after`, ascending."""
        return self._kept.store.scan(after, limit)

    @property
    def whose(self) -> str:
        """The name of what it is a copy of."""
        return self._kept.whose

    def belong_to(self, name: str) -> None:
        """Say what it is a copy of."""
        self._reach("store.belong_to")
        self._kept.whose = name

    @property
    def mark(self) -> Mark | None:
        """How far the store has come."""
        return self._kept.mark

    def write(self, rows: Rows, mark: Mark) -> None:
        """Take over rows with the mark that covers them: all or nothing."""
        assert self._kept.loose is None, "what was restored is settled before anything is written"
        self._reach("store.write")
        self._kept.store.write(dict(rows))
        self._kept.mark = mark

    def restore(self, rows: Rows, mark: Mark) -> None:
        """As `write`, and after a kill all of it may be gone."""
        self._reach("store.write")
        if self._kept.loose is None:
            self._kept.loose = self._kept.copy()
        self._kept.store.write(dict(rows))
        self._kept.mark = mark

    def settle(self) -> None:
        """From now on it outlives a kill."""
        self._reach("store.settle")
        self._kept.loose = None


class FakeProcessorStore(ProcessorStore):
    """The stores of a processor on a disk. A process is stopped or killed before it writes, or after."""

    def __init__(self, disk: Disk, reach: Reach = lambda _: None) -> None:
        self._disk = disk
        self._reach = reach
        for number, kept in disk.items():
            disk[number] = kept.loose or kept

    def open(self, partition: int) -> FakeTaskStore:
        """The store of a partition, empty if there was none."""
        return FakeTaskStore(self._disk.setdefault(partition, Kept()), self._reach)

    def emptied(self, partition: int) -> FakeTaskStore:
        """The store of a partition, with nothing in it and no mark."""
        self._reach("store.emptied")
        self._disk[partition] = Kept()
        return self.open(partition)

    def close(self) -> None:
        """What was restored so far is kept, as everything else is already."""
        for kept in self._disk.values():
            kept.loose = None
