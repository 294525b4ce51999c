"""Told to stop in the middle of a rebalance: nobody has to be asked, and nobody is waited for."""

import logging
import time
from typing import Any

import pytest

from tests.kafka.counting import Bench, until
from tests.kafka.slowness import within_s
from tests.kafka.test_pace import begun
from tests.kafka.test_runner_crash import start

__all__ = ["start"]

log = logging.getLogger(__name__)

DEAD_S = 20
SETTINGS: dict[str, Any] = {"session_timeout_ms": DEAD_S * 1000}
"""A worker that was killed is awaited for so long."""
SEEN_S = 5
"""After so long everybody has heard that somebody else wants to join: heartbeats go out six times a session."""


@pytest.fixture
def bench(kafka, namespace):
    made = Bench(kafka.bootstrap, namespace)
    made.create()
    return made


@pytest.mark.timeout(300)
def test_told_to_stop_while_the_group_waits_for_one_that_is_dead_a_worker_drains(bench, start):
    """Neither who has partitions nor who has just come gets an answer of the group before the dead one is given up."""
    keys = [f"k{number}" for number in range(40)]
    first, killed = start(**SETTINGS), start(**SETTINGS)
    until(lambda: begun(first) and begun(killed), within_s=60)
    bench.send([(key, 1) for key in keys])
    until(bench.caught_up)
    killed.kill()
    newcomer = start(**SETTINGS)
    until(lambda: "Ready" in newcomer.log.read_text() or "counting" in newcomer.log.read_text(), within_s=60)
    time.sleep(SEEN_S)
    took_s = {}
    for each in (first, newcomer):
        since = time.monotonic()
        each.terminate()
        assert each.wait(30) == 0, each.log.read_text()
        took_s[each.pid] = time.monotonic() - since
    log.info("drained in %s s", ", ".join(f"{each:.1f}" for each in took_s.values()))
    assert max(took_s.values()) < within_s(5)
    assert "leaves its group in the middle of a rebalance" in first.log.read_text()

    bench.send([(key, 1) for key in keys])
    last = start(**SETTINGS)
    taken_s = until(lambda: begun(last) and bench.caught_up(), within_s=3 * DEAD_S)
    log.info("others take over after %.1f s", taken_s)
    assert bench.totals() == dict.fromkeys(keys, 2)
