"""What the catalogue says once it is loaded."""

from datetime import timedelta

import pytest

from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.topology import hub_topology
from benefit_hub.values.errors import CatalogueError
from tests.checkout import catalogue

CATALOGUE = catalogue()


def test_every_kind_has_a_topic_and_death_two() -> None:
    assert {source.kind for source in CATALOGUE.sources.values()} <= set(PAYLOADS)
    assert {source.source for source in CATALOGUE.sources.values() if source.kind == "death"} == {
        "public-security",
        "funeral-service",
    }


def test_a_source_is_what_intake_needs() -> None:
    source = CATALOGUE.sources["civil-affairs.verification-result"]
    assert (source.topic, source.kind, source.source, source.department, source.mapping) == (
        "civil-affairs.verification-result",
        "verification_result",
        "civil-affairs",
        "civil-affairs",
        1,
    )


def test_the_topology_stands_on_it() -> None:
    topology = hub_topology(CATALOGUE.sources, CATALOGUE.quarantines)
    named = {name for each in topology.processors for name in (*each.inputs, *each.outputs)}
    changelogs = {each.changelog for each in topology.processors if each.stateful}
    beside = {"alarms"}  # told by workers of how full topics are, not of what is in them
    assert named | changelogs | beside == set(CATALOGUE.topics)


def test_settings_as_kafka_names_them() -> None:
    assert CATALOGUE.topic("facts").kafka_settings == {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "message.timestamp.type": "CreateTime",
        "max.message.bytes": "9437184",
    }
    assert "max.message.bytes" not in CATALOGUE.topic("human-resources.wage").kafka_settings
    wage = CATALOGUE.topic("human-resources.wage")
    assert wage.retention == timedelta(days=14)
    assert wage.kafka_settings["retention.ms"] == str(14 * 24 * 60 * 60 * 1000)
    assert wage.kafka_settings["message.timestamp.type"] == "LogAppendTime"
    assert CATALOGUE.topic("tasks").kafka_settings["cleanup.policy"] == "compact"


def test_names_go_both_ways() -> None:
    for logical, topic in CATALOGUE.topics.items():
        assert topic.name == f"{logical}.v1"
        assert CATALOGUE.logical(topic.name) == logical


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(CatalogueError, match="there is no topic wages in"):
        CATALOGUE.topic("wages")
    with pytest.raises(CatalogueError, match="about the topic facts"):
        CATALOGUE.logical("facts")
    with pytest.raises(CatalogueError, match="topic facts has no schema: its records are msgpack"):
        CATALOGUE.newest("facts")


def test_the_shared_data_of_other_departments_say_what_is_assumed() -> None:
    others = [topic for topic in CATALOGUE.topics.values() if topic.category == "department"]
    assert len(others) == len(CATALOGUE.sources)
    for topic in others:
        assert topic.shared is not None
        assert {"classification", "frequency"} <= set(topic.shared.assumed)
