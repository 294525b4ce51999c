"""The local store of one processor and slot: one RocksDB, a column family per input partition, little memory.

What is in it is a copy of the processor's changelog up to a mark, which is written together with the rows it covers. Rows
lie under the addresses of `task.Table`, whose names are never empty, so an address that begins with a zero byte is ours.
"""

import logging
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from rocksdict import (
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Options,
    Rdict,
    WriteBatch,
    WriteBufferManager,
    WriteOptions,
)

from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

MARK = b"\0mark"
"""Where a store keeps its mark."""
WHOSE = b"\0whose"
"""Where a store keeps the name of what it is a copy of."""

Rows = Mapping[bytes, bytes | None] | Iterable[tuple[bytes, bytes | None]]
"""Rows by address, or in order; None where a row is removed."""
Positions = tuple[int, ...]
"""The next offset to process of each topic that a task reads: of its input, and of its loop where it has one."""

_MIB = 1024 * 1024
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_OPEN_SINCE = "open-since"


class Mark(Struct, frozen=True, array_like=True):
    """How far a store has come: the next changelog offset to read, the next input offset to process, and when that was written.

    `position` is as `packed` makes it. `written_ms` is this machine's clock in milliseconds since 1970: an old store may have
    missed tombstones that compaction has removed since.
    """

    changelog: int
    position: int | Positions
    written_ms: int

    @property
    def positions(self) -> Positions:
        """The next offset to process of each topic; those that the mark is too old to know are missing at the end."""
        return unpacked(self.position)


def packed(positions: Positions) -> int | Positions:
    """Positions as marks hold them, here and in the changelog: one is a bare integer, as all were before there were loops."""
    return positions[0] if len(positions) == 1 else positions


def unpacked(position: int | Positions) -> Positions:
    """Positions from what a mark holds."""
    return (position,) if isinstance(position, int) else position


class Memory:
    """Cache and write buffers that all stores of a process share."""

    def __init__(self, mib: int) -> None:
        self.cache = Cache(mib * _MIB)
        self.buffers = WriteBufferManager.new_write_buffer_manager_with_cache(mib * _MIB // 2, False, self.cache)

    def options(self) -> Options:
        """Options of a store, and of each of its column families."""
        blocks = BlockBasedOptions()
        blocks.set_block_cache(self.cache)
        blocks.set_cache_index_and_filter_blocks(True)
        blocks.set_pin_l0_filter_and_index_blocks_in_cache(True)
        blocks.set_bloom_filter(10, False)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.create_missing_column_families(True)
        options.set_block_based_table_factory(blocks)
        options.set_write_buffer_manager(self.buffers)
        options.set_write_buffer_size(8 * _MIB)
        options.set_max_write_buffer_number(2)
        options.set_max_total_wal_size(32 * _MIB)
        options.set_compression_type(DBCompressionType.lz4())
        options.set_max_open_files(256)
        options.set_keep_log_file_num(2)
        options.set_max_background_jobs(2)
        return options


class TaskStore:
    """The rows of one input partition; a `task.Store`."""

    def __init__(self, database: Rdict, name: str, path: Path) -> None:
        self._database = database
        self._path = path
        self._family = database.get_column_family(name)
        self._handle = database.get_column_family_handle(name)
        self._unlogged = WriteOptions()
        self._unlogged.disable_wal = True  # type: ignore[method-assign,assignment]  # its stub calls a property a method

    def release(self) -> None:
        """Let go of the database, which stays locked while anything refers to it."""
        del self._database, self._family, self._handle

    def get(self, address: bytes) -> bytes | None:
        """The bytes at an address. Raises HubError where the files are damaged."""
        try:
            return self._family.get(address)
        except Exception as trouble:
            raise self._damaged(trouble) from trouble

    def scan(self, after: bytes, limit: int) -> list[bytes]:
        """Up to so many addresses greater than `after`, ascending. Raises HubError where the files are damaged."""
        found: list[bytes] = []
        rows = self._family.iter()
        rows.seek(after)
        while rows.valid() and len(found) < limit:
            address: bytes = rows.key()
            if address > after and address[0]:
                found.append(address)
            rows.next()
        try:
            rows.status()  # an iterator that meets a damaged block just ends, as if nothing came after it
        except Exception as trouble:
            raise self._damaged(trouble) from trouble
        return found

    @property
    def whose(self) -> str:
        """The name of what it is a copy of; empty where nobody has said so yet."""
        return (self.get(WHOSE) or b"").decode()

    def belong_to(self, name: str) -> None:
        """Say what it is a copy of."""
        self._family.put(WHOSE, name.encode())

    def _damaged(self, trouble: Exception) -> HubError:
        return HubError(
            f"the local store {self._path} is damaged ({trouble}); remove the folder and start the worker again: it is made "
            "again from the changelog"
        )

    @property
    def mark(self) -> Mark | None:
        """How far the store has come; None for one that is empty or of unknown origin."""
        raw = self.get(MARK)
        return None if raw is None else msgspec.msgpack.decode(raw, type=Mark)

    def write(self, rows: Rows, mark: Mark) -> None:
        """Take over rows, in order, with the mark that covers them: all or nothing. Raises HubError for a full disk."""
        self._write(rows, mark, None)

    def restore(self, rows: Rows, mark: Mark) -> None:
        """As `write`, but without RocksDB's own log: after a kill the store may be where it was before, as its mark then says.

        What is restored is in the changelog anyway. `settle` has to come before the next `write`.
        """
        self._write(rows, mark, self._unlogged)

    def settle(self) -> None:
        """Have on disk what was restored. Raises HubError for a full disk."""
        try:
            self._family.flush(wait=True)
        except Exception as trouble:
            raise self._unwritable(trouble) from trouble

    def _write(self, rows: Rows, mark: Mark, options: WriteOptions | None) -> None:
        batch = WriteBatch(raw_mode=True)
        batch.set_default_column_family(self._handle)
        for address, raw in rows.items() if isinstance(rows, Mapping) else rows:
            if raw is None:
                batch.delete(address)
            else:
                batch.put(address, raw)
        batch.put(MARK, msgspec.msgpack.encode(mark))
        try:
            self._database.write(batch, options)
        except Exception as trouble:
            raise self._unwritable(trouble) from trouble

    def _unwritable(self, trouble: Exception) -> HubError:
        return HubError(
            f"the local store {self._path} cannot be written ({trouble}); see to the disk, then start the worker again. "
            "Nothing is lost: what the store lacks is in the changelog"
        )


class ProcessorStore:
    """The stores of one processor in one slot, of all input partitions that it ever held there."""

    def __init__(self, path: Path, memory: Memory) -> None:
        """Open it, or begin an empty one. A database that cannot be opened is an error that names the folder to remove."""
        self._path = path
        self._memory = memory
        try:
            self._begin_open()
            known = Rdict.list_cf(str(path), memory.options()) if (path / "CURRENT").exists() else ["default"]
            self._database = Rdict(str(path), memory.options(), {name: memory.options() for name in known})
        except Exception as trouble:
            raise HubError(
                f"the local store {path} cannot be opened ({trouble}); see that the disk has space and no other worker holds "
                "it, else remove the folder: it is made again from the changelog"
            ) from trouble
        self._known = set(known)
        self._opened: dict[int, TaskStore] = {}

    def _begin_open(self) -> None:
        """Note that it is open, and since which start of the machine.

        What was open when the machine went down is made again: a disk may then hold what was written last and lack what was
        written before it, and nobody could tell. The end of a process alone loses nothing that was written.
        """
        since, now = self._path / _OPEN_SINCE, this_boot()
        if since.exists() and since.read_text("utf-8") != now:
            log.warning("the local store %s was open when the machine went down; it is made again", self._path)
            shutil.rmtree(self._path)
        self._path.mkdir(parents=True, exist_ok=True)
        with since.open("w", encoding="utf-8") as file:
            file.write(now)
            file.flush()
            os.fsync(file.fileno())

    def open(self, partition: int) -> TaskStore:
        """The store of an input partition, empty if there was none."""
        if partition not in self._opened:
            name = f"p{partition}"
            if name not in self._known:
                self._database.create_column_family(name, self._memory.options())
                self._known.add(name)
            self._opened[partition] = TaskStore(self._database, name, self._path)
        return self._opened[partition]

    def emptied(self, partition: int) -> TaskStore:
        """The store of an input partition, with nothing in it and no mark."""
        name = f"p{partition}"
        if partition in self._opened:
            self._opened.pop(partition).release()
        if name in self._known:
            self._database.drop_column_family(name)
            self._known.discard(name)
        return self.open(partition)

    def close(self) -> None:
        """Write out what is in memory and let go of the files."""
        while self._opened:
            self._opened.popitem()[1].release()
        try:
            self._database.close()
            (self._path / _OPEN_SINCE).unlink()
        except Exception as trouble:  # noqa: BLE001  whatever it is, the next restore repairs it; a cause told before must stay
            log.warning("the local store %s could not be closed in order: %s", self._path, trouble)


def this_boot() -> str:
    """What tells this start of the machine from every other; empty where the system does not say."""
    return _BOOT.read_text("ascii").strip() if _BOOT.exists() else ""
