"""How a runner keeps pace: at once or in large batches, in bounded memory; it drains in a sweep, and ends where a step hangs."""

import logging
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition
from msgspec import structs

from benefit_hub.bench.machine import memory_mib
from tests.kafka.counting import COUNTING, PARTITIONS, SWEEP, TOTALS, host, resume, running, until
from tests.kafka.slowness import within_s
from tests.kafka.test_runner_crash import start

__all__ = ["start"]

log = logging.getLogger(__name__)

RECORDS = 40_000
HEAVY = 25_000
CARGO = b"x" * 4_096
MIB = 1024 * 1024
SLOW_S = 0.006
PATIENT: dict[str, Any] = {"transaction_timeout_ms": 60_000, "session_timeout_ms": 60_000}
"""A machine that is busy with something else does not end a runner."""
BOUNDED = PATIENT | {"batch_records_max": 1_000, "prefetch_records": 2_000}


@contextmanager
def reading(bench, topic):
    """Shows what was committed to a topic, as soon as it is."""
    settings = {"group.id": f"{bench.namespace}prompt", "isolation.level": "read_committed", "fetch.wait.max.ms": 10}
    made = Consumer({"bootstrap.servers": bench.bootstrap} | settings)
    made.assign([TopicPartition(bench.name(topic), number, 0) for number in range(PARTITIONS)])
    try:
        yield made
    finally:
        made.close()


def seen_s(bench, reader, key):
    """How long it takes until a number that is sent now has been shown, or what came of it."""
    begun = time.monotonic()
    bench.send([(key, 1)])
    while (message := reader.poll(0.5)) is None or message.key() != key.encode():
        assert time.monotonic() - begun < 60
    return time.monotonic() - begun


def test_a_record_that_comes_alone_is_committed_at_once(bench, tmp_path):
    """From sent to seen, held against how long a record takes that nobody processes: the machine may be busy."""
    keys = [f"k{number}" for number in range(21)]
    with reading(bench, "numbers") as reader:
        plain_s = median(seen_s(bench, reader, key) for key in keys)
    patient = host(bench.bootstrap, bench.namespace, tmp_path / "data", **PATIENT)
    with running(patient) as found, reading(bench, "totals") as reader:
        until(bench.caught_up)
        before = list(found.runner.progress.batch_records.counts)
        took_s = median(seen_s(bench, reader, f"then-{key}") for key in keys)
        until(lambda: found.runner.progress.batch_records.sum == 2 * len(keys))
        alone = found.runner.progress.batch_records.counts[1] - before[1]
    log.info("from sent to seen: median %.0f ms, without the runner %.0f ms", took_s * 1000, plain_s * 1000)
    assert alone == len(keys), "each in a transaction of its own"
    assert took_s < 0.1 + 10 * plain_s


def test_batches_grow_with_the_backlog(bench, tmp_path):
    bench.send([(f"k{number % 500}", 1) for number in range(RECORDS)])
    patient = host(bench.bootstrap, bench.namespace, tmp_path / "data", batch_target_ms=10_000, **PATIENT)
    with running(patient) as found:
        until(bench.caught_up, within_s=120)
        done = found.runner.progress
    assert done.records == RECORDS
    assert done.batch_records.sum == RECORDS
    assert sum(done.batch_records.counts[-3:]) > 0, "there were transactions of more than 2,000 records"
    assert done.transactions < RECORDS / 256, "fewer than if all had been as small as the first"


@pytest.mark.timeout(500)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
def test_memory_does_not_grow_with_the_backlog(bench, start):
    """98 MiB wait, in headers, which the client does not count; what a worker fetches ahead is bounded, and so is a batch."""
    worker = start(**BOUNDED)
    bench.send([("k1", 1)])
    until(lambda: bench.committed() > 0, within_s=60)
    (idle,) = memory_mib([worker.pid])
    worker.terminate()
    assert worker.wait(15) == 0
    for number in range(HEAVY):
        bench.producer.produce(bench.name("numbers"), b"\x01", f"k{number % 500}", headers={"cargo": CARGO})
        if number % 1_000 == 0:
            bench.producer.poll(0.1)
    bench.flush()
    worker = start(**BOUNDED)
    until(bench.caught_up, within_s=300)
    (peak,) = memory_mib([worker.pid])
    grown = peak - idle
    log.info("idle %.0f MiB, with a backlog of %d MiB %.0f MiB more", idle, HEAVY * len(CARGO) // MIB, grown)
    assert grown < HEAVY * len(CARGO) / MIB / 2


def test_told_to_stop_in_a_sweep_it_drains(bench, start):
    keys = [f"s{number}" for number in range(2_000)]
    bench.send([(key, 1) for key in keys])
    worker = start(sweep_budget=1, **PATIENT)
    until(bench.caught_up, within_s=60)
    bench.sweep()
    until(lambda: any(value[0] == "doubled" for _, value, _, _ in bench.read("totals")), within_s=60)
    begun = time.monotonic()
    worker.terminate()
    assert worker.wait(30) == 0
    took_s = time.monotonic() - begun
    doubled = sum(value[0] == "doubled" for _, value, _, _ in bench.read("totals"))
    log.info("drained in %.1f s, %d of %d keys swept", took_s, doubled, len(keys))
    assert took_s < within_s(5)
    assert doubled < len(keys), "it was in the middle"


def slowly(state, budget, env):
    """Double so many totals, each of which takes a while."""
    time.sleep(SLOW_S * len(state.keys(TOTALS, state.get(SWEEP, "cursor"), budget)))
    return resume(state, budget, env)


@pytest.mark.timeout(500)
def test_a_sweep_takes_no_more_at_a_time_than_the_broker_waits_for(bench, tmp_path):
    """All keys at once would take twice as long as a transaction may last."""
    settings: dict[str, Any] = {"transaction_timeout_ms": 6_000, "batch_target_ms": 500}
    keys = [f"s{number}" for number in range(2 * int(6.0 / SLOW_S))]
    made = host(bench.bootstrap, bench.namespace, tmp_path / "data", **settings)
    bench.send([(key, 1) for key in keys])
    with running(made, structs.replace(COUNTING, resume=slowly)) as found:
        until(bench.caught_up, within_s=60)
        bench.sweep()
        until(lambda: sum(value[0] == "doubled" for _, value, _, _ in bench.read("totals")) == len(keys), within_s=300)
        spread = found.runner.progress.batch_s
        longest = max(at for at, count in enumerate(spread.counts) if count)
        before = sum(found.runner.progress.batch_records.counts[4:])
        bench.send([(key, 1) for key in keys])
        until(bench.caught_up, within_s=60)
        done = found.runner.progress
    assert longest < len(spread.bounds), "no transaction took longer than the last bound"
    assert done.aborted == 0
    assert sum(done.batch_records.counts[4:]) > before, "a slow sweep does not make batches of records small"


def begun(worker):
    """Whether a worker has its partitions; fails where it has ended."""
    assert worker.poll() is None, worker.log.read_text()
    return "runs numbers" in worker.log.read_text()


def test_a_worker_whose_step_hangs_ends_itself_and_says_where(bench, start):
    worker = start(stalled_after_ms=6_000, transaction_timeout_ms=3_000)
    until(lambda: begun(worker), within_s=60)
    bench.send([("k1", 1)])
    until(bench.caught_up)
    bench.send([("k1", -4), ("k1", 1)])
    assert worker.wait(60) == 1, "its supervisor is to start it again"
    told = worker.log.read_text()
    assert "counting hangs: 2 records wait, the brokers answer, and nothing was committed for" in told
    assert "counting.py line" in told
    assert "(_break)" in told
    assert len(bench.read("totals")) == 1
