"""How much a transaction takes: more with the backlog, and never so much that the broker would abort it."""

from benefit_hub.runtime.settings import Settings

FIRST_RECORDS = 256
FIRST_KEYS = 64
"""A sweep's keys cost more than records do, and nobody knows yet how much."""


class Pace:
    """How much of one kind, records or keys of a sweep, the next transaction may take: `limit`."""

    def __init__(self, first: int, most: int, settings: Settings) -> None:
        self.limit = min(first, most)
        self._most = most
        self._target_s = settings.batch_target_ms / 1000
        self._aborted_s = settings.transaction_timeout_ms / 1000

    def done(self, taken: int, *, worked_s: float, took_s: float) -> None:
        """A transaction has taken so much.

        `worked_s` is what the work itself took, `took_s` all from its beginning to the end of its commit. Over a slow line a
        transaction of one record takes as long as one of thousands: that it waits is no reason to make it smaller, until it
        comes near to the time at which the broker aborts it.
        """
        if worked_s > self._target_s or took_s > 0.75 * self._aborted_s:
            self.halve()
        elif taken >= self.limit and worked_s < self._target_s / 2 and took_s < self._aborted_s / 2:
            self.limit = min(self._most, self.limit * 2)

    def halve(self) -> None:
        """It was too much."""
        self.limit = max(1, self.limit // 2)
