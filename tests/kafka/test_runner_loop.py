"""What a processor tells itself is read with its input, and comes once, whatever is taken from it in between."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.cimpl import NewTopic
from kafka import KafkaAdminClient
from kafka import TopicPartition as Place
from kafka.errors import NoError

from benefit_hub.client.progress import Progress
from benefit_hub.runtime import runner as runner_module
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.faults import Fault, InjectedAbort
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import HubError, InvariantBroken
from tests.kafka.counting import PARTITIONS, Bench, host, running, until
from tests.kafka.looping import KEYS, LOOPING

ROOT = Path(__file__).parents[2]
HOPS = 5
VISITS = HOPS + 1
"""How often each key is visited when every key is sent the number HOPS."""
WITHOUT_LOOP = msgspec.structs.replace(LOOPING, loop=None)


@pytest.fixture
def bench(kafka, namespace):
    made = Bench(kafka.bootstrap, namespace, LOOPING)
    made.create()
    return made


@pytest.fixture
def made(bench, tmp_path):
    """Makes hosts; each has a data folder of its own, as on machines of their own."""
    return lambda name="one", **more: host(bench.bootstrap, bench.namespace, tmp_path / name, processor=LOOPING, **more)


@pytest.fixture
def start(bench, tmp_path):
    """Starts worker processes; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def one(fault="", **settings):
        log = tmp_path / f"worker-{len(started)}.log"
        command = [sys.executable, "-m", "tests.kafka.counting_worker", bench.bootstrap, bench.namespace]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, str(tmp_path / "data"), json.dumps(settings), LOOPING.name],
                cwd=ROOT,
                env=os.environ | {"HUB_FAULT": fault},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return process, log

    yield one
    for process in started:
        process.kill()
        process.wait()


def send(bench):
    """One more number for every key."""
    bench.send([(key, HOPS) for key in KEYS])


def visited(bench, rounds):
    """Every key was visited so often, and each visit was told once: the first from the input, the others over the loop."""
    assert bench.totals() == dict.fromkeys(KEYS, rounds * VISITS)
    told = Counter(value[0] for _, value, _, _ in bench.read("totals"))
    assert told == {"numbers": rounds * len(KEYS), "rounds": rounds * len(KEYS) * HOPS}


def test_what_it_tells_itself_comes_once_over_restarts(bench, made):
    for round_ in range(1, 4):
        send(bench)
        with running(made(), LOOPING):
            until(bench.caught_up)
        visited(bench, round_)


@pytest.mark.parametrize("point", ["after_produce", "after_offsets", "after_commit"])
def test_a_worker_killed_with_its_loop_in_hand(bench, start, point):
    """It is killed in a transaction that reads from both topics and writes to both."""
    send(bench)
    first, log = start(f"{point}:looping:6", transaction_timeout_ms=60_000, batch_records_max=8)
    until(lambda: "HUB_FAULT: stall" in log.read_text())
    assert 0 < bench.committed() < len(KEYS) * VISITS
    assert bench.count("rounds"), "something has gone round, and more would have"
    first.send_signal(signal.SIGKILL)
    first.wait()
    start(transaction_timeout_ms=60_000)
    until(bench.caught_up, within_s=60)
    visited(bench, 1)
    aborted = bench.count("totals", committed=False) - bench.count("totals")
    assert (aborted > 0) == (point != "after_commit")


def test_a_loop_goes_where_its_partition_goes(bench, made):
    """A second worker comes and goes while numbers are on their way round; each takes its own partitions of both topics."""
    with running(made("one"), LOOPING) as first:
        send(bench)
        for round_ in range(2, 6):
            with running(made("two"), LOOPING) as second:
                until(lambda: [len(each.runner.assigned) for each in (first, second)] == [2, 2])
                send(bench)
                until(bench.caught_up)
                assert second.runner.progress.records > 0
            until(lambda: len(first.runner.assigned) == PARTITIONS)
            visited(bench, round_)
        by_worker = Counter(value[2] for _, value, _, _ in bench.read("totals") if value[0] == "rounds")
        assert set(by_worker) == {"one/0", "two/0"}


def test_a_worker_that_was_silent_for_too_long_takes_both_topics_up_again(bench, start):
    """It holds nothing open while it sleeps, so it may come back: what it lost and is given again is read where it stood."""
    send(bench)
    worker, log = start()
    until(bench.caught_up, within_s=60)
    worker.send_signal(signal.SIGSTOP)
    time.sleep(9)
    send(bench)
    worker.send_signal(signal.SIGCONT)
    until(bench.caught_up, within_s=60)
    visited(bench, 2)
    assert worker.poll() is None, log.read_text()
    assert "were lost to others" in log.read_text()


def test_numbers_on_their_way_round_survive_workers_that_come_and_go(bench, made):
    """Nobody waits for anything: the partitions move in the middle of it."""
    with running(made("one", batch_records_max=4), LOOPING) as first:
        until(lambda: len(first.runner.assigned) == PARTITIONS)
        for _ in range(3):
            send(bench)
            with running(made("two", batch_records_max=4), LOOPING) as second:
                until(lambda: second.runner.progress.records > 0)
        until(bench.caught_up)
    visited(bench, 3)


def test_a_store_that_is_gone_is_made_again(bench, made, tmp_path):
    send(bench)
    with running(made(), LOOPING):
        until(bench.caught_up)
    shutil.rmtree(tmp_path / "one" / "stores")
    send(bench)
    with running(made(), LOOPING):
        until(bench.caught_up)
    visited(bench, 2)


class Failing(Fault):
    """Every transaction fails from the second to the sixth: more often than it is tried again from memory."""

    def reach(self, point, processor, transaction, stop):
        """Fail."""
        del processor, stop
        if point == "after_produce" and 2 <= transaction <= 6:
            raise InjectedAbort("asked for")


def test_both_topics_are_read_again_after_failures(bench, made):
    send(bench)
    with running(made(fault=Failing("", "", -1, "")), LOOPING) as found:
        until(bench.caught_up)
        assert found.runner.progress.aborted == 5
    visited(bench, 1)


@pytest.mark.parametrize("kept", [True, False], ids=["its store is there", "its store is gone"])
def test_a_processor_that_had_no_loop_goes_on_with_one(bench, made, tmp_path, kept):
    """What an earlier release left behind says nothing of the loop: it is read from its beginning."""
    bench.send([(key, 0) for key in KEYS])
    with running(made(), WITHOUT_LOOP):
        until(lambda: bench.committed() == bench.end())
    marks = [raw for address, raw, _, _ in bench.read(LOOPING.changelog) if address == b"\0mark"]
    assert marks
    assert all(isinstance(mark, int) for mark in marks)
    if not kept:
        shutil.rmtree(tmp_path / "one" / "stores")
    send(bench)
    with running(made(), LOOPING):
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 1 + VISITS)


def test_positions_that_the_brokers_forgot_are_told_again(bench, made, monkeypatch):
    """They forget what stands still in a topic that nobody subscribes to. A restart meanwhile loses nothing."""
    send(bench)
    with running(made(), LOOPING):
        until(bench.caught_up)
        with closing(KafkaAdminClient(bootstrap_servers=bench.bootstrap)) as admin:
            loop = [Place(bench.name("rounds"), number) for number in range(PARTITIONS)]
            assert set(admin.delete_group_offsets(f"{bench.namespace}hub.looping", loop).values()) == {NoError}
        assert not bench.caught_up()
    monkeypatch.setattr(runner_module, "FRESH_S", 1.0)
    with running(made(), LOOPING):
        until(bench.caught_up)
    visited(bench, 1)


def test_records_of_the_loop_that_were_deleted_unread_stop_the_worker(bench, made):
    send(bench)
    fault = Fault("after_commit", "looping", 1, "abort")
    with running(made(fault=fault), LOOPING) as found:
        until(lambda: bench.count("rounds") > 0)
        found.end()
    ends = [TopicPartition(bench.name("rounds"), number, -1) for number in range(PARTITIONS)]
    for future in bench.admin.delete_records(ends).values():
        future.result(10)
    told = pytest.raises(InvariantBroken, match=r"rounds partition \d.*deleted before they were processed")
    with told, running(made(), LOOPING) as found:
        found.ended()


@pytest.mark.parametrize("topic", ["rounds", LOOPING.changelog])
def test_what_is_read_together_has_the_same_number_of_partitions(bench, made, topic):
    name = bench.name(topic)
    bench.admin.delete_topics([name])[name].result(20)
    until(lambda: name not in bench.admin.list_topics(timeout=10).topics)
    bench.admin.create_topics([NewTopic(name, PARTITIONS + 1, 1)])[name].result(20)
    until(lambda: name in bench.admin.list_topics(timeout=10).topics)
    with pytest.raises(HubError, match=f"{name} has {PARTITIONS + 1}"), running(made(), LOOPING) as found:
        found.ended()


def test_what_is_on_the_loop_counts_as_behind(bench, made):
    """One number is on its way round, and the worker has stopped."""
    bench.send([("k0", 2)])
    with running(made(), LOOPING):
        until(lambda: bench.count("rounds") == 2)
        until(bench.caught_up)
    bench.producer.produce(bench.name("rounds"), msgspec.msgpack.encode(0), "k0")
    bench.flush()
    settings = Settings(topic_prefix=bench.namespace)
    with administration(settings, bench.bootstrap) as admin:
        lags = admin.lag([settings.group("looping")])
        assert [(one.topic, one.records) for one in lags if one.records] == [(bench.name("rounds"), 1)]
    counts = dict.fromkeys(LOOPING.reads, PARTITIONS)
    with Progress(settings, bench.bootstrap, counts) as progress:
        assert progress.behind({"looping": LOOPING.reads}) == {"looping": 1}
