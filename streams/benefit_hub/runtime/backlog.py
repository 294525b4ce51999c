"""How far a partition is behind, and since when; and when a runner that is behind has to be given up. No clocks in here."""

from collections import deque
from typing import NamedTuple

KEPT = 512
"""So many ends are remembered of a partition; of more, every other one."""


class Lag(NamedTuple):
    """Records that wait in a partition, markers of transactions included, and for how many seconds the oldest was seen to."""

    records: int
    seconds: float


class Backlog:
    """One partition, looked at again and again. What lay there before the first look waits since then."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        """When the partition was first seen to end so far, of all that lies beyond the position."""

    def look(self, now: float, end: int, position: int) -> Lag:
        """The lag. `now` is monotonic, in seconds; `end` the offset after the last record, `position` the next to process."""
        if self._seen and end < self._seen[-1][1]:
            self._seen.clear()
        if not self._seen or end > self._seen[-1][1]:
            self._seen.append((now, end))
        while self._seen and self._seen[0][1] <= position:
            self._seen.popleft()
        if len(self._seen) > KEPT:
            self._seen = deque(list(self._seen)[::2])
        return Lag(end - position, now - self._seen[0][0]) if self._seen else Lag(0, 0.0)


class Looked(NamedTuple):
    """What was seen of a runner: its counts of turns and of committed transactions, both 0 while it starts; whether anything
    waits for it, and whether some of its partitions are on their way still."""

    turns: int
    transactions: int
    behind: bool
    restoring: bool


class Patience:
    """Since when a runner has shown nothing that excuses it.

    A commit excuses it, and so do brokers that do not answer. A turn of its loop does where nothing waits, or where partitions
    are on their way. What hangs in a step or before its first turn, or takes turns without ever committing what waits, has no
    excuse.
    """

    def __init__(self, now: float) -> None:
        self._before: Looked | None = None
        self._excused_at = now

    def look(self, now: float, found: Looked | None) -> float:
        """For how many seconds it has had no excuse; None stands for brokers that do not answer."""
        before = self._before
        if found is None or before is None or _excuse(before, found):
            self._excused_at = now
        self._before = found or before
        return now - self._excused_at


def _excuse(before: Looked, found: Looked) -> bool:
    if found.transactions > before.transactions:
        return True
    return found.turns > before.turns and (found.restoring or not found.behind)
