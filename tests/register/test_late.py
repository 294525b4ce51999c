"""What was over for longer than the horizon when it came is not taken; its sender and a person are told, in any order."""

from itertools import permutations

import pytest
from msgspec import structs

from benefit_hub import register
from benefit_hub.register.late import too_late
from benefit_hub.task import Incoming, Overlay
from tests.facts import card, member, wage
from tests.register.desk import Desk, items

OLD = member("ann", "H1", on="2015-01-01", until="2016-01-01", received="2026-05-08", revision=1, event_id="old")
OLDER = structs.replace(OLD, revision=2, valid_to=OLD.valid_from, event_id="older")
MENDED = structs.replace(OLD, revision=3, valid_to=None, event_id="mended")


@pytest.mark.parametrize(
    ("until", "received", "late"),
    [
        (None, "2026-05-31", False),
        ("2026-05-01", "2026-05-31", False),
        ("2099-01-01", "2026-05-31", False),
        ("9999-12-31", "2026-05-31", False),
        ("2021-05-31", "2026-05-01", False),
        ("2021-05-01", "2026-05-31", False),
        ("2021-04-30", "2026-05-01", True),
        ("1949-10-01", "2026-05-01", True),
    ],
)
def test_it_counts_from_the_month_in_which_it_was_over_to_the_month_in_which_it_came(until, received, late):
    told = member("ann", "H1", on="1940-01-01", until=until, received=received)
    assert too_late(told, 60) is late


def receipts(outs):
    return [(each.status, each.event_id) for each in items(outs, "receipts")]


def tasks(outs):
    return [(each.type, each.state, each.facts[0].revision) for each in items(outs, "tasks")]


def waiting(outs):
    """The tasks that stand after all that was said."""
    last = {each.task_id: each for each in items(outs, "tasks")}
    return [each for each in last.values() if each.state in ("OPEN", "CHANGED")]


def test_it_is_not_taken_and_its_sender_and_a_person_are_told():
    desk = Desk()
    outs = desk.batch(OLD)
    (receipt,) = items(outs, "receipts")
    assert (receipt.status, receipt.code, receipt.record, receipt.revision) == ("TOO_LATE", "TOO_LATE", "m-ann", 1)
    assert "valid_to" in receipt.text_en
    assert "valid_to" in receipt.text_zh
    (task,) = items(outs, "tasks")
    assert (task.type, task.state, task.subject, task.facts) == ("TOO_LATE", "OPEN", "p:ann", (OLD.name,))
    assert "60 个月" in task.text_zh
    assert [out.topic for out in outs] == ["receipts", "tasks"], "nobody else hears of it"
    assert desk.known("p:ann").facts == ()


def test_told_again_it_is_one_task():
    desk = Desk()
    assert tasks(desk.batch(OLD)) == [("TOO_LATE", "OPEN", 1)]
    again = desk.batch(structs.replace(OLD, event_id="again"))
    assert (receipts(again), tasks(again)) == ([("TOO_LATE", "again")], [])


def test_a_revision_in_time_ends_the_task():
    desk = Desk()
    desk.batch(OLD, OLDER)
    outs = desk.batch(MENDED)
    assert tasks(outs) == [("TOO_LATE", "WITHDRAWN", 2)]
    assert receipts(outs) == []
    assert [each.revision for each in desk.known("p:ann").facts] == [3]


@pytest.mark.parametrize("order", list(permutations([OLD, OLDER, MENDED])))
def test_arrival_decides_nothing(order):
    """In any order, in one batch or one after the other: the same is kept, and nothing waits for a person."""
    single, together = Desk(), Desk()
    for outs in ([out for fact in order for out in single.batch(fact)], together.batch(*order)):
        assert waiting(outs) == []
        assert sorted(receipts(outs)) == [("TOO_LATE", "old"), ("TOO_LATE", "older")]
    for desk in (single, together):
        assert desk.known("p:ann").facts == (MENDED,)


def test_what_came_in_time_stands_when_a_later_copy_of_it_comes_too_late():
    """The first arrival counts; that it comes again years later is told, and needs nobody."""
    in_time = structs.replace(OLD, received_at=0, received_on=OLD.valid_from, event_id="in time")
    for order in ((in_time, OLD), (OLD, in_time)):
        desk = Desk()
        outs = [out for fact in order for out in desk.batch(fact)]
        assert receipts(outs) == [("TOO_LATE", "old")]
        assert waiting(outs) == []
        assert desk.known("p:ann").facts == (in_time,)


def test_the_receipt_of_a_late_record_names_its_batch():
    desk = Desk()
    headers = {"hub-batch": b"2026-05", "hub-batch-size": b"40"}
    state = Overlay(desk.store)
    repeated = wage("ann", 600, "2026-05-05", received="2026-05-08")
    batch = [Incoming(topic="facts", value=each, headers=headers) for each in (OLD, repeated, repeated)]
    told = items(register.step(state, batch, desk.env), "receipts")
    assert [(each.status, each.batch, each.batch_size) for each in told] == [
        ("TOO_LATE", "2026-05", 40),
        ("REPEATED", "2026-05", 40),
    ]


def test_a_horizon_of_its_own_policy():
    book = structs.replace(Desk().env.books[Desk().env.first_book], horizon_months=200)
    desk = Desk(book)
    assert receipts(desk.batch(OLD)) == []
    assert desk.known("p:ann").facts == (OLD,)


def test_a_certificate_without_an_end_is_never_too_late():
    desk = Desk()
    ancient = card("ann", 2, "1999-01-01", received="2026-05-08")
    assert receipts(desk.batch(ancient)) == []
