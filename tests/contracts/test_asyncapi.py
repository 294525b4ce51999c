"""The AsyncAPI document: valid by AsyncAPI's own parser, and saying what topics, schemas and headers say."""

import json
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import avro.schema
import pytest
import yaml

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.asyncapi import asyncapi
from benefit_hub.catalogue.conventions import term_and_explanation
from benefit_hub.intake.refused import errors_of
from benefit_hub.runtime.wire import headers_of
from benefit_hub.task import Incoming, Out
from benefit_hub.values.errors import CatalogueError
from benefit_hub.values.refusal import Refusal
from tests.checkout import catalogue
from tests.conftest import IN_CI

Document = dict[str, Any]

ASSETS = find_assets()
CATALOGUE = catalogue()
DOCUMENT = asyncapi(CATALOGUE, version="1.2.3")
TOPICS = {
    file.name.removesuffix(".v1.yaml"): yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)
    for file in ASSETS.topics.iterdir()
}
SHOWN = {name: topic for name, topic in TOPICS.items() if topic["category"] not in ("internal", "changelog")}
PARSER = Path(__file__).parent / "asyncapi"
ERROR = 0


def node(*documents: Document) -> list[Any]:
    """What AsyncAPI's own parser finds in these documents. Without node it fails in CI, and skips elsewhere."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        (pytest.fail if IN_CI else pytest.skip)(f"{' and '.join(missing)} is missing: install Node.js 20")
    installed, locked = PARSER / "node_modules" / ".package-lock.json", PARSER / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < locked.stat().st_mtime:
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=PARSER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    command = ["node", "validate.mjs"]
    done = subprocess.run(command, cwd=PARSER, input=json.dumps(documents), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told


def without_messages() -> Document:
    """A reference that leads nowhere."""
    broken = deepcopy(asyncapi(CATALOGUE, version="1", party="payment"))
    broken["components"].pop("messages")
    return broken


def with_another_action() -> Document:
    """An action that AsyncAPI 3 does not know."""
    broken = deepcopy(asyncapi(CATALOGUE, version="1", party="payment"))
    next(iter(broken["operations"].values()))["action"] = "publish"
    return broken


def with_wrong_partitions() -> Document:
    """A binding that Kafka's does not allow."""
    broken = deepcopy(asyncapi(CATALOGUE, version="1", party="payment"))
    next(iter(broken["channels"].values()))["bindings"]["kafka"]["partitions"] = "four"
    return broken


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_is_valid_by_asyncapis_own_parser_which_finds_what_is_not() -> None:
    here = asyncapi(CATALOGUE, version="1", prefix="test.", servers=["one:9092", "two:9092"])
    good = [here, asyncapi(CATALOGUE, version="1", party="payment")]
    bad = [without_messages(), with_another_action(), with_wrong_partitions()]
    told = node(*good, *bad)
    errors = [[each for each in one["found"] if each["severity"] == ERROR] for one in told]
    assert errors[: len(good)] == [[], []]
    assert all(errors[len(good) :])
    counts = [(one["channels"], one["operations"]) for one in told[: len(good)]]
    assert counts == [(len(each["channels"]), len(each["operations"])) for each in good]


def test_every_topic_that_others_write_or_read_is_a_channel_and_no_other() -> None:
    assert set(DOCUMENT["channels"]) == set(SHOWN)
    assert {each["address"] for each in DOCUMENT["channels"].values()} == {topic["name"] for topic in SHOWN.values()}


def test_every_writer_sends_and_every_reader_receives() -> None:
    told = {
        (each["tags"][0]["name"], each["action"], each["channel"]["$ref"].removeprefix("#/channels/"))
        for each in DOCUMENT["operations"].values()
    }
    departments = {topic["owner"] for topic in TOPICS.values() if topic["category"] == "department"}
    inputs = {name: topic for name, topic in SHOWN.items() if topic["category"] in ("department", "control")}
    sends = {(who, "send", name) for name, topic in inputs.items() for who in topic["writers"]}
    outputs = {name: set(topic["readers"]) for name, topic in SHOWN.items() if name not in inputs}
    receives = {
        (who, "receive", name) for name, readers in outputs.items() for who in readers - {"view", "departments"}
    }
    receives |= {(who, "receive", "receipts") for who in departments}
    assert told == sends | receives
    assert ("payment", "receive", "benefits.adjustments") in told
    assert ("public-security", "send", "public-security.death") in told


@pytest.mark.parametrize("name", ["public-security.death", "benefits.adjustments", "quarantine.public-security"])
def test_a_channel_says_who_owns_it_how_long_it_is_kept_and_what_it_is_by_law(name: str) -> None:
    channel, topic = DOCUMENT["channels"][name], TOPICS[name]
    said = channel["x-catalogue"]
    for key in ("owner", "contact", "key", "retention", "compatibility", "on_bad_record", "readers", "writers"):
        assert said[key] == topic[key]
    shared = topic.get("shared", {})
    assert {key: value for key, value in said.get("shared", {}).items() if value} == {
        key: value for key, value in shared.items() if value
    }
    assert channel["title"] == topic["title"]
    assert channel["summary"] == topic["about"]
    kafka = channel["bindings"]["kafka"]
    assert kafka["partitions"] == topic["partitions"]
    days = topic["retention"]
    kept = -1 if days == "unlimited" else int(days.removesuffix("d")) * 86_400_000
    assert kafka["topicConfiguration"]["retention.ms"] == kept


def test_payloads_are_the_schemas_of_the_files_in_every_version() -> None:
    files = {path.relative_to(ASSETS.root).as_posix() for path in ASSETS.schemas.rglob("*.avsc")}
    lock = yaml.safe_load((ASSETS.schemas / "ids.lock").read_text("utf-8"))
    messages = [each for each in DOCUMENT["components"]["messages"].values() if "x-schema-file" in each]
    assert {each["x-schema-file"] for each in messages} == files
    for message in messages:
        file, payload = message["x-schema-file"], message["payload"]
        assert payload["schema"] == json.loads((ASSETS.root / file).read_text("utf-8"))
        assert (message["x-schema-id"], message["x-subject"]) == (lock[file]["id"], lock[file]["subject"])
        assert payload["schemaFormat"] == "application/vnd.apache.avro+json;version=1.9.0"
        avro.schema.parse(json.dumps(payload["schema"]))


def headers(name: str, version: str = "") -> Document:
    """The headers of a topic's message: JSON schema."""
    channel = DOCUMENT["channels"][name]
    key = next(key for key in channel["messages"] if key.endswith(version))
    (trait,) = DOCUMENT["components"]["messages"][key]["traits"]
    found: Document = DOCUMENT["components"]["messageTraits"][trait["$ref"].rpartition("/")[2]]["headers"]
    return found


def test_headers_of_outputs_are_those_that_the_hub_writes() -> None:
    written = headers_of(Out(topic="receipts", key="k", value={}), "receipts.v1", "place", public=True)
    told = headers("receipts")
    assert set(told["required"]) == set(written)
    assert told["properties"]["ce_specversion"]["const"].encode() == written["ce_specversion"]
    assert told["properties"]["content-type"]["const"].encode() == written["content-type"]


def test_headers_of_quarantined_records_are_those_that_intake_writes() -> None:
    place: dict[str, Any] = {"topic": "public-security.death", "partition": 0, "offset": 1, "timestamp_ms": 0}
    record = Incoming(**place, key=b"k", value=None, raw=b"x" * 3_000_000, headers={})
    written = errors_of(record, Refusal("TOO_LARGE", "", "less", "Send less."))
    ours = {name for name in written if name.startswith("hub.errors.")}
    told = headers("quarantine.public-security")
    assert set(told["properties"]) == ours
    assert set(told["required"]) == ours - {"hub.errors.cut-from-bytes"}


def test_departments_are_told_which_headers_they_owe() -> None:
    told = headers("public-security.death")
    assert set(told["required"]) == {"ce_id", "ce_source"}
    assert {"ce_time", "ce_type", "hub-batch", "content-type"} <= set(told["properties"])


def test_everything_is_told_in_chinese_and_in_english() -> None:
    for trait in DOCUMENT["components"]["messageTraits"].values():
        for said in trait["headers"]["properties"].values():
            assert all(term_and_explanation(said["description"]))
    for message in DOCUMENT["components"]["messages"].values():
        assert message["title"] != message["summary"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in message["title"])


def test_a_prefix_stands_before_every_address_and_subject() -> None:
    here = asyncapi(CATALOGUE, version="1", prefix="test.", servers=["one:9092"])
    assert {each["address"].partition(".")[0] for each in here["channels"].values()} == {"test"}
    subjects = {each["x-subject"] for each in here["components"]["messages"].values() if "x-subject" in each}
    assert all(subject.startswith("test.") for subject in subjects)
    assert here["servers"] == {"kafka-1": {"host": "one:9092", "protocol": "kafka"}}


def test_one_party_is_told_only_what_concerns_it() -> None:
    told = asyncapi(CATALOGUE, version="1", party="payment")
    assert set(told["channels"]) == {name for name, topic in TOPICS.items() if "payment" in topic["readers"]}
    assert {each["tags"][0]["name"] for each in told["operations"].values()} == {"payment"}
    named = {name for channel in told["channels"].values() for name in channel["messages"]}
    assert set(told["components"]["messages"]) == named
    with pytest.raises(CatalogueError, match=r"nobody called nobody writes or reads a topic; there are .*payment"):
        asyncapi(CATALOGUE, version="1", party="nobody")
