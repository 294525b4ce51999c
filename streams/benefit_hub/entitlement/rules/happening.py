"""What happens to somebody on a day and belongs to one month: help that was given, a move."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from benefit_hub.entitlement.rules.rule import Question
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.months import Month


def months_after(kind: str) -> Callable[[Question], Iterator[Month]]:
    """For a rule's `marks`: the months after those in which such a thing counts."""

    def months(question: Question) -> Iterator[Month]:
        yield from (Month(each.since + 1) for each in question.world.all(question.subject, kind))

    return months


def first_day(kind: str) -> Callable[[Programme, Iterable[Fact]], date | None]:
    """For a rule's `first`: the day on which it happened first."""

    def first(_programme: Programme, facts: Iterable[Fact]) -> date | None:
        return min((fact.valid_from for fact in facts if fact.kind == kind), default=None)

    return first


def days(kind: str) -> Callable[[Programme, Pack, Fact], Iterable[date]]:
    """For a rule's `days`: what is told before it happens counts as soon as its day has come."""

    def day(_programme: Programme, _pack: Pack, fact: Fact) -> Iterable[date]:
        return (fact.valid_from,) if fact.kind == kind else ()

    return day
