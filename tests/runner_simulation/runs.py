"""One run: a seed, faults for a while, then fair weather until everything is done, then the judgement."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from benefit_hub.runtime.host import Host
from benefit_hub.runtime.runner import Runner
from benefit_hub.topology import Processor
from tests.kafka.counting import COUNTING
from tests.kafka.looping import LOOPING
from tests.runner_simulation.judge import Wrong
from tests.runner_simulation.passing import PASSING
from tests.runner_simulation.weather import Weather
from tests.runner_simulation.world import World

DRAINS_WITHIN_S = 120.0
ENDS_WITHIN_S = 60.0


class Outcome(NamedTuple):
    """How a run ended: what was wrong (empty where nothing was), how much was committed, and the trace."""

    wrong: str
    committed: int
    lasted_s: float
    told: list[str]


def run(seed: int, make_runner: Callable[[Processor, Host], Runner] = Runner, *, tracing: bool = False) -> Outcome:
    """Everything that a seed decides, to its end."""
    chance = Random(f"shape {seed}")
    world = World(
        seed,
        chance.choice([COUNTING, COUNTING, LOOPING, LOOPING, PASSING]),
        chance.choice([1, 2, 3]),
        make_runner,
        tracing=tracing,
        sweep_budget=chance.choice([1, 1, 3, 20]),
        batch_records_max=chance.choice([1, 4, 1000]),
        transaction_timeout_ms=chance.choice([2_000, 5_000, 5_000, 20_000]),
    )
    weather = Weather(world, chance.choice([1, 2, 2, 3]), chance.uniform(4, 25))
    try:
        _live(world, weather)
    finally:
        world.end()
    wrong = "" if world.trouble is None else f"{type(world.trouble).__name__}: {world.trouble}"
    return Outcome(wrong, world.judge.committed, world.now, world.told)


def _live(world: World, weather: Weather) -> None:
    def nothing() -> bool:
        weather.look_after()
        return False

    def done() -> bool:
        weather.look_after()
        return not world.judge.behind()

    world.run(nothing, weather.lasts_s)
    weather.clear_up()
    if not world.run(done, DRAINS_WITHIN_S):
        world.failed(Wrong(f"not done {DRAINS_WITHIN_S:.0f} s after the last fault: {'; '.join(world.judge.behind())}"))
        return
    weather.end()
    if not world.run(lambda: not world.living, ENDS_WITHIN_S):
        world.failed(Wrong("somebody was told to stop, and did not"))
        return
    try:
        world.judge.finished()
        for machine in world.machines:
            world.judge.stores(machine.name, machine.disk)
    except Wrong as wrong:
        world.failed(wrong)
