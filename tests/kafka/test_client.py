"""What a publisher puts on a topic, as a stranger to our code finds it there."""

import json
from io import BytesIO

import fastavro
import pytest

from benefit_hub.catalogue import load
from benefit_hub.client import Publisher
from benefit_hub.client.reader import Reader
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import CatalogueError, ContractViolation, HubError
from benefit_hub.values.identity import check_character

CATALOGUE = load(allow_assumed=True)
DEATH = "public-security.death"
RECORD = {
    "record_id": "SW-1",
    "revision": 1,
    "valid_from": "2026-03-15",
    "recorded_at": 1_773_547_200_123,
    "id_number": "99010119810302001" + check_character("99010119810302001"),
}


@pytest.fixture
def settings(kafka, namespace):
    """Two topics of our own."""
    made = Settings(topic_prefix=namespace, bootstrap=kafka.bootstrap)
    with administration(made, kafka.bootstrap) as admin:
        admin.create_missing([CATALOGUE.topics[name] for name in (DEATH, "control")])
    return made


@pytest.fixture
def publisher(settings):
    with Publisher(CATALOGUE, settings, settings.bootstrap) as made:
        yield made


def lying(settings, topic):
    with Reader(settings, settings.bootstrap, [topic]) as reader:
        return reader.new()


def by_hand(value):
    """Avro in Confluent's wire format, read with nothing but the published files."""
    assert value[0] == 0
    schema_id = int.from_bytes(value[1:5], "big")
    schema = json.loads((CATALOGUE.assets.root / CATALOGUE.schemas[schema_id].file).read_text("utf-8"))
    return schema["name"], fastavro.schemaless_reader(BytesIO(value[5:]), schema, None)


def test_a_record_is_as_the_contract_says(settings, publisher):
    sent = publisher.publish(DEATH, RECORD, story_received_at_ms=1_779_249_600_000).sent()
    (record,) = lying(settings, DEATH)
    assert (record.topic, record.partition, record.offset) == sent
    assert record.key == b"SW-1"
    assert record.headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"death/SW-1/1",
        "ce_source": b"public-security",
        "ce_type": b"public-security.death.v1",
        "ce_time": b"2026-03-15T04:00:00.123+00:00",
        "content-type": b"application/avro",
        "hub-story-received-at": b"1779249600000",
    }
    name, body = by_hand(record.value)
    assert name == "Death"
    assert body["valid_from"] == "2026-03-15"
    assert body["retracted"] is False
    assert body["place"] is None


def test_without_story_time_there_is_no_such_header_and_an_event_keeps_its_id(settings, publisher):
    for _ in range(2):
        publisher.publish(DEATH, RECORD, event_id="e-77").sent()
    records = lying(settings, DEATH)
    assert [record.headers["ce_id"] for record in records] == [b"e-77", b"e-77"]
    assert not any("hub-story-received-at" in record.headers for record in records)


def test_a_control_event_goes_to_control(settings, publisher):
    event = ControlEvent(type="PAY_RUN_CLOSED", month="2026-07")
    publisher.control(event, event_id="pay-run/2026-07", at_ms=0).sent()
    (record,) = lying(settings, "control")
    name, body = by_hand(record.value)
    assert (name, body["type"], body["month"], record.key) == (
        "ControlEvent",
        "PAY_RUN_CLOSED",
        "2026-07",
        b"PAY_RUN_CLOSED",
    )


def test_what_is_not_as_the_schema_says_is_not_sent(settings, publisher):
    with pytest.raises(ContractViolation, match="no field dead"):
        publisher.publish(DEATH, {**RECORD, "dead": True})
    with pytest.raises(ContractViolation, match="valid_from"):
        publisher.publish(DEATH, {**RECORD, "valid_from": 20260315})
    with pytest.raises(CatalogueError, match=r"human-resources\.wage"):
        publisher.publish("receipts", RECORD)
    assert lying(settings, DEATH) == []


def test_a_reader_names_the_topics_that_are_missing(settings):
    with pytest.raises(HubError, match=r"there is no topic t\w+\.claims\.v1.*hub topics apply"):
        Reader(settings, settings.bootstrap, ["claims"])
