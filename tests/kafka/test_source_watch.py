"""The source watch on a real Kafka: what the brokers tell of days gone by, what two workers say of them, and a whole hub."""

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from msgspec import structs

from benefit_hub.catalogue.watch import Watch
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.settings import Settings, load_settings
from benefit_hub.runtime.source_watch import SourceWatch, known_alarms
from benefit_hub.runtime.unusual import last_end
from benefit_hub.runtime.whole_topic import whole
from tests.checkout import catalogue
from tests.cli.typed import typed
from tests.kafka.counting import until

ROOT = Path(__file__).parents[2]
DAY_MS = 86_400_000
CATALOGUE = catalogue()
WEEKEND = (40, 40, 40, 40, 40, 0, 0)
DAYS = {
    "public-security.death": (*(40,) * 9, 0, 0, 40, 100, 40, 40),
    "human-resources.wage": (*WEEKEND, *WEEKEND, 40),
    "public-security.residence": (0,) * 15,
    "funeral-service.death": (*(0,) * 9, 40, 40, 40, 40, 0, 0),
}
"""Records per day: one with trouble, one with quiet weekends, one that is not used, one that began on the tenth day."""


class Past:
    """Topics with records of days gone by: they take the time that their writer says."""

    def __init__(self, bootstrap, namespace):
        self.settings = Settings(topic_prefix=namespace)
        self.bootstrap = bootstrap
        self.end = last_end(Watch(), now_ms())
        self.topics = [
            structs.replace(CATALOGUE.topic(name), timestamp="CreateTime", retention=None) for name in (*DAYS, "alarms")
        ]
        self.watched = self.topics[: len(DAYS)]
        with administration(self.settings, bootstrap) as admin:
            admin.create_missing(self.topics)
        self._write()

    def _write(self):
        producer = Producer({"bootstrap.servers": self.bootstrap})
        for topic, counts in DAYS.items():
            for number, count in enumerate(counts):
                begun = self.end - (len(counts) - number) * DAY_MS
                for one in range(count):
                    at = begun + one * (DAY_MS // 100)
                    name = self.settings.topic(topic)
                    producer.produce(name, b"x", partition=one % 2, timestamp=at)
        assert producer.flush(20) == 0

    def watch(self, **replaced):
        """One that watches them, as each worker has."""
        topics = [structs.replace(topic, **replaced) for topic in self.watched]
        return SourceWatch(self.settings, self.bootstrap, Codecs(CATALOGUE), topics)

    def day(self, number):
        """Shortly after the end of that day, the first of which is 1."""
        return self.end - (15 - number) * DAY_MS + 120_000

    def known(self):
        """What stands on the topic of alarms: state and kind by topic."""
        alarms = known_alarms(self.settings, self.bootstrap, Codecs(CATALOGUE)).values()
        return [(alarm.topic, alarm.kind, alarm.state) for alarm in alarms]


@pytest.fixture
def past(kafka, namespace):
    return Past(kafka.bootstrap, namespace)


def test_what_two_workers_say_of_fifteen_days(past):
    """Silence on the tenth and eleventh day, too much on the thirteenth; nothing of weekends, of silence without history."""
    one, two = past.watch(), past.watch()
    told = {}
    for number in range(9, 16):
        told[number] = [(alarm.topic, alarm.kind, alarm.state) for alarm in one.look(past.day(number))]
        assert two.look(past.day(number)) == [], "the other has said it"
        assert one.look(past.day(number)) == [], "and says it once"
    trouble = "public-security.death"
    assert {number: said for number, said in told.items() if said} == {
        10: [(trouble, "SILENCE", "OPEN")],
        12: [(trouble, "SILENCE", "ENDED")],
        13: [(trouble, "VOLUME", "OPEN")],
        14: [(trouble, "VOLUME", "ENDED")],
    }
    assert past.known() == [(trouble, "SILENCE", "ENDED"), (trouble, "VOLUME", "ENDED")]
    headers = [dict(message.headers() or ()) for message in whole(past.settings, past.bootstrap, "alarms")]
    assert len({each["ce_id"] for each in headers}) == len(headers) == 4
    assert past.watch().look(past.day(10)) == [], "a worker that begins anew, and whose clock is late"


def test_a_worker_that_was_away_makes_up_for_it(past):
    """It is started on the fifteenth day, and tells what had begun and ended meanwhile, with the same ids."""
    told = past.watch().look(past.day(15))
    assert [(alarm.kind, alarm.state) for alarm in told] == [
        ("SILENCE", "OPEN"),
        ("SILENCE", "ENDED"),
        ("VOLUME", "OPEN"),
        ("VOLUME", "ENDED"),
    ]
    assert past.watch().look(past.day(15)) == []
    assert past.watch().look(past.day(11)) == []


def test_two_that_look_at_once_say_the_same(past):
    watches = [past.watch() for _ in range(4)]
    with ThreadPoolExecutor(4) as together:
        said = [alarm for told in together.map(lambda each: each.look(past.day(10)), watches) for alarm in told]
    assert len({alarm.alarm_id for alarm in said}) == 1
    assert past.known() == [("public-security.death", "SILENCE", "OPEN")]


def test_records_that_were_dropped_after_their_time_are_not_missed(past):
    """The beginning of the topic is gone. As retention promises the rest, a verdict stands."""
    admin = AdminClient({"bootstrap.servers": past.bootstrap})
    name = past.settings.topic("public-security.death")
    for future in admin.delete_records([TopicPartition(name, number, 60) for number in range(2)]).values():
        future.result(10)
    kept = past.watch(retention=Watch().reach)
    assert [alarm.kind for alarm in kept.look(past.day(13))] == ["VOLUME"]


@pytest.fixture
def settings_file(kafka, namespace, tmp_path, monkeypatch):
    """A hub that looks at deaths every two seconds."""
    assets = tmp_path / "assets"
    for folder in ("schemas", "topics", "mappings", "policies"):
        shutil.copytree(ROOT / folder, assets / folder)
    file = assets / "topics" / "public-security.death.v1.yaml"
    watch = {"watch": {"window": "2s", "period": "2s", "history": 3, "least": 3, "factor": 50}}
    file.write_text(file.read_text("utf-8") + yaml.safe_dump(watch), "utf-8")
    monkeypatch.setenv("HUB_ASSETS", str(assets))
    settings = {"bootstrap": kafka.bootstrap, "topic_prefix": namespace, "data": str(tmp_path / "data")}
    settings |= {"story_time": True, "store_memory_mib": 16, "registry": {"listen": ""}}
    written = tmp_path / "hub.yaml"
    written.write_text(yaml.safe_dump(settings), "utf-8")
    return written


@pytest.fixture
def deaths(kafka, namespace):
    """Sends records whose publisher believes that it is 2001."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "linger.ms": 0})

    def send():
        producer.produce(f"{namespace}public-security.death.v1", b"x", "r1", timestamp=1_000_000_000_000)
        assert producer.flush(10) == 0

    return send


def test_a_whole_hub_raises_an_alarm_and_takes_it_back(settings_file, deaths, capsys, tmp_path):
    def hub(*arguments):
        return typed(capsys, "--settings", settings_file, *arguments)

    def states():
        opened = open_hub(load_settings(settings_file))
        return [each.state for each in known_alarms(opened.settings, opened.bootstrap, opened.codecs).values()]

    assert hub("init").returncode == 0
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "benefit_hub.cli", "--settings", str(settings_file), "worker"]
        worker = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        begun = time.monotonic()
        while time.monotonic() - begun < 10 or "intake: runs" not in (tmp_path / "worker.log").read_text():
            assert time.monotonic() - begun < 60, (tmp_path / "worker.log").read_text()[-3000:]
            deaths()
            time.sleep(0.2)
        until(lambda: states() == ["OPEN"])
        shown, status = hub("alarms"), hub("status")
        assert shown.returncode == 2
        for text in (shown.stdout, status.stdout):
            assert "死亡登记（公安）" in text
            assert "没有收到记录" in text
            assert "public-security.death: no record from" in text
        deaths()
        until(lambda: states() == ["ENDED"])
        over = hub("alarms", "--all", "--json")
        assert over.returncode == 0
        (alarm,) = json.loads(over.stdout)
        assert (alarm["kind"], alarm["window_s"], alarm["began_at"] < alarm["ended_at"]) == ("SILENCE", 2, True)
        assert abs(alarm["began_at"] - now_ms()) < 120_000, "by the broker's clock, not by the publisher's"
        assert "各数据源正常" in hub("alarms").stdout
        worker.terminate()
        assert worker.wait(15) == 0, (tmp_path / "worker.log").read_text()[-3000:]
    finally:
        worker.kill()
        worker.wait()
