"""What the same people have besides: who is provided for, orphaned, ill, at school, helped or moved, and what was decided of it.

    for topic, record, received_at in further(town): ...       # beside opening(town), for a preview of all programmes

It has chance of its own, so that the people and all that `opening`, `snapshot` and `changes` say of them stay as they are. Only
programmes that the pack has are applied for. Which share of people it happens to is assumed but where `figures` names a text.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from benefit_hub.simulate.population import figures as told
from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.households import Household, Population
from benefit_hub.simulate.population.opening import applies_on, decides_on
from benefit_hub.simulate.population.persons import Person
from benefit_hub.simulate.population.records import (
    VERIFICATION,
    Named,
    Saying,
    application,
    certificate,
    decision,
    first_version,
    membership,
    named,
    noon,
)
from benefit_hub.task.indices import RegionValue, RegionValues
from benefit_hub.values.months import birthday, month_of

PLACEMENT = "civil-affairs.placement"
ABILITY = "civil-affairs.ability-assessment"
SCHOOL = "education.school-enrolment"
ILLNESS = "health-insurance.serious-illness"
AID = "civil-affairs.temporary-aid"
RELOCATION = "civil-affairs.relocation"
YUAN = 100
PRIMARY, JUNIOR_SECONDARY, SENIOR_SECONDARY, VOCATIONAL = "2", "3", "4", "5"
SCHOOLS = ((6, PRIMARY), (12, JUNIOR_SECONDARY), (15, SENIOR_SECONDARY))
"""The stage of who is that old, through the age before the next; until 18. As education's own system calls it."""
ALONE = frozenset({"INTELLECTUAL", "MENTAL"})
"""The categories of which level 3 lets apply alone."""
CPI = "3.6"
"""How much higher prices are than a year ago in the month in which the changes begin, in percent: over the trigger (assumed)."""


def named_pupil(one: Saying) -> Named:
    """How a decision names a pupil: education keeps one row of each, so the stage is told by when it began."""
    record = f"{one.record['xsbh']}/{one.record['rxny'][:4]}-{one.record['rxny'][4:]}"
    return {"source": "education", "kind": "school_enrolment", "record": record, "revision": one.received_at}


def prices(town: Population) -> RegionValues:
    """The index of the month in which the changes begin, so that a subsidy that follows prices is due in the next."""
    return (RegionValue("CPI", town.pack.region, month_of(town.begins), CPI),)


def alone(category: str, level: int) -> bool:
    """Whether who is disabled so may have dibao alone ([L2] 8)."""
    return level <= 2 or (level == 3 and category in ALONE)


def further(town: Population) -> Iterator[Saying]:
    """Household after household; days do not ascend."""
    for home in town.households():
        yield from Further(town, home).everything()


class Further:
    """What is said besides of one household."""

    def __init__(self, town: Population, home: Household) -> None:
        self._town = town
        self._home = home
        self._chance = Chance(f"{town.seed}/further/{home.index}")
        self._day = applies_on(town, home.index)
        self._decided = decides_on(town, home.index)

    def everything(self) -> Iterator[Saying]:
        """All of it."""
        labels: list[Named] = []
        for person in self._home.people:
            pupils = [*self._at_school(person)]
            illness = [self._illness(person)] if self._happens(told.ILL) else []
            yield from (*pupils, *illness)
            labels += [*map(named_pupil, pupils), *map(named, illness)]
            yield from self._provided(person)
            yield from self._as_a_child(person)
            yield from self._alone(person, illness)
            yield from self._old(person)
        if self._home.receives and labels:
            about = {"household_ids": [self._home.name]}
            yield decision(f"JD-{self._home.name}-labels", "dibao", "ACCEPT", labels, self._decided, about)
        yield from self._spending()
        yield from self._once()

    def _happens(self, figure: told.Figure) -> bool:
        return self._chance.happens(figure.value)

    def _provided(self, person: Person) -> Iterator[Saying]:
        """Who is in extreme difficulty applies for what is there for him; many live in an institution."""
        if self._home.segment == "TEKUN":
            proofs = []
            if self._happens(told.IN_INSTITUTION):
                proofs.append(self._placement(person, "tekun", "INSTITUTION"))
            if self._happens(told.IN_NEED_OF_CARE):
                proofs.append(self._assessed(person, "TEKUN_CARE"))
            yield from self._claim("tekun", person, proofs)

    def _as_a_child(self, person: Person) -> Iterator[Saying]:
        """Orphans, children whom nobody looks after, and who was an orphan and studies."""
        if self._home.segment == "TEKUN":
            return
        if person.age < 18 and person.place > 1:
            if self._home.programme is None and self._happens(told.ORPHANS):
                kind = "INSTITUTION" if self._happens(told.IN_INSTITUTION) else "HOME"
                yield from self._claim("orphan", person, [self._placement(person, "orphan", kind)])
            elif self._happens(told.UNATTENDED):
                yield from self._claim("unattended_child", person, [])
        elif 18 <= person.age <= 20 and self._home.programme is None and self._happens(told.GROWN_ORPHANS):
            before = birthday(person.born, 18) - timedelta(days=60)
            proof = self._placement(person, "orphan", "HOME", before)
            yield from self._claim("orphan", person, [proof], before, before + timedelta(days=20))
            yield self._school(person, VOCATIONAL)

    def _alone(self, person: Person, illness: list[Saying]) -> Iterator[Saying]:
        """Of a margin household, who is disabled or ill enough to have dibao alone."""
        card, grounds = person.card, illness
        if card is not None and any(alone(*each) for each in card.categories):
            grounds = [*illness, certificate(person, card, self._day)]
        if self._home.segment == "MARGIN" and grounds:
            yield from self._claim("dibao_single", person, [], known=grounds)

    def _old(self, person: Person) -> Iterator[Saying]:
        """Of those who are poor and old, who cannot look after himself."""
        if person.age >= 60 and self._home.programme is not None and self._happens(told.FRAIL_ELDERS):
            yield from self._claim("elder_care", person, [self._assessed(person, "OLD_AGE")])

    def _at_school(self, person: Person) -> Iterator[Saying]:
        stage = next((stage for age, stage in SCHOOLS[::-1] if age <= person.age < 18), None)
        if stage is not None:
            yield self._school(person, stage)

    def _spending(self) -> Iterator[Saying]:
        """Of those who receive nothing, who has great expenses: some are recognised for them, the others asked for dibao, were
        verified, and have too much income for it."""
        home, head = self._home, self._home.people[0]
        if home.segment not in ("OTHER", "WATCHED") or not self._happens(told.SPENDERS):
            return
        programme = "rigid_expenditure" if self._happens(told.RECOGNISED) else "dibao"
        if programme in self._town.pack.programmes:
            income = YUAN * len(home.people) * self._chance.between(1_000, 2_000)
            spent = income * self._chance.between(40, 100) // 100
            proofs = [self._found(head, "OTHER", income), self._found(head, "MEDICAL_EXPENSE", spent)]
            one = application(programme, home, head, self._day, personal=False)
            yield from (*proofs, one)
            members = [membership(home, each, self._day) for each in home.people]
            about = {"household_ids": [home.name], "id_numbers": [each.number for each in home.people]}
            yield self._decision(programme, home.name, [one, *members, *proofs], about)

    def _once(self) -> Iterator[Saying]:
        """Who was helped in an emergency, and who was moved to another place, soon after the changes begin."""
        home, head, programmes = self._home, self._home.people[0], self._town.pack.programmes
        day = self._town.begins + timedelta(days=self._chance.between(1, 9))
        household = {"household_id": home.name if home.receives else None}
        if self._happens(told.HELPED):
            aid = {
                "type": "EMERGENCY",
                "emergency_region": home.region,
                "amount_fen": YUAN * self._chance.between(600, 1_600),
                "granted_on": day.isoformat(),
                "prepaid": False,
                "papers_on": day.isoformat(),
                "meeting_ref": None,
            }
            yield first_version(AID, f"JZ-{head.key}", day, day, head.number, household | aid)
        if home.receives and home.area == "RURAL" and "relocation" in programmes and self._happens(told.MOVED):
            move = {"from_region": home.region, "to_region": home.region, "settled_on": day.isoformat()}
            content = household | move | {"settlement": "REGISTERED"}
            one = first_version(RELOCATION, f"BQ-{home.name}", day, day, head.number, content)
            yield one
            about = {"household_ids": [home.name], "id_numbers": [head.number]}
            yield self._decision("relocation", home.name, [one], about, day + timedelta(days=3))

    def _claim(
        self,
        programme: str,
        person: Person,
        proofs: Sequence[Saying],
        applied: date | None = None,
        decided: date | None = None,
        known: Sequence[Saying] = (),
    ) -> Iterator[Saying]:
        """Somebody applies for himself, and it is granted by the proofs and what was known before; nothing where the pack has no
        such benefit."""
        if programme in self._town.pack.programmes:
            yield from proofs
            one = application(programme, self._home, person, applied or self._day, personal=True)
            yield one
            yield self._decision(
                programme, person.key, [one, *proofs, *known], {"id_numbers": [person.number]}, decided
            )

    def _decision(
        self,
        programme: str,
        whose: str,
        covers: Sequence[Saying],
        about: Mapping[str, Sequence[str]],
        day: date | None = None,
    ) -> Saying:
        names = [named(each) for each in covers]
        return decision(f"JD-{whose}-{programme}", programme, "ACCEPT", names, day or self._decided, about)

    def _placement(self, person: Person, programme: str, kind: str, day: date | None = None) -> Saying:
        content = {"programme": programme, "type": kind, "institution": None}
        return self._known("GY", PLACEMENT, person, content, day or self._day)

    def _assessed(self, person: Person, purpose: str) -> Saying:
        grade = "LOST" if self._happens(told.HELPLESS) else "PARTLY"
        content = {
            "purpose": purpose,
            "grade": grade,
            "failed": None,
            "assessed_on": self._day.isoformat(),
            "assessor": None,
        }
        return self._known("PG", ABILITY, person, content, self._day)

    def _illness(self, person: Person) -> Saying:
        content = {"illness": "N18", "recognised_on": self._day.isoformat(), "recognised_by": None}
        return self._known("ZB", ILLNESS, person, content, self._day)

    def _school(self, person: Person, stage: str) -> Saying:
        """A pupil, in the fields of education's own system: `mappings/education.school-enrolment.yaml` says what they are."""
        pupil = {
            "xsbh": f"XJ-{person.key}",
            "xm": "某某",
            "sfzjh": person.number,
            "xxbsm": "S1",
            "xxmc": None,
            "xd": stage,
            "xxxs": "1",
            "rxny": f"{self._day.year - 1}09",
            "lxrq": None,
            "scbz": "0",
            "gxsj": f"{self._day} 12:00:00",
        }
        return Saying(SCHOOL, pupil, noon(self._day))

    def _found(self, person: Person, item: str, fen: int) -> Saying:
        day = self._day.isoformat()
        content = {"item": item, "period": day[:7], "amount_fen": fen, "as_of": day}
        return self._known(f"HD-{item}", VERIFICATION, person, content, self._day)

    def _known(self, letters: str, topic: str, person: Person, content: Mapping[str, Any], since: date) -> Saying:
        """A record of this household's day, true from a day on."""
        return first_version(topic, f"{letters}-{person.key}-F", max(since, self._day), since, person.number, content)
