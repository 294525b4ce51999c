"""The local Kafka as it really runs: the same after a restart, gone with its owner."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from benefit_hub.runtime import broker_settings, kafka_jars, kafka_probe
from benefit_hub.runtime.broker_settings import source
from benefit_hub.runtime.kafka_jars import JarBroker
from benefit_hub.runtime.local_kafka import down, find_kafka, running_kafka, standing, up
from benefit_hub.runtime.processes import ProcessId, ProgramFailed, ask

OWNER = """
import sys, time
from pathlib import Path
from benefit_hub.runtime.local_kafka import running_kafka
with running_kafka(*map(Path, sys.argv[1:])) as kafka:
    print(kafka.broker.process.pid, kafka.broker.folder, flush=True)
    time.sleep(100)
"""

STARTER = """
import sys
from pathlib import Path
from benefit_hub.runtime.local_kafka import up
print(up(Path(sys.argv[1])).bootstrap)
"""


@pytest.fixture
def from_jars():
    """For what is about the jars: skips where they cannot be run."""
    if reason := kafka_jars.missing():
        pytest.skip(reason)


@pytest.fixture
def no_other_way(from_jars, monkeypatch, tmp_path):  # noqa: ARG001  skips as from_jars does
    """No given Kafka, and no docker command but one without a daemon: the jars are left."""
    docker = tmp_path / "programs" / "docker"
    docker.parent.mkdir()
    docker.write_text("#!/bin/sh\nexit 1\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(docker.parent), prepend=":")
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    assert find_kafka() == "jars"


@pytest.mark.usefixtures("no_other_way")
def test_a_record_outlives_the_broker(namespace):
    topic = f"{namespace}kept"
    kafka_jars.fetch()
    with running_kafka() as kafka:
        _create(kafka.bootstrap, topic)
        _send(kafka.bootstrap, topic, b"before the power cut")
        kafka.broker.kill()
        assert not kafka_probe.listens(kafka.bootstrap)
        kafka.broker.start()
        assert _read(kafka.bootstrap, topic, 1) == [b"before the power cut"]
        _send(kafka.bootstrap, topic, b"after it")
        kafka.broker.stop()
        kafka.broker.start()
        assert _read(kafka.bootstrap, topic, 2) == [b"before the power cut", b"after it"]
    assert not kafka.broker.folder.exists()
    assert not kafka_probe.listens(kafka.bootstrap)


def test_the_broker_runs_on_what_the_source_says(own_kafka):
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap)
    try:
        asked = ConfigResource(ConfigResourceType.BROKER, "1", configs=None)
        told = admin.describe_configs([asked], config_filter="all")["broker"]["1"]
    finally:
        admin.close()
    meant = {name: str(value).lower() if value is False else str(value) for name, value in source().settings.items()}
    assert {name: told[name]["value"] for name in meant} == meant


@pytest.mark.usefixtures("no_other_way")
@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT])
def test_no_broker_outlives_its_owner(ended_by):
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as owner:
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        broker = ProcessId.of(int(pid))
        assert broker.alive()
        os.killpg(owner.pid, ended_by)  # a terminal sends Ctrl-C to the whole group
    assert broker.gone(60)
    _wait_for(lambda: not Path(folder).exists(), f"{folder} to be removed")


@pytest.mark.usefixtures("no_other_way")
def test_no_broker_is_left_by_an_owner_killed_while_it_starts(tmp_path):
    folder = tmp_path / "broker"
    with subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.DEVNULL) as owner:
        _wait_for(lambda: _java_in(folder), "the broker to begin")
        owner.kill()
    _wait_for(lambda: not _java_in(folder), "the broker to end")


@pytest.mark.usefixtures("no_other_way")
def test_up_stays_until_down(tmp_path):
    folder = tmp_path / "hub"
    started = ask([sys.executable, "-c", STARTER, str(folder)], within_s=180)
    assert started.code == 0, started.err
    there = standing(folder)
    try:
        assert there is not None
        assert there.bootstrap == started.out.strip()
        assert kafka_probe.answers(there.bootstrap, within_s=30)
        assert up(folder) == there, "a second `up` finds the first"
        _create(there.bootstrap, "kept")
    finally:
        assert down(folder) == there
    assert not _java_in(folder)
    assert standing(folder) is None
    assert (folder / "data" / "kept-0").is_dir(), "the data stays"


@pytest.mark.usefixtures("from_jars")
def test_a_broker_that_fails_shows_the_end_of_its_log(tmp_path):
    broker = JarBroker(tmp_path)
    broker.data.mkdir()
    (broker.data / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=7\n")
    with pytest.raises(ProgramFailed, match=r"(?s)ended while it started.*Stored node id 7") as raised:
        broker.start()
    assert str(broker.log) in str(raised.value)
    assert not broker.process.alive()


@pytest.mark.usefixtures("from_jars")
def test_the_image_itself_reads_the_environment_as_the_jars_read_their_properties(tmp_path, monkeypatch):
    """The start-up code of apache/kafka is in the jars: it writes the file with which a container starts."""
    folders = {name: tmp_path / name for name in ("default", "mounted", "final", "data")}
    for folder in folders.values():
        folder.mkdir()
    for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (folders["default"] / name).touch()
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    environment = broker_settings.container_environment(9092) | {
        "KAFKA_LOG_DIRS": str(folders["data"]),
        "CLUSTER_ID": "5L6g3nShT-eMCtK--X86sw",
    }
    setup = ["kafka.docker.KafkaDockerWrapper", "setup"]
    where = ["-D", str(folders["default"]), "-M", str(folders["mounted"]), "-F", str(folders["final"])]
    answer = ask([*kafka_jars.java_command(), *setup, *where], within_s=60, env=environment)
    assert answer.code == 0, answer.err

    written = (folders["final"] / "server.properties").read_text()
    container = broker_settings._in_container(9092)
    meant = broker_settings.server_properties(dataclasses.replace(container, data=str(folders["data"])))
    assert sorted(written.split()) == sorted(meant.split())
    assert (folders["data"] / "meta.properties").exists(), "it formatted the storage with them"


def _create(bootstrap: str, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        admin.close()


def _send(bootstrap: str, topic: str, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        producer.send(topic, value).get(timeout=20)
    finally:
        producer.close()


def _read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", consumer_timeout_ms=10_000
    )
    try:
        return [record.value for _, record in zip(range(count), consumer, strict=False)]
    finally:
        consumer.close()


def _java_in(folder: Path) -> bool:
    """Whether a broker runs on the settings in this folder."""
    return f"kafka.Kafka {folder / 'server.properties'}" in ask(["ps", "-ww", "-eo", "args"], within_s=10).out


def _wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.1)
