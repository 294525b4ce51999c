"""The log of a partition as a broker keeps it: records, markers that take offsets, and what readers of committed data see."""

from dataclasses import dataclass, field
from typing import NamedTuple

Place = tuple[str, int]
"""A topic and a partition of it."""
Headers = list[tuple[str, str | bytes | None]] | None


@dataclass(eq=False, slots=True)
class Transaction:
    """One transaction. Its fate is decided first; then its markers are written, one partition after the other."""

    producer: str
    began: float
    fate: bool | None = None
    """True for committed, False for aborted, None while it is open."""
    places: dict[Place, None] = field(default_factory=dict)
    offsets: dict[str, dict[Place, int]] = field(default_factory=dict)
    """Positions by consumer group."""
    records: list[tuple[Place, int, bytes | None, bytes | None]] = field(default_factory=list)
    due: list[tuple[float, Place]] = field(default_factory=list)
    """Which markers are still to be written, and when."""


class Entry(NamedTuple):
    """A record, or a marker."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    written_ms: int
    transaction: Transaction | None
    marker: bool = False

    @property
    def committed(self) -> bool:
        """Whether readers of committed data are given it, once nothing before it is open."""
        return not self.marker and (self.transaction is None or self.transaction.fate is True)


class Log:
    """A partition. An entry that was compacted away is None; those below `low` are deleted."""

    def __init__(self) -> None:
        self.low = 0
        self.entries: list[Entry | None] = []
        self.history: list[Entry] = []
        """The same as if nothing had ever been compacted."""
        self._open: dict[Transaction, int] = {}

    @property
    def end(self) -> int:
        """The offset that the next entry gets."""
        return len(self.entries)

    @property
    def stable(self) -> int:
        """Up to where readers of committed data may read: before the first record of an open transaction."""
        return min(self._open.values(), default=len(self.entries))

    def append(self, entry: Entry) -> int:
        """Write a record; its offset."""
        offset = len(self.entries)
        self.entries.append(entry)
        self.history.append(entry)
        if entry.transaction is not None:
            self._open.setdefault(entry.transaction, offset)
        return offset

    def mark(self, transaction: Transaction, now_ms: int) -> None:
        """Write the marker that ends a transaction here."""
        self.append(Entry(None, None, None, now_ms, transaction, marker=True))
        self._open.pop(transaction, None)

    def next_record(self, offset: int, limit: int, *, committed: bool) -> tuple[int, Entry] | int:
        """The first record from an offset that a reader sees, with its offset; or else the offset that it has come to."""
        entries = self.entries
        while offset < limit:
            entry = entries[offset]
            if entry is not None and (entry.committed if committed else not entry.marker):
                return offset, entry
            offset += 1
        return offset

    def compact(self, before: int) -> None:
        """Forget aborted records, and those that a later committed record of the same key replaces."""
        last: dict[bytes | None, int] = {}
        for offset, entry in enumerate(self.entries[: self.stable]):
            if entry is not None and entry.committed:
                last[entry.key] = offset
        for offset in range(min(before, self.stable)):
            entry = self.entries[offset]
            if entry is None or entry.marker:
                continue
            if not entry.committed or last[entry.key] > offset:
                self.entries[offset] = None
