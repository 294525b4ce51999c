"""What the rules for persons ask alike: whether somebody lives, has applied, is of an age, and holds a certificate."""

from collections.abc import Iterator
from datetime import date

from benefit_hub.entitlement.rules.rule import NONE, Answer, Question, nothing
from benefit_hub.entitlement.world import Counted, turns
from benefit_hub.messages.departments import Certificate, Custody, Missing, Residence, SchoolEnrolment
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.values.months import Month, month_of

PERSONAL_READS = frozenset({"application", "residence", "death", "school_enrolment", "custody", "missing"})
"""The kinds of facts at which every rule for persons looks who have applied."""
OF_AGE, TOLD_OTHERWISE = "came of age", "ended by its facts"
PERSONAL_ENDS = frozenset({OF_AGE, TOLD_OTHERWISE})
"""What ends an award of a person for good, whatever its rule."""


def personal(question: Question, month: int) -> Answer | tuple[Counted, ...]:
    """What every personal programme asks first: the person lives, has applied where the programme needs it, nothing has ended
    it, and he is of its age."""
    world, person = question.world, question.subject
    death = world.died(person, question.pack.death_sources)
    if death is not None and death[1] <= month:
        return nothing("died", counted=(death[0],), empty=True)
    if question.programme.entry == "AUTOMATIC":
        return ()
    application = world.applied(person, question.programme.name, month, question.lapsed)
    if application is None:
        return nothing("no accepted application")
    return _ended(question, month, application) or _of_age(question, month, application)


def _ended(question: Question, month: int, application: Counted) -> Answer | None:
    """What ends it by a fact that the programme names."""
    for name in question.programme.ends_with:
        kind, _, type_ = name.partition(" ")
        for each in question.world.standing(question.subject, kind, month):
            said = each.fact.payload
            if isinstance(said, Custody | Missing) and said.type == type_:
                return nothing(TOLD_OTHERWISE, {"by": name}, (application, each))
    return None


def _of_age(question: Question, month: int, application: Counted) -> Answer | tuple[Counted, ...]:
    """Whether the person is as old as the programme wants, and who was awarded it as a minor still young enough, or at school."""
    programme, world, home = question.programme, question.world, question.world.home(question.subject, month)
    if home is None or (programme.from_age is None and programme.minors_to is None):
        return (application,)
    if programme.from_age is not None and not _reached(question, home, programme.from_age, month):
        return nothing("too young", {"from_age": str(programme.from_age)}, (application,))
    if programme.minors_to is None:
        return (application,)
    last = turns(home, programme.minors_to)
    if not world.seen(last) or month <= month_of(last) or application.since > month_of(last):
        return (application,)
    for each in world.standing(question.subject, "school_enrolment", month):
        school = each.fact.payload
        if isinstance(school, SchoolEnrolment) and school.full_time and school.stage in programme.minors_stay_in:
            return (application, each)
    return nothing(OF_AGE, {"age": str(programme.minors_to), "reached": last.isoformat()}, (application,))


def _reached(question: Question, home: Residence, age: int, month: int) -> bool:
    day = turns(home, age)
    return question.world.seen(day) and month_of(day) <= month


def ages_of(programme: Programme) -> list[int]:
    """The ages at which something may begin or end."""
    return [age for age in (programme.from_age, programme.minors_to) if age is not None]


def age_days(programme: Programme, _pack: Pack, fact: Fact) -> Iterator[date]:
    """The birthdays at which something may begin or end for somebody who is registered so."""
    home = fact.payload
    if isinstance(home, Residence):
        yield from (turns(home, age) for age in ages_of(programme))


def age_months(question: Question) -> Iterator[Month]:
    """The months of those birthdays, and the months after them."""
    for each in question.world.all(question.subject, "residence"):
        home = each.fact.payload
        if isinstance(home, Residence):
            for age in ages_of(question.programme):
                yield month_of(turns(home, age))
                yield Month(month_of(turns(home, age)) + 1)


def status_missing(question: Question, month: int, counted: tuple[Counted, ...]) -> Answer | dict[str, str]:
    """The statuses that the household must have, as inputs; nothing where one is missing."""
    member = question.world.is_member(question.subject, month)
    statuses = {name: question.status_of(name, month) if member else NONE for name in question.programme.needs_status}
    if all(statuses[name] == name.upper() for name in statuses):
        return statuses
    return nothing("status missing", statuses, counted)


def certificate_of(question: Question, month: int) -> tuple[Counted, Certificate] | None:
    """The valid disability certificate of a month."""
    found = question.world.latest(question.subject, "certificate", month)
    if found is None:
        return None
    held = found.fact.payload
    return (found, held) if isinstance(held, Certificate) and held.status == "VALID" else None
