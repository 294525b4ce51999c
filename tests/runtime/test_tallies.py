"""Receipts added up by batch: how many of each kind, whether all were answered, the same however often they come."""

import sqlite3
from contextlib import closing

import msgspec
import pytest

from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.view import Record, View, ViewWriter
from tests.runtime.test_view import Builtins

WAGES = "human-resources"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "view.sqlite"


@pytest.fixture
def told(file):
    """Takes receipts in, each list at once, as the records of one partition."""
    writer = ViewWriter(file, Builtins())
    offsets = iter(range(10**6))

    def take(*receipts):
        records = [Record("receipts", 0, next(offsets), b"k", msgspec.json.encode(each)) for each in receipts]
        writer.apply(records)
        return records

    take.again = writer.apply  # type: ignore[attr-defined]
    yield take
    writer.close()


def receipt(event, status="ACCEPTED", batch="b1", size=3, source=WAGES):
    return Receipt(
        source=source, event_id=event, kind="wage", record="w", revision=1, status=status, batch=batch, batch_size=size
    )


def counted(tally):
    return (tally.accepted, tally.refused, tally.repeated, tally.conflict, tally.too_late)


def test_a_batch_is_complete_when_every_record_of_it_was_answered(told, file):
    told(receipt("e1"), receipt("e2", "REFUSED"))
    (tally,) = View(file).tallies(WAGES)
    assert (tally.batch, tally.size, tally.answered, tally.complete) == ("b1", 3, 2, False)
    told(receipt("e3"))
    (tally,) = View(file).tallies(WAGES)
    assert (tally.answered, tally.complete, counted(tally)) == (3, True, (2, 1, 0, 0, 0))


def test_an_event_that_was_sent_twice_is_one_event(told, file):
    told(receipt("e1"), receipt("e1"))
    told(receipt("e1"), receipt("e2"), receipt("e1", "REPEATED"))
    (tally,) = View(file).tallies(WAGES)
    assert (tally.answered, tally.complete, counted(tally)) == (2, False, (4, 0, 1, 0, 0))


def test_what_register_says_answers_nothing_that_intake_has_not(told, file):
    told(receipt("e1"), receipt("e2", "CONFLICT"), receipt("e3", "TOO_LATE"))
    (tally,) = View(file).tallies(WAGES)
    assert (tally.complete, counted(tally)) == (False, (1, 0, 0, 1, 1))


def test_a_replay_counts_nothing_twice(told, file):
    records = told(receipt("e1"), receipt("e2", "REFUSED"))
    before = View(file).tallies()
    told.again(records)
    assert View(file).tallies() == before


def test_what_could_not_be_written_was_not_counted(told, file):
    class Stumbling(list[Record]):
        def __iter__(self):
            yield from list.__iter__(self)
            raise OSError("the disk is full")

    raw = msgspec.json.encode(receipt("e1"))
    with pytest.raises(OSError, match="disk"):
        told.again(Stumbling([Record("receipts", 1, 0, b"k", raw)]))
    told(receipt("e2"))
    assert [counted(each) for each in View(file).tallies()] == [(1, 0, 0, 0, 0)]


def test_batches_and_sources_are_told_apart_and_the_newest_comes_first(told, file):
    told(
        receipt("e1", batch="b1"),
        receipt("e1", batch="b2", size=1),
        receipt("e2", batch=None, size=None),
        receipt("d1", batch="b1", source="public-security", size=None),
    )
    view = View(file)
    assert [each.batch for each in view.tallies(WAGES)] == [None, "b2", "b1"]
    assert [(each.size, each.complete) for each in view.tallies(WAGES)] == [(None, None), (1, True), (3, False)]
    assert [each.source for each in view.tallies(batch="b1")] == ["public-security", WAGES]
    assert view.tallies("nobody") == []


def test_accepted_records_are_counted_only_and_the_others_kept(told, file):
    told(receipt("e1"), receipt("e2", "REFUSED"), receipt("e3", "REPEATED"))
    view = View(file)
    assert [each.event_id for each in view.receipts()] == ["e2", "e3"]
    assert [each.event_id for each in view.receipts(WAGES, ("REFUSED",))] == ["e2"]


def test_of_a_complete_batch_only_the_numbers_are_kept(told, file):
    told(*(receipt(f"e{number}", size=1_000) for number in range(1_000)))
    told(receipt("e1", size=1_000))
    (tally,) = View(file).tallies(WAGES)
    assert (tally.complete, tally.answered, tally.accepted) == (True, 1_000, 1_001)
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("select count(*) from answered").fetchone() == (0,)


def test_a_view_of_an_earlier_release_is_made_again(file):
    with closing(sqlite3.connect(file)) as base:
        base.executescript("create table positions (topic text, part integer, next integer); pragma user_version = 1;")
        base.execute("insert into positions values ('receipts', 0, 77)")
        base.commit()
    writer = ViewWriter(file, Builtins())
    assert writer.next_offset("receipts", 0) == 0
    writer.close()
