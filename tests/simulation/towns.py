"""Towns for the tests of the population: made once, under the demonstration pack."""

from datetime import date
from functools import cache
from itertools import islice

from benefit_hub.simulate.population import Change, Population, Saying, changes, opening, snapshot
from benefit_hub.simulate.population.households import Household
from tests.checkout import catalogue
from tests.in_memory import demo_book

BEGINS = date(2026, 5, 1)


def town(people: int, seed: str = "1") -> Population:
    """So many people."""
    return Population(seed, people, demo_book().packs[0], BEGINS)


@cache
def large() -> tuple[Household, ...]:
    """The households of 10,000 people."""
    return tuple(town(10_000).households())


@cache
def opened(people: int = 400) -> tuple[Saying, ...]:
    """An opening by applications and decisions."""
    return tuple(opening(town(people)))


@cache
def held(people: int = 400) -> tuple[Saying, ...]:
    """A snapshot."""
    return tuple(snapshot(town(people)))


@cache
def changed(people: int = 400, number: int = 2_500) -> tuple[Change, ...]:
    """The first changes of the standard mix."""
    return tuple(islice(changes(town(people), catalogue().sources), number))
