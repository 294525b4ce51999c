"""Stories by chance: households, what departments say of them, decisions, days and pay runs. Chance comes from the test.

Every record carries the day on which the hub received it; that day belongs to the record, so a test may deliver the records in
any order, twice, and cut into any batches, and must come to the same entitlements.
"""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from benefit_hub.messages.internal import ControlEvent
from tests.properties.told import END, SOURCES, START, Name, Person, Record, Story, identity_number, millis


class Teller:
    """Makes up a story."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.story = Story()
        self.people: list[Person] = []
        self.households: list[str] = []
        self.told: dict[str, list[Record]] = {}
        self._count = 0

    def day(self, first: date, last: date) -> date:
        """Some day from the first to the last."""
        return first + timedelta(days=self.chance.randrange(max((last - first).days, 0) + 1))

    def say(
        self, topic: str, record_id: str, revision: int, on: date, received: date, number: str | None, **said: Any
    ) -> Name:
        """A department publishes a record; the answer names its revision as a decision would."""
        self._count += 1
        body = {
            "record_id": record_id,
            "revision": revision,
            "retracted": said.pop("retracted", False),
            "valid_from": on.isoformat(),
            "valid_to": said.pop("valid_to", None),
            "recorded_at": millis(min(on, received)),
            "id_number": number,
            "previous_id_number": None,
            **said,
        }
        record = Record(topic, body, received, f"e{self._count}")
        self.story.records.append(record)
        self.told.setdefault(record_id, []).append(record)
        source, kind = SOURCES[topic]
        return {"source": source, "kind": kind, "record": record_id, "revision": revision}

    def decide(
        self, programme: str, covers: list[Name], decided: date, households: list[str], people: list[str], **said: Any
    ) -> Name:
        """Civil affairs decides, and heard the person before; now and then it takes the decision back, heard or not."""
        outcome = said.pop("outcome", "ACCEPT")
        received = said.pop("received", decided)
        self._count += 1
        content: dict[str, Any] = {
            "programme": programme,
            "outcome": outcome,
            "covers": covers,
            "decided_on": decided.isoformat(),
            "authority": "审批机关",
            "heard_on": decided.isoformat(),
            "household_ids": households,
            "id_numbers": people,
            **said,
        }
        record, at = f"d{self._count}", max(received, decided)
        name = self.say("civil-affairs.decision", record, 1, decided, at, None, **content)
        if self.chance.random() < 0.1:
            again = self.day(at, date(2026, 11, 1))
            heard = again.isoformat() if self.chance.random() < 0.5 else None
            self.say(
                "civil-affairs.decision",
                record,
                2,
                decided,
                again,
                None,
                **{**content, "heard_on": heard, "retracted": True},
            )
        return name

    def household(self, index: int) -> None:
        """A household moves in, applies, and is accepted."""
        chance, name = self.chance, f"H{index}"
        self.households.append(name)
        area = chance.choice(["URBAN", "RURAL"])
        received = self.day(START, START + timedelta(days=20))
        covers: list[Name] = []
        people: list[Person] = []
        for at in range(chance.randint(1, 3)):
            born = self.born()
            key = 10 * index + at
            person = Person(identity_number(key, born), born, name, "HEAD" if at == 0 else "OTHER", f"m{key}")
            people.append(person)
            covers.append(self.registered(person, f"r{key}", received, area))
            covers.append(self.member(person, 1, date(2020, 1, 1), received))
            if chance.random() < 0.5:
                covers.append(
                    self.say(
                        "civil-affairs.verification-result",
                        f"v{key}",
                        1,
                        received,
                        received,
                        person.number,
                        item="OTHER",
                        period=f"{received:%Y-%m}",
                        amount_fen=chance.randrange(0, 40_000, 500),
                        as_of=received.isoformat(),
                    )
                )
        self.people += people
        covers.append(self.apply("dibao", f"a{index}", received, people[0].number, name))
        decided = self.day(received, received + timedelta(days=30))
        self.decide("dibao", covers, decided, [name], [person.number for person in people])

    def born(self) -> date:
        """A day of birth: of all ages, and many who come to an age this year at which something begins or ends."""
        chance = self.chance
        year = 1950 + chance.randrange(60) if chance.random() < 0.3 else chance.choice([1936, 1946, 1966, 2008, 2016])
        return date(year, 1 + chance.randrange(12), 1 + chance.randrange(28))

    def registered(self, person: Person, record_id: str, received: date, area: str) -> Name:
        """Somebody is registered at a place."""
        return self.say(
            "public-security.residence",
            record_id,
            1,
            date(2015, 1, 1),
            received,
            person.number,
            region="990101",
            area=area,
            register_number=record_id.upper(),
            birth_date=person.born.isoformat(),
            sex="FEMALE",
        )

    def member(self, person: Person, revision: int, since: date, received: date, **said: Any) -> Name:
        """Somebody is a member of a household."""
        return self.say(
            "civil-affairs.membership",
            person.membership,
            revision,
            since,
            received,
            person.number,
            household_id=person.household,
            role=person.role,
            **said,
        )

    def apply(self, programme: str, record_id: str, submitted: date, number: str, household: str | None) -> Name:
        """Somebody applies."""
        return self.say(
            "civil-affairs.application",
            record_id,
            1,
            submitted,
            submitted,
            number,
            programme=programme,
            household_id=household,
            submitted_on=submitted.isoformat(),
            received_region="990101",
            competent_region="990101",
            channel="TOWNSHIP",
            officer_relative=False,
        )

    # What happens to people afterwards. Each is one kind of trouble.

    def death(self) -> None:
        """Somebody dies, perhaps told by two sources, perhaps revoked, perhaps confirmed again."""
        person, chance = self.chance.choice(self.people), self.chance
        day = self.day(date(2026, 2, 1), date(2026, 9, 1))
        received = self.day(day, date(2026, 10, 1))
        record = f"x{person.number[-5:]}"
        if record in self.told:
            return
        self.say("public-security.death", record, 1, day, received, person.number)
        if chance.random() < 0.5:
            other = day + timedelta(days=chance.randint(-1, 20))
            self.say(
                "funeral-service.death",
                "f" + record,
                1,
                other,
                self.day(max(other, received), date(2026, 10, 20)),
                person.number,
            )
        if chance.random() < 0.5:
            revoked = self.day(received, date(2026, 10, 20))
            self.say("public-security.death", record, 2, day, revoked, person.number, retracted=True)
            if chance.random() < 0.3:
                self.say("public-security.death", record, 3, day, self.day(revoked, date(2026, 11, 1)), person.number)

    def wage(self) -> None:
        """A wage, perhaps corrected, perhaps sent again with other content, perhaps decided, before or after it comes."""
        person, chance = self.chance.choice(self.people), self.chance
        month = chance.randint(2, 9)
        day = date(2026, month, 5)
        received = self.day(day, date(2026, 10, 1))
        record = f"w{person.number[-5:]}-{month}"
        revision = 1 + len(self.told.get(record, []))
        fen = chance.randrange(0, 150_000, 1000)
        said: dict[str, Any] = {"pay_period": f"2026-{month:02d}", "employer": "E1"}
        name = self.say("human-resources.wage", record, revision, day, received, person.number, amount_fen=fen, **said)
        if chance.random() < 0.3:
            self.say(
                "human-resources.wage", record, revision, day, received, person.number, amount_fen=fen + 5000, **said
            )
        if chance.random() < 0.7:
            decided = self.day(received - timedelta(days=5), date(2026, 10, 20))
            outcome = chance.choice(["ACCEPT", "ACCEPT", "REJECT"])
            self.decide("dibao", [name], decided, [person.household], [], outcome=outcome)
        if chance.random() < 0.4:
            less = max(fen + chance.choice([-30_000, 20_000]), 0)
            later = self.day(received, date(2026, 10, 20))
            self.say("human-resources.wage", record, revision + 1, day, later, person.number, amount_fen=less, **said)

    def certificate(self) -> None:
        """A certificate, an application for both subsidies, decisions, perhaps another level later, perhaps an end."""
        person, chance = self.chance.choice(self.people), self.chance
        record = f"c{person.number[-5:]}"
        if record in self.told:
            return
        issued = self.day(date(2026, 1, 10), date(2026, 4, 1))
        end = self.day(date(2026, 7, 1), date(2027, 7, 1)).isoformat() if chance.random() < 0.4 else None
        name = self.card(person, record, issued, issued, chance.choice([1, 2, 3]), end)
        submitted = self.day(issued, date(2026, 6, 1))
        for programme in ("care_subsidy", "living_subsidy"):
            applied = self.apply(programme, f"{record}-{programme}", submitted, person.number, None)
            self.decide(programme, [name, applied], self.day(submitted, date(2026, 7, 1)), [], [person.number])
        if chance.random() < 0.5:
            changed = self.day(issued, date(2026, 9, 1))
            self.card(
                person, record + "-b", changed, self.day(changed, date(2026, 10, 1)), chance.choice([1, 2, 3]), None
            )

    def card(self, person: Person, record: str, issued: date, received: date, level: int, end: str | None) -> Name:
        """One disability certificate."""
        return self.say(
            "disabled-persons-federation.certificate",
            record,
            1,
            issued,
            received,
            person.number,
            categories=[{"category": "PHYSICAL", "level": level}],
            status="VALID",
            issued_on=issued.isoformat(),
            previous=None,
            valid_to=end,
        )

    def move(self) -> None:
        """Somebody moves to another household by one decision, perhaps dated back."""
        person, chance = self.chance.choice(self.people), self.chance
        if len(self.households) < 2 or len(self.told[person.membership]) > 1:
            return
        target = chance.choice([name for name in self.households if name != person.household])
        day = self.day(date(2026, 3, 1), date(2026, 8, 1))
        received = self.day(day, date(2026, 9, 1))
        closing = self.member(person, 2, date(2020, 1, 1), received, valid_to=day.isoformat())
        moved = replace(person, household=target, role="OTHER", membership=person.membership + "-b")
        opening = self.member(moved, 1, day, received)
        decided = self.day(received - timedelta(days=3), date(2026, 10, 1))
        said = {"from_month": f"2026-{chance.randint(3, 9):02d}"} if chance.random() < 0.4 else {}
        self.decide("dibao", [closing, opening], decided, [person.household, target], [person.number], **said)
        self.people[self.people.index(person)] = moved

    def resettle(self) -> None:
        """The head of a household moves between town and country; it counts once decided."""
        person, chance = self.chance.choice(self.people), self.chance
        day = self.day(date(2026, 3, 1), date(2026, 8, 1))
        record = f"r{person.number[-5:]}-{day:%m%d}"
        if record in self.told:
            return
        name = self.say(
            "public-security.residence",
            record,
            1,
            day,
            day,
            person.number,
            region="990101",
            area=chance.choice(["URBAN", "RURAL"]),
            register_number="R",
            birth_date=person.born.isoformat(),
            sex="FEMALE",
        )
        if chance.random() < 0.7:
            decided = self.day(day - timedelta(days=2), date(2026, 9, 1))
            self.decide("dibao", [name], decided, [person.household], [])

    def calendar(self, pay_runs: bool) -> None:
        """Days that open every ten days, and where wanted a pay run on the tenth of each month."""
        day = START
        while day <= END:
            self.story.controls.append((day, ControlEvent(type="DAY_OPENED", day=day.isoformat())))
            if pay_runs and day.day >= 10 and day.month >= 3:
                month = f"{day:%Y-%m}"
                if ControlEvent(type="PAY_RUN_CLOSED", month=month) not in (event for _, event in self.story.controls):
                    self.story.controls.append((day, ControlEvent(type="PAY_RUN_CLOSED", month=month)))
            day += timedelta(days=10)
        self.story.controls.sort(key=lambda control: control[0])

    def wrong_number(self) -> None:
        """A subsidy was applied for under a wrong number; the number is corrected, perhaps not, after all."""
        chance, person = self.chance, self.chance.choice(self.people)
        other = replace(person, number=identity_number(900 + len(self.told), person.born))
        record = f"c{other.number[-5:]}"
        issued = self.day(date(2026, 1, 10), date(2026, 4, 1))
        self.registered(other, f"r{other.number[-5:]}", issued, "URBAN")
        card = self.card(other, record, issued, issued, chance.choice([1, 2]), None)
        applied = self.apply("care_subsidy", f"{record}-care", issued, other.number, None)
        self.decide("care_subsidy", [card, applied], self.day(issued, date(2026, 6, 1)), [], [other.number])
        if chance.random() < 0.3:
            day = self.day(date(2026, 4, 1), date(2026, 9, 1))
            self.say("public-security.death", f"x{other.number[-5:]}", 1, day, day, other.number)
        self.same_person("public-security.identity-correction", "wrong_id_number", other.number, person.number)

    def merge(self) -> None:
        """Two people are said to be one, mostly by mistake."""
        if len(self.people) > 1:
            one, other = self.chance.sample(self.people, 2)
            self.same_person("public-security.identity-merge", "merged_id_number", one.number, other.number)

    def same_person(self, topic: str, field: str, alias: str, canonical: str) -> None:
        """Public security says whose number it is, and perhaps takes it back, and perhaps says it again."""
        day = self.day(date(2026, 2, 1), date(2026, 9, 1))
        record, said = f"i{alias[-5:]}-{canonical[-5:]}", {field: alias}
        if record in self.told:
            return
        self.say(topic, record, 1, day, day, canonical, **said)
        if self.chance.random() < 0.6:
            later = self.day(day, date(2026, 10, 20))
            self.say(topic, record, 2, day, later, canonical, retracted=True, **said)
            if self.chance.random() < 0.3:
                self.say(topic, record, 3, day, self.day(later, date(2026, 11, 1)), canonical, **said)
