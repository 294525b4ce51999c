"""The runner on a real Kafka: once, whatever is taken from it in between."""

import shutil
from collections import Counter

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.cimpl import NewTopic

from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.faults import Fault
from benefit_hub.runtime.stores import Mark, Memory, ProcessorStore
from benefit_hub.values.errors import HubError, InvariantBroken
from tests.kafka.counting import COUNTING, PARTITIONS, Bench, host, running, until

KEYS = [f"k{number}" for number in range(40)]


@pytest.fixture
def made(bench, tmp_path):
    """Makes hosts on one data folder."""
    return lambda slot=0, **more: host(bench.bootstrap, bench.namespace, tmp_path / "data", slot, **more)


def test_every_number_counts_once_over_restarts(bench, made):
    for round_ in range(1, 4):
        bench.send([(key, 1) for key in KEYS] * 5)
        with running(made()):
            until(bench.caught_up)
        assert bench.totals() == dict.fromkeys(KEYS, 5 * round_)
    assert len(bench.read("totals")) == 3 * 5 * len(KEYS)


def test_a_store_that_is_gone_is_made_again_from_the_changelog(bench, made, tmp_path):
    bench.send([(key, 2) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    shutil.rmtree(tmp_path / "data" / "stores")
    bench.send([(key, 1) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 3)


def test_a_store_ahead_of_the_changelog_is_made_again(bench, made, tmp_path):
    bench.send([(key, 2) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    store = ProcessorStore(tmp_path / "data" / "stores" / "0" / "counting", Memory(16))
    for partition in range(PARTITIONS):
        task = store.open(partition)
        task.write(dict.fromkeys(task.scan(b"", 100), b"\x09"), Mark(10_000, 0, now_ms()))
    store.close()
    bench.send([(key, 1) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 3)


def test_a_store_that_fell_behind_catches_up(bench, made):
    """Slot 0 works, then slot 1, then slot 0 again, whose store has not seen what happened meanwhile."""
    for slot in (0, 1, 0):
        bench.send([(key, 1) for key in KEYS])
        with running(made(slot)):
            until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 3)


def test_a_store_of_a_changelog_that_was_made_again_is_rebuilt(bench, made, caplog):
    """Another has rebuilt the processor meanwhile: the changelog has the same name, and more in it than the store has seen of the
    one before."""
    bench.send([("early", 5)])
    with running(made(0)):
        until(bench.caught_up)
    bench.remove("numbers", COUNTING.changelog)
    bench = Bench(bench.bootstrap, bench.namespace)
    bench.create("numbers", COUNTING.changelog)
    bench.send([("early", 7)])
    with running(made(1)):
        until(bench.caught_up)
        bench.send([(key, 1) for key in KEYS])
        until(bench.caught_up)
    with running(made(0)):
        bench.send([("early", 1)])
        until(bench.caught_up)
    assert bench.totals()["early"] == 8
    assert "the local store is rebuilt: it is a copy of" in caplog.text


def test_an_aborted_transaction_is_done_again_and_seen_once(bench, made):
    bench.send([(key, 1) for key in KEYS])
    with running(made(fault=Fault("after_produce", "counting", 1, "abort"))) as found:
        until(bench.caught_up)
        assert found.runner.progress.aborted == 1
    assert len(bench.read("totals")) == len(KEYS)
    tried = Counter(key for key, *_ in bench.read("totals", committed=False))
    assert max(tried.values()) == 2, "the aborted records are really there, for readers of uncommitted data"
    assert set(bench.totals().values()) == {1}


def test_a_failure_after_the_offsets_were_sent_moves_nothing(bench, made):
    bench.send([(key, 1) for key in KEYS])
    with running(made(fault=Fault("after_offsets", "counting", 1, "abort"))):
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 1)
    assert len(bench.read("totals")) == len(KEYS)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (-1, "a total must never go down"),
        (-2, "it wrote to elsewhere, which is not among its outputs"),
        (-3, "ValueError in counting.py line"),
    ],
    ids=["an invariant", "a foreign topic", "a defect"],
)
def test_a_processor_that_cannot_go_on_stops_its_worker_and_says_where(bench, made, number, told):
    bench.send([("k1", 1), ("k1", 1), ("k1", number), ("k1", 1)])
    partition = next(one[2] for one in bench.read("numbers"))
    with pytest.raises(InvariantBroken) as stopped, running(made()) as found:
        found.ended()
    text = str(stopped.value)
    assert f"counting stopped at numbers partition {partition}" in text
    assert told in text
    assert "990101199001010014" not in text, "the content of a record never leaves it"
    assert "k1" not in text
    if number != -2:  # which record it was is found by stepping alone
        assert "offset 2:" in text
    assert bench.read("totals") == []
    assert bench.read("totals", committed=False) == [] or number == -2
    assert bench.committed() == 0


def test_a_changelog_that_was_lost_stops_the_worker(bench, made, tmp_path):
    bench.send([(key, 1) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    shutil.rmtree(tmp_path / "data" / "stores")
    name = bench.name(COUNTING.changelog)
    bench.admin.delete_topics([name])[name].result(20)
    until(lambda: name not in bench.admin.list_topics(timeout=10).topics)
    bench.admin.create_topics([NewTopic(name, PARTITIONS, 1)])[name].result(20)
    with pytest.raises(InvariantBroken, match="lost or truncated"), running(made()) as found:
        found.ended()


def test_records_deleted_before_they_were_read_stop_the_worker(bench, made):
    bench.send([("k1", 1)] * 10)
    partition = next(one[2] for one in bench.read("numbers"))
    with running(made()):
        until(bench.caught_up)
    bench.send([("k1", 1)] * 10)
    bench.admin.delete_records([TopicPartition(bench.name("numbers"), partition, 15)])
    until(lambda: len(bench.read("numbers")) == 5)
    with pytest.raises(InvariantBroken, match="deleted before they were processed"), running(made()) as found:
        found.ended()


def test_a_topic_that_is_missing_is_named(bench, made):
    name = bench.name("totals")
    bench.admin.delete_topics([name])[name].result(20)
    until(lambda: name not in bench.admin.list_topics(timeout=10).topics)
    with pytest.raises(HubError, match=f"needs topics that are not there: {name}"), running(made()) as found:
        found.ended()


def test_a_sweep_goes_on_beside_new_records(bench, made):
    keys = [f"s{number}" for number in range(200)]
    bench.send([(key, 1) for key in keys])
    bench.sweep()
    bench.send([("late", 1)] * 20)
    with running(made(sweep_budget=7)):
        until(lambda: len(bench.read("totals")) >= 2 * len(keys) + 20 and bench.caught_up())
    said = bench.read("totals")
    doubled = Counter(key.decode() for key, value, _, _ in said if value[0] == "doubled")
    assert {doubled[key] for key in keys} == {1}
    totals = bench.totals()
    assert {totals[key] for key in keys} == {2}
    late = [offset for key, _, _, offset in said if key == b"late"]
    home = next(partition for key, _, partition, _ in said if key == b"late")
    swept = [offset for _, value, partition, offset in said if partition == home and value[0] == "doubled"]
    assert min(late) < max(swept), "new records do not wait for the end of a sweep"


def test_a_former_owners_open_transaction_is_waited_for(bench, made, tmp_path):
    """A zombie has written to the changelog and to its group, and neither committed nor aborted when a new owner restores."""
    bench.send([(key, 1) for key in KEYS])
    with running(made()):
        until(bench.caught_up)
    before = bench.read(COUNTING.changelog)
    zombie = Producer(
        {
            "bootstrap.servers": bench.bootstrap,
            "transactional.id": f"{bench.namespace}zombie",
            "transaction.timeout.ms": 60_000,
        }
    )
    zombie.init_transactions(10)
    zombie.begin_transaction()
    for address, raw, partition, _ in before:
        if address != b"\0mark":
            zombie.produce(bench.name(COUNTING.changelog), b"\x63", address, partition=partition)  # 99
            assert raw == 1
    assert zombie.flush(10) == 0
    shutil.rmtree(tmp_path / "data" / "stores")
    bench.send([(key, 1) for key in KEYS])
    found = running(made())
    with found as runner:
        with pytest.raises(AssertionError, match="never came to hold"):
            until(bench.caught_up, within_s=4)
        assert runner.runner.progress.records == 0, "it has not begun while the transaction is open"
        zombie.abort_transaction(10)
        until(bench.caught_up)
    assert bench.totals() == dict.fromkeys(KEYS, 2)
