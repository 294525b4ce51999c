"""Worker processes that are killed, stopped and woken, and that share the work: each number counts once."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.settings import Settings
from tests.kafka.counting import until
from tests.kafka.slowness import within_s

ROOT = Path(__file__).parents[2]
KEYS = [f"k{number}" for number in range(40)]
COMMAND = [sys.executable, "-m", "tests.kafka.counting_worker"]
LONG_MS = 60_000
"""A transaction time-out long enough to look at what was left open."""


class Worker(subprocess.Popen[bytes]):
    """A worker process, and where it logs."""

    log: Path


@pytest.fixture
def start(bench, tmp_path):
    """Starts workers; none outlives the test."""
    started: list[Worker] = []

    def one(data="data", fault="", **settings):
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("wb") as output:
            process = Worker(
                [*COMMAND, bench.bootstrap, bench.namespace, str(tmp_path / data), json.dumps(settings)],
                cwd=ROOT,
                env=os.environ | {"HUB_FAULT": fault},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        process.log = log
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.wait()


@contextmanager
def transactions_of(bench):
    """Asks which transactions of this test are open."""
    settings = Settings(topic_prefix=bench.namespace)
    with administration(settings, bench.bootstrap) as admin:
        yield admin.open_transactions


def stalled(process):
    """Whether a worker has come to its fault."""
    assert process.poll() is None, process.log.read_text()
    return "HUB_FAULT: stall" in process.log.read_text()


@pytest.mark.parametrize("point", ["after_produce", "after_offsets", "after_commit"])
def test_a_worker_killed_inside_a_transaction(bench, start, point):
    """Half way through its work and with a lag it is killed; what it left open is never seen, and nothing is missing."""
    bench.send([(key, 1) for key in KEYS])
    first = start(fault=f"{point}:counting:3", transaction_timeout_ms=LONG_MS, batch_records_max=8)
    until(lambda: stalled(first))
    committed, uncommitted = bench.read("totals"), bench.read("totals", committed=False)
    with transactions_of(bench) as still_open:
        if point == "after_commit":
            assert still_open() == []
            assert len(committed) == len(uncommitted) == bench.committed()
        else:
            assert len(still_open()) == 1, "its transaction is open"
            assert len(uncommitted) > len(committed) == bench.committed(), "and has written what nobody may see yet"
        lag = bench.end() - bench.committed()
        assert 0 < lag < len(KEYS) + 1, "it had begun, and was not done"
        first.send_signal(signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        bench.send([(key, 1) for key in KEYS])

        second = start(transaction_timeout_ms=LONG_MS)
        until(bench.caught_up, within_s=60)
        assert still_open() == [], "the same slot has ended what was open"
    said = bench.read("totals")
    assert len(said) == 2 * len(KEYS)
    assert bench.totals() == dict.fromkeys(KEYS, 2)
    aborted = len(bench.read("totals", committed=False)) - len(said)
    assert (aborted > 0) == (point != "after_commit"), (
        "aborted records stay in the log, for readers of uncommitted data"
    )
    second.terminate()
    assert second.wait(10) == 0


def test_a_sweep_killed_midway_goes_on_where_it_was(bench, start):
    keys = [f"s{number}" for number in range(2000)]
    bench.send([(key, 1) for key in keys])
    bench.sweep()
    first = start(fault="after_produce:counting:40", sweep_budget=7, transaction_timeout_ms=LONG_MS)
    until(lambda: stalled(first))
    doubled = sum(1 for _, value, _, _ in bench.read("totals") if value[0] == "doubled")
    assert 0 < doubled < len(keys)
    first.send_signal(signal.SIGKILL)
    first.wait()
    start(sweep_budget=7, transaction_timeout_ms=LONG_MS)
    until(lambda: len(bench.read("totals")) >= 2 * len(keys), within_s=90)
    times = Counter(key for key, value, _, _ in bench.read("totals") if value[0] == "doubled")
    assert set(times.values()) == {1}
    assert bench.totals() == dict.fromkeys(keys, 2)


def test_two_workers_share_the_partitions(bench, start):
    """Each commits at least a fifth, on one data folder, in slots of their own."""
    workers = [start(batch_records_max=50), start(batch_records_max=50)]
    until(lambda: all("runs numbers" in one.log.read_text() for one in workers), within_s=60)
    for _ in range(10):
        bench.send([(key, 1) for key in KEYS] * 5)
        time.sleep(0.1)
    until(bench.caught_up)
    by_worker = Counter(value[2] for _, value, _, _ in bench.read("totals"))
    assert sorted(by_worker) == ["data/0", "data/1"]
    assert min(by_worker.values()) >= 2000 / 5
    assert sum(by_worker.values()) == 2000
    assert bench.totals() == dict.fromkeys(KEYS, 50)
    for one in workers:
        one.terminate()
    assert [one.wait(10) for one in workers] == [0, 0]


def test_the_other_worker_takes_over_from_one_that_is_killed(bench, start):
    """Killed with a transaction open; the other waits for the broker to abort it, and no longer."""
    first = start("one", fault="after_offsets:counting:2", batch_records_max=8)
    until(lambda: "runs numbers" in first.log.read_text())
    bench.send([(key, 1) for key in KEYS])
    until(lambda: stalled(first))
    second = start("two")
    until(lambda: "Starting" in second.log.read_text(), within_s=60)
    time.sleep(2)
    first.send_signal(signal.SIGKILL)
    first.wait()
    took_over_s = until(bench.caught_up, within_s=60)
    logging.getLogger(__name__).info("everything is committed %.2f s after the kill", took_over_s)
    assert took_over_s < within_s(15)
    assert len(bench.read("totals")) == len(KEYS)
    assert bench.totals() == dict.fromkeys(KEYS, 1)


def test_a_worker_that_was_stopped_and_comes_back_writes_nothing(bench, start):
    """SIGSTOP with a transaction in hand, another takes over, SIGCONT: the first is refused, and nothing is twice."""
    first = start("one", fault="after_produce:counting:2", batch_records_max=8)
    until(lambda: "runs numbers" in first.log.read_text())
    bench.send([(key, 1) for key in KEYS])
    until(lambda: stalled(first))
    first.send_signal(signal.SIGSTOP)
    start("two")
    until(bench.caught_up, within_s=60)
    first.send_signal(signal.SIGCONT)
    first.terminate()  # wakes the stalled thread, which goes on with its transaction
    assert first.wait(20) != 0
    assert "twice" in first.log.read_text(), "it says why it ended"
    assert len(bench.read("totals")) == len(KEYS)
    assert bench.totals() == dict.fromkeys(KEYS, 1)


def test_a_broken_invariant_ends_the_process(bench, start):
    bench.send([("k1", 1), ("k1", -1)])
    worker = start()
    assert worker.wait(30) != 0, "a dead thread in a living worker would say nothing"
    assert "counting stopped at numbers partition" in worker.log.read_text()
    assert bench.read("totals") == []
