"""Two sides of the same records, a department's full list and what the hub holds, compared record by record.

Both are put into a temporary SQLite database on disk, so that a list may be as long as it likes; what stands of a record about a
person (or a household) on one side is the greatest of its revisions, in the order in which the hub takes them.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from benefit_hub.messages.internal import Fact
from benefit_hub.values.months import day_of_millis

Sort = Literal["MISSING", "EXTRA", "DIFFERENT"]
Part = Literal["REVISION", "CONTENT", "SUBJECT", "RETRACTED"]
Side = Literal["LISTED", "HELD"]

AT_ONCE = 5_000
_SCHEMA = """
pragma journal_mode = off;
pragma synchronous = off;
create table stated (
  record text, side text, subject text, revision integer, mapping integer, recorded_at integer, content text,
  retracted integer, standing integer, primary key (record, side, subject)
) without rowid;
create table newer (record text primary key) without rowid;
create table left_out (record text primary key) without rowid;
"""
_KEEP = """
insert into stated values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict do update set revision = excluded.revision, mapping = excluded.mapping, recorded_at = excluded.recorded_at,
  content = excluded.content, retracted = excluded.retracted, standing = excluded.standing
where (excluded.revision, excluded.mapping, excluded.recorded_at, excluded.content)
  > (stated.revision, stated.mapping, stated.recorded_at, stated.content)
"""
_ALL = """
select record, side, subject, revision, content, retracted, standing,
  exists (select 1 from newer where newer.record = stated.record)
from stated where record not in (select record from left_out) order by record, side, subject
"""


class Stated(NamedTuple):
    """What one side says of a record about one subject; `standing` on the day of the list."""

    record: str
    side: Side
    subject: str
    revision: int
    content: str
    retracted: int
    standing: int
    newer: int


class Difference(NamedTuple):
    """A record that the two sides do not have alike: `listed` and `held` are the revisions, None where there is none.

    `subject` is somebody whom it is about, `parts` what differs where both have it.
    """

    sort: Sort
    record: str
    subject: str
    listed: int | None
    held: int | None
    parts: tuple[Part, ...] = ()


class Sides:
    """Takes in facts of both sides, as of the end of a day, and then compares them."""

    def __init__(self, folder: Path, as_of: date) -> None:
        self._as_of = as_of
        self._base = sqlite3.connect(folder / "sides.sqlite", isolation_level=None)
        self._base.executescript(_SCHEMA)
        self._rows: list[tuple[object, ...]] = []
        self._newer: list[tuple[str]] = []
        self._left: list[tuple[str]] = []

    def list_fact(self, fact: Fact) -> None:
        """A fact as the list has it. What was recorded after its own day is not compared."""
        if day_of_millis(fact.recorded_at) > self._as_of:
            self.leave_out(fact.record)
        else:
            self._take("LISTED", fact)

    def hold_fact(self, fact: Fact) -> None:
        """A fact that the hub holds. What was recorded after the day of the list is newer than it, and not compared."""
        if day_of_millis(fact.recorded_at) > self._as_of:
            self._newer.append((fact.record,))
        else:
            self._take("HELD", fact)

    def leave_out(self, record: str) -> None:
        """A record of the list of which nothing can be said: it is neither missing nor anything else."""
        self._left.append((record,))

    def compared(self) -> Iterator[Difference | None]:
        """Every record that either side has, in the order of its id: how it differs, None where it does not."""
        self._write()
        rows = map(Stated._make, self._base.execute(_ALL))
        for record, stated in groupby(rows, key=itemgetter(0)):
            yield compared(record, list(stated))

    def _take(self, side: Side, fact: Fact) -> None:
        standing = fact.valid_from <= self._as_of and (fact.valid_to is None or fact.valid_to > self._as_of)
        order = (fact.revision, fact.mapping, fact.recorded_at, fact.content)
        self._rows.append((fact.record, side, fact.subject, *order, fact.retracted, standing))
        if len(self._rows) >= AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._base.execute("begin")
        self._base.executemany(_KEEP, self._rows)
        self._base.executemany("insert or ignore into newer values (?)", self._newer)
        self._base.executemany("insert or ignore into left_out values (?)", self._left)
        self._base.execute("commit")
        self._rows, self._newer, self._left = [], [], []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()


def compared(record: str, stated: Iterable[Stated]) -> Difference | None:
    """How a record differs between the sides; None where it does not, or where nothing can be said of it.

    A list has what stands on its day. What was retracted, or is over, or has not begun, need not be in it, and may be.
    """
    sides: dict[Side, list[Stated]] = {"LISTED": [], "HELD": []}
    newer = False
    for one in stated:
        sides[one.side].append(one)
        newer = newer or bool(one.newer)
    listed, held = ([one for one in sides[side] if not one.retracted] for side in ("LISTED", "HELD"))
    if not sides["LISTED"]:
        missed = [one for one in held if one.standing]
        return Difference("MISSING", record, missed[0].subject, None, missed[0].revision) if missed else None
    if not sides["HELD"]:
        wanted = bool(listed) and not newer
        return Difference("EXTRA", record, listed[0].subject, listed[0].revision, None) if wanted else None
    parts = tuple(_parts(listed, held))
    if not parts:
        return None
    subject = (held or sides["HELD"])[0].subject
    return Difference("DIFFERENT", record, subject, _greatest(sides["LISTED"]), _greatest(sides["HELD"]), parts)


def _parts(listed: list[Stated], held: list[Stated]) -> Iterator[Part]:
    """What differs between what stands on both sides."""
    if bool(listed) != bool(held):
        yield "RETRACTED"
        return
    ours = {one.subject: one for one in held}
    theirs = {one.subject: one for one in listed}
    if set(ours) != set(theirs):
        yield "SUBJECT"
    both = [(theirs[subject], ours[subject]) for subject in sorted(set(ours) & set(theirs))]
    if any(one.revision != other.revision for one, other in both):
        yield "REVISION"
    if any(one.revision == other.revision and one.content != other.content for one, other in both):
        yield "CONTENT"


def _greatest(stated: list[Stated]) -> int:
    return max(one.revision for one in stated)
