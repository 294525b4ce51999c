"""A full list of the end of June against what is held, told as rows: what is listed, what is held, what differs."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from benefit_hub.client.sides import Difference, Sides
from benefit_hub.messages.internal import Fact
from tests.facts import wage

pytestmark = pytest.mark.slow

JUNE_30 = date(2026, 6, 30)


def said(revision: int = 1, yuan: int = 600, who: str = "wang", **more: object) -> Fact:
    """A revision of one record, said in May if not later."""
    received = str(more.pop("received", "2026-05-02"))
    on = str(more.pop("on", "2026-05-01"))
    return wage(who, yuan, on, record="w-1", revision=revision, received=received, **more)


def also(who: str, revision: int) -> Fact:
    """For somebody whom the record is no longer about."""
    return said(revision, who=who, retracted=True)


class Row(NamedTuple):
    """What is listed, what is held, and how they differ."""

    listed: list[Fact]
    held: list[Fact]
    told: Difference | None


def differs(*parts: str, listed: int = 1, held: int = 1, who: str = "p:wang") -> Difference:
    """The record is on both sides, and not alike."""
    return Difference("DIFFERENT", "w-1", who, listed, held, parts)  # type: ignore[arg-type]


TABLE = {
    "alike": Row([said()], [said()], None),
    "alike in the greatest revision held": Row([said(3)], [said(3), said(2), said(1)], None),
    "alike in the greatest revision listed": Row([said(3), said(2)], [said(3)], None),
    "held and not listed": Row([], [said()], Difference("MISSING", "w-1", "p:wang", None, 1)),
    "held, over, and not listed": Row([], [said(until="2026-06-30")], None),
    "held to the day after, and not listed": Row(
        [], [said(until="2026-07-01")], Difference("MISSING", "w-1", "p:wang", None, 1)
    ),
    "held from the day after on, and not listed": Row([], [said(on="2026-07-01")], None),
    "held from the day on, and not listed": Row(
        [], [said(on="2026-06-30")], Difference("MISSING", "w-1", "p:wang", None, 1)
    ),
    "held, retracted, and not listed": Row([], [said(1), said(2, retracted=True)], None),
    "recorded after the day, and not listed": Row([], [said(received="2026-07-01")], None),
    "over on both sides": Row([said(until="2026-02-01")], [said(until="2026-02-01")], None),
    "listed and never received": Row([said()], [], Difference("EXTRA", "w-1", "p:wang", 1, None)),
    "listed as retracted and never received": Row([said(retracted=True)], [], None),
    "listed, and held in a newer revision only": Row([said()], [said(2, received="2026-07-01")], None),
    "listed with a day after that of the list": Row([said(2, received="2026-07-01")], [said(1)], None),
    "an older revision than is held": Row([said(1)], [said(2)], differs("REVISION", listed=1, held=2)),
    "a newer revision than is held": Row([said(2)], [said(1)], differs("REVISION", listed=2, held=1)),
    "what was held on the day, corrected since": Row([said(1)], [said(1), said(2, received="2026-07-01")], None),
    "the same revision with another amount": Row([said(yuan=601)], [said()], differs("CONTENT")),
    "the same revision with another end": Row([said(until="2026-06-01")], [said()], differs("CONTENT")),
    "another person": Row([said(who="li")], [said()], differs("SUBJECT")),
    "retracted there, standing here": Row([said(retracted=True)], [said()], differs("RETRACTED")),
    "standing there, retracted here": Row([said(1)], [said(1), said(2, retracted=True)], differs("RETRACTED", held=2)),
    "retracted on both sides, in whatever revision": Row([said(2, retracted=True)], [said(3, retracted=True)], None),
    "a record that changed person": Row(
        [said(2, who="li"), also("wang", 2)], [said(1), said(2, who="li"), also("wang", 2)], None
    ),
    "a record that changed person, and did not say from whom": Row(
        [said(2, who="li")], [said(1), said(2, who="li")], differs("SUBJECT", listed=2, held=2, who="p:li")
    ),
    "a record about two": Row([said(), said(who="li")], [said(who="li"), said()], None),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_how_a_record_differs(row: Row, tmp_path: Path) -> None:
    with Sides(tmp_path, JUNE_30) as sides:
        for fact in row.listed:
            sides.list_fact(fact)
        for fact in row.held:
            sides.hold_fact(fact)
        assert [one for one in sides.compared() if one is not None] == ([row.told] if row.told else [])


def test_a_record_that_could_not_be_read_is_neither_missing_nor_anything_else(tmp_path: Path) -> None:
    with Sides(tmp_path, JUNE_30) as sides:
        sides.leave_out("w-1")
        sides.hold_fact(said())
        assert list(sides.compared()) == []


def test_many_records_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """More than are written at once, the list from behind, every tenth missing."""
    numbers = range(12_000)
    with Sides(tmp_path, JUNE_30) as sides:
        for number in reversed(numbers):
            if number % 10:
                sides.list_fact(wage("wang", 600, "2026-05-01", record=f"w-{number:05}"))
        for number in numbers:
            sides.hold_fact(wage("wang", 600, "2026-05-01", record=f"w-{number:05}"))
        told = list(sides.compared())
    assert len(told) == 12_000
    assert [one.record for one in told if one is not None] == [
        f"w-{number:05}" for number in numbers if not number % 10
    ]
