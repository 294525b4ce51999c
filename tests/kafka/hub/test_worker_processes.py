"""`hub worker -n 2` on a whole hub: a worker is killed, all are told to stop under load, the one above is killed."""

import os
import re
import signal
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.processes import ProcessId
from tests.kafka.hub.family import Family, records_of
from tests.kafka.hub.live import LiveHub, Worker, wait_for
from tests.kafka.hub.people import number_of
from tests.kafka.slowness import within_s

WITHIN_S = 120
STANDARD_FEN = 64_500
HALF = 150
FAMILIES = [Family(f"V{index}", (number_of(index),), 100 * index) for index in range(2 * HALF)]


def pids(worker: Worker) -> list[int]:
    """The processes that were ever started, in order."""
    return [int(pid) for pid in re.findall(r"worker \d: process (\d+)", worker.said())]


def working(worker: Worker, count: int) -> bool:
    """Whether so many worker processes have taken partitions so far; fails where the one above has ended."""
    assert worker.running, worker.said()[-3000:]
    return len(re.findall(r"intake: runs ", worker.said())) >= count


def drained_s(worker: Worker) -> float:
    """Tell it to stop; how long it took. Whoever does not drain has no better excuse than a machine that is far too busy."""
    since = time.monotonic()
    worker.process.send_signal(signal.SIGTERM)
    code = worker.process.wait(30)
    assert code == 0 or within_s(5) > 5, worker.said()[-3000:]
    return time.monotonic() - since


def begun(hub: LiveHub) -> set[str]:
    """Whose benefits have begun; nobody's twice, whatever was killed. A decision may overtake an income that it names: then an
    amount that is right follows at once, and there are more adjustments than families."""
    told = [each for each in hub.said("benefits.adjustments") if each["kind"] == "START"]
    households = {each["household"] for each in told}
    assert len({each["adjustment_id"] for each in told}) == len(told) == len(households)
    return households


def in_order(adjustment: dict[str, Any]) -> int:
    """The place of an adjustment among those of its household."""
    return int(adjustment["sequence"])


@pytest.mark.timeout(600)
def test_workers_are_started_again_drain_together_and_do_not_outlive_the_one_above(
    make_hub: Callable[..., LiveHub],
) -> None:
    hub = make_hub()
    hub.publish([record for family in FAMILIES[:HALF] for record in records_of(family)])
    above = hub.start_worker("-n", "2")
    wait_for(lambda: working(above, 2), WITHIN_S, "both work")
    first, second = pids(above)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(pids(above)) == 3, 30, "it is started again")
    assert ProcessId.of(second).alive(), "the other is left alone"
    hub.wait_quiet(WITHIN_S)
    assert len(begun(hub)) == HALF

    hub.publish([record for family in FAMILIES[HALF:] for record in records_of(family)])
    wait_for(lambda: len(begun(hub)) > HALF, WITHIN_S, "they are at it")
    took_s = drained_s(above)
    assert took_s < within_s(5), f"told to stop under load, they took {took_s:.1f} s"
    assert not any(ProcessId.of(pid).alive() for pid in pids(above))

    again = Worker(hub.settings_file, hub.folder / "again.log", "-n", "2", "--processors", "intake,register")
    other = Worker(hub.settings_file, hub.folder / "other.log", "--processors", "entitlement,settlement")
    hub.workers[:] = [again, other]
    wait_for(lambda: working(again, 1), WITHIN_S, "somebody works")
    assert "settlement: runs" not in again.said()
    hub.wait_quiet(WITHIN_S)
    closed = (date(2026, 4, 20), ControlEvent(type="PAY_RUN_CLOSED", month="2026-04"))
    hub.publish([closed])
    hub.wait_for_marker("2026-04", WITHIN_S)
    assert len(begun(hub)) == len(FAMILIES)
    stands = {
        each["household"]: each["after_fen"]
        for each in sorted(hub.said("benefits.adjustments"), key=in_order)
        if each["household"]
    }
    assert stands == {f"h:{family.name}": family.owed(STANDARD_FEN) for family in FAMILIES}

    again.kill()
    assert all(ProcessId.of(pid).gone(20) for pid in pids(again)), "whoever was below it ends too"
    other.stop()
