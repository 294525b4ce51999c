"""How the population begins: either people register and apply and civil affairs decides, or one day's registers as they are.

Both give the same people. Both are lazy: a household is told and forgotten.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from benefit_hub.simulate.population import figures as told
from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.households import Household, Population
from benefit_hub.simulate.population.persons import Person
from benefit_hub.simulate.population.records import (
    REGISTERED_SINCE,
    Named,
    Saying,
    application,
    certificate,
    decision,
    legacy_award,
    membership,
    named,
    residence,
    verification,
    wage,
    watched,
)
from benefit_hub.values.money import half_up
from benefit_hub.values.months import add_months, birthday, month_of

APPLYING_DAYS = 16
DECIDING_DAYS = 15
OPENING_DAYS = APPLYING_DAYS + DECIDING_DAYS + 3
"""So long before the changes begin the opening by decisions begins: first all apply, then all is decided."""


def opening(town: Population) -> Iterator[Saying]:
    """Registrations and applications, household after household, then the decisions on them; days ascend."""
    for home in town.households():
        day = applies_on(town, home.index)
        yield from registers(home, day)
        yield from means(home, day)
        yield from applications(home, day)
    for home in town.households():
        yield from decisions(home, applies_on(town, home.index), decides_on(town, home.index))


def snapshot(town: Population) -> Iterator[Saying]:
    """What the registers hold on the day before the changes begin, and what is paid: nobody applies, nobody decides."""
    day = town.begins - timedelta(days=1)
    for home in town.households():
        yield from registers(home, day)
        yield from means(home, day)
        yield from awards(town, home, day)


def applies_on(town: Population, index: int) -> date:
    """When a household registers and applies."""
    return town.begins - timedelta(days=OPENING_DAYS - index * APPLYING_DAYS // town.count)


def decides_on(town: Population, index: int) -> date:
    """When what it applied for is decided."""
    return town.begins - timedelta(days=DECIDING_DAYS - index * DECIDING_DAYS // town.count)


def registers(home: Household, day: date) -> Iterator[Saying]:
    """Who lives where and with whom, who holds a certificate, who is watched."""
    for person in home.people:
        yield residence(home, person, home.area, day, max(person.born, REGISTERED_SINCE))
        yield membership(home, person, day)
        if person.card is not None:
            yield certificate(person, person.card, day)
    if home.segment == "WATCHED":
        yield watched(home.people[0], day, None)


def means(home: Household, day: date) -> Iterator[Saying]:
    """What was verified of those who applied for the household: of others, nobody may look."""
    if home.programme is not None:
        for person in home.people:
            yield from verified(person, day)


def verified(person: Person, day: date) -> Iterator[Saying]:
    """A person's wage and other income."""
    if person.income:
        yield verification(person, day)
    if person.wage:
        yield wage(person, day, pay_day(day), person.wage, employer_of(person))


def pay_day(day: date) -> date:
    """The last day of payment before or on a day: the fifth of a month."""
    return day.replace(day=5) if day.day >= 5 else add_months(day, -1).replace(day=5)


def employer_of(person: Person) -> str:
    """Who pays somebody's usual wage."""
    return f"YG-{int(person.key[2:9]) % 97:02d}"


def subsidies(home: Household, person: Person) -> tuple[str, ...]:
    """What a person has applied for alone: who is in extreme difficulty receives neither."""
    if person.card is None or home.segment == "TEKUN":
        return ()
    care = ("care_subsidy",) if person.card.level <= 2 else ()
    return (*care, "living_subsidy") if home.receives else care


def applications(home: Household, day: date) -> Iterator[Saying]:
    """For the household, and for each who holds a certificate."""
    if home.programme is not None:
        yield application(home.programme, home, home.people[0], day, personal=False)
    for person in home.people:
        for programme in subsidies(home, person):
            yield application(programme, home, person, day, personal=True)


def decisions(home: Household, applied: date, day: date) -> Iterator[Saying]:
    """What was decided on the household's and its members' applications."""
    if home.state != "PENDING" and home.programme is not None:
        outcome = "REJECT" if home.state == "REJECTED" else "ACCEPT"
        yield household_decision(home, home.programme, outcome, applied, day)
    for person in home.people:
        for programme in subsidies(home, person):
            if person.card is not None:
                covers = [
                    named(certificate(person, person.card, applied)),
                    named(application(programme, home, person, applied, personal=True)),
                ]
                about = {"id_numbers": [person.number]}
                yield decision(f"JD-{person.key}-{programme}", programme, "ACCEPT", covers, day, about)


def household_decision(home: Household, programme: str, outcome: str, applied: date, day: date) -> Saying:
    """The decision by which a household enters, or is refused: it names all that was said of it when it applied."""
    covers: list[Named] = [named(application(programme, home, home.people[0], applied, personal=False))]
    for person in home.people:
        covers.append(named(membership(home, person, applied)))
        covers += [named(each) for each in verified(person, applied)]
    about = {"household_ids": [home.name], "id_numbers": [person.number for person in home.people]}
    return decision(f"JD-{home.name}", programme, outcome, covers, day, about)


def awards(town: Population, home: Household, day: date) -> Iterator[Saying]:
    """What is paid on the day of going live; a few awards are paid otherwise than the rules say."""
    chance = Chance(f"{town.seed}/award/{home.index}")
    since = add_months(town.begins, -chance.between(3, 60)).replace(day=1)
    if home.state == "ACCEPTED" and home.programme is not None:
        fen = gap_fen(town, home) if home.receives else 0
        if fen and chance.happens(told.STALE_AWARDS.value):
            fen += 100 * chance.between(10, 90)
        yield legacy_award(home.programme, home, home.people[0], day, since, fen, personal=False)
    for person in home.people:
        for programme in subsidies(home, person):
            fen = flat_fen(town, programme, str(person.card.level if person.card else ""))
            paid_since = max(since, person.card.issued.replace(day=1) if person.card else since)
            yield legacy_award(programme, home, person, day, paid_since, fen, personal=True)
        reached = next((age for age in town.pack.programmes["old_age_allowance"].ages if age <= person.age), None)
        if reached is not None:
            paid_since = birthday(person.born, reached).replace(day=1)
            fen = flat_fen(town, "old_age_allowance", str(reached))
            yield legacy_award("old_age_allowance", home, person, day, paid_since, fen, personal=True)


def gap_fen(town: Population, home: Household) -> int:
    """What a household on dibao is paid a month: its people times the standard, less its income."""
    income = sum((person.income + person.wage * town.kept for person in home.people), Fraction(0))
    return half_up(len(home.people) * town.standard(home.area) - income / Fraction(100))


def flat_fen(town: Population, programme: str, level: str) -> int:
    """What a person is paid a month of a programme with an amount per level, or the same for all."""
    names = town.pack.programmes[programme].standards
    standard = town.pack.standards[names.get(level) or names["ANY"]]
    return half_up(standard.per_month(month_of(town.begins)) or Fraction(0))
