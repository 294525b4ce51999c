"""The broker killed and started again under load, again and again: workers wait, say for what, and go on."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.cluster.length import ROUNDS, SEED, limit_s
from tests.kafka.cluster.words import check_endings, wait_until_caught_up, wait_until_said
from tests.kafka.faults.stage import Stage, staged

log = logging.getLogger(__name__)

SLOTS = (0, 1)
KILLS = 1 + ROUNDS


@pytest.fixture
def stage(own_kafka: LocalKafka, namespace: str, tmp_path: Path) -> Iterator[Stage]:
    with staged(own_kafka.bootstrap, namespace, tmp_path, seed=f"broker {SEED}", people=100, sweep_budget=20) as found:
        yield found


@pytest.mark.timeout(limit_s(120))
def test_the_broker_killed_under_load(own_kafka: LocalKafka, stage: Stage) -> None:
    log.info("HUB_SOAK_SEED=%s", SEED)
    chance = Random(SEED)
    for slot in SLOTS:
        stage.start(slot)
    stage.load.open_up()
    for slot in SLOTS:
        stage.wait_at_work(slot)
    for _ in range(KILLS):
        stage.load.burst(40)
        with stage.load.going_on(per_second=20):
            time.sleep(chance.uniform(0.05, 0.6))
            own_kafka.broker.kill()
            said_after_s = wait_until_said(stage, own_kafka.bootstrap)
            time.sleep(chance.uniform(0, 3))
            own_kafka.broker.start()
        caught_up_after_s = wait_until_caught_up(stage)
        log.info("said for what they wait after %.1f s; caught up after %.1f s", said_after_s, caught_up_after_s)
    stage.check()
    check_endings(stage)
