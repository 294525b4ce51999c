"""Administration on a real Kafka, through the command: topics, the declared key, and workers that may not begin."""

import json
import os

import pytest
import yaml
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from benefit_hub.cli import COMMANDS
from benefit_hub.client.publisher import Publisher
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.keys import make_key, read_key
from benefit_hub.runtime.readiness import check_ready
from benefit_hub.runtime.settings import load_settings
from benefit_hub.values.errors import HubError
from tests.cli.typed import typed
from tests.in_memory import demo_book
from tests.kafka.hub.live import wait_for


@pytest.fixture
def settings_file(kafka, namespace, tmp_path, monkeypatch):
    """The settings of this test's hub."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "hub.yaml"
    settings = {
        "bootstrap": kafka.bootstrap,
        "topic_prefix": namespace,
        "data": str(tmp_path / "data"),
        "story_time": True,
    }
    file.write_text(yaml.safe_dump(settings), "utf-8")
    return file


@pytest.fixture
def hub(settings_file, capsys):
    """Runs the command with these settings."""
    return lambda *arguments: typed(capsys, "--settings", settings_file, *arguments)


def test_topics_are_planned_created_and_compared(hub, kafka, namespace):
    planned = hub("topics", "plan")
    assert planned.returncode == 2
    assert f"{namespace}facts.v1  topic: missing -> 4 partitions" in planned.stdout
    applied = hub("topics", "apply")
    assert applied.returncode == 0, applied.stderr
    assert f"created {namespace}facts.v1" in applied.stdout
    assert hub("topics", "plan").returncode == 0
    assert "created" not in hub("topics", "apply").stdout

    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    changed = ConfigResource(ConfigResourceType.TOPIC, f"{namespace}facts.v1", {"retention.ms": "1000"})
    admin.alter_configs([changed])
    admin.create_partitions({f"{namespace}leads.v1": 7})
    admin.close()
    wait_for(lambda: hub("topics", "plan").stdout.endswith("2 differences\n"), 30, "the brokers show both")
    drifted = hub("topics", "apply", "--json")
    assert drifted.returncode == 2, "it says what differs, and changes nothing"
    found = {
        (one["topic"].removeprefix(namespace), one["key"]): (one["old"], one["new"])
        for one in json.loads(drifted.stdout)
    }
    assert found == {("facts.v1", "retention.ms"): ("1000", "-1"), ("leads.v1", "partitions"): ("7", "2")}


def test_init_declares_the_key_once_and_only_this_key_may_work(hub, tmp_path):
    first = hub("init")
    assert first.returncode == 0, first.stderr
    assert "declared the key by its check value" in first.stdout
    assert f"the policy book {demo_book().digest()} (demo.gz-t) is in force from the beginning" in first.stdout
    again = hub("init", "--declare")
    assert "declared before" in again.stdout

    status = hub("status", "--json")
    assert status.returncode == 0, status.stderr
    state = json.loads(status.stdout)
    assert [one["processor"] for one in state["processors"]] == ["intake", "register", "entitlement", "settlement"]
    assert state["topics_differing"] == []

    (tmp_path / "data" / "pseudonym.key").unlink()
    make_key(tmp_path / "data" / "pseudonym.key")
    refused = hub("worker", "--processors", "intake")
    assert refused.returncode == 78
    assert "not the one that this hub was initialised with" in refused.stderr
    assert "Traceback" not in refused.stderr
    other = hub("init", "--declare")
    assert other.returncode == 1
    assert "another pseudonym key was declared" in other.stderr


def test_a_worker_without_the_declared_key_or_the_book_in_force_may_not_begin(settings_file):
    made = open_hub(load_settings(settings_file))
    with administration(made.settings, made.bootstrap) as admin:
        admin.create_missing(made.catalogue.topics.values())
    books = made.catalogue.books
    with pytest.raises(HubError, match="hub init --declare"):
        check_ready(made.settings, made.bootstrap, made.codecs, books=books, key=b"k" * 32)
    check_ready(made.settings, made.bootstrap, made.codecs, books=books, key=b"")
    publisher = Publisher(made.catalogue, made.settings, made.bootstrap)
    for number, book in enumerate(["0123456789abcdef", next(iter(books))]):
        publisher.control(ControlEvent(type="POLICY_ACTIVATED", book=book), event_id=f"b{number}", at_ms=0).sent()
        if number == 0:
            with pytest.raises(HubError, match="policy book 0123456789abcdef is in force"):
                check_ready(made.settings, made.bootstrap, made.codecs, books=books, key=b"")
    publisher.close()
    check_ready(made.settings, made.bootstrap, made.codecs, books=books, key=b"")


def test_who_has_another_book_than_the_hub_began_by_may_not_begin(hub, settings_file):
    """A pack that was changed where it is installed: nobody ever activated a book."""
    assert hub("init").returncode == 0
    made = open_hub(load_settings(settings_file))
    key = read_key(made.folder.key_file)
    check_ready(made.settings, made.bootstrap, made.codecs, books=made.catalogue.books, key=key)
    with pytest.raises(HubError, match=f"policy book {demo_book().digest()} is in force.*A raise, step by step"):
        check_ready(made.settings, made.bootstrap, made.codecs, books=["0123456789abcdef"], key=key)
    nothing = hub("control", "policy", "--story-day", "2026-06-20")
    assert (nothing.returncode, "没有待启用的政策包" in nothing.stderr) == (1, True)


def test_lag_and_ends(settings_file, kafka, namespace):
    made = open_hub(load_settings(settings_file))
    with administration(made.settings, kafka.bootstrap) as admin:
        admin.create_missing([made.catalogue.topics["control"]])
        publisher = Publisher(made.catalogue, made.settings, made.bootstrap)
        for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
            publisher.control(ControlEvent(type="DAY_OPENED", day=day), event_id=day, at_ms=0).sent()
        publisher.close()
        assert admin.ends([(f"{namespace}control.v1", 0)]) == {(f"{namespace}control.v1", 0): 3}
        assert admin.lag([made.settings.group("intake")]) == []
        assert admin.open_transactions() == []


def test_every_command_can_be_imported():
    for place, _ in COMMANDS.values():
        module, _, name = place.partition(":")
        assert getattr(__import__(f"benefit_hub.cli.{module}", fromlist=[name]), name)
