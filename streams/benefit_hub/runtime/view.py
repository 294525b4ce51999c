"""A small view of the outputs in SQLite: what `hub inbox`, `hub receipts`, `hub explain` and the demo print.

The next offset of each partition is in the same file and moves in the same SQL transaction as the rows, so a record is in
the view once, however often it is delivered. A record that cannot be shown is parked with the reason, and is not lost. Of
receipts those that say "accepted" are counted, the others kept.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from benefit_hub.messages.public import (
    Adjustment,
    Entitlement,
    Explanation,
    HouseholdEntry,
    Lead,
    PersonEntry,
    Proposal,
    Receipt,
    ReceiptStatus,
    TaskItem,
)
from benefit_hub.runtime.tallies import TABLES, Tallies, Tally, tallies
from benefit_hub.runtime.wire import Codec
from benefit_hub.values.errors import HubError

R = TypeVar("R", bound=Struct)

_VERSION = 2
_FORMER = """
begin immediate;
drop table if exists positions;
drop table if exists shown;
drop table if exists parked;
drop table if exists batches;
drop table if exists answered;
commit;
"""
"""A view of an earlier release is made again from the topics."""
_SCHEMA = f"""
begin immediate;
create table if not exists positions (
    topic text, part integer, next integer not null, primary key (topic, part)
) without rowid;
create table if not exists shown (
    arrival integer primary key autoincrement,
    topic text not null, id text not null, record_key blob, subject text not null, state text not null, body blob not null,
    unique (topic, id)
);
create index if not exists shown_by_subject on shown (topic, subject);
create table if not exists parked (
    topic text, part integer, place integer, reason text not null, record_key blob, value blob, primary key (topic, part, place)
) without rowid;
{TABLES}
pragma user_version = {_VERSION};
commit;
"""
_WAIT_S = 10.0
_Row = tuple[str, str, bytes | None, str, str, bytes]
"""A row of `shown`, but for its arrival."""


class NoView(HubError):
    """There is no view to read yet."""


class Kind(Struct, frozen=True):
    """How the records of a topic are kept: their type, what identifies one, whose it is, and which field says how it stands.

    No id: every record is one.
    """

    type: type[Struct]
    id: tuple[str, ...]
    subject: str
    state: str = "state"


KINDS: dict[str, Kind] = {
    "benefits.adjustments": Kind(Adjustment, ("adjustment_id",), "beneficiary"),
    "benefits.entitlements": Kind(Entitlement, ("beneficiary", "programme"), "beneficiary"),
    "benefits.explanations": Kind(Explanation, ("explanation_id",), "beneficiary"),
    "proposals": Kind(Proposal, ("proposal_id",), "household"),
    "leads": Kind(Lead, ("lead_id",), "household"),
    "tasks": Kind(TaskItem, ("task_id",), "subject"),
    "receipts": Kind(Receipt, (), "source", "status"),
    "register.persons": Kind(PersonEntry, ("person",), "household"),
    "register.households": Kind(HouseholdEntry, ("household",), "household"),
}
"""What the view follows, by the logical names of the topics."""

STANDING = ("OPEN", "CHANGED")


class Record(Struct, frozen=True):
    """A record of an output as a reader gets it; its topic by the logical name."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Parked(Struct, frozen=True):
    """A record that could not be shown, and why."""

    topic: str
    partition: int
    offset: int
    reason: str


class ViewWriter:
    """The one hand that writes to the view, in a worker; one thread at a time. Several workers may share a file."""

    def __init__(self, file: Path, codec: Codec) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._codec = codec
        self._base = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        self._base.execute("pragma journal_mode = wal")
        self._base.execute("pragma synchronous = normal")
        if self._base.execute("pragma user_version").fetchone()[0] not in (0, _VERSION):
            self._base.executescript(_FORMER)
        self._base.executescript(_SCHEMA)
        self._tallies = Tallies(self._base)
        self._rows: dict[tuple[str, str], _Row] = {}
        """What is still to be written; of a row that changed several times the last."""
        self._turn = RLock()
        self.reached: dict[tuple[str, int], int] = {}
        """The next offset of each partition of which something was taken in since the file was opened."""

    def next_offset(self, topic: str, partition: int) -> int:
        """The first offset of a partition that is not in the view yet."""
        with self._turn:
            row = self._base.execute(
                "select next from positions where topic = ? and part = ?", (topic, partition)
            ).fetchone()
        return 0 if row is None else int(row[0])

    def apply(self, records: Iterable[Record]) -> None:
        """Take records in, in the order of each partition, all or none: the more at once, the cheaper each.

        Raises sqlite3.Error where the file cannot be written.
        """
        with self._turn, self._transaction():
            ends: dict[tuple[str, int], int] = {}
            for record in records:
                place = (record.topic, record.partition)
                if place not in ends:
                    ends[place] = self.next_offset(*place)
                if record.offset >= ends[place]:
                    self._show(record)
                    ends[place] = record.offset + 1
            self._write_rows()
            self._tallies.write()
            self._base.executemany(
                "insert into positions values (?, ?, ?) on conflict do update set next = excluded.next",
                ((*place, following) for place, following in ends.items()),
            )
        self.reached |= ends

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._base.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._tallies.forget()
            self._rows.clear()
            self._base.execute("rollback")
            raise
        self._base.execute("commit")

    def _show(self, record: Record) -> None:
        kind = KINDS[record.topic]
        if record.value is None:
            self._write_rows()
            self._base.execute("delete from shown where topic = ? and record_key = ?", (record.topic, record.key))
            return
        try:
            row = msgspec.convert(self._codec.decode(record.topic, record.value), kind.type)
        except (HubError, msgspec.ValidationError) as trouble:
            self._park(record, f"{type(trouble).__name__}: {trouble}")
            return
        if isinstance(row, Receipt):
            self._tallies.add(row)
            if row.status == "ACCEPTED":
                return
        named = "\0".join([str(getattr(row, name)) for name in kind.id]) or f"{record.partition}\0{record.offset}"
        self._rows[record.topic, named] = (
            record.topic,
            named,
            record.key,
            getattr(row, kind.subject),
            getattr(row, kind.state, ""),
            msgspec.json.encode(row),
        )

    def _write_rows(self) -> None:
        self._base.executemany(
            "insert into shown (topic, id, record_key, subject, state, body) values (?, ?, ?, ?, ?, ?)"
            " on conflict (topic, id) do update set"
            " record_key = excluded.record_key, subject = excluded.subject, state = excluded.state, body = excluded.body",
            self._rows.values(),
        )
        self._rows.clear()

    def _park(self, record: Record, reason: str) -> None:
        self._base.execute(
            "insert or replace into parked values (?, ?, ?, ?, ?, ?)",
            (record.topic, record.partition, record.offset, reason, record.key, record.value),
        )


class View:
    """Reads the view. Each question opens the file anew, so it may be asked while workers write. Raises NoView."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def adjustments(self, beneficiary: str | None = None) -> list[Adjustment]:
        """Adjustments as they arrived, markers of pay runs included; of one beneficiary, or of all."""
        return self._rows(Adjustment, "benefits.adjustments", beneficiary)

    def entitlements(self, beneficiary: str | None = None) -> list[Entitlement]:
        """What is owed now, per beneficiary and programme."""
        return self._rows(Entitlement, "benefits.entitlements", beneficiary)

    def adjustments_named(self, beginning: str) -> list[Adjustment]:
        """The adjustments whose id begins so: hexadecimal digits."""
        bodies = self._select("where topic = 'benefits.adjustments' and id glob ?", (f"{beginning}*",))
        return [msgspec.json.decode(body, type=Adjustment) for body in bodies]

    def adjustments_whose(self, beginning: str) -> list[Adjustment]:
        """The adjustments of every beneficiary who is written so, or begins so, without the markers of pay runs."""
        where = "where topic = 'benefits.adjustments' and substr(subject, 1, ?) = ?"
        bodies = self._select(where, (len(beginning), beginning))
        found = [msgspec.json.decode(body, type=Adjustment) for body in bodies]
        return [each for each in found if each.kind != "PAY_RUN_MARKER"]

    def explanation(self, explanation_id: str) -> Explanation | None:
        """Why an adjustment was made."""
        found = self._select("where topic = 'benefits.explanations' and id = ?", (explanation_id,))
        return msgspec.json.decode(found[0], type=Explanation) if found else None

    def proposals(self, *, all_states: bool = False) -> list[Proposal]:
        """Proposals that wait for a decision; with `all_states` those that are done with, too."""
        return self._rows(Proposal, "proposals", None, () if all_states else STANDING)

    def leads(self, *, all_states: bool = False) -> list[Lead]:
        """People who may be entitled and have not applied."""
        return self._rows(Lead, "leads", None, () if all_states else STANDING)

    def tasks(self, *, all_states: bool = False) -> list[TaskItem]:
        """Things that a person has to do."""
        return self._rows(TaskItem, "tasks", None, () if all_states else STANDING)

    def receipts(self, source: str | None = None, statuses: tuple[ReceiptStatus, ...] = ()) -> list[Receipt]:
        """What became of departments' records, as it was said, but for those accepted; of one source, or of all."""
        return self._rows(Receipt, "receipts", source, statuses)

    def tallies(self, source: str | None = None, batch: str | None = None) -> list[Tally]:
        """How many records of each batch were accepted, refused and so on, the newest batch first."""
        with self._open() as base:
            return tallies(base, source, batch)

    def persons(self, household: str | None = None) -> list[PersonEntry]:
        """The register of persons; those of one household, or all."""
        return self._rows(PersonEntry, "register.persons", household)

    def households(self, household: str | None = None) -> list[HouseholdEntry]:
        """The register of households."""
        return self._rows(HouseholdEntry, "register.households", household)

    def parked(self) -> list[Parked]:
        """Records that could not be shown."""
        with self._open() as base:
            rows = base.execute("select topic, part, place, reason from parked order by topic, part, place").fetchall()
        return [Parked(*row) for row in rows]

    def positions(self) -> dict[tuple[str, int], int]:
        """How far the view has read: the next offset of each partition."""
        with self._open() as base:
            return {
                (topic, partition): following for topic, partition, following in base.execute("select * from positions")
            }

    def _rows(self, kind: type[R], topic: str, subject: str | None, states: tuple[str, ...] = ()) -> list[R]:
        marks = ", ".join("?" * len(states))
        where = (
            "where topic = ?" + (" and subject = ?" if subject else "") + (f" and state in ({marks})" if states else "")
        )
        bodies = self._select(where, (topic, *([subject] if subject else []), *states))
        decode = msgspec.json.Decoder(kind).decode
        return [decode(body) for body in bodies]

    def _select(self, where: str, values: tuple[Any, ...]) -> list[bytes]:
        with self._open() as base:
            return [row[0] for row in base.execute(f"select body from shown {where} order by arrival", values)]  # noqa: S608

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        missing = NoView(f"{self._file} does not exist yet: a worker makes it; start one with `hub worker`")
        if not self._file.exists():
            raise missing
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=_WAIT_S)) as base:
            if base.execute("pragma user_version").fetchone()[0] != _VERSION:
                raise missing
            yield base
