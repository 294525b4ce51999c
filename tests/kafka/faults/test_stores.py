"""Stores that were lost, cut off, mixed up, or know more than their changelog: the right money, or a refusal that helps."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kafka.faults.damage import cut_off, largest, put_in_place_of, refill, swap_partitions
from tests.kafka.faults.stage import AT_WORK_S, Stage
from tests.kafka.hub.live import wait_for
from tests.kafka.hub.raw import read

SETTINGS = {"sweep_budget": 20, "batch_records_max": 50}


def store(stage: Stage, processor: str, slot: int = 0) -> Path:
    """Where a worker keeps the store of a processor."""
    return stage.hub.data / "stores" / str(slot) / processor


def settled_stage(make_stage: Callable[..., Stage], seed: str, workers: int = 1) -> Stage:
    """All did the work; only the first stayed to the end, and holds everything."""
    stage = make_stage(seed, 60, **SETTINGS)
    for slot in range(workers):
        stage.start(slot)
    stage.load.open_up()
    for slot in range(workers):
        stage.wait_at_work(slot)
    stage.drain()
    for slot in range(1, workers):
        stage.leave(slot)
    stage.load.burst(20)
    stage.drain()
    return stage


def go_on(stage: Stage, cut: Path | None = None) -> str:
    """The worker works again, and there is work; what it said once all is right.

    Whether a store that was cut off can be opened is chance: where not, the worker says what to do, and that is done.
    """
    stage.load.burst(20)
    before = len(stage.hub.workers)
    worker = stage.start(0)
    if cut is not None:
        wait_for(
            lambda: not worker.running or f"{cut.name}: runs " in worker.said(), AT_WORK_S, "it neither works nor ends"
        )
        if not worker.running:
            assert f"the local store {cut} cannot be opened" in worker.said()
            shutil.rmtree(cut)
            stage.start(0)
    stage.load.burst(20)
    stage.check()
    return "".join(each.said() for each in stage.hub.workers[before:])


@pytest.mark.timeout(900)
def test_stores_that_are_lost_cut_off_or_mixed_up(make_stage: Callable[..., Stage]) -> None:
    stage = settled_stage(make_stage, "stores", workers=2)
    stage.kill(0)
    shutil.rmtree(store(stage, "register"))
    cut_off(largest(store(stage, "entitlement"), "*.log"))
    swap_partitions(store(stage, "settlement"), 0, 1)
    words = go_on(stage, cut=store(stage, "entitlement"))
    for partition in (0, 1):
        assert f"changelog.settlement.v1 partition {partition}: the local store is rebuilt: it is a copy of" in words

    stage.leave(0)
    put_in_place_of(store(stage, "register"), store(stage, "register", slot=1))
    put_in_place_of(store(stage, "entitlement"), store(stage, "settlement"))
    words = go_on(stage)
    assert "changelog.entitlement.v1 partition 0: the local store is rebuilt: it is a copy of" in words
    assert "changelog.register.v1 partition 0: the local store is rebuilt" not in words, "it is only old"


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_store_that_cannot_be_opened_is_named_with_what_to_do(make_stage: Callable[..., Stage]) -> None:
    stage = settled_stage(make_stage, "damaged")
    stage.leave(0)
    damaged = store(stage, "settlement")
    cut_off(largest(damaged, "*.sst"))
    stage.start(0)
    words = stage.ends_saying(0, f"the local store {damaged} cannot be opened")
    assert "remove the folder: it is made again from the changelog" in words
    shutil.rmtree(damaged)
    go_on(stage)


@pytest.mark.timeout(900)
def test_a_changelog_that_has_lost_its_end_is_never_guessed(make_stage: Callable[..., Stage]) -> None:
    """Neither from the store that is longer, nor from what is left: the worker stops until the changelog is whole again."""
    stage = settled_stage(make_stage, "shortened")
    stage.leave(0)
    stage.dismiss_onlookers()
    topic = stage.hub.topic("changelog.settlement")
    whole = read(stage.hub.bootstrap, topic)
    refill(stage.hub, "changelog.settlement", whole[: len(whole) // 2])
    stage.load.burst(20)
    for lost in (False, True):
        if lost:
            shutil.rmtree(store(stage, "settlement"))
        stage.start(0)
        stage.ends_saying(0, "it was lost or truncated. Nothing is guessed: rebuild the processor from its input")
    refill(stage.hub, "changelog.settlement", whole)
    stage.start(0)
    stage.load.burst(20)
    stage.compare()
