"""Three nodes: one may go, whichever it is. With two gone the hub waits, says for whom, and loses nothing."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka.cluster.length import SEED, limit_s
from tests.kafka.cluster.nodes import NUMBERS, Nodes
from tests.kafka.cluster.words import check_endings, wait_until_caught_up, wait_until_said
from tests.kafka.faults.stage import Stage, staged

log = logging.getLogger(__name__)

SLOTS = (0, 1)
ALONE_S = 8.0
"""How long one node is left alone: longer than the session of a worker."""


@pytest.fixture
def stage(nodes: Nodes, namespace: str, tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "hub"
    folder.mkdir()
    settings = {"replication_factor": len(NUMBERS), "sweep_budget": 20}
    with staged(nodes.bootstrap, namespace, folder, seed=f"nodes {SEED}", people=100, **settings) as found:
        yield found


def busiest(nodes: Nodes, stage: Stage) -> int:
    """The node whose loss is felt most: it leads what settlement reads, or has to say whether settlement has committed."""
    return nodes.leader(stage.hub.topic("claims"), 0)


@pytest.mark.timeout(limit_s(120))
def test_a_leader_is_lost_then_a_second_node_and_both_come_back(nodes: Nodes, stage: Stage) -> None:
    for slot in SLOTS:
        stage.start(slot)
    stage.load.open_up()
    for slot in SLOTS:
        stage.wait_at_work(slot)

    stage.load.burst(40)
    with stage.load.going_on(per_second=20):
        first = busiest(nodes, stage)
        nodes.all[first].kill()
        time.sleep(1)
    log.info("node %d is lost; the other two have all after %.1f s", first, wait_until_caught_up(stage))

    stage.load.burst(40)
    second = nodes.coordinator("__transaction_state", transactional_id(stage, "settlement", 0))
    nodes.all[second].kill()
    waited_s = wait_until_said(stage, nodes.all[second].bootstrap)
    log.info("node %d is lost too; the workers say so after %.1f s", second, waited_s)
    shown = set(stage.witnesses[0].seen)
    time.sleep(ALONE_S)
    assert shown == set(stage.witnesses[0].seen), "what one node alone has is not agreed, and is shown to nobody"
    stage.tend()

    nodes.start([first, second])
    stage.look_anew()
    log.info("both are back; all is worked off after %.1f s", wait_until_caught_up(stage))
    stage.load.burst(40)
    stage.check()
    check_endings(stage)


def transactional_id(stage: Stage, processor: str, slot: int) -> str:
    """By what the brokers know the producer of a processor in a slot."""
    return f"{stage.hub.prefix}hub.{processor}.{stage.opened.folder.identity()}.{slot}"
