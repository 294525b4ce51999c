"""A second opinion on the hub, sharing nothing with it: no code, no state, no algorithm, only the public contract.

    python demo/naive.py --bootstrap HOST:PORT --assets DIR --policies FILE --key FILE [--prefix TEXT] [--at-least N]

It reads what departments published and which days have opened, has it worked out month by month (clerk.py), reads what the
hub told its payers, adds that up month by month, and compares the two, and both with what the hub says it owes.

Exit codes: 0 everything agrees; 1 a difference, or fewer adjustments than there must be; 2 wrongly called, nothing to read, or
something that the story does not hold.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import fastavro
import yaml
from clerk import Clerk, Files, Owed, Row, Seen, Stuck, month_of, months
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

DAYS_AHEAD = 180
DAYS_BEFORE = 365
SHANGHAI = timezone(timedelta(hours=8))
SILENT_S = 20

Unit = tuple[str, str]
"""Beneficiary and programme."""


class Book:
    """A payer's book: what the adjustments come to, month by month, and what was paid when pay runs closed."""

    def __init__(self, adjustments: Iterable[Row], over: Sequence[str]) -> None:
        self.count = 0
        self.owed: Owed = defaultdict(int)
        self.faults: list[str] = []
        self._over = over
        self._told: Owed = defaultdict(int)
        self._paid: Counter[Unit] = Counter()
        self._once: Counter[Unit] = Counter()
        self._under_review: Counter[Unit] = Counter()
        self._partition: dict[Unit, int] = {}
        self._closed: dict[int, str] = {}
        self._sequence: Counter[str] = Counter()
        for one in adjustments:
            if one["kind"] == "PAY_RUN_MARKER":
                self._close(one["origin"], one["effective_month"])
            else:
                self._take(one)

    def _take(self, one: Row) -> None:
        who, programme = unit = (one["beneficiary"], one["programme"])
        self.count += 1
        self._sequence[who] += 1
        if one["sequence"] != self._sequence[who]:
            self.faults.append(f"{who}: adjustment number {one['sequence']} where {self._sequence[who]} should be")
            self._sequence[who] = one["sequence"]
        standing = self._told[who, programme, one["payable_from"]]
        if one["before_fen"] != standing:
            self.faults.append(f"{who} {programme}: before {yuan(one['before_fen'])}, where {yuan(standing)} stood")
        if not self._over[0] < one["effective_month"] <= one["payable_from"] < self._over[-1]:
            self.faults.append(f"{who} {programme}: {one['effective_month']} lies outside of the story")
        for month in self._over:
            if month >= one["payable_from"]:
                self._told[who, programme, month] = self.owed[who, programme, month] = one["after_fen"]
        for each in one["settled"]:
            self.owed[who, programme, each["month"]] += each["difference_fen"]
        self._partition[unit] = one["origin"]
        self._once[unit] += one["arrears_fen"]
        self._under_review[unit] += one["receivable_fen"]

    def _close(self, partition: int, month: str) -> None:
        """A pay run closes in one partition: everybody there was paid what stood, and arrears once."""
        self._closed[partition] = month
        for unit, where in self._partition.items():
            if where == partition:
                self._paid[unit] += self._told[(*unit, month)] + self._once.pop(unit, 0)

    def balance(self) -> Iterator[str]:
        """What was paid, and waits to be paid as arrears, less what is under review, is what is owed for the closed months."""
        for unit, partition in self._partition.items():
            closed = self._closed.get(partition, "")
            due = sum(self.owed[(*unit, month)] for month in self._over if month <= closed)
            got = self._paid[unit] + self._once[unit] - self._under_review[unit]
            if got != due:
                yield f"{unit[0]} {unit[1]}: paid and to be paid {yuan(got)}, owed until {closed} {yuan(due)}"

    def reviews(self, entitlements: Iterable[Row]) -> Iterator[str]:
        """What is under review by the adjustments is what the entitlements say."""
        for one in entitlements:
            told, added = one["outstanding_receivable_fen"], self._under_review[one["beneficiary"], one["programme"]]
            if told != added:
                yield f"{one['beneficiary']} {one['programme']}: under review {yuan(told)}, by adjustments {yuan(added)}"


def entitled(entitlements: Iterable[Row], over: Sequence[str]) -> Owed:
    """What the hub says that everybody is entitled to, month by month."""
    found: Owed = {}
    for one in entitlements:
        for month in over:
            standing = [each["amount_fen"] for each in one["months"] if each["since"] <= month]
            if standing and standing[-1]:
                found[one["beneficiary"], one["programme"], month] = standing[-1]
    return found


def yuan(fen: int) -> str:
    """Fen as yuan."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


class Told(NamedTuple):
    """Everything that was read: departments' records, days that opened, and what the hub said, each in the order of its
    partition."""

    seen: Sequence[Seen]
    days: Sequence[date]
    adjustments: Sequence[Row]
    entitlements: Sequence[Row]


class Verdict(NamedTuple):
    """How it came out."""

    compared: int
    adjustments: int
    differences: list[str]


def worked_out(told: Told, pack: Row, key: bytes) -> tuple[list[str], Owed]:
    """All months that the story touches, and what is owed in them by hand."""
    today = max(told.days)
    first, last = min(told.days) - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AHEAD)
    over = months(month_of(first), month_of(last))
    return over, Clerk(Files(told.seen), pack, key, today).owed(over)


def compare(told: Told, over: Sequence[str], by_hand: Owed, at_least: int) -> Verdict:
    """What the hub told its payers and what it says it owes, against what is owed by hand."""
    newest = list({(one["beneficiary"], one["programme"]): one for one in told.entitlements}.values())
    book = Book(told.adjustments, over)
    columns = [by_hand, book.owed, entitled(newest, over)]
    places = sorted({place for column in columns for place, fen in column.items() if fen})
    differences = []
    for who, programme, month in places:
        a, b, c = (column.get((who, programme, month), 0) for column in columns)
        if not a == b == c:
            amounts = f"by hand {yuan(a):>9}   by adjustments {yuan(b):>9}   entitled {yuan(c):>9}"
            differences.append(f"{who:<36}{programme:<19}{month}   {amounts}")
    differences += [*book.faults, *book.balance(), *book.reviews(newest)]
    if book.count < at_least:
        differences.append(f"{book.count} adjustments, and the story has {at_least} at least")
    return Verdict(len(places), book.count, differences)


class Topics:
    """Reads whole topics, committed records only, with the schemas that are published beside them."""

    def __init__(self, bootstrap: str, prefix: str, assets: Path) -> None:
        self._bootstrap, self._prefix = bootstrap, prefix
        lock = yaml.safe_load((assets / "schemas" / "ids.lock").read_text("utf-8"))
        self._schemas = {
            line["id"]: fastavro.parse_schema(json.loads((assets / file).read_text("utf-8")), named_schemas={})
            for file, line in lock.items()
        }

    def read(self, topics: Sequence[str]) -> Iterator[tuple[Any, Row]]:
        """Every record of these topics that can be read, each partition in its order."""
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","), isolation_level="read_committed", enable_auto_commit=False
        )
        try:
            names = [f"{self._prefix}{topic}" for topic in topics]
            places = [
                TopicPartition(name, each) for name in names for each in consumer.partitions_for_topic(name) or ()
            ]
            consumer.assign(places)
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(places)
            silent = 0
            while any(consumer.position(place) < ends[place] for place in places):
                batches = consumer.poll(timeout_ms=1000)
                silent = 0 if batches else silent + 1
                if silent > SILENT_S:
                    raise Stuck(f"nothing came for {SILENT_S} s, and not all of {', '.join(names)} was read")
                for batch in batches.values():
                    yield from ((one, row) for one in batch if (row := self._decoded(one.value)) is not None)
        finally:
            consumer.close()

    def _decoded(self, value: bytes | None) -> Row | None:
        """A record in Confluent's wire format; None for what is no such record, which the hub has refused as well."""
        schema = self._schemas.get(int.from_bytes(value[1:5], "big")) if value and value[0] == 0 else None
        if value is None or schema is None:
            return None
        try:
            row = fastavro.schemaless_reader(BytesIO(value[5:]), schema, None)
        except (EOFError, ValueError, IndexError):
            return None
        return row if isinstance(row, dict) else None


def departments(assets: Path) -> dict[str, tuple[str, str]]:
    """Every topic of a department: its source and its kind."""
    told = (yaml.safe_load(file.read_text("utf-8")) for file in sorted((assets / "topics").glob("*.yaml")))
    return {one["name"]: (one["origin"]["source"], one["origin"]["kind"]) for one in told if one.get("origin")}


def came_on(record: Any) -> date:
    """The day of receipt in Shanghai: as the story says, else by the broker's clock."""
    told = dict(record.headers).get("hub-story-received-at")
    return datetime.fromtimestamp(int(told or record.timestamp) // 1000, SHANGHAI).date()


def read_all(topics: Topics, assets: Path, prefix: str) -> Told:
    """Everything that an audit looks at."""
    sources = departments(assets)
    return Told(
        seen=[
            Seen(*sources[record.topic.removeprefix(prefix)], row, came_on(record))
            for record, row in topics.read(list(sources))
        ],
        days=[date.fromisoformat(row["day"]) for _, row in topics.read(["control.v1"]) if row["type"] == "DAY_OPENED"],
        adjustments=[row for _, row in topics.read(["benefits.adjustments.v1"])],
        entitlements=[row for _, row in topics.read(["benefits.entitlements.v1"])],
    )


def main() -> int:
    """Read, work it out, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for option in ("--bootstrap", "--assets", "--policies", "--key"):
        parser.add_argument(option, required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--at-least", type=int, default=0)
    given = parser.parse_args()
    assets = Path(given.assets)
    try:
        told = read_all(Topics(given.bootstrap, given.prefix, assets), assets, given.prefix)
        pack = yaml.safe_load(Path(given.policies).read_text("utf-8"))
        key = bytes.fromhex(Path(given.key).read_text("ascii").strip())
        verdict = compare(told, *worked_out(told, pack, key), given.at_least)
    except (KafkaError, Stuck, OSError) as trouble:
        sys.stderr.write(f"naive: {type(trouble).__name__}: {trouble}\n")
        return 2
    for line in verdict.differences:
        sys.stdout.write(f"{line}\n")
    read = f"{len(told.seen)} records and {verdict.adjustments} adjustments read"
    sys.stdout.write(
        f"{read}, {verdict.compared} amounts of a month compared, {len(verdict.differences)} differences\n"
    )
    return 1 if verdict.differences else 0


if __name__ == "__main__":
    sys.exit(main())
