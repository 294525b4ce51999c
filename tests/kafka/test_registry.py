"""Strangers with Confluent's own client, serialiser and deserialiser, against the registry beside a worker."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from benefit_hub.catalogue import Assets, find_assets
from benefit_hub.catalogue.lock import write_lock
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.kafka_probe import free_ports
from benefit_hub.runtime.local_kafka import LocalKafka
from tests.catalogue.conftest import copy_to
from tests.kafka.hub.family import Family, records_of
from tests.kafka.hub.live import HUB, LiveHub, live_hub, wait_for
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import ROOT, cloud_event

INCOME = "taxation.personal-income"
INCOME_FILE = "schemas/taxation/v1/IncomeDeclaration.v{}.avsc"
SOMEBODY = number_of(7)
FAMILY = Family("R0", (number_of(8),), 20_000)
STANDARD_FEN = 64_500
RECEIVED = noon("2026-03-06")
NEWEST = {"auto.register.schemas": False, "use.latest.version": True}
AS_GIVEN = {"auto.register.schemas": False}


class Department:
    """A stranger who publishes: Confluent's serialiser, by the newest schema or by one that it brings along."""

    def __init__(self, hub: LiveHub, registry: SchemaRegistryClient) -> None:
        self.hub = hub
        self.registry = registry
        self._producer = Producer({"bootstrap.servers": hub.bootstrap, "enable.idempotence": True})

    def say(self, topic: str, body: dict[str, Any], event: str, received: int, schema: str | None = None) -> None:
        """Publish a record, and wait until it has its place."""
        name, key = self.hub.topic(topic), str(body.get("record_id", body.get("sbmxh")))
        serialise = AvroSerializer(self.registry, schema, conf=AS_GIVEN if schema else NEWEST)
        value = serialise(body, SerializationContext(name, MessageField.VALUE))
        headers: dict[str, str | bytes | None] = {**cloud_event(event, topic.partition(".")[0], received)}
        self._producer.produce(name, value, key, headers=headers)
        assert self._producer.flush(30) == 0


@pytest.fixture(scope="module")
def hub(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHub]:
    """A hub with one worker, whose registry listens at a free port."""
    prefix, (port,) = f"t{uuid.uuid4().hex[:8]}.", free_ports(1)
    folder = tmp_path_factory.mktemp("hub")
    with live_hub(kafka.bootstrap, prefix, folder, registry={"listen": f"127.0.0.1:{port}"}) as made:
        made.start_worker()
        yield made


@pytest.fixture(scope="module")
def url(hub: LiveHub) -> str:
    """Where the worker's registry is, once it answers."""
    worker = hub.workers[0]
    wait_for(lambda: "schema registry at" in worker.said() or not worker.running, 60, "the registry answers")
    return f"http://{hub.opened.settings.registry.listen}"


@pytest.fixture(scope="module")
def department(hub: LiveHub, url: str) -> Iterator[Department]:
    """Who publishes by the worker's registry."""
    with SchemaRegistryClient({"url": url}) as registry:
        yield Department(hub, registry)


def receipts(hub: LiveHub, *events: str) -> dict[str, tuple[str, str | None]]:
    """What the hub answered to these events: status and code."""
    told = {each["event_id"]: (each["status"], each["code"]) for each in hub.said("receipts")}
    return {event: told[event] for event in events if event in told}


def answered(hub: LiveHub, *events: str) -> dict[str, tuple[str, str | None]]:
    """The same, once there is one for each."""
    wait_for(lambda: len(receipts(hub, *events)) == len(events), 60, f"receipts for {', '.join(events)}")
    return receipts(hub, *events)


def adjustments(hub: LiveHub, registry: SchemaRegistryClient) -> Generator[dict[str, Any]]:
    """Adjustments as they come, read by a stranger."""
    topic = hub.topic("benefits.adjustments")
    read = AvroDeserializer(registry)
    consumer = Consumer(
        {
            "bootstrap.servers": hub.bootstrap,
            "group.id": f"{hub.prefix}stranger",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([topic])
    try:
        for _ in range(60):
            message = consumer.poll(1.0)
            if message is not None and message.error() is None:
                yield read(message.value(), SerializationContext(topic, MessageField.VALUE))
    finally:
        consumer.close()


def schema_text(file: str) -> str:
    """A schema as its file says it."""
    return (find_assets().root / file).read_text("utf-8")


def test_the_client_finds_everything_that_the_catalogue_has(hub: LiveHub, department: Department) -> None:
    client = department.registry
    topics = hub.opened.catalogue.topics
    subjects = [f"{hub.topic(logical)}-value" for logical, topic in topics.items() if topic.encoding == "avro"]
    assert sorted(client.get_subjects()) == sorted(subjects)
    subject = f"{hub.topic('human-resources.wage')}-value"
    assert client.get_versions(subject)[:2] == [1, 2]
    newest = client.get_latest_version(subject)
    assert client.lookup_schema(subject, newest.schema).version == newest.version
    assert client.register_schema(subject, newest.schema) == newest.schema_id
    assert newest.schema_id is not None
    assert client.get_schema(newest.schema_id).schema_str == newest.schema.schema_str
    assert client.test_compatibility(subject, newest.schema)
    assert client.get_compatibility(subject) == "FULL_TRANSITIVE"
    with pytest.raises(SchemaRegistryError, match="40401"):
        client.get_latest_version("no.such.topic-value")


def test_a_stranger_publishes_and_a_stranger_reads_what_came_of_it(hub: LiveHub, department: Department) -> None:
    for record in records_of(FAMILY):
        department.say(record.topic, record.body, record.event_id, noon(record.received.isoformat()))
    told = adjustments(hub, department.registry)
    first = next(each for each in told if each["beneficiary"] == "h:R0")
    assert (first["kind"], first["sequence"], first["programme"]) == ("START", 1, "dibao")
    assert (first["before_fen"], first["after_fen"]) == (0, STANDARD_FEN - 20_000)
    told.close()
    hub.check_workers()


def wage(record: str, **said: Any) -> dict[str, Any]:
    """A month's wage."""
    envelope = {"record_id": record, "revision": 1, "valid_from": "2026-02-28", "recorded_at": noon("2026-03-05")}
    return envelope | {"id_number": SOMEBODY, "pay_period": "2026-02", "employer": "E1"} | said


def test_an_older_and_a_newer_publisher_are_both_taken(hub: LiveHub, department: Department) -> None:
    topic = "human-resources.wage"
    first = schema_text("schemas/humanresources/v1/Wage.v1.avsc")
    department.say(topic, wage("W-older", amount_fen=120_000), "older", RECEIVED, first)
    department.say(topic, wage("W-newer", year_to_date_fen=230_000), "newer", RECEIVED)
    department.say(topic, wage("W-older-2", amount_fen=100), "older-2", RECEIVED, first)
    assert answered(hub, "older", "newer", "older-2") == dict.fromkeys(
        ("older", "newer", "older-2"), ("ACCEPTED", None)
    )


def told_by(database: Path, question: str) -> list[tuple[Any, ...]]:
    """What a payer's database says; nothing while there is none."""
    if not database.is_file():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        try:
            return db.execute(question).fetchall()
        except sqlite3.OperationalError:
            return []  # it is just being made


@contextmanager
def payer(hub: LiveHub, url: str, folder: Path) -> Iterator[Path]:
    """The program of docs/subscribing.md, as it stands there, killed at the end of the block; its database."""
    text = (ROOT / "docs/subscribing.md").read_text("utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (folder / "payer.py").write_text(program, "utf-8")
    environment = {"KAFKA_BOOTSTRAP": hub.bootstrap, "SCHEMA_REGISTRY_URL": url, "TOPIC_PREFIX": hub.prefix}
    with (folder / "payer.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "payer.py"], cwd=folder, env=os.environ | environment, stdout=log, stderr=log
        )
    try:
        yield folder / "payments.sqlite"
        assert running.poll() is None, (folder / "payer.log").read_text("utf-8")
    finally:
        running.kill()
        running.wait(15)


def test_the_payer_in_the_documentation_pays_once_though_it_is_killed(hub: LiveHub, url: str, tmp_path: Path) -> None:
    """After the story above: one family, 445.00 yuan a month from April on, the month after the decision."""
    whole = "select month from closed group by month having count(*) = 4 order by month"
    paid = "select month, beneficiary, fen from payment order by month"
    runs = {"2026-04": date(2026, 4, 30), "2026-05": date(2026, 5, 31)}
    closed: list[tuple[str]] = []
    for month, day in runs.items():
        hub.publish([(day, ControlEvent(type="PAY_RUN_CLOSED", month=month))])
        closed.append((month,))
        with payer(hub, url, tmp_path) as database:
            wait_for(lambda: told_by(database, whole) == closed, 60, f"the run of {closed[-1]}")
        assert told_by(database, paid) == [(each, "h:R0", 44_500) for (each,) in closed]
    assert "2026-05: the run is whole, 44500 fen" in (tmp_path / "payer.log").read_text("utf-8")

    again = tmp_path / "again"
    again.mkdir()
    with payer(hub, url, again) as database:
        wait_for(lambda: told_by(database, whole) == closed, 60, "both runs once more, from the beginning")
    assert told_by(database, paid) == [("2026-04", "h:R0", 44_500), ("2026-05", "h:R0", 44_500)]


def income(record: str, **more: Any) -> dict[str, Any]:
    """A line of a tax declaration, as the tax authority has it."""
    line = {"sbmxh": record, "gzcs": 0, "nsrzjhm": SOMEBODY, "sdxmdm": "0101", "sre": "1234.50", "zfbz": "N"}
    return line | {"skssqq": "2026-02-01", "skssqz": "2026-02-28", "sbsj": "2026-03-05T09:00:00"} | more


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """The data files of the next release: version 2 of the tax declarations, which the hub reads and does not use."""
    assets = copy_to(tmp_path_factory.mktemp("newer"))
    schema = json.loads(schema_text(INCOME_FILE.format(1)))
    field = {
        "name": "sbqd",
        "type": "string",
        "default": "",
        "doc": "申报渠道: how it was declared, of no use to the hub",
    }
    schema["fields"].append(field)
    (assets.root / INCOME_FILE.format(2)).write_text(json.dumps(schema, ensure_ascii=False, indent=2), "utf-8")
    mapping = assets.root / "mappings" / f"{INCOME}.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("unused: [ybtse]", "unused: [ybtse, sbqd]"), "utf-8")
    assert write_lock(assets) == 1
    return assets


@pytest.fixture(scope="module")
def next_release(hub: LiveHub, newer: Assets) -> Iterator[Department]:
    """Who publishes by the registry of the next release, which runs alone, without a worker."""
    (port,) = free_ports(1)
    environment = os.environ | {"HUB_ASSETS": str(newer.root), "HUB_REGISTRY__LISTEN": f"127.0.0.1:{port}"}
    log = hub.folder / "registry.log"
    with log.open("wb") as output:
        alone = subprocess.Popen(
            [*HUB, "--settings", str(hub.settings_file), "registry"], env=environment, stderr=output
        )
    try:
        wait_for(lambda: b"schema registry at" in log.read_bytes() or alone.poll() is not None, 60, "it answers")
        with SchemaRegistryClient({"url": f"http://127.0.0.1:{port}"}) as registry:
            yield Department(hub, registry)
    finally:
        alone.terminate()
        assert alone.wait(15) == 0


def test_a_version_that_the_workers_lack_waits_in_quarantine_until_they_have_it(
    hub: LiveHub, newer: Assets, department: Department, next_release: Department
) -> None:
    def both(when: str) -> list[str]:
        department.say(INCOME, income(f"T-old-{when}"), f"old-{when}", RECEIVED)
        next_release.say(INCOME, income(f"T-new-{when}", sbqd="APP"), f"new-{when}", RECEIVED)
        return [f"old-{when}", f"new-{when}"]

    early = both("early")
    assert answered(hub, *early) == {early[0]: ("ACCEPTED", None), early[1]: ("REFUSED", "UNKNOWN_SCHEMA")}

    second = hub.start_worker(HUB_ASSETS=str(newer.root))
    wait_for(lambda: "not served from here" in second.said(), 60, "it waits for its turn to serve")
    hub.workers[0].stop()
    wait_for(lambda: "schema registry at" in second.said(), 60, "it serves in the place of the first")
    late = both("late")
    assert answered(hub, *late) == dict.fromkeys(late, ("ACCEPTED", None))
    next_release.say(INCOME, income("T-new-early", sbqd="APP"), "new-early-again", RECEIVED)
    assert answered(hub, "new-early-again") == {"new-early-again": ("ACCEPTED", None)}
