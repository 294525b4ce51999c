"""A worker that is idle, that must not read on, or that has no brokers does not hang: it waits, and goes on."""

import time

import pytest
from confluent_kafka import Producer

from tests.kafka.counting import Bench, until
from tests.kafka.test_pace import begun
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


@pytest.mark.soak
@pytest.mark.timeout(400)
def test_a_worker_that_must_not_read_on_or_has_no_brokers_waits_and_goes_on(bench, start, own_kafka):
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
