"""A population through the hub in memory: nothing is refused, money moves, and in any order it is the same money."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from random import Random

import pytest

from benefit_hub.simulate import Simulation
from benefit_hub.simulate.population import Change, Saying, Tick, changes, opening, snapshot, with_days
from benefit_hub.simulate.run import ledger_by_month, shuffled
from benefit_hub.topology import hub_topology
from tests.checkout import catalogue
from tests.in_memory import demo_book, env_of
from tests.simulation.towns import town

Item = Saying | Change | Tick

pytestmark = pytest.mark.slow


def items_of(seed: str) -> list[Item]:
    """Everything that is said of a town, with its days."""
    crowd = town(60, seed)
    return list(with_days(chain(opening(crowd), islice(changes(crowd, catalogue().sources), 200))))


def hub(**options: object) -> Simulation:
    """A hub in memory."""
    held = catalogue()
    env = env_of(demo_book(), sources=held.sources, pseudonym_key=b"k" * 32, story_time=True)
    return Simulation(hub_topology(held.sources, held.quarantines), env, **options)  # type: ignore[arg-type]


def deliver(simulation: Simulation, items: Iterable[Item], at_once: int) -> Simulation:
    """Publish everything in this order, and let the hub work now and then."""
    for number, one in enumerate(items):
        if isinstance(one, Tick):
            simulation.control(one.event, one.received_at)
        else:
            record = dict(one.record)
            event_id = f"{one.topic}/{record['record_id']}/{record['revision']}"
            source = one.topic.partition(".")[0]
            key = record["record_id"]
            simulation.publish(one.topic, record, key=key, event_id=event_id, source=source, at_ms=one.received_at)
        if number % at_once == 0:
            simulation.run()
    return simulation.run()


def disordered(items: Sequence[Item], chance: Random) -> list[Item]:
    """The records in any order, and the days, in their own order, anywhere between them."""
    records = [one for one in items if not isinstance(one, Tick)]
    ticks = [one for one in items if isinstance(one, Tick)]
    chance.shuffle(records)
    mixed: list[Item] = list(records)
    places = sorted(chance.randrange(len(records) + 1) for _ in ticks)
    for place, tick in zip(reversed(places), reversed(ticks), strict=True):
        mixed.insert(place, tick)
    return mixed


@pytest.mark.parametrize("seed", ["1", "2"])
def test_in_any_order_it_is_the_same_money(seed: str) -> None:
    items, chance = items_of(seed), Random(seed)
    plain = deliver(hub(), items, at_once=40)
    assert not [one for one in plain.said("receipts") if one.status == "REFUSED"]
    adjustments = [one for one in plain.said("benefits.adjustments") if one.kind not in ("START", "PAY_RUN_MARKER")]
    assert len(adjustments) > 10, "this town hardly moves money"
    mixed = deliver(hub(schedule=shuffled(chance.randrange), partitions=3), disordered(items, chance), at_once=200)
    assert ledger_by_month(plain.accounts()) == ledger_by_month(mixed.accounts())


def test_decisions_bring_what_a_snapshot_says_is_paid() -> None:
    """Both are the same people; only awards of a snapshot that are paid otherwise than the rules say differ."""
    crowd = town(150)
    told = deliver(hub(), with_days(opening(crowd)), at_once=100)
    entitled = {
        unit: each.months[-1].amount_fen for unit, each in told.standing("benefits.entitlements").items() if each.months
    }
    brought = Counter((unit.partition("|")[2], fen) for unit, fen in entitled.items())
    paid = Counter(
        (one.record["programme"], one.record["amount_fen"])
        for one in snapshot(crowd)
        if one.topic == "civil-affairs.legacy-award"
    )
    assert paid.total() == brought.total() > 80
    otherwise = paid - brought
    assert {programme for programme, _ in otherwise} <= {"dibao"}
    assert otherwise.total() <= 4
