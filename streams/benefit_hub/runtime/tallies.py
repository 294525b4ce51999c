"""Receipts added up: how many of a source's records, and of each of its batches, were accepted, refused, repeated and so on.

Accepted records are only counted; every other receipt is kept in the view one by one as well. A batch is complete when as many
different events of it were answered as its publisher said that it has: an event that was sent twice is one.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from msgspec import Struct, field

from benefit_hub.messages.public import Receipt

TABLES = """
create table if not exists batches (
    id integer primary key, source text not null, batch text not null, size integer, answered integer not null default 0,
    accepted integer not null default 0, refused integer not null default 0, repeated integer not null default 0,
    conflict integer not null default 0, too_late integer not null default 0, unique (source, batch)
);
create table if not exists answered (batch integer, event integer, primary key (batch, event)) without rowid;
"""
ANSWERS = ("ACCEPTED", "REFUSED")
"""What intake says of every record, once each time that it comes; the rest is said by register, beside it."""


class Tally(Struct, frozen=True, kw_only=True):
    """What became of the records of a batch, or of those that name none (`batch` None).

    `size` is how many different events it should have, `answered` how many there were so far; both None and 0 without a size.
    """

    source: str
    batch: str | None
    size: int | None
    answered: int
    accepted: int
    refused: int
    repeated: int
    conflict: int
    too_late: int

    @property
    def complete(self) -> bool | None:
        """Whether every record of it was answered; None where nobody said how many there are."""
        return None if self.size is None else self.answered >= self.size


class _News(Struct):
    """What is new of one batch."""

    size: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    events: set[int] = field(default_factory=set)


class Tallies:
    """Adds receipts up, in the transaction of whoever holds this connection."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self._news: dict[tuple[str, str], _News] = defaultdict(_News)

    def add(self, receipt: Receipt) -> None:
        """One more receipt; nothing is written before `write`."""
        news = self._news[receipt.source, receipt.batch or ""]
        news.counts[receipt.status.lower()] += 1
        if receipt.batch_size is not None:
            news.size = receipt.batch_size
            if receipt.status in ANSWERS:
                news.events.add(_number(receipt.event_id))

    def forget(self) -> None:
        """The transaction was given up."""
        self._news.clear()

    def write(self) -> None:
        """Add what is new to what stands. Raises sqlite3.Error."""
        for (source, batch), news in self._news.items():
            sets = ", ".join(f"{name} = {name} + ?" for name in news.counts)
            row = self._base.execute(
                f"insert into batches (source, batch, size, {', '.join(news.counts)})"  # noqa: S608  names of our own
                f" values (?, ?, ?, {', '.join('?' * len(news.counts))})"
                f" on conflict (source, batch) do update set size = coalesce(excluded.size, size), {sets}"
                " returning id, size, answered",
                (source, batch, news.size, *news.counts.values(), *news.counts.values()),
            ).fetchone()
            if news.events:
                number, size, answered = row
                self._answered(number, size, answered, news.events)
        self._news.clear()

    def _answered(self, batch: int, size: int, answered: int, events: set[int]) -> None:
        """Which events of a batch are known is kept until all are."""
        if answered >= size:
            return
        rows = ((batch, event) for event in events)
        fresh = self._base.executemany("insert or ignore into answered values (?, ?)", rows).rowcount
        self._base.execute("update batches set answered = answered + ? where id = ?", (fresh, batch))
        if answered + fresh >= size:
            self._base.execute("delete from answered where batch = ?", (batch,))


def tallies(base: sqlite3.Connection, source: str | None, batch: str | None) -> list[Tally]:
    """The tallies of a source (of all, where it is None), or of one of its batches, the newest first."""
    asked = {"source": source, "batch": batch}
    where = " and ".join(f"{name} = ?" for name, value in asked.items() if value is not None) or "true"
    columns = "source, nullif(batch, ''), size, answered, accepted, refused, repeated, conflict, too_late"
    rows: Iterable[tuple[Any, ...]] = base.execute(
        f"select {columns} from batches where {where} order by id desc",  # noqa: S608  names of our own
        [value for value in asked.values() if value is not None],
    )
    return [Tally(**dict(zip(Tally.__struct_fields__, row, strict=True))) for row in rows]


def _number(event_id: str) -> int:
    """64 bits that stand for an event: SQLite's integers."""
    return int.from_bytes(blake2b(event_id.encode(), digest_size=8).digest(), "big", signed=True)
