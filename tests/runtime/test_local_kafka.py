"""The order of the ways to a Kafka, and what each asks of the machine: with stand-ins for docker, java and mvn."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benefit_hub.runtime import kafka_docker, kafka_jars, kafka_probe, local_kafka
from benefit_hub.runtime.kafka_docker import ComposeBroker
from benefit_hub.runtime.kafka_jars import JarBroker
from benefit_hub.runtime.local_kafka import KafkaNotAvailable, down, find_kafka, running_kafka, standing, up
from benefit_hub.runtime.processes import ProcessId, ProgramFailed, ask

pytestmark = pytest.mark.slow

DOCKER_ANSWERS = 'case "$1" in info) echo 28.2.2;; compose) exit 0;; esac'
DOCKER_WITHOUT_COMPOSE = 'case "$1" in info) echo 28.2.2;; *) echo "unknown command: compose" >&2; exit 1;; esac'
NO_DAEMON = "echo 'Cannot connect to the Docker daemon' >&2; exit 1"
NO_DAEMON_BUT_EXIT_CODE_0 = "echo; echo 'Cannot connect to the Docker daemon' >&2"
JAVA = "echo 'openjdk version \"{}\" 2025-04-15' >&2"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on it; call it with names and scripts of programs to put there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)

    def have(**scripts: str) -> None:
        for name, script in scripts.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)

    return have


def test_a_given_kafka_comes_first(machine, monkeypatch):
    machine(docker=DOCKER_ANSWERS)
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "localhost:1")
    assert find_kafka() == "given"
    assert find_kafka(own=True) == "docker"


def test_docker_comes_before_the_jars(machine):
    machine(docker=DOCKER_ANSWERS, java=JAVA.format("17.0.15"), mvn="")
    assert find_kafka() == "docker"


@pytest.mark.parametrize("docker", [NO_DAEMON, NO_DAEMON_BUT_EXIT_CODE_0, DOCKER_WITHOUT_COMPOSE])
def test_a_docker_command_alone_is_no_docker(machine, docker):
    machine(docker=docker, java=JAVA.format("17.0.15"), mvn="")
    assert find_kafka() == "jars"


def test_a_daemon_that_hangs_is_not_waited_for(machine, monkeypatch):
    machine(docker="exec /bin/sleep 60", java=JAVA.format("21"), mvn="")
    monkeypatch.setattr(kafka_docker, "DAEMON_ANSWERS_WITHIN_S", 0.3)
    began = time.monotonic()
    assert find_kafka() == "jars"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("programs", "lacking"),
    [
        ({}, "no Java 17"),
        ({"java": JAVA.format("1.8.0_402"), "mvn": ""}, "no Java 17"),
        ({"java": JAVA.format("11.0.2"), "mvn": ""}, "no Java 17"),
        ({"java": JAVA.format("17.0.15")}, "no Maven"),
    ],
)
def test_one_message_names_the_three_ways(machine, programs, lacking):
    machine(docker=NO_DAEMON, **programs)
    with pytest.raises(KafkaNotAvailable) as raised:
        find_kafka()
    first, second, third = str(raised.value).splitlines()[1:]
    assert "KAFKA_BOOTSTRAP=host:port" in first
    assert "Cannot connect to the Docker daemon" in second
    assert "Java 17 or newer and Maven" in third
    assert lacking in third
    with pytest.raises(KafkaNotAvailable) as raised:
        find_kafka(own=True)
    assert "KAFKA_BOOTSTRAP" not in str(raised.value), "a given one is no help to who must own it"


def test_a_given_kafka_that_does_not_answer_is_said(machine, monkeypatch, tmp_path):
    (port,) = kafka_probe.free_ports(1)
    machine()
    monkeypatch.setenv("KAFKA_BOOTSTRAP", f"127.0.0.1:{port}")
    monkeypatch.setattr(local_kafka, "GIVEN_ANSWERS_WITHIN_S", 0.2)
    with pytest.raises(KafkaNotAvailable, match=f"KAFKA_BOOTSTRAP=127.0.0.1:{port}"), running_kafka():
        pytest.fail("nothing runs there")
    with pytest.raises(KafkaNotAvailable, match="unset KAFKA_BOOTSTRAP"):
        up(tmp_path / "up")


def test_maven_that_fails_is_quoted_and_may_be_tried_again(machine):
    machine(java=JAVA.format("17.0.15"), mvn="echo '[ERROR] repository out of reach'; exit 1")
    with pytest.raises(ProgramFailed, match="repository out of reach"):
        kafka_jars.fetch()
    assert not kafka_jars.is_fetched()
    machine(mvn="exit 0")
    assert kafka_jars.fetch().exists(), "the next attempt begins anew"


def test_fetched_jars_appear_at_once_and_are_fetched_once(machine, tmp_path):
    count = tmp_path / "count"
    machine(java=JAVA.format("17.0.15"), mvn=f"echo fetched >> {count}")
    first = kafka_jars.fetch()
    assert kafka_jars.fetch() == first == kafka_jars.cache_folder()
    assert count.read_text() == "fetched\n"
    assert "<artifactId>kafka_2.13</artifactId><version>4.1.1</version>" in (first / "pom.xml").read_text()
    assert "<artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version>" in (first / "pom.xml").read_text()


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ProgramFailed, match=f"port {port} of 127.0.0.1 is taken"):
            JarBroker(tmp_path, port=port).start()


def test_own_ports_are_free_and_not_those_of_outgoing_connections():
    ports = kafka_probe.free_ports(3)
    assert len(set(ports)) == 3
    assert all(kafka_probe.is_free(port) and port < 32_768 for port in ports)


def test_down_ends_what_up_left_and_no_stranger(tmp_path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        mine = ProcessId.of(process.pid)
        _leave(tmp_path, ProcessId(process.pid, "another boot 1"))
        assert standing(tmp_path) is None
        assert down(tmp_path) is None
        assert mine.alive(), "a stranger with a reused pid was ended"
        assert not (tmp_path / "kafka.json").exists()

        _leave(tmp_path, mine)
        found = standing(tmp_path)
        assert found is not None
        assert found.bootstrap == "127.0.0.1:29092"
        assert down(tmp_path) == found
        assert not mine.alive()
    assert down(tmp_path) is None
    assert down(tmp_path / "never") is None


def _leave(folder: Path, process: ProcessId) -> None:
    state = {"how": "jars", "bootstrap": "127.0.0.1:29092", "process": {"pid": process.pid, "started": process.started}}
    (folder / "kafka.json").write_text(json.dumps(state))


# Docker by a stand-in: it writes down how it was called, and its attached `up` stays as Compose does.
STAND_IN = """
echo "$HUB_KAFKA_PORT $*" >> {calls}
case "$*" in
  *" up --no-color") trap 'exit 0' TERM; while :; do /bin/sleep 0.1; done;;
  info*) echo 28.2.2;;
esac
"""


def test_an_owned_compose_broker_is_called_up_and_down(machine, tmp_path, monkeypatch):
    calls = _stand_in(machine, tmp_path)
    monkeypatch.setattr(kafka_probe, "answers", lambda *_, **__: True)
    broker = ComposeBroker(tmp_path / "broker", port=24242, leave_nothing=True)
    broker.start()
    assert broker.bootstrap == "127.0.0.1:24242"
    started = broker._launched
    assert started is not None
    assert started.process.alive()
    broker.stop()
    assert not started.process.alive()
    broker.remove()
    project = f"compose --project-name {broker._compose[3]} --file {tmp_path}/broker/docker-compose.yml"
    said = calls.read_text().splitlines()
    assert said[0] == f"24242 {project} up --no-color"
    assert [call.strip() for call in said[1:]] == [f"{project} down", f"{project} down --volumes"]
    assert not (tmp_path / "broker").exists()


def test_a_compose_broker_goes_with_its_killed_owner(machine, tmp_path):
    calls = _stand_in(machine, tmp_path)
    owner = (
        "import sys, time; from pathlib import Path; from benefit_hub.runtime import kafka_probe, kafka_docker\n"
        "kafka_probe.answers = lambda *_, **__: True\n"
        "kafka_docker.ComposeBroker(Path(sys.argv[1]), port=24242, leave_nothing=True).start()\n"
        "print('up', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", owner, str(tmp_path / "broker")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (tmp_path / "broker").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert calls.read_text().splitlines()[-1].endswith(" down --volumes")


def test_a_compose_broker_that_stays(machine, tmp_path, monkeypatch):
    calls = _stand_in(machine, tmp_path)
    monkeypatch.setattr(kafka_probe, "answers", lambda *_, **__: True)
    kafka = up(tmp_path / "up", port=24242)
    assert (kafka.how, kafka.bootstrap) == ("docker", "127.0.0.1:24242")
    assert "24242 compose" in calls.read_text()
    assert calls.read_text().endswith(" up --no-color --detach\n")
    monkeypatch.setattr(kafka_probe, "listens", lambda _: True)
    assert up(tmp_path / "up").bootstrap == kafka.bootstrap
    stopped = down(tmp_path / "up")
    assert stopped is not None
    assert stopped.describe() == "Apache Kafka 4.1.1 in Docker, at 127.0.0.1:24242"
    assert calls.read_text().endswith(" down\n")


def test_a_broker_that_docker_does_not_stop_is_said_and_remembered(machine, tmp_path, monkeypatch):
    _stand_in(machine, tmp_path)
    monkeypatch.setattr(kafka_probe, "answers", lambda *_, **__: True)
    up(tmp_path / "up", port=24242)
    machine(docker=NO_DAEMON)
    with pytest.raises(ProgramFailed, match="Cannot connect to the Docker daemon"):
        down(tmp_path / "up")
    assert (tmp_path / "up" / "kafka.json").exists()


def _stand_in(machine, folder: Path) -> Path:
    calls = folder / "calls"
    machine(docker=STAND_IN.format(calls=calls))
    assert ask(["docker", "info"], within_s=5, env=dict(os.environ)).out == "28.2.2\n"
    calls.write_text("")
    return calls
