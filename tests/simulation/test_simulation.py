"""The topology in memory: whoever is served next, the money is the same; and what must not happen stops it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest
from msgspec import structs

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.run import Schedule, Task, in_turn, ledger_by_month, shuffled
from benefit_hub.task import Env
from benefit_hub.topology import Topology, hub_topology
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.months import millis_of_day, month
from tests.checkout import cases, catalogue
from tests.simulation.telling import case_path

REVOKED = case_path("dibao/t26-revoked-death.yaml")
MOVED = case_path("households/move-dated-back.yaml")
RAISED = case_path("dibao/t74-new-standard.yaml")
SEED = 20260701
DAY = date(2026, 3, 1)


def one_by_one(tasks: list[Task]) -> tuple[Task, int]:
    """The last task first, one record or one key of a sweep at a time."""
    return tasks[-1], 1


def by_chance(seed: int) -> Schedule:
    """A schedule that a seed repeats."""
    return shuffled(Random(seed).randrange)


def played(path: Path, schedule: Schedule) -> Simulation:
    """A story, each moment worked off before the next comes."""
    stage = cases().stage(path, schedule)
    assert stage.play() == []
    return stage.simulation


def poured(path: Path, schedule: Schedule) -> Simulation:
    """A story that lies on its topics as a whole before anything is worked off."""
    stage = cases().stage(path, schedule)
    for moment in stage.story.moments:
        stage.act(moment)
    return stage.simulation.run()


@pytest.mark.slow
@pytest.mark.parametrize("path", [REVOKED, MOVED, RAISED], ids=lambda path: path.stem)
@pytest.mark.parametrize("way", [played, poured])
@pytest.mark.parametrize("seed", range(SEED, SEED + 3))
def test_any_schedule_gives_the_same_ledger(path: Path, way: Callable[[Path, Schedule], Simulation], seed: int) -> None:
    expected = ledger_by_month(played(path, in_turn).accounts())
    found = ledger_by_month(way(path, by_chance(seed)).accounts())
    assert any(due for due, _ in expected.values())
    assert found == expected, f"seed {seed}"


@pytest.mark.parametrize("path", [REVOKED, MOVED, RAISED], ids=lambda path: path.stem)
def test_a_budget_of_one_says_the_same_adjustments(path: Path) -> None:
    told = [
        sorted(played(path, schedule).said("benefits.adjustments"), key=lambda each: each.adjustment_id)
        for schedule in (in_turn, one_by_one)
    ]
    assert told[0] == told[1]
    assert any(each.kind != "PAY_RUN_MARKER" for each in told[0])


def test_a_sweep_goes_on_without_a_message() -> None:
    """A new standard reaches every household, though each turn looks at one."""
    before = played(RAISED, in_turn)
    july = month("2026-07")
    dues = [ledger.due for account in before.accounts() for ledger in account.ledgers.values()]
    assert any(july in dict(due) for due in dues)
    assert ledger_by_month(played(RAISED, one_by_one).accounts()) == ledger_by_month(before.accounts())


def whole() -> tuple[Topology, Env]:
    """The hub's topology, and what its tasks may know."""
    held = catalogue()
    digest = next(iter(held.books))
    env = Env(
        books=held.books,
        first_book=digest,
        engine="test",
        sources=held.sources,
        pseudonym_key=b"simulation" * 4,
    )
    return hub_topology(held.sources, held.quarantines), env


def test_an_output_outside_the_topology_stops() -> None:
    topology, env = whole()
    intake = topology.processor("intake")
    muzzled = structs.replace(intake, outputs=tuple(name for name in intake.outputs if name != "facts"))
    simulation = Simulation(Topology(processors=(muzzled, *topology.processors[1:])), env)
    simulation.control(ControlEvent(type="DAY_OPENED", day="2026-03-01"), millis_of_day(DAY))
    with pytest.raises(InvariantBroken, match="intake wrote to facts"):
        simulation.run()


def test_without_rest_it_stops() -> None:
    topology, env = whole()
    simulation = Simulation(topology, env)
    simulation.control(ControlEvent(type="DAY_OPENED", day="2026-03-01"), millis_of_day(DAY))
    with pytest.raises(InvariantBroken, match="did not come to rest in 2 turns"):
        simulation.run(most=2)


def test_a_record_that_no_reader_could_decode_is_seen() -> None:
    """Internal records travel as bytes here too: a control copy on `claims` that says nothing known is no claim."""
    topology, env = whole()
    simulation = Simulation(topology, env)
    simulation.publish("claims", {"beneficiary": "nobody"}, key="nobody", event_id="e", source="test", at_ms=0)
    with pytest.raises(Exception, match="claims carries dict"):
        simulation.run()


def test_markers_stand_in_every_partition() -> None:
    topology, env = whole()
    simulation = Simulation(topology, env, partitions=3)
    simulation.control(ControlEvent(type="PAY_RUN_CLOSED", month="2026-03"), millis_of_day(DAY))
    simulation.run()
    markers = simulation.outputs["benefits.adjustments"]
    assert sorted(out.partition or 0 for out in markers) == [0, 1, 2]
    assert {out.value.effective_month for out in markers} == {"2026-03"}
