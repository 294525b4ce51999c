"""The state of one task: typed tables over a sorted store of bytes, with the changes of a batch held back until it commits."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

import msgspec

T = TypeVar("T")


class Table(Generic[T]):
    """A named table of one message type; its keys sort as UTF-8."""

    def __init__(self, name: str, kind: type[T]) -> None:
        self.name = name
        self.kind = kind
        self._prefix = name.encode() + b"\0"
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(kind).decode

    def address(self, key: str) -> bytes:
        """The key under which the store holds a row."""
        return self._prefix + key.encode()

    def key(self, address: bytes) -> str | None:
        """The row's key, or None where the address belongs to another table."""
        return address[len(self._prefix) :].decode() if address.startswith(self._prefix) else None

    def encode(self, row: T) -> bytes:
        """A row as bytes."""
        return self._encode(row)

    def decode(self, raw: bytes) -> T:
        """A row from its bytes."""
        return self._decode(raw)


class Store(Protocol):
    """Sorted bytes of one task, committed."""

    def get(self, address: bytes) -> bytes | None:
        """The bytes at an address."""

    def scan(self, after: bytes, limit: int) -> list[bytes]:
        """Up to so many addresses greater than `after`, ascending."""


class State(Protocol):
    """What a step may do with its state."""

    def get(self, table: Table[T], key: str) -> T | None:
        """The row, or None."""

    def put(self, table: Table[T], key: str, row: T) -> None:
        """Set a row."""

    def delete(self, table: Table[Any], key: str) -> None:
        """Remove a row, there or not."""

    def keys(self, table: Table[Any], after: str, limit: int) -> list[str]:
        """Up to so many keys of a table greater than `after`, ascending."""


class Overlay:
    """State that reads through to a store and keeps its own changes aside: `dirty` is what a commit has to write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[bytes, Any] = {}
        self._changed: dict[bytes, Table[Any]] = {}

    def get(self, table: Table[T], key: str) -> T | None:
        """The row, or None."""
        address = table.address(key)
        if address in self._rows:
            row: T | None = self._rows[address]
            return row
        raw = self._store.get(address)
        found = None if raw is None else table.decode(raw)
        self._rows[address] = found
        return found

    def put(self, table: Table[T], key: str, row: T) -> None:
        """Set a row."""
        address = table.address(key)
        self._rows[address] = row
        self._changed[address] = table

    def delete(self, table: Table[Any], key: str) -> None:
        """Remove a row, there or not."""
        address = table.address(key)
        self._rows[address] = None
        self._changed[address] = table

    def keys(self, table: Table[Any], after: str, limit: int) -> list[str]:
        """Up to so many keys of a table greater than `after`, ascending."""
        start = table.address(after)
        removed = sum(1 for address in self._changed if self._rows[address] is None)
        stored = self._store.scan(start, limit + removed)
        known = stored[-1] if len(stored) == limit + removed else None
        fresh = (address for address in self._changed if address > start and (known is None or address <= known))
        found: list[str] = []
        for address in sorted({*stored, *fresh}):
            key = table.key(address)
            if key is not None and self._rows.get(address, True) is not None:
                found.append(key)
        return found[:limit]

    @property
    def dirty(self) -> dict[bytes, bytes | None]:
        """Address to bytes of every row changed; None where it was removed."""
        rows = ((address, table, self._rows[address]) for address, table in self._changed.items())
        return {address: None if row is None else table.encode(row) for address, table, row in rows}


class DictStore:
    """A store in memory, for the simulation and a REPL."""

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self._sorted: list[bytes] | None = None

    def get(self, address: bytes) -> bytes | None:
        """The bytes at an address."""
        return self.rows.get(address)

    def scan(self, after: bytes, limit: int) -> list[bytes]:
        """Up to so many addresses greater than `after`, ascending."""
        if self._sorted is None:
            self._sorted = sorted(self.rows)
        start = bisect_right(self._sorted, after)
        return self._sorted[start : start + limit]

    def write(self, dirty: Mapping[bytes, bytes | None]) -> None:
        """Take over the changes of a committed batch."""
        before = len(self.rows)
        fresh = [address for address in dirty if address not in self.rows]
        for address, raw in dirty.items():
            if raw is None:
                self.rows.pop(address, None)
            else:
                self.rows[address] = raw
        if fresh or len(self.rows) != before:
            self._sorted = None
