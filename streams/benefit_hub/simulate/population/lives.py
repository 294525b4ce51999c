"""What became of people since the changes began: who died, which certificate and which home stand, what was told last.

Only what differs from the opening is kept, and of what can be corrected, repeated or decided only the newest.
"""

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from msgspec import Struct

from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.households import Household, Population
from benefit_hub.simulate.population.persons import Card, Person
from benefit_hub.simulate.population.records import Named, Saying

KEPT = 4_000
"""So many records can be corrected, repeated, or decided on."""
TRIES = 60
REMEMBERED = 8_192
"""Households that are not made again each time when they are met; a matter of speed alone."""


class Open(Struct, frozen=True, kw_only=True):
    """Something that waits for a decision: of which programme, about whom, and the revisions that it has to name."""

    programme: str
    household: str | None
    number: str | None
    covers: tuple[Named, ...]


class Told(Struct, frozen=True, kw_only=True):
    """A record as it was told last, and whom it is about; a decision is about nobody alone."""

    last: Saying
    home: Household | None
    person: Person | None


class Lives:
    """The living and the dead, as far as the changes have come."""

    def __init__(self, town: Population, chance: Chance) -> None:
        self._home = lru_cache(maxsize=REMEMBERED)(town.household)
        self._count = town.count
        self._chance = chance
        self.dead: set[str] = set()
        self.deaths: dict[str, int] = {}
        """How many records of a death there were of a person."""
        self.bills: dict[str, int] = {}
        """How many medical bills a person had."""
        self.cards: dict[str, tuple[Card, str, str]] = {}
        """Certificate, its status and its record, of those who have another than at the opening."""
        self.areas: dict[str, tuple[str, str]] = {}
        """Where somebody is registered since, and since which day."""
        self.paid: dict[str, tuple[str, int, int]] = {}
        """The newest month of a wage, how many were told for it, and its amount."""
        self.told: list[Told] = []
        self.recent: deque[Saying] = deque(maxlen=KEPT)
        self.open: list[Open] = []

    def somebody(self, fits: Callable[[Household, Person], Any]) -> tuple[Household, Person] | None:
        """Somebody alive of whom something holds; None where nobody was met."""
        for _ in range(TRIES):
            home = self._home(self._chance.below(self._count))
            fitting = [each for each in home.people if each.key not in self.dead and fits(home, each)]
            if fitting:
                return home, fitting[self._chance.below(len(fitting)) if len(fitting) > 1 else 0]
        return None

    def keep(self, said: Saying, home: Household | None = None, person: Person | None = None) -> None:
        """Keep a record that may be corrected; where there are many, one of the others is forgotten."""
        told = Told(last=said, home=home, person=person)
        if len(self.told) < KEPT:
            self.told.append(told)
        else:
            self.told[self._chance.below(KEPT)] = told

    def wait(self, matter: Open) -> None:
        """Something waits for a decision; where much waits, something else is never decided."""
        if len(self.open) < KEPT:
            self.open.append(matter)
        else:
            self.open[self._chance.below(KEPT)] = matter

    def take_open(self) -> Open | None:
        """Something that waits, which waits no more."""
        if not self.open:
            return None
        place = self._chance.below(len(self.open))
        self.open[place], self.open[-1] = self.open[-1], self.open[place]
        return self.open.pop()

    def card(self, person: Person) -> tuple[Card, str, str] | None:
        """The certificate that somebody holds now, its status, and its record."""
        if person.key in self.cards:
            return self.cards[person.key]
        return None if person.card is None else (person.card, "VALID", f"CJ-{person.key}-{person.card.issued:%y%m%d}")
