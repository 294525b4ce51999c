"""What a publisher puts on a topic, as a stranger to our code finds it there; and that nothing is lost on the way."""

import json
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from benefit_hub.client import Event, Publisher, Refused, Spool
from benefit_hub.client.reader import Reader
from benefit_hub.client.sending import Straight
from benefit_hub.messages.departments import Death, Envelope
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import CatalogueError, HubError
from benefit_hub.values.identity import check_character
from tests.checkout import catalogue

CATALOGUE = catalogue()
DEATH = "public-security.death"
RECORD: dict[str, Any] = {
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
    with pytest.raises(Refused, match="field dead: expected only the fields"):
        publisher.publish(DEATH, {**RECORD, "dead": True})
    with pytest.raises(Refused, match="valid_from: expected text"):
        publisher.publish(DEATH, {**RECORD, "valid_from": 20260315})
    with pytest.raises(Refused, match="BAD_IDENTITY: field id_number"):
        publisher.publish(DEATH, {**RECORD, "id_number": RECORD["id_number"][:-1] + "?"})
    with pytest.raises(CatalogueError, match="receipts is not a topic of a department"):
        publisher.publish("receipts", RECORD)
    assert lying(settings, DEATH) == []


def test_a_reader_names_the_topics_that_are_missing(settings):
    with pytest.raises(HubError, match=r"there is no topic t\w+\.claims\.v1.*hub topics apply"):
        Reader(settings, settings.bootstrap, ["claims"])


def record(number):
    return {**RECORD, "record_id": f"SW-{number}"}


def names(settings):
    """The record ids on the topic, and how often each is there."""
    return Counter(each.key.decode() for each in lying(settings, DEATH))


def test_a_typed_event_lies_there_as_its_fields_would(settings, publisher):
    payload = Death(place="县医院")
    publisher.publish(DEATH, Event(Envelope(**RECORD), payload)).sent()
    publisher.publish(DEATH, {**RECORD, "place": "县医院"}).sent()
    typed, plain = lying(settings, DEATH)
    assert (typed.key, typed.value, typed.headers) == (plain.key, plain.value, plain.headers)


def test_a_batch_goes_at_the_end_of_its_block_or_not_at_all(settings, publisher):
    def half_bad():
        with publisher.batch() as batch:
            batch.publish(DEATH, record(1))
            batch.publish(DEATH, {**record(2), "id_number": None})

    with pytest.raises(Refused, match="MISSING_SUBJECT"):
        half_bad()
    assert lying(settings, DEATH) == []
    with publisher.batch("六月") as batch:
        assert batch.publish(DEATH, record(1)) == "death/SW-1/1"
        batch.publish(DEATH, record(2))
        batch.publish(DEATH, record(1))
        assert lying(settings, DEATH) == []
        with pytest.raises(Refused, match="CONFLICT"):
            batch.publish(DEATH, {**record(1), "place": "县医院"})
    assert len(batch.sent()) == 2
    with pytest.raises(HubError, match="IDENTITY_MISPLACED"):
        publisher.batch(f"deaths of {RECORD['id_number']}")
    for each in lying(settings, DEATH):
        assert (each.headers["hub-batch"].decode(), each.headers["hub-batch-size"]) == ("六月", b"2")


def test_without_brokers_and_without_a_spool_it_says_so(settings):
    with pytest.raises(HubError, match=r"no broker answers at 127\.0\.0\.1:1"):
        Publisher(CATALOGUE, settings, "127.0.0.1:1")


def test_a_failure_that_nobody_asked_about_is_told_at_the_end(kafka, namespace):
    nowhere = Settings(topic_prefix=namespace, bootstrap=kafka.bootstrap)
    publisher = Publisher(CATALOGUE, nowhere, kafka.bootstrap)
    way = publisher._way
    assert isinstance(way, Straight)
    way._producer.config["max_block_ms"] = 500  # no topic was made here
    publisher.publish(DEATH, RECORD)
    with pytest.raises(HubError, match="not acknowledged"):
        publisher.close()


def test_through_a_spool_everything_lies_there_once_and_the_spool_is_empty(settings, tmp_path):
    spool = Spool(tmp_path)
    with Publisher(CATALOGUE, settings, settings.bootstrap, spool=spool) as publisher:
        sendings = [publisher.publish(DEATH, record(number)) for number in range(20)]
        with publisher.batch() as batch:
            for number in range(20, 700):
                batch.publish(DEATH, record(number))
        places = [each.sent() for each in sendings] + batch.sent()
    assert names(settings) == Counter(f"SW-{number}" for number in range(700))
    assert len(set(places)) == 700
    assert (tmp_path / "letters.spool").stat().st_size == 0


def test_while_the_broker_is_away_the_spool_keeps_all_and_then_all_lies_there_once(own_kafka, tmp_path):
    settings = Settings(bootstrap=own_kafka.bootstrap)
    with administration(settings, own_kafka.bootstrap) as admin:
        admin.create_missing([CATALOGUE.topics[DEATH]])
    with Publisher(CATALOGUE, settings, settings.bootstrap, spool=Spool(tmp_path)) as publisher:
        for number in range(150):
            publisher.publish(DEATH, record(number))
        own_kafka.broker.kill()
        late = [publisher.publish(DEATH, record(number)) for number in range(150, 200)][-1]
        with pytest.raises(HubError, match="the spool keeps it and sends it later"):
            late.sent(within_s=1)
        own_kafka.broker.start()
        assert late.sent(within_s=60).topic == DEATH
    found = names(settings)
    assert found == Counter(f"SW-{number}" for number in range(200))


KEEPING = """
    import sys
    from pathlib import Path
    from benefit_hub.client import Publisher, Spool
    from tests.kafka.test_client import CATALOGUE, DEATH, record
    from benefit_hub.runtime.settings import Settings
    settings = Settings(topic_prefix=sys.argv[1], bootstrap="127.0.0.1:1")
    with Publisher(CATALOGUE, settings, settings.bootstrap, spool=Spool(Path(sys.argv[2]))) as publisher:
        for number in range(1_000_000):
            assert publisher.publish(DEATH, record(number)).kept
            sys.stdout.write(f"SW-{number}\\n")
            sys.stdout.flush()
"""


def test_what_a_killed_publisher_promised_is_sent_once_by_the_next(settings, tmp_path):
    """Killed while it fills the spool, with no broker in sight: the next publisher sends it, in order, before its own."""
    command = [sys.executable, "-c", textwrap.dedent(KEEPING), settings.topic_prefix, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        promised = [process.stdout.readline().strip() for _ in range(100)]
        process.send_signal(signal.SIGKILL)
        promised += process.stdout.read().split()
    number = len(promised) + 1
    with Publisher(CATALOGUE, settings, settings.bootstrap, spool=Spool(tmp_path)) as publisher:
        publisher.publish(DEATH, record(number)).sent()
    found = names(settings)
    assert set(found.values()) == {1}
    assert {*promised, f"SW-{number}"} <= set(found)
    assert len(found) <= len(promised) + 2, "one that was kept, and not yet promised when the end came"
    for partition in (0, 1):
        there = [int(each.key[3:]) for each in lying(settings, DEATH) if each.partition == partition]
        assert there == sorted(there)
