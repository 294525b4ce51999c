"""Told to stop, a runner ends in time, whatever its group is about: others who join, who leave, and who are dead and awaited."""

import logging
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from benefit_hub.runtime import assignment
from benefit_hub.runtime.runner import Runner
from tests.kafka.counting import COUNTING
from tests.kafka.looping import LOOPING
from tests.runner_simulation.weather import Weather
from tests.runner_simulation.world import Machine, Process, World

pytestmark = pytest.mark.slow

DRAINS_WITHIN_S = 3.5
"""So long a stopping worker waits for its runners."""
WORLDS = 25


class Drain(NamedTuple):
    """How long a runner took to end, and whether its group was making a new generation when it was told to."""

    took_s: float
    in_rebalance: bool


class Comings(Weather):
    """Workers come and go and are killed, often, and nothing else goes wrong."""

    def __init__(self, world: World, machines: int, lasts_s: float) -> None:
        super().__init__(world, machines, lasts_s)
        world.faulty = False
        self.drains: list[Drain] = []
        self._rebalancing: dict[Process, bool] = {}
        self._doings = [
            ("is killed", lambda machine: self._kill(machine.process)),
            ("stops", lambda machine: self._stop(machine.process)),
            ("stops", lambda machine: self._stop(machine.process)),
        ]
        for _ in range(30):
            world.at(self._chance.random() * lasts_s, self._fault)

    def _start(self, machine: Machine) -> None:
        if not self._over:
            self._world.start(machine)

    def _stop(self, process: Process | None) -> None:
        if process is not None and not process.ended:
            self._rebalancing.setdefault(process, any(each.rebalancing for each in self._world.broker.groups.values()))
            process.tell_to_stop()

    def look_after(self) -> None:
        """Whoever ended is started again; how long it took is kept of those that were told to."""
        for machine in self._world.machines:
            process = machine.process
            if process is not None and process.ended and process in self._rebalancing and not process.dead:
                self.drains.append(Drain(process.ended_at - process.told_at, self._rebalancing.pop(process)))
        super().look_after()


def drains(seed: int) -> list[Drain]:
    """Half a minute of comings and goings."""
    chance = Random(f"comings {seed}")
    world = World(seed, chance.choice([COUNTING, LOOPING]), chance.choice([1, 2, 3]), Runner, sweep_budget=3)
    comings = Comings(world, chance.choice([2, 3, 4]), 30.0)

    def never() -> bool:
        comings.look_after()
        return False

    try:
        world.run(never, comings.lasts_s)
        if world.trouble is not None:
            raise world.trouble
    finally:
        world.end()
    return comings.drains


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_a_runner_that_is_told_to_stop_in_a_rebalance_ends_in_time() -> None:
    found = [each for seed in range(WORLDS) for each in drains(seed)]
    late = [each for each in found if each.took_s > DRAINS_WITHIN_S]
    assert not late
    assert sum(each.in_rebalance for each in found) > WORLDS, "there are rebalances"


def test_one_that_waits_until_its_group_lets_it_go_is_late(monkeypatch) -> None:
    monkeypatch.setattr(assignment, "LEAVE_S", 60.0)
    late = (each for seed in range(WORLDS) for each in drains(seed) if each.took_s > DRAINS_WITHIN_S)
    assert next(late).in_rebalance
