"""A population by chance, the same for the same seed: what departments say of it when a hub goes live, and what comes after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from benefit_hub.values.identity import check_character
from benefit_hub.values.months import millis_of_day

RECEIVED, DECIDED = date(2026, 3, 2), date(2026, 3, 18)
SIZES, WEIGHTS = (1, 2, 3, 4), (55, 27, 15, 3)
"""People per household and how often in a hundred: 1.66 on average."""
ON_DIBAO, CERTIFIED, EARNING, OLD = 0.6, 0.15, 0.5, 0.1
"""Shares: of households that receive dibao, of people with a certificate, with a verified income, and of 80 years or more."""

SAID: dict[str, Any] = {"revision": 1, "retracted": False, "valid_to": None, "previous_id_number": None}


@dataclass(frozen=True)
class Said:
    """A department's record and its topic."""

    topic: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Member:
    """Somebody, by the number of the household and the place in it."""

    number: str
    record: str
    born: date
    certified: bool


def identity_number(index: int, born: date) -> str:
    """A number of a region that exists nowhere."""
    first = f"99{index // 1000 % 10_000:04d}{born:%Y%m%d}{index % 1000:03d}"
    return first + check_character(first)


class Population:
    """Households by chance."""

    def __init__(self, households: int, seed: int = 1) -> None:
        chance = Random(seed)  # chance that is the same each time, and keeps no secret
        self.chance = chance
        self.households: dict[str, list[Member]] = {}
        self.dibao: list[str] = []
        people = 0
        for index in range(households):
            name = f"H{index}"
            members = []
            for at in range(chance.choices(SIZES, WEIGHTS)[0]):
                year = chance.randint(1935, 1944) if chance.random() < OLD else chance.randint(1950, 2020)
                born = date(year, chance.randint(1, 12), chance.randint(1, 28))
                certified = chance.random() < CERTIFIED
                members.append(Member(identity_number(people, born), f"{name}-{at}", born, certified))
                people += 1
            self.households[name] = members
            if chance.random() < ON_DIBAO:
                self.dibao.append(name)
        self.people = people

    def standing(self) -> Iterator[Said]:
        """What stands when the hub goes live, department by department."""
        everybody = [(name, at, each) for name, members in self.households.items() for at, each in enumerate(members)]
        for _, _, each in everybody:
            yield residence(each)
        for name, at, each in everybody:
            yield membership(each, name, "HEAD" if at == 0 else "OTHER")
        for _, _, each in everybody:
            if self.chance.random() < EARNING:
                yield verification(each, self.chance.randrange(0, 40_000, 100))
        for _, _, each in everybody:
            if each.certified:
                yield certificate(each, self.chance.randint(1, 4))
        for name in self.dibao:
            yield legacy_award(self.households[name][0], name)

    def granted(self) -> Iterator[Said]:
        """Every household is decided to be one; who receives something has applied, and was decided about."""
        receive = set(self.dibao)
        for name, members in self.households.items():
            if name not in receive:
                covers = [named("civil-affairs", "membership", f"m-{each.record}") for each in members]
                yield decision("dibao", covers, [name], [each.number for each in members])
        for name in self.dibao:
            members = self.households[name]
            yield application(members[0], "dibao", name)
            covers = [
                named("civil-affairs", "application", f"a-{name}"),
                *(named("public-security", "residence", f"r-{each.record}") for each in members),
                *(named("civil-affairs", "membership", f"m-{each.record}") for each in members),
                *(named("civil-affairs", "verification_result", f"v-{each.record}") for each in members),
            ]
            yield decision("dibao", covers, [name], [each.number for each in members])
            for each in members:
                if each.certified:
                    yield application(each, "care_subsidy", None)
                    covers = [
                        named("civil-affairs", "application", f"a-{each.record}"),
                        named("disabled-persons-federation", "certificate", f"c-{each.record}"),
                    ]
                    yield decision("care_subsidy", covers, [], [each.number])

    def wages(self, month: int) -> Iterator[Said]:
        """A wage of each household that receives dibao: it waits for a decision."""
        for name in self.dibao:
            each = self.households[name][0]
            fen = self.chance.randrange(50_000, 150_000, 1000)
            yield said(
                "human-resources.wage",
                f"w-{each.record}-{month}",
                date(2026, month, 5),
                each.number,
                pay_period=f"2026-{month:02d}",
                employer="E1",
                amount_fen=fen,
            )


def named(source: str, kind: str, record: str) -> dict[str, Any]:
    """How a decision names the first revision of a record."""
    return {"source": source, "kind": kind, "record": record, "revision": 1}


def said(topic: str, record: str, on: date, number: str | None, **payload: Any) -> Said:
    """A record of a department."""
    body = {**SAID, "record_id": record, "valid_from": on.isoformat(), "id_number": number}
    return Said(topic, {**body, "recorded_at": millis_of_day(RECEIVED), **payload})


def residence(each: Member) -> Said:
    """Where somebody is registered."""
    return said(
        "public-security.residence",
        f"r-{each.record}",
        date(2010, 1, 1) if each.born.year < 2010 else each.born,
        each.number,
        region="990101",
        area="URBAN" if int(each.number[13]) % 2 else "RURAL",
        register_number="R",
        birth_date=each.born.isoformat(),
        sex="FEMALE",
    )


def membership(each: Member, household: str, role: str) -> Said:
    """In which household somebody counts."""
    since = max(date(2015, 6, 1), each.born)
    return said(
        "civil-affairs.membership",
        f"m-{each.record}",
        since,
        each.number,
        household_id=household,
        role=role,
        relation=None,
        basis=None,
    )


def verification(each: Member, fen: int) -> Said:
    """What was found of somebody's income."""
    return said(
        "civil-affairs.verification-result",
        f"v-{each.record}",
        RECEIVED,
        each.number,
        item="OTHER",
        period="2026-02",
        amount_fen=fen,
        as_of=RECEIVED.isoformat(),
    )


def certificate(each: Member, level: int) -> Said:
    """Somebody's disability."""
    since = max(date(2020, 5, 4), each.born)
    return said(
        "disabled-persons-federation.certificate",
        f"c-{each.record}",
        since,
        each.number,
        categories=[{"category": "PHYSICAL", "level": level}],
        status="VALID",
        issued_on=since.isoformat(),
        previous=None,
    )


def legacy_award(head: Member, household: str) -> Said:
    """What a household was paid before the hub went live."""
    return said(
        "civil-affairs.legacy-award",
        f"l-{head.record}",
        date(2024, 1, 1),
        head.number,
        programme="dibao",
        household_id=household,
        amount_fen=64_500,
        status="DIBAO",
        paid_since="2024-01",
    )


def application(each: Member, programme: str, household: str | None) -> Said:
    """Somebody applies."""
    return said(
        "civil-affairs.application",
        f"a-{household or each.record}",
        RECEIVED,
        each.number,
        programme=programme,
        household_id=household,
        submitted_on=RECEIVED.isoformat(),
        received_region="990101",
        competent_region="990101",
        channel="TOWNSHIP",
        officer_relative=False,
    )


def decision(programme: str, covers: list[dict[str, Any]], households: list[str], numbers: list[str]) -> Said:
    """What applied for is granted."""
    about = (households or numbers)[0]
    return said(
        "civil-affairs.decision",
        f"d-{programme}-{about[-8:]}-{len(covers)}",
        DECIDED,
        None,
        programme=programme,
        outcome="ACCEPT",
        covers=covers,
        amount_fen=None,
        grade=None,
        from_month=None,
        until_month=None,
        next_review=None,
        grace_months=None,
        meeting_ref=None,
        decided_on=DECIDED.isoformat(),
        authority="县民政局",
        heard_on=None,
        statement=None,
        notice_served_on=None,
        shown=None,
        household_ids=households,
        id_numbers=numbers,
    )
