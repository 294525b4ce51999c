"""The view that Faust's agent keeps: committed records, each once, and what cannot be shown is parked."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Producer

from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.settings import load_settings
from benefit_hub.runtime.view import KINDS, NoView, View
from tests.kafka.counting import Bench, until
from tests.runtime.records import adjustment

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hub(kafka, namespace, tmp_path):
    """A hub with the topics that the view follows."""
    file = tmp_path / "hub.yaml"
    settings = {
        "bootstrap": kafka.bootstrap,
        "topic_prefix": namespace,
        "data": str(tmp_path / "data"),
        "story_time": True,
    }
    file.write_text(yaml.safe_dump(settings), "utf-8")
    made = open_hub(load_settings(file))
    with administration(made.settings, made.bootstrap) as admin:
        admin.create_missing([made.catalogue.topics[name] for name in KINDS])
    return made


@pytest.fixture
def producer(hub, namespace):
    """A transactional producer beside the hub's own."""
    made = Producer({"bootstrap.servers": hub.bootstrap, "transactional.id": f"{namespace}other"})
    made.init_transactions(20)
    return made


@contextmanager
def following(tmp_path):
    """A worker that keeps the view, for this block; it drains in time."""
    log = tmp_path / "view.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kafka.view_worker", str(tmp_path / "hub.yaml")],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
        if process.poll() is not None and process.returncode != 0:
            return
        assert process.poll() is None, log.read_text()
        process.terminate()
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.wait()


def shown(hub) -> list[str]:
    """The adjustments in the view, in their order; none while there is no view."""
    try:
        return [one.adjustment_id for one in View(hub.folder.view_file).adjustments()]
    except NoView:
        return []


def write(hub, producer, number: int, *, end: str = "commit", raw: bytes | None = None) -> None:
    """An adjustment in a transaction of its own, which ends so or stays open."""
    producer.begin_transaction()
    value = raw or hub.codecs.encode("benefits.adjustments", adjustment(number))
    producer.produce(hub.settings.topic("benefits.adjustments"), value, b"h:1", partition=0)
    assert producer.flush(10) == 0
    if end == "commit":
        producer.commit_transaction(10)
    elif end == "abort":
        producer.abort_transaction(10)


def test_an_aborted_adjustment_never_reaches_the_view(hub, producer, tmp_path):
    write(hub, producer, 1)
    write(hub, producer, 2, end="abort")
    write(hub, producer, 3)
    with following(tmp_path):
        until(lambda: len(shown(hub)) == 2)
        assert shown(hub) == ["a1", "a3"]
        write(hub, producer, 4, end="open")
        with pytest.raises(AssertionError, match="never came to hold"):
            until(lambda: len(shown(hub)) > 2, within_s=2)
        producer.commit_transaction(10)
        until(lambda: shown(hub) == ["a1", "a3", "a4"])
    bench = Bench(hub.bootstrap, hub.settings.topic_prefix)
    assert bench.count("benefits.adjustments", committed=False) == 4, "the aborted one is really there"
    assert bench.count("benefits.adjustments") == 3


def test_the_view_goes_on_where_it_was_and_can_be_made_again(hub, producer, tmp_path):
    write(hub, producer, 1)
    write(hub, producer, 2)
    with following(tmp_path):
        until(lambda: len(shown(hub)) == 2)
    write(hub, producer, 3)
    with following(tmp_path):
        until(lambda: shown(hub) == ["a1", "a2", "a3"])
    for file in tmp_path.glob("data/view.sqlite*"):
        file.unlink()
    with following(tmp_path):
        until(lambda: shown(hub) == ["a1", "a2", "a3"])


def test_receipts_by_the_thousand_are_each_counted_once(hub, producer, tmp_path):
    """What was fetched goes through Faust as one, and what was aborted is not among it."""
    topic = hub.settings.topic("receipts")

    def send(numbers, *, end=producer.commit_transaction):
        producer.begin_transaction()
        for number in numbers:
            receipt = Receipt(
                source="human-resources", event_id=f"e{number}", kind="wage", record="w", revision=1,
                status="REFUSED" if number % 1_000 == 0 else "ACCEPTED", batch="June", batch_size=5_000,
            )  # fmt: skip
            producer.produce(topic, hub.codecs.encode("receipts", receipt), b"human-resources", partition=0)
        assert producer.flush(30) == 0
        end(10)

    def tallied():
        try:
            return [(each.answered, each.accepted) for each in View(hub.folder.view_file).tallies()]
        except NoView:
            return []

    send(range(2_000))
    send(range(2_000, 3_000), end=producer.abort_transaction)
    write(hub, producer, 1)
    with following(tmp_path):
        until(lambda: tallied() == [(2_000, 1_998)])
        until(lambda: shown(hub) == ["a1"])
        send(range(2_000, 5_000))
        until(lambda: tallied() == [(5_000, 4_995)])
        (tally,) = View(hub.folder.view_file).tallies()
        assert (tally.complete, tally.refused) == (True, 5)


def test_a_record_that_cannot_be_shown_is_parked_and_the_next_is_shown(hub, producer, tmp_path):
    write(hub, producer, 1, raw=b"\0\0\0\0\1not an adjustment")
    write(hub, producer, 2)
    with following(tmp_path):
        until(lambda: shown(hub) == ["a2"])
    (parked,) = View(hub.folder.view_file).parked()
    assert (parked.topic, parked.partition, parked.offset) == ("benefits.adjustments", 0, 0)
    assert "ContractViolation" in parked.reason
    assert "not an adjustment" not in parked.reason


def test_a_view_that_cannot_be_written_ends_the_worker_and_loses_nothing(hub, producer, tmp_path):
    """Faust acknowledges what an agent failed at; the next worker reads it again, because the view never said that it had it."""
    write(hub, producer, 1)
    with following(tmp_path) as worker:
        until(lambda: shown(hub) == ["a1"])
        with closing(sqlite3.connect(hub.folder.view_file, timeout=10)) as base:
            base.execute("alter table shown rename to hidden")
            base.commit()
        write(hub, producer, 2)
        assert worker.wait(30) != 0
    assert "the view cannot be written" in (tmp_path / "view.log").read_text()
    with closing(sqlite3.connect(hub.folder.view_file)) as base:
        base.execute("alter table hidden rename to shown")
        base.commit()
    with following(tmp_path):
        until(lambda: shown(hub) == ["a1", "a2"])


def test_told_to_stop_while_others_hold_the_view_the_worker_drains(hub, producer, tmp_path):
    """The block's end sees to it that it does, and in time."""
    write(hub, producer, 1)
    hub.folder.view_file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(hub.folder.view_file, isolation_level=None)) as base, following(tmp_path):
        until(lambda: shown(hub) == ["a1"])
        base.execute("begin immediate")
        write(hub, producer, 2)
        time.sleep(2)
        assert shown(hub) == ["a1"], "it waits for its turn"
