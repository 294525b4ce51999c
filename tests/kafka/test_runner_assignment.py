"""Partitions that come, go and come back: each goes on exactly where it was left, by whomever."""

import shutil
from threading import Event

import pytest

from benefit_hub.runtime.changelog import Restorer
from tests.kafka.counting import COUNTING, PARTITIONS, Bench, host, running, until

KEYS = [f"k{number}" for number in range(40)]


@pytest.fixture
def made(bench, tmp_path):
    """Makes hosts; each has a data folder of its own, as on machines of their own."""
    return lambda name, **more: host(bench.bootstrap, bench.namespace, tmp_path / name, **more)


def owned(*runners):
    """How many partitions each runner owns and works on."""
    return [len(one.runner.assigned) for one in runners]


def test_a_partition_that_was_away_goes_on_where_the_other_left_it(bench, made):
    """After a pause, or a seek to a position of its own, a client would skip what came meanwhile, or give it twice."""
    with running(made("one")) as first:
        bench.send([(key, 1) for key in KEYS])
        until(bench.caught_up)
        for round_ in range(2, 6):
            with running(made("two")) as second:
                until(lambda: owned(first, second) == [2, 2])
                bench.send([(key, 1) for key in KEYS])
                until(bench.caught_up)
                assert second.runner.progress.records > 0
            until(lambda: owned(first) == [PARTITIONS])
            assert {total for key, total in bench.totals().items() if key in KEYS} == {round_}
            bench.send([("between", 1)])
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 5) | {"between": 4}
    assert len(bench.read("totals")) == 5 * len(KEYS) + 4


def test_a_partition_may_be_taken_away_while_it_is_being_restored(bench, made, monkeypatch, tmp_path):
    bench.send([(f"r{number}", 1) for number in range(4000)])
    with running(made("one")):
        until(bench.caught_up)
    shutil.rmtree(tmp_path / "one" / "stores")
    bench.send([(key, 1) for key in KEYS])
    at_ease = Event()
    as_it_is = Restorer.advance

    def slowly(restorer, limit, wait_s):
        if not at_ease.wait(0.05):
            limit = 1
        return as_it_is(restorer, limit, wait_s)

    monkeypatch.setattr(Restorer, "advance", slowly)
    with running(made("one")) as first:
        until(lambda: len(first.runner.assigned) == PARTITIONS)
        assert not any(first.runner.assigned.values())
        with running(made("two")) as second:
            until(lambda: len(second.runner.assigned) == 2)
            assert not any(first.runner.assigned.values()), "the first is still restoring"
            at_ease.set()
            until(bench.caught_up)
    assert set(bench.totals().values()) == {1}
    assert len(bench.read("totals")) == 4000 + len(KEYS)
    assert bench.count(COUNTING.changelog) >= 4000 + len(KEYS)


def test_a_broker_that_is_killed_and_comes_back(own_kafka, namespace, tmp_path):
    bench = Bench(own_kafka.bootstrap, namespace)
    bench.create()
    with running(host(own_kafka.bootstrap, namespace, tmp_path / "one")) as first:
        bench.send([(key, 1) for key in KEYS])
        until(bench.caught_up)
        own_kafka.broker.kill()
        for key in KEYS:
            bench.produce(key, 1)
        own_kafka.broker.start()
        bench.flush()
        until(bench.caught_up, within_s=60)
        assert first.trouble is None
    assert bench.totals() == dict.fromkeys(KEYS, 2)
    assert len(bench.read("totals")) == 2 * len(KEYS)
