"""How many records a transaction takes: more with the backlog, and never so many that the broker would abort it."""

from benefit_hub.runtime.settings import Settings

FIRST_BATCH = 256


def first_limit(settings: Settings) -> int:
    """How many records the first transaction may take."""
    return min(FIRST_BATCH, settings.batch_records_max)


def next_limit(limit: int, records: int, *, worked_s: float, took_s: float, settings: Settings) -> int:
    """How many records the next transaction may take, after one with so many under this limit.

    `worked_s` is what the records themselves took, `took_s` all from its beginning to the end of its commit. Over a slow line a
    transaction of one record takes as long as one of thousands: that it waits is no reason to make it smaller, until it comes
    near to the time at which the broker aborts it.
    """
    target_s, aborted_s = settings.batch_target_ms / 1000, settings.transaction_timeout_ms / 1000
    if worked_s > target_s or took_s > 0.75 * aborted_s:
        return max(1, limit // 2)
    if records >= limit and worked_s < target_s / 2 and took_s < aborted_s / 2:
        return min(settings.batch_records_max, limit * 2)
    return limit
