"""A whole population from a seed: people and households as the source texts count them, and what happens to them.

    town = Population(seed="1", people=5_000, pack=pack, begins=date(2026, 5, 1))
    for topic, record, received_at in opening(town): ...       # they register, apply, and civil affairs decides
    for topic, record, received_at in snapshot(town): ...      # or: what the registers hold on the day of going live
    for mix, topic, record, received_at in changes(town, sources): ...   # and then, without end, the standard mix of changes

Everything follows from the seed: no clock, no chance of the machine, the same seed gives the same bytes. Nothing is kept of a
household that was told, so that any number of people streams in constant memory.
"""

from benefit_hub.simulate.population.changes import Change, changes
from benefit_hub.simulate.population.days import Tick, with_days
from benefit_hub.simulate.population.further import further, prices
from benefit_hub.simulate.population.households import BEGINS, Population
from benefit_hub.simulate.population.opening import opening, snapshot
from benefit_hub.simulate.population.records import Saying

__all__ = [
    "BEGINS",
    "Change",
    "Population",
    "Saying",
    "Tick",
    "changes",
    "further",
    "opening",
    "prices",
    "snapshot",
    "with_days",
]
