"""Workers that stand still and come back too late, and workers that come and go: whose turn it is, is always one's."""

import logging
import time
from collections.abc import Callable
from random import Random

import pytest

from tests.kafka.faults.stage import Stage
from tests.kafka.hub.live import Worker, wait_for

log = logging.getLogger(__name__)

TAKEN_OVER_S = 180.0
REFUSED_S = 180.0
MOVES = 4
UNDER_WAY_S = 0.5
SETTINGS = {"sweep_budget": 20, "batch_records_max": 50}


def freeze_in_the_middle(stage: Stage, slot: int, chance: Random) -> dict[str, int]:
    """Let it stand still where it has a transaction open; which."""
    for _ in range(40):
        stage.load.burst(10)
        time.sleep(chance.uniform(0.05, 0.4))
        stage.freeze(slot)
        time.sleep(UNDER_WAY_S)  # an end of a transaction that was sent before is still heard
        if left := stage.open_transactions(slot):
            return left
        stage.thaw(slot)
    raise AssertionError("it never stood still in the middle of a transaction")


def is_refused(worker: Worker, already: int) -> bool:
    """Whether it has learned that it came too late: it aborts and goes on, or ends, by what the broker had already ended."""
    return not worker.running or "transaction aborted" in worker.said()[already:]


@pytest.mark.timeout(900)
def test_a_worker_that_stood_still_past_its_session_comes_back_and_is_refused(make_stage: Callable[..., Stage]) -> None:
    """Its work was done by the other; what it still had in hand is seen by nobody; it, or its successor, shares the work."""
    stage = make_stage("stopped", 60, **SETTINGS)
    for slot in (0, 1):
        stage.start(slot)
    stage.load.open_up()
    for slot in (0, 1):
        stage.wait_at_work(slot)
    left = freeze_in_the_middle(stage, 0, Random(1))
    began = time.monotonic()
    stage.load.burst(30)
    wait_for(lambda: stage.behind() == 0, TAKEN_OVER_S, "the other does not take over")
    log.info("stood still with %s open; the other had done all after %.1f s", sorted(left), time.monotonic() - began)
    assert time.monotonic() - began > 5, "before its session had ended, its work was nobody else's"
    frozen, already = stage.workers[0], len(stage.workers[0].said())
    stage.thaw(0)
    wait_for(lambda: is_refused(frozen, already), REFUSED_S, "nobody refuses what it had in hand")
    stage.tend()
    stage.wait_at_work(0)
    stage.load.burst(30)
    told = stage.check()
    ended = stage.aborted_transactions()
    assert set(left.values()) <= {producer for producer, _ in ended}
    assert told.aborted > 0


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_workers_that_come_and_go_every_few_seconds(make_stage: Callable[..., Stage]) -> None:
    """Of three at most one is missing; each time all partitions find an owner, restored, while the load goes on."""
    stage, chance = make_stage("moving", 60, **SETTINGS), Random(2)
    for slot in (0, 1, 2):
        stage.start(slot)
    stage.load.open_up()
    for slot in (0, 1):
        stage.wait_at_work(slot)
    with stage.load.going_on(per_second=8):
        for _ in range(MOVES):
            slot = chance.choice((0, 1, 2))
            stage.load.burst(10)
            stage.leave(slot)
            time.sleep(chance.uniform(0, 1))
            stage.start(slot)
            time.sleep(chance.uniform(1, 3))
    stage.check()
