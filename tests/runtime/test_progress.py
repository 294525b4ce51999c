"""What runners count, and what they say of a restore."""

import logging

import pytest

from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.progress import Now, Progress, Restored, RestoreTold, Spread, refusals
from benefit_hub.task import Out


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    now = [100.0]
    monkeypatch.setattr("benefit_hub.runtime.progress.time.monotonic", lambda: now[0])
    return now


def test_a_spread_counts_each_value_once_below_its_bound():
    spread = Spread((1, 10))
    for value in (0, 1, 2, 10, 11):
        spread.add(value)
    assert spread.counts == [2, 2, 1]
    assert spread.sum == 24


def test_only_refusing_receipts_count_by_source_and_code():
    def receipt(**said):
        return Receipt(source="taxation", event_id="e1", kind="wage", record="r1", revision=1, **said)

    outs = [
        Out(topic="receipts", key="taxation", value=receipt(status="REFUSED", code="BAD_DATE")),
        Out(topic="receipts", key="taxation", value=receipt(status="ACCEPTED")),
        Out(topic="facts", key="p1", value=b"BAD_DATE"),
    ]
    assert refusals(outs) == [("taxation", "BAD_DATE")]
    counted = Progress()
    counted.done(3, 0.2, refusals(outs))
    counted.done(1, 0.1, refusals(outs))
    assert counted.refused == {("taxation", "BAD_DATE"): 2}
    assert (counted.batch_records.sum, round(counted.batch_s.sum, 1)) == (4, 0.3)


def test_now_and_then_is_at_once_and_then_not_before_its_time(clock):
    now = Now(2.0)
    assert [now.due(), now.due()] == [True, False]
    clock[0] += 2
    assert now.due()


def test_a_restore_says_every_few_seconds_how_far_it_is(clock, caplog):
    caplog.set_level(logging.INFO)
    told = RestoreTold("changelog.register")
    for rows, left in ((0, 30_000), (10_000, 20_000), (10_000, 10_000)):
        told.rows += rows
        told.tell({0: Restored(told.rows, left), 1: Restored(0, 5)})
        clock[0] += 2
    assert [record.getMessage() for record in caplog.records] == [
        "changelog.register: restoring 2 partitions, 20000 rows so far, at most 10005 left, 5000 rows a second"
    ]
    assert told.rows_a_second == 5000
    told.tell({})
    assert told.rows_a_second == 0
