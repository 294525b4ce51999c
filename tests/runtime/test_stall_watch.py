"""What the watch sees of runners and of the view, with brokers and a clock that a test holds."""

from concurrent.futures import Future
from pathlib import Path
from threading import get_ident
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from benefit_hub.runtime import stall_watch
from benefit_hub.runtime.backlog import Lag
from benefit_hub.runtime.progress import Followed, Progress, Restored, Standing
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.stall_watch import StallWatch
from benefit_hub.runtime.transactions import WorkerMustEnd
from tests.kafka.counting import COUNTING

NUMBERS, RECEIPTS = ("hub.numbers.v1", 0), ("hub.receipts.v1", 0)
LOOK_S = 2.0
LIMIT_S = 60.0


class Brokers:
    """Where partitions end; without ends they do not answer."""

    def __init__(self):
        self.ends = {NUMBERS: 0, RECEIPTS: 0}

    def __call__(self, *_, **__):
        return self

    def list_offsets(self, asked, **_):
        told: dict[Any, Future[Any]] = {}
        for place in asked:
            told[place] = Future()
            if self.ends is None:
                told[place].set_exception(KafkaException(KafkaError(KafkaError._TIMED_OUT, "no answer")))
            else:
                told[place].set_result(SimpleNamespace(offset=self.ends[place.topic, place.partition]))
        return told


@pytest.fixture
def brokers():
    return Brokers()


@pytest.fixture
def runner():
    """A runner that has not begun."""
    return SimpleNamespace(
        name="counting",
        processor=COUNTING,
        progress=Progress(),
        standing=Standing(),
        origins=0,
        assigned={},
        thread=get_ident(),
    )


@pytest.fixture
def followed():
    return Followed()


@pytest.fixture
def looking(brokers, runner, followed, monkeypatch):
    """Looks for so many seconds; the watch."""
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(stall_watch, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(stall_watch, "listens", lambda _: True)
    host: Any = SimpleNamespace(
        settings=Settings(data=Path("nowhere"), bootstrap="nowhere"),
        bootstrap="nowhere",
        names={"numbers": NUMBERS[0], "receipts": RECEIPTS[0]},
        client=dict,
        outside=SimpleNamespace(admin=brokers),
    )
    watch = StallWatch(host, [runner], followed)

    def look(seconds):
        for _ in range(int(seconds / LOOK_S)):
            clock.now += LOOK_S
            watch.look()
        return watch

    return look


def test_a_runner_that_hangs_before_its_first_turn_ends_the_worker(looking):
    looking(LIMIT_S - LOOK_S)
    with pytest.raises(
        WorkerMustEnd, match=r"counting hangs: it has not begun, the brokers answer, .* Its thread is at"
    ):
        looking(3 * LOOK_S)


def test_a_runner_that_cannot_begin_without_brokers_waits_for_them(looking, brokers):
    brokers.ends = None
    watch = looking(3 * LIMIT_S)
    assert (watch.brokers_answer, watch.silent_s) == (False, {"counting": 0})
    brokers.ends = {NUMBERS: 0}
    assert looking(LIMIT_S / 2).brokers_answer


def test_brokers_that_go_before_anything_was_assigned_are_missed(looking, brokers, runner, monkeypatch):
    monkeypatch.setattr(stall_watch, "listens", lambda _: brokers.ends is not None)
    brokers.ends = None
    runner.progress.turns += 1
    watch = looking(LOOK_S)
    assert (watch.brokers_answer, watch.missing) == (False, ["nowhere"])


def test_a_restore_that_takes_long_is_no_stall(looking, runner):
    runner.assigned = {NUMBERS: False}
    for number in range(int(3 * LIMIT_S / LOOK_S)):
        runner.progress.turns += 1
        runner.standing = Standing(restoring={0: Restored(100 * number, 1_000_000)})
        assert looking(LOOK_S).silent_s["counting"] == 0
    with pytest.raises(WorkerMustEnd, match="counting hangs: 0 records wait"):
        looking(LIMIT_S + 3 * LOOK_S)


def test_how_far_the_view_is_behind_stands_beside_the_runners(looking, brokers, runner, followed):
    """A view that is behind hangs nobody: what is committed does not wait for it."""
    runner.standing, runner.assigned = Standing({NUMBERS: 7}), {NUMBERS: True}
    followed.positions = {RECEIPTS: 4}
    brokers.ends = {NUMBERS: 7, RECEIPTS: 10}
    watch = looking(LOOK_S)
    for _ in range(int(2 * LIMIT_S / LOOK_S)):
        runner.progress.turns += 1
        looking(LOOK_S)
    assert watch.lags == {"counting": {NUMBERS: Lag(0, 0.0)}, "view": {RECEIPTS: Lag(6, 2 * LIMIT_S)}}
    followed.positions = {RECEIPTS: 10}
    runner.progress.turns += 1
    assert looking(LOOK_S).lags["view"] == {RECEIPTS: Lag(0, 0.0)}
