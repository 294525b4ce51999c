"""Thousands of mutated records of every department on a real Kafka, good ones between: nothing stops, nothing good is lost.

HUB_FUZZ says how many (6,000 if unset; 100,000 were run by hand), HUB_FUZZ_SEED from which seed; both are printed.
"""

import os
import re
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.hub.fuzz import Gun, Shot
from tests.kafka.hub.live import LiveHub, department_topics, live_hub
from tests.kafka.hub.poison import poison
from tests.kafka.hub.raw import read, unpacked
from tests.kafka.hub.scan import numbers_in
from tests.kafka.hub.shooting import Place, fire

MUTANTS = int(os.environ.get("HUB_FUZZ", "6000"))
SEED = int(os.environ.get("HUB_FUZZ_SEED", "20261122"))
WITHIN_S = 240 + MUTANTS / 50
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
DEFAULTS = {"INTACT"}
"""What a fact may leave out beside nothing, no and 0: what it would be taken for."""
INTAKES = ("ACCEPTED", "REFUSED")

pytestmark = pytest.mark.timeout(int(WITHIN_S) + 360)


@dataclass(frozen=True)
class Fired:
    """A hub that has worked off all shots; `shots` by the place where each lies."""

    hub: LiveHub
    shots: dict[Place, Shot]
    quarantined: dict[Place, Any]
    receipts: list[dict[str, Any]]
    facts: list[Any]

    @property
    def good(self) -> dict[Place, Shot]:
        """Those that must be taken."""
        return {place: shot for place, shot in self.shots.items() if shot.event_id.startswith("good-")}


@pytest.fixture(scope="module")
def fired(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fired]:
    """All of it published while a worker is at work, and worked off."""
    sys.stdout.write(f"HUB_FUZZ={MUTANTS} HUB_FUZZ_SEED={SEED}\n")
    with live_hub(kafka.bootstrap, f"t{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("hub")) as hub:
        hub.start_worker()
        began = time.monotonic()
        gun = Gun(SEED, MUTANTS, hub.contract, department_topics())
        shots = fire(hub, gun.shots(MUTANTS))
        poisoned = replace(next(gun.last()), event_id="poison", headers=[])
        for offset, shot in poison(hub.bootstrap, hub.topic(poisoned.topic), poisoned):
            shots[shot.topic, shot.partition, offset] = shot
        shots |= fire(hub, gun.last())
        hub.wait_quiet(WITHIN_S)
        sys.stdout.write(f"{len(shots)} records worked off in {time.monotonic() - began:.0f} s\n")
        quarantines = [name for name in hub.topics() if name.startswith(f"{hub.prefix}quarantine.")]
        kept = read(hub.bootstrap, *quarantines)
        quarantined = {place_of(record): record for record in kept}
        assert len(quarantined) == len(kept), "each refused record lies in quarantine once"
        facts = read(hub.bootstrap, hub.topic("facts"))
        yield Fired(hub, shots, quarantined, hub.said("receipts"), facts)


def told(record: Any) -> dict[str, str]:
    """What the hub wrote beside a quarantined record."""
    ours = ("hub.errors.", "__connect.errors.")
    return {name: value.decode() for name, value in dict(record.headers).items() if name.startswith(ours)}


def place_of(record: Any) -> Place:
    """Where a quarantined record lay."""
    said = told(record)
    return said["hub.errors.topic"], int(said["hub.errors.partition"]), int(said["hub.errors.offset"])


def test_no_worker_stopped(fired: Fired) -> None:
    fired.hub.check_workers()
    (worker,) = fired.hub.workers
    assert worker.running
    assert not re.search(r"\b(ERROR|CRITICAL|Traceback|aborted)\b", worker.said()), worker.said()[-3000:]


def test_every_good_record_became_its_fact_once_and_in_order(fired: Fired) -> None:
    wanted = {shot.event_id: place for place, shot in fired.good.items()}
    assert len(wanted) > MUTANTS / 12
    assert not wanted.keys() & {fired.shots[place].event_id for place in fired.quarantined}
    found: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[int, str, int], int] = {}
    for record in fired.facts:
        said = unpacked(record.value)
        if said["type"].startswith("fact/") and said["event_id"] in wanted:
            found[said["event_id"], said["subject"]] += 1
            topic, partition, offset = wanted[said["event_id"]]
            came = (record.partition, topic, partition)
            assert last.get(came, -1) <= offset, "overtaken"
            last[came] = offset
            check_content(fired.shots[topic, partition, offset], said)
    assert {event for event, _ in found} == wanted.keys()
    assert set(found.values()) == {1}


def check_content(shot: Shot, fact: Mapping[str, Any]) -> None:
    """A fact says what the department said; what it leaves out are defaults."""
    if shot.said is None:
        return
    payload = {name: value for name, value in fact["payload"].items() if name != "kind"}
    assert payload.items() <= shot.said.items(), shot
    left_out = {value for name, value in shot.said.items() if name not in payload and value}
    assert left_out <= DEFAULTS, (left_out, shot)


def test_every_record_has_exactly_one_verdict(fired: Fired) -> None:
    verdicts = [each for each in fired.receipts if each["status"] in INTAKES]
    status = Counter(each["status"] for each in verdicts)
    sys.stdout.write(f"{status} {Counter(each['code'] for each in verdicts)}\n")
    assert status["ACCEPTED"] + status["REFUSED"] == len(fired.shots)
    assert status["REFUSED"] == len(fired.quarantined) > len(fired.shots) / 4
    assert status["ACCEPTED"] > len(fired.shots) / 4
    by_event: dict[str, list[str]] = defaultdict(list)
    for each in verdicts:
        by_event[each["event_id"]].append(each["status"])
    for place, shot in fired.shots.items():
        if (
            shot.headers.count(("ce_id", shot.event_id.encode()))
            == 1
            == sum(name == "ce_id" for name, _ in shot.headers)
        ):
            assert by_event[shot.event_id] == ["REFUSED" if place in fired.quarantined else "ACCEPTED"], shot


def test_every_refused_one_lies_in_its_departments_quarantine_as_it_came_with_what_to_do(fired: Fired) -> None:
    for place, record in fired.quarantined.items():
        shot, said = fired.shots[place], told(record)
        department = place[0].partition(".")[0]
        assert record.topic == fired.hub.topic(f"quarantine.{department}")
        assert (record.key, record.value) == (shot.key, shot.value)
        check_explained(said["hub.errors.code"], said["hub.errors.field"], said["hub.errors.message"], shot)
        check_chinese(said["hub.errors.field"], said["hub.errors.message-zh"], shot)
    for each in fired.receipts:
        if each["status"] == "REFUSED":
            check_explained(each["code"], each["field"] or "", each["text_en"], each)
            check_chinese(each["field"] or "", each["text_zh"], each)
            assert each["expected"]
            assert each["expected"] in each["text_en"]


def check_explained(code: str, field: str, text: str, shot: object) -> None:
    """`CODE: field x: expected this. Do that.`"""
    assert re.fullmatch(r"[A-Z_]{6,}", code), shot
    where = f"field {field}: " if field else ""
    found = re.fullmatch(re.escape(f"{code}: {where}expected ") + r"\S.*?\. (.+\.)", text)
    assert found, (text, shot)


def check_chinese(field: str, text: str, shot: object) -> None:
    """The field, and a request."""
    assert CHINESE.search(text), (text, shot)
    assert "请" in text, (text, shot)
    assert not field or text.startswith(f"字段 {field}："), (text, shot)


def test_no_receipt_and_nothing_written_beside_a_refused_record_holds_an_identity_number(fired: Fired) -> None:
    for each in fired.receipts:
        assert not numbers_in(" ".join(str(value) for value in each.values())), each
    for record in fired.quarantined.values():
        assert not numbers_in("\n".join(told(record).values())), record.offset


def test_what_was_accepted_was_worked_off_to_the_end(fired: Fired) -> None:
    people = {said["subject"] for record in fired.facts if (said := unpacked(record.value))["type"].startswith("fact/")}
    known = fired.hub.standing("register.persons").keys()
    assert len(known) > 50
    assert known <= {each for each in people if each.startswith("p:")}
    assert fired.hub.standing("register.households")
