"""What happens to people, by kind: somebody is paid, moves, falls ill, gets another certificate, dies."""

from datetime import date, timedelta
from fractions import Fraction

from msgspec import structs

from benefit_hub.simulate.population.chance import Chance, Odds
from benefit_hub.simulate.population.households import Household, Population
from benefit_hub.simulate.population.lives import Lives, Open
from benefit_hub.simulate.population.opening import employer_of, pay_day
from benefit_hub.simulate.population.persons import Card, Person, make_card
from benefit_hub.simulate.population.records import (
    DEATH,
    FUNERAL,
    MEDICAL,
    Saying,
    certificate,
    first_version,
    named,
    residence,
    wage,
)

YUAN = 100
NEW_JOB = Fraction(15, 100)
STEADY = Fraction(1, 2)
OTHER_AREA = Fraction(1, 4)
TOLD_LATE = Fraction(1, 10)
SECOND_SOURCE = Fraction(3, 10)
CARD_CHANGES = Odds([("LEVEL", 45), ("NEW", 25), ("RENEWED", 15), ("STATUS", 15)])
MATTERS_FEN = 70 * YUAN
"""A wage that differs by so much is brought to a decision."""


class Happenings:
    """Makes records of what happens on a day; None where nobody was met to whom it could happen."""

    def __init__(self, town: Population, lives: Lives, chance: Chance) -> None:
        self._town = town
        self._lives = lives
        self._chance = chance
        self._echoes: list[tuple[Household, Person, date]] = []

    def wage(self, day: date) -> Saying | None:
        """Somebody is paid for a month: the same as before, or more or less, or for the first time."""
        lives, chance = self._lives, self._chance
        paid = pay_day(self._since(day))
        period, jobless = paid.isoformat()[:7], chance.happens(NEW_JOB)

        def fits(_home: Household, person: Person) -> bool:
            known = lives.paid.get(person.key, ("", 0, person.wage))
            return person.able and known[0] < period and (known[2] == 0) == jobless

        met = lives.somebody(fits)
        if met is None:
            paid = pay_day(day)
            period = paid.isoformat()[:7]
            met = lives.somebody(lambda _home, person: person.able)
        if met is None:
            return None
        home, person = met
        month, told, before = lives.paid.get(person.key, ("", 0, person.wage))
        told = told + 1 if month == period else 1
        fen = self._amount(home, before)
        lives.paid[person.key] = (period, told, fen)
        employer = employer_of(person) if told == 1 else f"{employer_of(person)}-{told}"
        record = f"GZ-{person.key}-{period}-{told}"
        one = wage(person, day, paid, fen, employer, record)
        if abs(fen - before) >= MATTERS_FEN:
            self._wait_for(home, one)
        lives.keep(one, home, person)
        return one

    def _since(self, day: date) -> date:
        """The day on which something happened that is told now: mostly the same, now and then months before."""
        return day - timedelta(days=self._chance.between(30, 120)) if self._chance.happens(TOLD_LATE) else day

    def _amount(self, home: Household, before: int) -> int:
        """A wage after another one, in fen, measured by what the household could receive."""
        chance, most = self._chance, int(len(home.people) * self._town.standard(home.area))
        if before == 0:
            return YUAN * chance.between(most // 5, most)
        if chance.happens(STEADY):
            return max(0, before + YUAN * chance.between(-30, 30))
        return max(0, before + YUAN * chance.between(-most // 2, most // 2))

    def _wait_for(self, home: Household, one: Saying) -> None:
        """What concerns a household on dibao is decided some day."""
        if home.receives:
            self._lives.wait(Open(programme="dibao", household=home.name, number=None, covers=(named(one),)))

    def residence(self, day: date) -> Saying | None:
        """Somebody moves: most within the same area, some between town and country."""
        lives, today = self._lives, day.isoformat()
        met = lives.somebody(lambda _home, person: lives.areas.get(person.key, ("", ""))[1] != today)
        if met is None:
            return None
        home, person = met
        area, _ = lives.areas.get(person.key, (home.area, ""))
        moves = self._chance.happens(OTHER_AREA)
        if moves:
            area = "RURAL" if area == "URBAN" else "URBAN"
        lives.areas[person.key] = (area, today)
        since = max(person.born, self._since(day))
        one = residence(home, person, area, day, since, f"HJ-{person.key}-{day:%y%m%d}")
        if moves and person.role == "HEAD":
            self._wait_for(home, one)
        lives.keep(one, home, person)
        return one

    def medical(self, day: date) -> Saying | None:
        """Somebody is billed for a treatment, of which insurance and aid bear a part."""
        chance, lives = self._chance, self._lives
        met = lives.somebody(lambda _home, _person: True)
        if met is None:
            return None
        home, person = met
        total = YUAN * chance.between(50, 20_000)
        reimbursed = total * chance.between(30, 90) // 100
        number = lives.bills[person.key] = lives.bills.get(person.key, 0) + 1
        content = {
            "period": day.isoformat()[:7],
            "total_fen": total,
            "reimbursed_fen": reimbursed,
            "self_paid_fen": total - reimbursed,
        }
        one = first_version(MEDICAL, f"YL-{person.key}-{number}", day, day, person.number, content)
        lives.keep(one, home, person)
        return one

    def certificate(self, day: date) -> Saying | None:
        """Another level, a first certificate, a renewed one, or one that is frozen, cancelled or valid again."""
        change, lives = self._chance.pick(CARD_CHANGES), self._lives

        def fits(_home: Household, person: Person) -> bool:
            held = lives.card(person)
            return (held is None) == (change == "NEW") and (held is None or not held[2].endswith(f"{day:%y%m%d}"))

        met = lives.somebody(fits)
        if met is None:
            return None
        home, person = met
        card, status, previous = lives.card(person) or (make_card(self._chance, day), "VALID", None)
        if change == "LEVEL":
            card, status = self._other_level(card), "VALID"
        elif change == "RENEWED":
            card, status = structs.replace(make_card(self._chance, day), categories=card.categories), "VALID"
        elif change == "STATUS":
            status = self._chance.pick(Odds([("FROZEN", 2), ("CANCELLED", 1)])) if status == "VALID" else "VALID"
        one = certificate(person, card, day, status, previous, max(card.issued, self._since(day)))
        lives.cards[person.key] = (card, status, one.record["record_id"])
        lives.keep(one, home, person)
        return one

    def _other_level(self, card: Card) -> Card:
        """A certificate with its first category at another level."""
        (category, level), *_ = card.categories
        other = 1 + (level - 1 + self._chance.between(1, 3)) % 4
        return structs.replace(card, categories=((category, other),))

    def death(self, day: date) -> Saying | None:
        """Somebody died, and public security or the funeral service tells it; now and then both do, one after the other."""
        chance, lives = self._chance, self._lives
        if self._echoes and chance.happens(SECOND_SOURCE):
            home, person, died = self._echoes.pop()
            return self._died(FUNERAL, home, person, day, min(day, died + timedelta(days=chance.between(-1, 2))))
        met = lives.somebody(lambda _home, _person: True)
        if met is None:
            return None
        home, person = met
        died = max(person.born, self._since(day) - timedelta(days=chance.below(20)))
        if chance.happens(SECOND_SOURCE):
            self._echoes.append((home, person, died))
        return self._died(DEATH if chance.below(5) else FUNERAL, home, person, day, died)

    def _died(self, topic: str, home: Household, person: Person, day: date, died: date) -> Saying:
        lives = self._lives
        number = lives.deaths[person.key] = lives.deaths.get(person.key, 0) + 1
        lives.dead.add(person.key)
        content = {"place": None, "certificate_number": None}
        one = first_version(topic, f"SW-{person.key}-{number}", day, died, person.number, content)
        if len(home.people) > 1:
            self._wait_for(home, one)
        lives.keep(one, home, person)
        return one
