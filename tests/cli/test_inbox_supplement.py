"""`hub inbox serve` and `hear`: the decision's next revision, by which the hub's own task goes."""

from datetime import date
from typing import Any

import pytest

from benefit_hub.cli.inbox_supplement import Added, named_people, next_revision
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import TaskItem
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import pseudonym
from tests.entitlement.families import about_h0, accepted, dibao, family, h0, types
from tests.facts import income
from tests.in_memory import Hub
from tests.intake.records import ANN, BEN, KEY, body, record, take

WAS, LESS = "1035.00", "790.00"
RAISED = income("cyn", 245, "2026-07-08")
"""245 more of income: 3 x 645 - 900 - 245 = 790.00."""


def noon(day: date) -> int:
    """Noon of a day in Asia/Shanghai, in milliseconds."""
    return (day - date(1970, 1, 1)).days * 86_400_000 + 4 * 3_600_000


def taken(said: dict[str, Any], on: date) -> list[Fact]:
    """What intake makes of the revision, received on a day."""
    whole = body("civil-affairs.decision", **said, recorded_at=noon(on))
    return take(record("civil-affairs.decision", whole, timestamp_ms=noon(on))).facts


def asks(hub: Hub, kind: Added) -> TaskItem:
    """An open task of a type."""
    found: TaskItem = next(each for each in hub.items("tasks") if each.type == kind)
    return found


def test_a_notice_that_was_served_ends_its_task_and_moves_nothing() -> None:
    decided = about_h0([RAISED], "2026-07-20", record="d2")
    hub = h0().hear(RAISED, *decided)
    again = next_revision(asks(hub, "NOTICE_DUE"), "NOTICE_DUE", decided, date(2026, 7, 22))
    assert (again["revision"], again["heard_on"], again["notice_served_on"]) == (2, "2026-07-20", "2026-07-22")
    hub.hear(*taken(again, date(2026, 7, 22)))
    assert "NOTICE_DUE" not in types(hub)
    assert dibao(hub, "2026-07", "2026-08") == [WAS, LESS]


def test_a_hearing_that_was_held_lets_the_decision_count() -> None:
    decided = about_h0([RAISED], "2026-07-20", record="d2", heard_on=None)
    hub = h0().hear(RAISED, *decided)
    assert dibao(hub, "2026-08") == [WAS]
    again = next_revision(asks(hub, "HEARING_MISSING"), "HEARING_MISSING", decided, date(2026, 7, 18))
    hub.hear(*taken(again, date(2026, 7, 25)))
    assert "HEARING_MISSING" not in types(hub)
    assert dibao(hub, "2026-08") == [LESS]


def test_a_hearing_after_the_decision_needs_another_decision() -> None:
    decided = about_h0([RAISED], "2026-07-20", record="d2", heard_on=None)
    hub = h0().hear(RAISED, *decided)
    task = asks(hub, "HEARING_MISSING")
    with pytest.raises(HubError, match="--decided-on"):
        next_revision(task, "HEARING_MISSING", decided, date(2026, 8, 3))
    with pytest.raises(HubError, match="decide again after the hearing"):
        next_revision(task, "HEARING_MISSING", decided, date(2026, 8, 3), decided_again=date(2026, 8, 1))
    again = next_revision(task, "HEARING_MISSING", decided, date(2026, 8, 3), decided_again=date(2026, 8, 5))
    hub.hear(*taken(again, date(2026, 8, 5)))
    assert "HEARING_MISSING" not in types(hub)
    assert dibao(hub, "2026-08", "2026-09") == [WAS, LESS]


def test_who_is_heard_about_a_decision_that_was_taken_back() -> None:
    granted = family(ann=200, ben=700, cyn=0)
    first = accepted(granted)
    back = accepted(granted, revision=2, heard_on=None, retracted=True, received="2026-09-10")
    hub = Hub().hear(*granted, *first, *back).open("2026-09-10")
    task = asks(hub, "HEARING_MISSING")
    with pytest.raises(HubError, match="before the decision of 2026-03-18"):
        next_revision(task, "HEARING_MISSING", [*first, *back], date(2026, 3, 1))
    again = next_revision(task, "HEARING_MISSING", [*first, *back], date(2026, 9, 8))
    assert (again["revision"], again["retracted"], again["heard_on"]) == (3, True, "2026-09-08")


def test_what_would_end_nothing_is_not_published() -> None:
    decided = about_h0([RAISED], "2026-07-20", record="d2")
    task = asks(h0().hear(RAISED, *decided), "NOTICE_DUE")
    for asked, said, on, why in (
        ("HEARING_MISSING", decided, date(2026, 7, 22), "`hub inbox serve`"),
        ("NOTICE_DUE", decided, date(2026, 7, 1), "before the decision of 2026-07-20"),
        ("NOTICE_DUE", [], date(2026, 7, 22), "nothing is held of the decision civil-affairs d2"),
        (
            "NOTICE_DUE",
            about_h0([RAISED], "2026-07-20", record="d2", revision=2),
            date(2026, 7, 22),
            "revision 2 of this",
        ),
    ):
        with pytest.raises(HubError, match=why):
            next_revision(task, asked, said, on)  # type: ignore[arg-type]  # a table of both


def test_exactly_those_are_named_whom_the_decision_names() -> None:
    said = taken({"id_numbers": [ANN, BEN], "household_ids": ["H0"]}, date(2026, 6, 30))
    assert {pseudonym(KEY, ANN), "h:H0"} <= {fact.subject for fact in said}
    assert named_people(said, [BEN, ANN], KEY) == [BEN, ANN]
    for numbers in ([], [ANN], [ANN, ANN]):
        with pytest.raises(HubError, match="names 2 by identity number") as refused:
            named_people(said, numbers, KEY)
        assert ANN not in str(refused.value)
    alone = taken({"id_numbers": [], "household_ids": ["H0"]}, date(2026, 6, 30))
    assert named_people(alone, [], KEY) == []
    with pytest.raises(HubError, match="leave --id-numbers out"):
        named_people(alone, [ANN], KEY)
