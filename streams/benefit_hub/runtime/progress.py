"""What a runner has done since it started, and where it stands: written by its thread, read by others.

Nothing that is decided depends on it. Counts only grow; a `Standing` is replaced as a whole. So whoever reads needs no lock,
and sees at worst the turn before.
"""

import logging
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from benefit_hub.messages.public import Receipt
from benefit_hub.task import ControlState, Out

log = logging.getLogger(__name__)

RECEIPTS = "receipts"
TELL_EVERY_S = 3.0
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
RECORDS = (0, 1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000)

Place = tuple[str, int]
"""A Kafka topic and a partition of it."""
Refused = tuple[str, str]
"""The source of a refused record, and the code of the refusal."""


class Spread:
    """How often a quantity was at most each of these bounds, or more than the last; and its sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


class Restored(NamedTuple):
    """A partition on its way: rows read so far, and how many changelog offsets are left, which is at least the rows left."""

    rows: int
    left: int


class Standing(NamedTuple):
    """Where a runner stood at its last turn.

    `positions` is the next offset of everything that its tasks at work read, `restoring` the partitions on their way,
    `controls` what each task at work knows of control, by partition; `restored` says how much was restored so far and how fast.
    """

    positions: Mapping[Place, int] = {}
    restoring: Mapping[int, Restored] = {}
    controls: Mapping[int, ControlState] = {}
    restored: "RestoreTold | None" = None


class Followed:
    """Where the view stands: `positions` is the next offset of each partition that it follows in this process."""

    name = "view"

    def __init__(self) -> None:
        self.positions: Mapping[Place, int] = {}


class RestoreTold:
    """Says every few seconds how far a restore has come. `rows` is all that was ever restored here, `rows_a_second` the rate
    when it was told last, 0 while there is nothing to restore."""

    def __init__(self, topic: str) -> None:
        self.rows = 0
        self.rows_a_second = 0.0
        self._topic = topic
        self._begun: tuple[float, int] | None = None

    def tell(self, under_way: Mapping[int, Restored]) -> None:
        """Say it if it is time. Called with every slice."""
        now = time.monotonic()
        left = sum(each.left for each in under_way.values())
        if self._begun is None or not left:
            self._begun = (now, self.rows) if left else None
            self.rows_a_second = 0.0
            return
        since, rows = self._begun
        if now - since >= TELL_EVERY_S:
            self.rows_a_second = (self.rows - rows) / (now - since)
            self._begun = (now, self.rows)
            log.info(
                "%s: restoring %d partitions, %d rows so far, at most %d left, %.0f rows a second",
                self._topic,
                len(under_way),
                self.rows,
                left,
                self.rows_a_second,
            )


@dataclass
class Progress:
    """What a runner has done since it started. Seconds are durations; `committed_at` is monotonic."""

    transactions: int = 0
    aborted: int = 0
    records: int = 0
    written: int = 0
    turns: int = 0
    committed_at: float = field(default_factory=time.monotonic)
    commit_s: Spread = field(default_factory=lambda: Spread(SECONDS))
    batch_s: Spread = field(default_factory=lambda: Spread(SECONDS))
    batch_records: Spread = field(default_factory=lambda: Spread(RECORDS))
    refused: Counter[Refused] = field(default_factory=Counter)

    def committed(self, records: int, written: int, took_s: float) -> None:
        """Count a committed transaction, and how long its commit took."""
        self.transactions += 1
        self.records += records
        self.written += written
        self.commit_s.add(took_s)
        self.committed_at = time.monotonic()

    def done(self, records: int, took_s: float, refused: Iterable[Refused]) -> None:
        """Count a batch that was committed: its records, how long it took in all, and what was refused in it."""
        self.batch_records.add(records)
        self.batch_s.add(took_s)
        self.refused.update(refused)


class Now:
    """Says when it is time again to look at what need not be looked at each time."""

    def __init__(self, every_s: float = 2.0) -> None:
        self._every_s = every_s
        self._looked = -every_s

    def due(self) -> bool:
        """Whether it is time; if so, the next time is later."""
        now = time.monotonic()
        if now - self._looked < self._every_s:
            return False
        self._looked = now
        return True


def refusals(outs: Iterable[Out]) -> list[Refused]:
    """Source and code of each receipt that refuses something: of a record nothing else."""
    receipts = (out.value for out in outs if out.topic == RECEIPTS)
    return [
        (receipt.source, receipt.code)
        for receipt in receipts
        if isinstance(receipt, Receipt) and receipt.code is not None
    ]
