"""A worker whose step hangs ends itself and says where; one that is idle, must not read on, or has no brokers, waits."""

import time

import pytest
from confluent_kafka import Producer

from tests.kafka.counting import Bench, until
from tests.kafka.test_runner_crash import start

__all__ = ["start"]

LIMIT = {"stalled_after_ms": 6_000, "transaction_timeout_ms": 3_000}
LONGER_S = 6.0 + 2 * 1.5 + 1.0
"""The limit, two looks, and a moment."""


@pytest.fixture
def bench(own_kafka, namespace):
    made = Bench(own_kafka.bootstrap, namespace)
    made.create()
    return made


def begun(worker):
    """Whether a worker has its partitions; fails where it has ended."""
    assert worker.poll() is None, worker.log.read_text()
    return "runs numbers" in worker.log.read_text()


def test_a_worker_whose_step_hangs_ends_itself_and_says_where(bench, start):
    worker = start(**LIMIT)
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


@pytest.mark.timeout(400)
def test_one_that_must_not_read_on_or_has_no_brokers_waits_and_goes_on(bench, start, own_kafka):
    worker = start(**LIMIT)
    until(lambda: begun(worker), within_s=60)
    settings = {"transactional.id": f"{bench.namespace}department", "transaction.timeout.ms": 120_000}
    department = Producer({"bootstrap.servers": bench.bootstrap} | settings)
    department.init_transactions(30)
    department.begin_transaction()
    for number in range(40):
        department.produce(bench.name("numbers"), b"\x01", f"k{number}")
    assert department.flush(30) == 0
    time.sleep(LONGER_S)
    assert worker.poll() is None, "what is not committed cannot be read, and nobody hangs"
    assert bench.read("totals") == []
    department.commit_transaction(30)
    until(lambda: len(bench.read("totals")) == 40)

    own_kafka.broker.stop()
    until(lambda: "the brokers do not answer" in worker.log.read_text(), within_s=60)
    time.sleep(LONGER_S)
    assert worker.poll() is None, "brokers that are away are waited for"
    own_kafka.broker.start()
    bench.send([("k1", 1)])
    until(lambda: len(bench.read("totals")) == 41, within_s=60)
    assert worker.log.read_text().count("the brokers do not answer") == 1, "it is said once"
    until(lambda: "the brokers answer again" in worker.log.read_text(), within_s=60)
    worker.terminate()
    assert worker.wait(15) == 0
