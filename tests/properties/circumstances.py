"""What people's circumstances are beyond households, wages and certificates: by chance, and so that every programme occurs.

Each is one kind of trouble, told through a `Teller`, who keeps what was said.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

from benefit_hub.messages.internal import ControlEvent
from tests.properties.stories import Teller
from tests.properties.told import Name, Person, Story

EARLY, LATE = date(2026, 1, 10), date(2026, 10, 20)


def over(teller: Teller, day: date) -> str | None:
    """The day before which something ends that began on a day, if it does."""
    return teller.day(day + timedelta(days=9), date(2027, 3, 1)).isoformat() if teller.chance.random() < 0.3 else None


def told(teller: Teller, topic: str, what: str, person: Person, **said: Any) -> Name:
    """Something is told of somebody, late or not; some of it is taken back, or is told again with another end."""
    chance = teller.chance
    day = said.pop("day", None) or teller.day(EARLY, date(2026, 8, 1))
    received = teller.day(day, min(LATE, date(2026, day.month + 2, 20) if day.month < 9 else LATE))
    record = f"{what}{len(teller.told)}-{person.number[-5:]}"
    name = teller.say(topic, record, 1, day, received, person.number, valid_to=over(teller, day), **said)
    if chance.random() < 0.2:
        again = teller.day(received, LATE)
        retracted = chance.random() < 0.5
        teller.say(
            topic, record, 2, day, again, person.number, valid_to=over(teller, day), **{**said, "retracted": retracted}
        )
    return name


def somebody(teller: Teller, first: int, last: int) -> Person | None:
    """Somebody who was born between two years."""
    found = [person for person in teller.people if first <= person.born.year <= last]
    return teller.chance.choice(found) if found else None


def awarded(teller: Teller, programme: str, person: Person, covers: Iterable[Name]) -> None:
    """Somebody applies for a programme, and is accepted, mostly."""
    chance = teller.chance
    submitted = teller.day(EARLY, date(2026, 5, 20))
    record = f"a{len(teller.told)}-{programme}-{person.number[-5:]}"
    applied = teller.apply(programme, record, submitted, person.number, None)
    if chance.random() < 0.9:
        decided = teller.day(submitted, date(2026, 7, 20))
        teller.decide(programme, [*covers, applied], decided, [], [person.number])


def counted(teller: Teller, programme: str, name: Name, person: Person, household: bool) -> None:
    """Something that was told is decided upon, mostly: for the household of somebody or for himself."""
    if teller.chance.random() < 0.8:
        decided = teller.day(date(2026, 2, 1), LATE)
        whose: tuple[list[str], list[str]] = ([person.household], []) if household else ([], [person.number])
        teller.decide(programme, [name], decided, *whose)


def placed(teller: Teller, person: Person, programme: str) -> Name:
    """Where somebody is provided for."""
    said = {"programme": programme, "type": teller.chance.choice(["HOME", "INSTITUTION"]), "institution": None}
    return told(teller, "civil-affairs.placement", "p", person, **said)


def ability(teller: Teller, person: Person, purpose: str) -> Name:
    """How far somebody can look after himself."""
    day = teller.day(EARLY, date(2026, 8, 1))
    grade = teller.chance.choice(["ABLE", "PARTLY", "LOST", "LOST"])
    said = {"purpose": purpose, "grade": grade, "failed": None, "assessed_on": day.isoformat(), "assessor": None}
    return told(teller, "civil-affairs.ability-assessment", "b", person, day=day, **said)


def tekun(teller: Teller) -> None:
    """Somebody has nobody: provided for at home or in an institution, and cared for."""
    person = teller.chance.choice(teller.people)
    awarded(teller, "tekun", person, [placed(teller, person, "tekun"), ability(teller, person, "TEKUN_CARE")])
    if teller.chance.random() < 0.4:
        counted(teller, "tekun", placed(teller, person, "tekun"), person, household=False)


def child(teller: Teller) -> None:
    """A child has no parents, or none who look after it; sometimes both are said."""
    person = somebody(teller, 2008, 2026)
    if person is None:
        return
    if teller.chance.random() < 0.5:
        awarded(teller, "orphan", person, [placed(teller, person, "orphan")])
    if teller.chance.random() < 0.8:
        awarded(teller, "unattended_child", person, [])


def elder(teller: Teller) -> None:
    """Somebody is old and needs help, or will be old."""
    person = somebody(teller, 1900, 1966)
    if person is not None:
        awarded(teller, "elder_care", person, [ability(teller, person, "OLD_AGE")])


def nursed(teller: Teller) -> None:
    """Another department pays for somebody's care."""
    person = teller.chance.choice(
        [each for each in teller.people if f"c{each.number[-5:]}" in teller.told] or teller.people
    )
    kinds = ["WORK_INJURY", "WORK_INJURY", "DUTY_DISABILITY", "RETIRED_CADRE", "OLD_AGE"]
    said = {"type": teller.chance.choice(kinds), "amount_fen": teller.chance.choice([4_000, 6_000, 180_000])}
    told(teller, "human-resources.nursing-benefit", "n", person, **said)


def work(teller: Teller) -> None:
    """Somebody finds work that pays well, in a job of some class; it is decided, perhaps with months of gradual exit."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    month = chance.randint(2, 7)
    day, employer = date(2026, month, 5), f"E{chance.randint(1, 2)}"
    job = chance.choice(["CIVIL_SERVANT", "ENTERPRISE", "FLEXIBLE"])
    covers = [told(teller, "human-resources.employment", "j", person, day=day, employer=employer, job_class=job)]
    received, record = teller.day(day, LATE), f"W{len(teller.told)}-{person.number[-5:]}"
    fen, year = chance.randrange(100_000, 600_000, 10_000), chance.random() < 0.4
    amount = {"year_to_date_fen": fen, "amount_fen": 0} if year else {"amount_fen": fen}
    said: dict[str, Any] = {"pay_period": f"2026-{month:02d}", "employer": employer, **amount}
    covers.append(teller.say("human-resources.wage", record, 1, day, received, person.number, **said))
    grace = {"grace_months": chance.randint(0, 7)} if chance.random() < 0.3 else {}
    decided = teller.day(received, date(2026, 11, 1))
    teller.decide("dibao", covers, decided, [person.household], [], **grace)


def pensioned(teller: Teller) -> None:
    """Somebody is paid for his age."""
    person = somebody(teller, 1900, 1966) or teller.chance.choice(teller.people)
    said = {"scheme": "RESIDENT", "amount_fen": teller.chance.choice([19_800, 90_000]), "basic_part_fen": 14_300}
    counted(teller, "dibao", told(teller, "human-resources.pension", "q", person, **said), person, household=True)


def refusing(teller: Teller) -> None:
    """Somebody refuses work again and again, or takes it in the end."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    for at in range(3):
        day = date(2026, 2 + at, 6)
        outcome = "REFUSED" if chance.random() < 0.9 else "ACCEPTED"
        said = {"suitable": True, "outcome": outcome, "good_reason": chance.random() < 0.1, "reason": None}
        received, record = teller.day(day, date(2026, 6, 1)), f"o{at}-{len(teller.told)}-{person.number[-5:]}"
        topic, number = "human-resources.job-offer", person.number
        name = teller.say(topic, record, 1, day, received, number, offered_on=day.isoformat(), **said)
        decided = teller.day(received, date(2026, 7, 1))
        teller.decide("dibao", [name], decided, [person.household], [])


def away(teller: Teller) -> None:
    """Somebody is imprisoned, or lost."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    if chance.random() < 0.6:
        kind = chance.choice(["DETENTION", "PRISON", "PRISON"])
        name = told(teller, "public-security.custody", "k", person, type=kind, term_months=None)
    else:
        day = teller.day(EARLY, date(2026, 8, 1))
        said = {"type": chance.choice(["MISSING", "DEAD"]), "declared_on": day.isoformat(), "ended_on": None}
        name = told(teller, "public-security.missing", "y", person, day=day, court=None, **said)
    counted(teller, "dibao", name, person, household=True)
    counted(teller, "tekun", name, person, household=False)


def needy(teller: Teller) -> None:
    """A member of a household needs more: at school, ill, or disabled."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    what = chance.choice(["school", "ill", "card"])
    if what == "school":
        said = {"stage": chance.choice(["VOCATIONAL", "BACHELOR"]), "full_time": True, "school": "S1"}
        name = told(teller, "education.school-enrolment", "s", person, **said)
    elif what == "ill":
        day = teller.day(EARLY, date(2026, 8, 1))
        said = {"illness": "N18", "recognised_on": day.isoformat(), "recognised_by": None}
        name = told(teller, "health-insurance.serious-illness", "z", person, day=day, **said)
    else:
        day = teller.day(EARLY, date(2026, 8, 1))
        record = f"d{len(teller.told)}-{person.number[-5:]}"
        name = teller.card(person, record, day, teller.day(day, LATE), chance.choice([1, 2, 3]), None)
    counted(teller, "dibao", name, person, household=True)


def verified(teller: Teller, person: Person, day: date, item: str, fen: int) -> Name:
    """Verification found an amount."""
    said = {"item": item, "period": f"{day:%Y-%m}", "as_of": day.isoformat(), "amount_fen": fen}
    record = f"v{len(teller.told)}"
    return teller.say("civil-affairs.verification-result", record, 1, day, day, person.number, **said)


def recognised(teller: Teller, programme: str, person: Person, day: date, covers: Iterable[Name] = ()) -> None:
    """A household that is found not to be poor enough for dibao is recognised as something else."""
    income = verified(teller, person, day, "PROPERTY", teller.chance.randrange(150_000, 300_000, 1000))
    teller.decide("dibao", [income], day, [person.household], [])
    applied = teller.apply(programme, f"g{len(teller.told)}", day, person.number, person.household)
    teller.decide(programme, [*covers, applied], teller.day(day, date(2026, 5, 1)), [person.household], [])


def margin(teller: Teller) -> None:
    """A household is hardly richer than others, and somebody disabled in it is poor by himself."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    day = teller.day(EARLY, date(2026, 4, 1))
    recognised(teller, "margin", person, day)
    alone = chance.choice([each for each in teller.people if each.household == person.household])
    card = teller.card(alone, f"e{len(teller.told)}-{alone.number[-5:]}", day, day, chance.choice([1, 2, 4]), None)
    awarded(teller, "dibao_single", alone, [card])


def expenses(teller: Teller) -> None:
    """A household spends what it has on treatment."""
    person, day = teller.chance.choice(teller.people), teller.day(EARLY, date(2026, 4, 1))
    spent = verified(teller, person, day, "MEDICAL_EXPENSE", teller.chance.choice([100_000, 250_000]))
    recognised(teller, "rigid_expenditure", person, day, [spent])


def helped(teller: Teller) -> None:
    """Somebody was helped in an emergency, for himself or for the household."""
    chance, person = teller.chance, teller.chance.choice(teller.people)
    day, whole = teller.day(EARLY, date(2026, 7, 1)), chance.random() < 0.5
    given = {"amount_fen": chance.choice([50_000, 300_000]), "granted_on": day.isoformat(), "prepaid": whole}
    said = {"type": "EMERGENCY", "emergency_region": "990101", "papers_on": None, "meeting_ref": None, **given}
    name = told(
        teller,
        "civil-affairs.temporary-aid",
        "h",
        person,
        day=day,
        household_id=person.household if whole else None,
        **said,
    )
    counted(teller, "temporary_aid" if whole else "temporary_aid_person", name, person, household=whole)


def relocated(teller: Teller) -> None:
    """A household was moved to another place to live."""
    person, day = teller.chance.choice(teller.people), teller.day(EARLY, date(2026, 7, 1))
    said = {"from_region": "990202", "to_region": "990101", "settled_on": day.isoformat(), "settlement": "REGISTERED"}
    name = told(teller, "civil-affairs.relocation", "u", person, day=day, household_id=person.household, **said)
    counted(teller, "relocation", name, person, household=True)


def prices(teller: Teller) -> None:
    """How much higher prices are than a year ago is published month by month, and sometimes corrected."""
    chance = teller.chance
    measure, region = chance.choice(["CPI", "CPI", "CPI_FOOD"]), chance.choice(["", "99"])
    for month in range(chance.randint(1, 4), 10):
        for again in range(2 if chance.random() < 0.2 else 1):
            day = date(2026, month + 1, 12 + 5 * again)
            percent = chance.choice(["2.0", "3.5", "4.1", "6.0"])
            event = ControlEvent(
                type="REGION_VALUE", measure=measure, region=region, month=f"2026-{month:02d}", value=percent
            )
            teller.story.controls.append((day, event))


CIRCUMSTANCES: tuple[Callable[[Teller], None], ...] = (
    tekun,
    tekun,
    child,
    child,
    elder,
    elder,
    nursed,
    work,
    pensioned,
    refusing,
    away,
    needy,
    margin,
    margin,
    expenses,
    helped,
    helped,
    relocated,
    prices,
    prices,
)
"""Every kind of circumstance; twice what brings a programme that few fit."""


def make_story(chance: Random, *, pay_runs: bool = True) -> Story:
    """A story with two or three households and up to a dozen things that happen, with pay runs between them or without."""
    teller = Teller(chance)
    for index in range(chance.randint(2, 3)):
        teller.household(index)
    happenings: list[Callable[[], None]] = [
        teller.death,
        teller.wage,
        teller.wage,
        teller.certificate,
        teller.move,
        teller.resettle,
        teller.wrong_number,
        teller.merge,
    ]
    teller.death()
    teller.wage()
    teller.wrong_number()
    for _ in range(chance.randint(2, 5)):
        chance.choice(happenings)()
    for _ in range(chance.randint(3, 7)):
        chance.choice(CIRCUMSTANCES)(teller)
    teller.calendar(pay_runs)
    return teller.story
