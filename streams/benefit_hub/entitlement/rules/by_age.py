"""An amount by the greatest age of the table that the person has reached, from the month of the birthday."""

from collections.abc import Iterable, Iterator
from datetime import date

from benefit_hub.entitlement.rules.personal import personal
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of, whole
from benefit_hub.entitlement.world import turns
from benefit_hub.messages.departments import Residence
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.months import FIRST_MONTH, Month, month_of


def by_age(question: Question, month: int) -> Answer:
    """The amount of the standard for the age, once the calendar has come to the birthday."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    placed = question.world.registered(question.subject, month)
    if placed is None:
        return nothing("no registered residence")
    registered, home = placed
    begins, limit = first_month(question), question.programme.retro_limit_months
    for age in question.programme.ages:
        day = turns(home, age)
        if question.world.seen(day) and month_of(day) <= month:
            found = standard_of(question, str(age), month)
            if found is not None:
                limited = {"retro_limit_months": str(limit)} if month_of(day) < begins else {}
                if month < begins:
                    return nothing("before it was known", limited, (registered,))
                inputs = {"age": str(age), "reached": day.isoformat(), "amount": str(found[1]), **limited}
                return whole(question, found, inputs, (*first, registered), "amount by age")
    return nothing("too young", counted=(registered,))


def first_month(question: Question) -> Month:
    """The month before which nothing is paid: so many before that in which a residence of the person was known first."""
    limit = question.programme.retro_limit_months
    known = [month_of(each.decided_on) for each in question.world.all(question.subject, "residence")]
    return FIRST_MONTH if limit is None or not known else Month(min(known) - limit)


def birthdays(programme: Programme, _pack: Pack, fact: Fact) -> Iterator[date]:
    """The birthdays from which a programme pays somebody who is registered so."""
    home = fact.payload
    if isinstance(home, Residence):
        yield from (turns(home, age) for age in programme.ages)


def birthday_months(question: Question) -> Iterator[Month]:
    """The months of the birthdays from which it pays, by what counts."""
    world, subject = question.world, question.subject
    if question.programme.retro_limit_months is not None:
        yield first_month(question)
    for each in world.all(subject, "residence"):
        home = world.home(subject, each.since)
        if home is not None:
            yield from (month_of(turns(home, age)) for age in question.programme.ages)


def first_birthday(programme: Programme, facts: Iterable[Fact]) -> date | None:
    """The earliest day on which somebody about whom these facts are may be paid."""
    homes = (fact.payload for fact in facts)
    return min((turns(home, programme.ages[-1]) for home in homes if isinstance(home, Residence)), default=None)


RULE = Rule(
    answer=by_age,
    reads=frozenset({"residence", "death"}),
    needs="residence",
    days=birthdays,
    marks=birthday_months,
    first=first_birthday,
)
