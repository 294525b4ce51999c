"""Told to stop in the middle of a rebalance: nobody has to be asked, and nobody is waited for."""

import logging
import time

import pytest
from confluent_kafka import Consumer, ConsumerGroupState

from tests.kafka.counting import until
from tests.kafka.slowness import within_s
from tests.kafka.test_pace import begun
from tests.kafka.test_runner_crash import start

__all__ = ["start"]

log = logging.getLogger(__name__)

HEARD_S = 3
"""Within so long a worker has heard of a rebalance, and has asked to join again: heartbeats go out each second."""


@pytest.fixture
def joined(bench):
    """Somebody who can join the group, and never polls: what he is given he never takes, nor does he join again."""
    settings = {"group.id": group(bench), "partition.assignment.strategy": "cooperative-sticky"}
    made = Consumer({"bootstrap.servers": bench.bootstrap} | settings)
    yield made
    made.close()


def group(bench):
    """The group of the workers."""
    return f"{bench.namespace}hub.counting"


def waits(bench):
    """Whether the group waits for somebody to join."""
    told = bench.admin.describe_consumer_groups([group(bench)])[group(bench)].result(30)
    return told.state == ConsumerGroupState.PREPARING_REBALANCING


@pytest.mark.timeout(600)
def test_told_to_stop_while_the_group_waits_for_somebody_a_worker_drains(bench, start, joined):
    keys = [f"k{number}" for number in range(40)]
    worker = start()
    until(lambda: begun(worker), within_s=180)
    bench.send([(key, 1) for key in keys])
    until(bench.caught_up)
    joined.subscribe([bench.name("numbers")])
    until(lambda: waits(bench))
    time.sleep(HEARD_S)
    assert waits(bench)
    since = time.monotonic()
    worker.terminate()
    assert worker.wait(60) == 0, worker.log.read_text()
    took_s = time.monotonic() - since
    log.info("drained in %.1f s", took_s)
    assert took_s < within_s(5)
    assert "leaves its group in the middle of a rebalance" in worker.log.read_text()
    assert bench.totals() == dict.fromkeys(keys, 1)
