"""Topics as code on a real Kafka, through the command: what is planned and read is done, and nothing else."""

import json
import os
import uuid

import pytest
import yaml
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType

from tests.cli.typed import typed
from tests.kafka.hub.live import wait_for

PREFIX = f"t{uuid.uuid4().hex[:8]}."
"""Of the topics that the tests of this file share, because making them all takes the brokers some seconds."""


@pytest.fixture
def command(kafka, tmp_path, monkeypatch, capsys):
    """Runs the command for topics with a prefix."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)

    def run(prefix, *arguments):
        file = tmp_path / f"{prefix}yaml"
        settings = {"bootstrap": kafka.bootstrap, "topic_prefix": prefix, "data": str(tmp_path / "data")}
        file.write_text(yaml.safe_dump(settings), "utf-8")
        return typed(capsys, "--settings", file, *arguments)

    return run


@pytest.fixture
def hub(command):
    """Runs the command for the topics of this file, which are all there."""
    made = command(PREFIX, "topics", "apply")
    assert made.returncode == 0, made.stdout + made.stderr
    return lambda *arguments: command(PREFIX, *arguments)


@pytest.fixture
def brokers(kafka):
    """A stranger's hand on the brokers."""
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        yield admin


def set_on(brokers, topic, **settings):
    """Change settings of a topic by hand, and wait until the brokers show it."""
    values = {name.replace("_", "."): value for name, value in settings.items()}
    brokers.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, values)])
    wait_for(lambda: all(setting(brokers, topic, name) == value for name, value in values.items()), 30, f"{values}")


def setting(brokers, topic, name):
    """A setting of a topic as the brokers have it."""
    told = brokers.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    return next(iter(told.values()))[topic][name]["value"]


def partitions(brokers, topic):
    """How many partitions a topic has, 0 where there is none."""
    return sum(len(each["partitions"]) for each in brokers.describe_topics() if each["name"] == topic)


def create(brokers, topic, number):
    """Make a topic by hand, and wait until the brokers show it."""
    brokers.create_topics({topic: {"num_partitions": number, "replication_factor": 1}})
    wait_for(lambda: partitions(brokers, topic) == number, 30, f"{topic} is there")


def test_a_plan_that_was_read_is_applied_and_then_nothing_differs(command, brokers, namespace, tmp_path):
    plan = tmp_path / "plan.json"
    planned = command(namespace, "topics", "plan", "--out", plan)
    assert planned.returncode == 2
    assert f"{namespace}facts.v1  topic: missing -> 4 partitions" in planned.stdout
    assert partitions(brokers, f"{namespace}facts.v1") == 0, "planning changes nothing"
    applied = command(namespace, "topics", "apply", plan)
    assert applied.returncode == 0, applied.stderr
    assert f"{namespace}facts.v1  topic: missing -> 4 partitions  done" in applied.stdout
    assert partitions(brokers, f"{namespace}facts.v1") == 4

    again = command(namespace, "topics", "plan")
    assert (again.returncode, again.stdout) == (0, "the brokers are as the catalogue says\n")


def test_what_the_catalogue_does_not_say_is_no_difference_and_stays(hub, brokers, tmp_path):
    topic = f"{PREFIX}human-resources.wage.v1"
    set_on(brokers, topic, segment_ms="3600000", retention_ms="1000")
    create(brokers, f"{PREFIX}somebody.else.v1", 1)
    plan = tmp_path / "plan.json"
    planned = hub("topics", "plan", "--out", plan)
    assert planned.stdout == f"{topic}  retention.ms: 1000 -> 1209600000\n1 difference\n"
    assert hub("topics", "apply", plan).returncode == 0
    assert setting(brokers, topic, "retention.ms") == "1209600000"
    assert setting(brokers, topic, "segment.ms") == "3600000", "an operator's own setting is left alone"
    assert partitions(brokers, f"{PREFIX}somebody.else.v1") == 1, "nothing is deleted unasked"


def test_settings_change_only_by_a_plan_that_still_holds(hub, brokers, tmp_path):
    topic, plan = f"{PREFIX}facts.v1", tmp_path / "plan.json"
    set_on(brokers, topic, retention_ms="1000")
    unplanned = hub("topics", "apply")
    assert unplanned.returncode == 2
    assert setting(brokers, topic, "retention.ms") == "1000", "without a plan nothing is changed"

    assert hub("topics", "plan", "--out", plan).returncode == 2
    set_on(brokers, topic, retention_ms="2000")
    refused = hub("topics", "apply", plan)
    assert refused.returncode == 1
    assert f"{topic}  retention.ms: 1000 -> -1 in the plan, 2000 -> -1 now" in refused.stderr
    assert "nothing was done" in refused.stderr
    assert setting(brokers, topic, "retention.ms") == "2000"

    assert hub("topics", "plan", "--out", plan).returncode == 2
    assert hub("topics", "apply", plan).returncode == 0
    assert setting(brokers, topic, "retention.ms") == "-1"
    stale = hub("topics", "apply", plan)
    assert stale.returncode == 1
    assert "nothing to do now" in stale.stderr


def test_partitions_are_named_and_never_changed(hub, brokers, tmp_path):
    topic, plan = f"{PREFIX}leads.v1", tmp_path / "plan.json"
    brokers.create_partitions({topic: 7})
    wait_for(lambda: partitions(brokers, topic) == 7, 30, "7 partitions")
    set_on(brokers, topic, retention_ms="1000")
    planned = hub("topics", "plan", "--out", plan)
    assert f"{topic}  partitions: 7 -> 2" in planned.stdout
    applied = hub("topics", "apply", plan)
    assert applied.returncode == 2
    assert "retention.ms: 1000 -> -1  done" in applied.stdout
    assert f"{topic}  partitions: 7 -> 2\n1 difference\n" in applied.stdout
    assert "the number of partitions is never changed" in applied.stderr
    assert "a new version (.v2)" in applied.stderr
    assert partitions(brokers, topic) == 7
    brokers.delete_topics([topic])
    wait_for(lambda: partitions(brokers, topic) == 0, 30, "it is gone, and may be made again")


def test_fewer_replicas_than_the_settings_say_are_told(hub, monkeypatch):
    monkeypatch.setenv("HUB_REPLICATION_FACTOR", "3")
    planned = hub("topics", "plan")
    assert planned.returncode == 2
    assert f"{PREFIX}facts.v1  replicas: 1 -> 3" in planned.stdout
    assert "kafka-reassign-partitions" in planned.stderr


def test_all_replicas_but_one_must_have_a_record(hub, brokers):
    topic = f"{PREFIX}facts.v1"
    assert setting(brokers, topic, "min.insync.replicas") == "1", "there is one replica"
    set_on(brokers, topic, min_insync_replicas="2")
    assert f"{topic}  min.insync.replicas: 2 -> 1" in hub("topics", "plan").stdout
    set_on(brokers, topic, min_insync_replicas="1")


def test_a_topic_is_deleted_only_when_it_is_named(hub, brokers, kafka, tmp_path):
    topic, plan = f"{PREFIX}retired.v1", tmp_path / "plan.json"
    create(brokers, topic, 2)
    assert hub("topics", "plan").returncode == 0

    kept = hub("topics", "plan", "--delete", f"{PREFIX}facts.v1")
    assert kept.returncode == 1
    assert "is in the catalogue: remove its file first" in kept.stderr
    unknown = hub("topics", "plan", "--delete", "retired.v1")
    assert "there is no topic retired.v1 to delete" in unknown.stderr

    planned = hub("topics", "plan", "--delete", topic, "--out", plan, "--json")
    assert json.loads(planned.stdout) == [
        {"topic": topic, "key": "topic", "old": "2 partitions, 0 offsets", "new": "deleted"}
    ]
    with KafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        producer.send(topic, b"somebody still writes").get(30)
    refused = hub("topics", "apply", plan)
    assert "2 partitions, 0 offsets -> deleted in the plan, 2 partitions, 1 offsets -> deleted now" in refused.stderr
    assert partitions(brokers, topic) == 2

    hub("topics", "plan", "--delete", topic, "--out", plan)
    assert hub("topics", "apply", plan).returncode == 0
    assert partitions(brokers, topic) == 0


def test_a_plan_is_for_the_hub_for_which_it_was_made(command, namespace, tmp_path):
    plan = tmp_path / "plan.json"
    command(namespace, "topics", "plan", "--out", plan)
    refused = command(f"other.{namespace}", "topics", "apply", plan)
    assert refused.returncode == 1
    assert f"topics that begin with '{namespace}', and ours begin with 'other.{namespace}'" in refused.stderr
