"""One person: identity number, age, certificate, work, and who that is to the head of the household."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Literal

from msgspec import Struct

from benefit_hub.simulate.population import figures as told
from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.shares import AGED, AGED_80, CARDS, CATEGORIES, Segment
from benefit_hub.values.identity import check_character
from benefit_hub.values.months import add_months

Sex = Literal["FEMALE", "MALE"]
Role = Literal["HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER"]

MOST_HOUSEHOLDS = 4_900_000
"""More would need identity numbers that are taken."""
_FIRST_REGION = 200
"""Numbers of region 99 from 990200 on; those before belong to the stories."""
_GENERATION = 18
_CARD_YEARS = 10


class Card(Struct, frozen=True, kw_only=True):
    """A disability certificate: categories with a level each, the most severe first; valid for ten years."""

    categories: tuple[tuple[str, int], ...]
    issued: date

    @property
    def until(self) -> date:
        """The first day without it."""
        return add_months(self.issued, 12 * _CARD_YEARS)

    @property
    def level(self) -> int:
        """The most severe level."""
        return self.categories[0][1]


class Person(Struct, frozen=True, kw_only=True, dict=True):
    """Somebody, by the number of the household and the place in it. `age` is that of the day on which the changes begin; wage
    and verified other income are per month, in fen, 0 where there is none."""

    household: int
    place: int
    born: date
    sex: Sex
    role: Role
    age: int
    card: Card | None
    wage: int = 0
    income: int = 0

    @cached_property
    def key(self) -> str:
        """What stands in record ids."""
        return f"RK{self.household:07d}-{self.place}"

    @cached_property
    def number(self) -> str:
        """An identity number that is nobody's: each household has its own region and serial, its people their birth dates."""
        region, serial = divmod(self.household, 500)
        born = self.born.isoformat().replace("-", "")
        first = f"99{_FIRST_REGION + region:04d}{born}{2 * serial + (self.sex == 'MALE'):03d}"
        return first + check_character(first)

    @property
    def able(self) -> bool:
        """Whether the person may take up work."""
        return 18 <= self.age < 60 and (self.card is None or self.card.level > 2)


def make_person(chance: Chance, segment: Segment, begins: date, household: int, before: Sequence[Person]) -> Person:
    """The next person of a household, of whom those `before` are made."""
    head = before[0] if before else None
    age = _age(chance, segment, head)
    born = years_before(begins, age) - timedelta(days=chance.below(365) if age else chance.between(100, 364))
    while any(born == other.born for other in before):
        born -= timedelta(days=1)  # within a household, the birth date tells numbers apart
    sex: Sex = "MALE" if chance.happens(told.MEN.value) else "FEMALE"
    severe = segment == "TEKUN" and age < 60
    holds = severe or (age > 0 and chance.happens(CARDS[segment]))
    return Person(
        household=household,
        place=len(before) + 1,
        born=born,
        sex=sex,
        role=_role(age, sex, head, before),
        age=age,
        card=make_card(chance, begins - timedelta(days=chance.between(100, 300 if age < 10 else 3_400)), severe)
        if holds
        else None,
    )


@lru_cache(maxsize=256)
def years_before(day: date, years: int) -> date:
    """The same day so many years ago."""
    return add_months(day, -12 * years)


def _age(chance: Chance, segment: Segment, head: Person | None) -> int:
    """In whole years. Of those in extreme difficulty nobody is able to work; adults live with adults of their age."""
    if chance.happens(told.TEKUN_AGED.value if segment == "TEKUN" else AGED):
        return 80 + chance.below(16) if chance.happens(AGED_80) else 60 + chance.below(20)
    if head is None:
        return 18 + chance.below(42)
    if chance.happens(told.MINORS.value):
        return chance.below(18)
    return 18 + chance.below(42) if head.age >= 60 else min(59, max(18, head.age - 6 + chance.below(13)))


def _role(age: int, sex: Sex, head: Person | None, before: Sequence[Person]) -> Role:
    """By what lies between the ages."""
    if head is None:
        return "HEAD"
    if head.age - age >= _GENERATION:
        return "CHILD"
    if age - head.age >= _GENERATION:
        return "PARENT"
    couple = sex != head.sex and min(age, head.age) >= 20 and all(each.role != "SPOUSE" for each in before)
    return "SPOUSE" if couple else "OTHER"


def make_card(chance: Chance, issued: date, severe: bool = False) -> Card:
    """A certificate issued on a day, valid for ten years."""
    if severe or chance.happens(told.SEVERE.value):
        level = 1 if chance.happens(told.LEVEL_1.value) else 2
    else:
        level = 3 if chance.happens(told.LEVEL_3.value) else 4
    categories = [(chance.pick(CATEGORIES), level)]
    if chance.happens(told.SECOND_CATEGORY.value):
        second = chance.pick(CATEGORIES)
        if second != categories[0][0]:
            categories.append((second, min(4, level + 1)))
    return Card(categories=tuple(categories), issued=issued)
