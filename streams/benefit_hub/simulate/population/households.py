"""The population: households of persons, each made of the seed and its number alone, so that nothing has to be kept."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from msgspec import Struct, structs

from benefit_hub.policy.book import Pack
from benefit_hub.simulate.population import figures as told
from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.persons import MOST_HOUSEHOLDS, Person, make_person
from benefit_hub.simulate.population.shares import KINDS, SIZES, SIZES_OTHER, STATES, Area, Segment, State
from benefit_hub.values.months import month_of

Programme = Literal["dibao", "margin"]
BEGINS = date(2026, 5, 1)
"""The first day of the changes unless another is named: two months before the law changes."""
_COUNTIES = 40


class Household(Struct, frozen=True, kw_only=True):
    """Who lives together, the head first; why the hub knows them; and what became of their application."""

    index: int
    name: str
    segment: Segment
    area: Area
    region: str
    people: tuple[Person, ...]
    state: State

    @property
    def programme(self) -> Programme | None:
        """What the household has applied for."""
        return "dibao" if self.segment == "DIBAO" else "margin" if self.segment == "MARGIN" else None

    @property
    def receives(self) -> bool:
        """Whether it is on dibao."""
        return self.segment == "DIBAO" and self.state == "ACCEPTED"


class Population:
    """So many people from a seed, as they are on the day on which the changes begin. Standards and places are the pack's."""

    def __init__(self, seed: str, people: int, pack: Pack, begins: date) -> None:
        self.seed = seed
        self.people = people
        self.pack = pack
        self.begins = begins
        self.kept = 1 - Fraction(pack.wage_deduction)
        """The share of a wage that counts as income."""

    def standard(self, area: Area) -> Fraction:
        """The dibao standard of an area, in yuan a month, as the changes begin."""
        return self._standards[area]

    @cached_property
    def _standards(self) -> dict[str, Fraction]:
        names, month = self.pack.programmes["dibao"].standards, month_of(self.begins)
        return {area: self.pack.standards[name].per_month(month) or Fraction(0) for area, name in names.items()}

    @cached_property
    def _counted(self) -> tuple[int, int]:
        """How many households there are, and how many people the last one has too many."""
        left, count = self.people, 0
        while left > 0:
            left -= self._frame(count)[3]
            count += 1
        if count > MOST_HOUSEHOLDS:
            raise ValueError(f"{count:,} households, and there are identity numbers for {MOST_HOUSEHOLDS:,}")
        return count, -left

    @property
    def count(self) -> int:
        """How many households there are."""
        return self._counted[0]

    def households(self) -> Iterator[Household]:
        """All households; the last is cut so that the number of people is right."""
        return map(self.household, range(self.count))

    def household(self, index: int) -> Household:
        """The household of this number."""
        count, too_many = self._counted
        chance, segment, area, size = self._frame(index)
        people: list[Person] = []
        for _ in range(size - too_many if index == count - 1 else size):
            people.append(make_person(chance, segment, self.begins, index, people))
        state: State = chance.pick(STATES) if segment == "DIBAO" else "ACCEPTED" if segment == "MARGIN" else "NONE"
        return Household(
            index=index,
            name=f"RK{index:07d}",
            segment=segment,
            area=area,
            region=f"{self.pack.region}{1 + index % 4:02d}{1 + index % _COUNTIES:02d}",
            people=self._on_their_means(chance, segment, area, state, people),
            state=state,
        )

    def _frame(self, index: int) -> tuple[Chance, Segment, Area, int]:
        """A household before its people: the rest of its chance, why it is known, where it lives, its size."""
        chance = Chance(f"{self.seed}/household/{index}")
        segment, area = chance.pick(KINDS)
        if segment == "TEKUN":
            return chance, segment, area, 1
        return chance, segment, area, chance.pick(SIZES[area] if segment == "DIBAO" else SIZES_OTHER)

    def _on_their_means(
        self, chance: Chance, segment: Segment, area: Area, state: State, people: Sequence[Person]
    ) -> tuple[Person, ...]:
        """The same people with what they live on. Who applied was verified: one wage at most, the rest is the head's."""
        workers = [place for place, each in enumerate(people) if each.able and chance.happens(told.WORKERS.value)]
        if segment not in ("DIBAO", "MARGIN"):
            if not workers:
                return tuple(people)
            wages = {place: 100 * chance.between(800, 3_000) for place in workers}
            return tuple(structs.replace(each, wage=wages.get(place, 0)) for place, each in enumerate(people))
        over = segment == "MARGIN" or state == "REJECTED"
        percent = chance.between(105, 140) if over else chance.below(81)
        standard = self.standard(area)
        income = len(people) * percent * standard.numerator // standard.denominator
        found = list(people)
        if workers:
            kept = self.kept
            wage = income * 3 * kept.denominator // (5 * kept.numerator) // 100 * 100
            found[workers[0]] = structs.replace(found[workers[0]], wage=wage)
            income -= wage * kept.numerator // kept.denominator
        found[0] = structs.replace(found[0], income=income)
        return tuple(found)
