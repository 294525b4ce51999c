"""How a case opens: what its households and people are short for, as sentences.

`{A: {age: 45, income: 200.00}}` in a household that receives dibao says residence, membership, a verified income, an application
and its acceptance. What comes of these sentences is where a case begins, not what it is about.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter

from benefit_hub.simulate.case_file import Case, HouseholdWritten, PersonWritten, Sentence
from benefit_hub.simulate.cast import Cast, Person, identity_number
from benefit_hub.simulate.story_records import Line
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import millis_of_day

LONG_AGO = date(2010, 1, 1)
"""Since when people live where they live, and with whom, unless events say otherwise."""

Said = dict[str, Any]
_SENTENCE: TypeAdapter[Any] = TypeAdapter(Sentence)


def everybody(case: Case) -> dict[str, PersonWritten]:
    """All people of a case, by label."""
    people: dict[str, PersonWritten] = {}
    for household in case.households.values():
        people |= household.people
    return {**people, **case.people}


def begins_on(case: Case) -> date:
    """The first day of a case: as written, else the earliest on which anything happens."""
    if case.going_live is not None:
        return case.going_live.opens
    receives = [each.receives for each in case.households.values()]
    receives += [each.receives for each in everybody(case).values()]
    days = [day for each in receives for day in each.values()]
    return case.begins or min([*days, *(event.day for event in case.events)], default=case.until or LONG_AGO)


def cast_of(case: Case) -> Cast:
    """Everybody in a case, each with a number."""
    year = begins_on(case).year
    people = {}
    for index, (label, written) in enumerate(everybody(case).items(), 1):
        born = written.born or date(year - (written.age or 0), 1, 1)
        number = identity_number(index, born, written.sex)
        people[label] = Person(label=label, number=number, born=born, sex=written.sex)
    households = {
        label: tuple(sorted(household.people, key=lambda who: role_of(household, who) != "head"))
        for label, household in case.households.items()
    }
    return Cast(people=people, households=households, region=case.region)


def role_of(household: HouseholdWritten, who: str) -> str:
    """A person's role: as written, else the first is the head and minors are children."""
    person = household.people[who]
    if person.role is not None:
        return person.role
    minor = person.age is not None and person.age < 18
    return "head" if who == next(iter(household.people)) else "child" if minor else "other"


def opening_lines(case: Case, cast: Cast) -> list[Line]:
    """The opening in the order of its days, numbered below 0."""
    begins = begins_on(case)
    written = [*_known(case, cast, begins), *_received(case), *_paid(case, begins)]
    written.sort(key=lambda row: row[0])
    return [
        Line(index=index - len(written), at_ms=millis_of_day(day), sentence=_SENTENCE.validate_python(said), said=said)
        for index, (day, said) in enumerate(written)
    ]


def _known(case: Case, cast: Cast, begins: date) -> Iterator[tuple[date, Said]]:
    """Who lives where, with whom, on what; who is not yet born is not known."""
    since = {who: max(LONG_AGO, person.born).isoformat() for who, person in cast.people.items()}
    found = begins if case.going_live is None else begins - timedelta(days=1)  # what is loaded was known before
    for label, household in case.households.items():
        for who in cast.households[label]:
            yield begins, {"residence": who, "place": household.place, "on": since[who]}
            role = role_of(household, who)
            yield begins, {"joins": who, "household": label, "role": role, "on": since[who]}
            yield from _means(who, household.people[who], begins, found)
    for who, alone in case.people.items():
        if cast.people[who].born <= begins:
            yield begins, {"residence": who, "place": alone.place, "on": since[who]}
            yield from _means(who, alone, begins, found)


def _means(who: str, person: PersonWritten, begins: date, found: date) -> Iterator[tuple[date, Said]]:
    if person.income is not None:
        yield begins, {"income": who, "amount": yuan_text(person.income), "on": found.isoformat()}
    if person.certificate is not None:
        card = person.certificate
        said = {"certificate": who, "level": card.level, "category": card.category, "on": card.since.isoformat()}
        yield begins, {**said, **({"valid to": card.valid_to} if card.valid_to else {})}


def _received(case: Case) -> Iterator[tuple[date, Said]]:
    """Who receives what: an application, accepted on the same day."""
    holders: dict[str, Mapping[str, date]] = {label: each.receives for label, each in case.households.items()}
    for who, receives in [*holders.items(), *((who, each.receives) for who, each in everybody(case).items())]:
        for programme, day in receives.items():
            yield day, {"apply": who, "for": programme}
            yield day, {"accept": "everything reported", "for": f"{who} {programme}"}


def _paid(case: Case, begins: date) -> Iterator[tuple[date, Said]]:
    """What others pay when the hub goes live."""
    payees = [(who, household.paid) for who, household in case.households.items()]
    payees += [(who, person.paid) for who, person in everybody(case).items()]
    for who, awards in payees:
        for programme, paid in awards.items():
            yield begins, {"award": who, "for": programme, "amount": yuan_text(paid.amount), "since": paid.since}
