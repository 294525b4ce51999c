"""The broker is told the same wherever it runs: compose file, container of the tests and jars against their source."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from testcontainers.core import container as testcontainers_container

from benefit_hub.runtime import broker_settings
from benefit_hub.runtime.broker_settings import Place, compose_file, server_properties, source
from tests.kafka.container import broker_container

COMMITTED = Path(__file__).parents[2] / "docker-compose.yml"
OF_THE_PLACE = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}
JARS = Place("127.0.0.1", 29092, "127.0.0.1:29092", 29093, 29094, "/some/where")


def test_committed_compose_file_is_made_from_the_source():
    assert COMMITTED.read_text("utf-8") == compose_file(), (
        "make it again: .venv/bin/python -m benefit_hub.runtime.broker_settings > docker-compose.yml"
    )


@pytest.fixture(params=["jars", "compose", "testcontainers"])
def told(request, monkeypatch) -> dict[str, str]:
    """What a broker is told in each way, under Kafka's own names."""
    match request.param:
        case "jars":
            return dict(line.split("=", 1) for line in server_properties(JARS).splitlines())
        case "compose":
            return _as_kafka_reads(_compose()["environment"])
        case _:
            return _as_kafka_reads(_container(monkeypatch).env)


def test_every_way_says_what_the_source_says(told):
    meant = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in source().settings.items()
    }
    assert {name: value for name, value in told.items() if name not in OF_THE_PLACE} == meant


def test_every_way_says_where_the_broker_is(told):
    assert told.keys() >= OF_THE_PLACE
    listeners = dict(listener.split("://") for listener in told["listeners"].split(","))
    advertised = dict(listener.split("://") for listener in told["advertised.listeners"].split(","))
    assert listeners.keys() == {"CLIENT", "BROKER", "CONTROLLER"}
    assert told["controller.quorum.voters"] == f"1@{listeners['CONTROLLER']}"
    assert advertised.keys() == {"CLIENT", "BROKER"}
    assert advertised["BROKER"] == listeners["BROKER"], "the broker must reach itself where it listens"


def test_clients_of_a_container_come_back_to_the_published_port(monkeypatch):
    container = _container(monkeypatch)
    assert container.ports == {"9092": 24242}
    assert "CLIENT://127.0.0.1:24242," in container.env["KAFKA_ADVERTISED_LISTENERS"]
    (published,) = _compose()["ports"]
    assert published == "127.0.0.1:${HUB_KAFKA_PORT:-9092}:9092"
    assert "CLIENT://127.0.0.1:${HUB_KAFKA_PORT:-9092}," in _compose()["environment"]["KAFKA_ADVERTISED_LISTENERS"]


def test_one_version_and_one_heap(monkeypatch):
    container = _container(monkeypatch)
    assert _compose()["image"] == container.image == "apache/kafka:" + source().version
    assert _compose()["environment"]["KAFKA_HEAP_OPTS"] == container.env["KAFKA_HEAP_OPTS"] == source().heap_option


def test_data_of_the_compose_broker_lies_in_its_volume():
    (volume,) = _compose()["volumes"]
    assert volume.split(":")[1] == _compose()["environment"]["KAFKA_LOG_DIRS"]


def test_one_node_asks_for_no_second_replica():
    asked = {
        name: value for name, value in source().settings.items() if re.search(r"replication\.factor$|min\.isr$", name)
    }
    assert asked
    assert set(asked.values()) == {1}


def test_a_node_of_three_has_everything_three_times_and_goes_on_with_two():
    place = replace(JARS, node=2, voters="1@127.0.0.1:1,2@127.0.0.1:2,3@127.0.0.1:3", replicas=3)
    alone, told = broker_settings.server_settings(JARS), broker_settings.server_settings(place)
    assert {name: value for name, value in told.items() if alone[name] != value} == {
        "node.id": "2",
        "controller.quorum.voters": "1@127.0.0.1:1,2@127.0.0.1:2,3@127.0.0.1:3",
        "default.replication.factor": "3",
        "min.insync.replicas": "2",
        "offsets.topic.replication.factor": "3",
        "transaction.state.log.replication.factor": "3",
        "transaction.state.log.min.isr": "2",
        "share.coordinator.state.topic.replication.factor": "3",
        "share.coordinator.state.topic.min.isr": "2",
    }


def test_a_setting_that_cannot_be_spelt_is_told_apart():
    assert broker_settings._variable("a.b_c-d") == "KAFKA_A_B__C___D"


def _compose():
    return yaml.safe_load(COMMITTED.read_text("utf-8"))["services"]["kafka"]


def _container(monkeypatch):
    """Built, not started: its client would ask a Docker daemon at once."""
    monkeypatch.setattr(testcontainers_container, "DockerClient", lambda **_: None)
    return broker_container(24242)


def _as_kafka_reads(environment: dict[str, str]) -> dict[str, str]:
    """As the image's start-up code turns variables into settings; what is for the JVM it leaves out."""
    return {
        name.removeprefix("KAFKA_").lower().replace("_", ".").replace("...", "-").replace("..", "_"): value
        for name, value in environment.items()
        if name != "KAFKA_HEAP_OPTS"
    }
