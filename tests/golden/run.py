"""A hub as one version of the code left it: every topic with its offsets, the groups' positions, files of the data folder.

What a version left is data and stays as it is. It lies in `tests/golden/<version>/run.msgpack.gz`, made once by

    python -m tests.golden.record_run v2
"""

import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from benefit_hub.messages.internal import ControlEvent
from tests.kafka.hub.live import Item
from tests.properties.told import Record

HERE = Path(__file__).parent
CONTROL = "control"
PREFIX = "kept."
"""Stands before the names of topics and groups, wherever a run is used: stores know whose copy they are."""


class Kept(Struct, array_like=True):
    """A record as it lay on a partition."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class Partition(Struct, array_like=True):
    """A partition: what a reader of committed data sees of it, and its end."""

    topic: str
    number: int
    records: tuple[Kept, ...]
    end: int


class Said(Struct, array_like=True):
    """What was said to the hub: a department's record, or (topic control) an event."""

    topic: str
    received: date
    event_id: str
    body: dict[str, object]


class Run(Struct, kw_only=True):
    """A hub as it was left. Topics, groups and files by their names without prefix and folder.

    `before` was said to it, `after` is still to be said. `positions` are by group, topic and partition.
    """

    before: tuple[Said, ...]
    after: tuple[Said, ...]
    partitions: tuple[Partition, ...]
    positions: tuple[tuple[str, str, int, int], ...]
    files: dict[str, bytes]


def said(item: Item) -> Said:
    """An item of a story, as data."""
    if isinstance(item, Record):
        return Said(item.topic, item.received, item.event_id, item.body)
    day, event = item
    body = {name: value for name, value in msgspec.structs.asdict(event).items() if value is not None}
    return Said(CONTROL, day, "", body)


def item_of(one: Said) -> Item:
    """The item of a story that was kept as data."""
    if one.topic == CONTROL:
        return one.received, msgspec.convert(one.body, ControlEvent)
    return Record(one.topic, one.body, one.received, one.event_id)


def run_file(version: str) -> Path:
    """Where the run of a version lies."""
    return HERE / version / "run.msgpack.gz"


def load_run(version: str) -> Run:
    """What a version left."""
    return msgspec.msgpack.decode(gzip.decompress(run_file(version).read_bytes()), type=Run)


def save_run(version: str, run: Run) -> None:
    """Keep a run; one that is there is never written again."""
    with run_file(version).open("xb") as file:
        file.write(gzip.compress(msgspec.msgpack.encode(run), 9, mtime=0))


def transactions_of(partition: Partition) -> Iterator[tuple[tuple[Kept, ...], bool]]:
    """The records of a partition as they were written: together, and whether a marker of a transaction comes after them."""
    first = 0
    following = [each.offset for each in partition.records[1:]] + [partition.end]
    for at, (record, then) in enumerate(zip(partition.records, following, strict=True), 1):
        gap = then - record.offset - 1
        assert gap in (0, 1), (
            f"{partition.topic} {partition.number}: {gap} offsets without a record after {record.offset}"
        )
        if gap or at == len(partition.records):
            yield partition.records[first:at], bool(gap)
            first = at
