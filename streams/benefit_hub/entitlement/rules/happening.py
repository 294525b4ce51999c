"""What happens to somebody on a day and belongs to one month: help that was given, a move."""

from collections.abc import Iterable, Iterator
from datetime import date

from benefit_hub.entitlement.rules.rule import Question
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.months import Month


def months_after(kind: str, question: Question) -> Iterator[Month]:
    """For a rule's `marks`, of a kind: the months after those in which such a thing counts."""
    yield from (Month(each.since + 1) for each in question.world.all(question.subject, kind))


def first_day(kind: str, _programme: Programme, facts: Iterable[Fact]) -> date | None:
    """For a rule's `first`, of a kind: the day on which it happened first."""
    return min((fact.valid_from for fact in facts if fact.kind == kind), default=None)


def days(kind: str, _programme: Programme, _pack: Pack, fact: Fact) -> Iterable[date]:
    """For a rule's `days`, of a kind: what is told before it happens counts as soon as its day has come."""
    return (fact.valid_from,) if fact.kind == kind else ()
