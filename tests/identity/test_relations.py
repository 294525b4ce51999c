"""What a dependant's household learns of a parent, supporter or guardian: a few kinds of facts, while the relation stands."""

from typing import Any

from benefit_hub.entitlement.household import HOUSEHOLDS
from benefit_hub.task import Overlay
from tests.facts import card, death, home, member, related, same, wage
from tests.in_memory import Hub


def known_in(hub: Hub, household: str, person: str) -> list[tuple[str, str, list[str]]]:
    """What a household knows of the people related to one of its members: who, as what, which kinds of facts."""
    for task in hub._hub.tasks:
        row: Any = Overlay(task.store).get(HOUSEHOLDS, household) if task.processor.name == "entitlement" else None
        if row is not None:
            statuses = row.members[person].related
            return [(each.related, each.relation, sorted(fact.kind for fact in each.facts)) for each in statuses]
    return []


def family(*more: Any) -> Hub:
    """A child that lives with its grandmother, its father elsewhere."""
    hub = Hub(partitions=3).hear(home("child", born="2016-05-01"), member("child", "H1"), home("father"))
    return hub.hear(*related("child", "father", "PARENT", "2026-01-05"), *more)


def test_the_household_learns_of_the_fathers_death_and_not_of_his_wage() -> None:
    hub = family(wage("father", 3000, "2026-02-05"), card("father", 1, "2026-02-07"), death("father", "2026-03-01"))
    assert known_in(hub, "h:H1", "p:child") == [("p:father", "PARENT", ["certificate", "death"])]


def test_a_relation_that_was_wrong_is_forgotten() -> None:
    hub = family(death("father", "2026-03-01"))
    hub.hear(*related("child", "father", "PARENT", "2026-01-05", revision=2, retracted=True, received="2026-03-03"))
    assert known_in(hub, "h:H1", "p:child") == []


def test_it_comes_in_whatever_order() -> None:
    """The death first, then who the father is, then the household."""
    hub = Hub(partitions=3).hear(death("father", "2026-03-01"))
    hub.hear(*related("child", "father", "PARENT", "2026-03-05"), member("child", "H1"), home("child"))
    assert known_in(hub, "h:H1", "p:child") == [("p:father", "PARENT", ["death"])]


def test_what_is_said_under_the_fathers_wrong_number_is_his() -> None:
    """His certificate was made out for a wrong number."""
    hub = family(card("wrong", 1, "2026-02-07"), *same("wrong", "father", "2026-03-01"))
    assert known_in(hub, "h:H1", "p:child") == [("p:father", "PARENT", ["certificate"])]


def test_the_childs_wrong_number_keeps_its_father() -> None:
    """The relation was told under the child's wrong number."""
    hub = Hub(partitions=3).hear(home("child"), member("child", "H1"), death("father", "2026-03-01"))
    hub.hear(*related("wrong", "father", "PARENT", "2026-01-05"), *same("wrong", "child", "2026-03-01"))
    assert known_in(hub, "h:H1", "p:child") == [("p:father", "PARENT", ["death"])]
