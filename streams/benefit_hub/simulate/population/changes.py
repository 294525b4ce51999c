"""The standard mix of changes: what departments say of a population day after day, without end.

Every record is valid: what is revised was said, what a decision names exists, nobody who is dead earns a wage. Of a hundred
changes many are not about money at all, as in life: an address, a bill, the same wage again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import count, islice
from typing import NamedTuple

from benefit_hub.simulate.population.chance import Chance, Odds
from benefit_hub.simulate.population.correcting import Correcting
from benefit_hub.simulate.population.deciding import Deciding
from benefit_hub.simulate.population.happenings import Happenings
from benefit_hub.simulate.population.households import Population
from benefit_hub.simulate.population.lives import Lives
from benefit_hub.simulate.population.opening import applies_on, means, registers
from benefit_hub.simulate.population.records import (
    CERTIFICATE,
    DEATH,
    DECISION,
    MEDICAL,
    RESIDENCE,
    VERIFICATION,
    WAGE,
    Body,
    Saying,
    noon,
)

MIX: Mapping[str, int] = {
    "wage": 35,
    "residence": 15,
    "medical": 15,
    "certificate": 10,
    "decision": 10,
    "death": 3,
    "correction": 7,
    "duplicate": 5,
}
"""Of a hundred changes. A retraction is a correction too."""
TOPICS = {"wage": WAGE, "residence": RESIDENCE, "medical": MEDICAL, "certificate": CERTIFICATE, "death": DEATH}
INSTEAD = ("residence", "duplicate")
"""What is told where nobody is left to whom something else could happen."""
DAYS_FOR_ALL = 45
"""In so many days there are as many changes as people."""
CORRECTED_OF_OPENING = 300
"""So many households of the opening may have been registered wrongly."""


class Change(NamedTuple):
    """One change: its class of the mix, and as in `Saying` the topic, the record, and when it is received."""

    mix: str
    topic: str
    record: Body
    received_at: int


def changes(town: Population, topics: Collection[str]) -> Iterator[Change]:
    """The changes of a population from its first day on, in the order of their days.

    `topics` are those that departments have: a class whose topic is not among them is left out, and the others keep their
    proportions.
    """
    return Changes(town, topics).told()


class Changes:
    """The mix over one population."""

    def __init__(self, town: Population, topics: Collection[str]) -> None:
        self._town = town
        self._chance = Chance(f"{town.seed}/changes")
        self._lives = Lives(town, self._chance)
        happenings = Happenings(town, self._lives, self._chance)
        self._tell: Mapping[str, Callable[[date], Saying | None]] = {
            "wage": happenings.wage,
            "residence": happenings.residence,
            "medical": happenings.medical,
            "certificate": happenings.certificate,
            "decision": Deciding(town, self._lives, self._chance).decide,
            "death": happenings.death,
            "correction": Correcting(self._lives, self._chance).correct,
            "duplicate": self._again,
        }
        self._mix = Odds([(name, parts) for name, parts in MIX.items() if TOPICS.get(name, DECISION) in topics])

    def told(self) -> Iterator[Change]:
        """All changes, without end while anybody lives."""
        self._remember()
        a_day = max(1, self._town.people // DAYS_FOR_ALL)
        for number in count():
            day = self._town.begins + timedelta(days=number // a_day)
            name = self._chance.pick(self._mix)
            tried = ((each, self._tell[each](day)) for each in (name, *INSTEAD))
            name, one = next(((each, one) for each, one in tried if one is not None), (name, None))
            if one is None:
                return
            self._lives.recent.append(one)
            yield Change(name, *one)

    def _remember(self) -> None:
        """Some of what was said at the opening may prove wrong."""
        for home in islice(self._town.households(), CORRECTED_OF_OPENING):
            day = applies_on(self._town, home.index)
            people = {person.number: person for person in home.people}
            for one in (*registers(home, day), *means(home, day)):
                if one.topic in (CERTIFICATE, VERIFICATION):
                    self._lives.keep(one, home, people[one.record["id_number"]])

    def _again(self, day: date) -> Saying | None:
        """Something that was told before, once more as it was."""
        recent = self._lives.recent
        if not recent:
            return None
        one = recent[self._chance.below(len(recent))]
        return one._replace(received_at=noon(day))
