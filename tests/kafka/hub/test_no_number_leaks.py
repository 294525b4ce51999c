"""A thousand known numbers through every path, good, refused and crashing: none lies anywhere but where departments wrote it.

They may lie in the topics of departments, in their quarantine, and encrypted in the spool of a publisher.
"""

import io
import json
import logging
import os
import sqlite3
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
import uuid
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rocksdict import Options, Rdict

from benefit_hub.client import Publisher
from benefit_hub.client.spool import Spool
from benefit_hub.runtime.kafka_probe import free_ports
from benefit_hub.runtime.local_kafka import LocalKafka
from benefit_hub.values.errors import HubError
from tests.intake.records import body
from tests.kafka.hub.fuzz import RECEIVED
from tests.kafka.hub.leaks import NUMBERS, Told, full_width, wrong_check
from tests.kafka.hub.live import HUB, LiveHub, department_topics, live_hub, wait_for
from tests.kafka.hub.raw import read
from tests.kafka.hub.scan import Numbers, files, numbers_in, records, rows, stores
from tests.kafka.hub.shooting import fire

KNOWN = Numbers(NUMBERS)
LOUD = ("--loglevel", "DEBUG")
ENDS_WITHIN_S = 180
BROKEN = """
from importlib import import_module

def broken(envelope, payload, key):
    raise ValueError(f"cannot hide {envelope.id_number} of {payload!r}")

import_module("benefit_hub.intake.step").with_pseudonyms = broken
from benefit_hub.cli import main
main()
"""
"""A worker with a defect that speaks of the record at hand."""

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Left:
    """What a hub has left behind when all is over: its records of every isolation, its folder, and all that was said."""

    hub: LiveHub
    written: list[Any]
    committed: int
    said: dict[str, bytes]

    def department(self, topic: str) -> bool:
        """Whether departments may write numbers there."""
        name = topic.removeprefix(self.hub.prefix).removesuffix(".v1")
        return name in department_topics() or name.startswith("quarantine.")


@pytest.fixture(scope="module")
def left(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """All records sent, worked off by workers of which one is killed in a transaction and two end by an error."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("hub")
    prefix = f"t{uuid.uuid4().hex[:8]}."
    settings = {"batch_records_max": 300, "registry": {"listen": f"127.0.0.1:{port}"}}
    with live_hub(kafka.bootstrap, prefix, folder, **settings) as hub:
        told, said = list(Told(hub.contract).records()), {}
        fire(hub, told[: len(told) // 2])
        doomed = hub.start_worker(*LOUD, HUB_FAULT="after_produce:intake:2:kill")
        wait_for(lambda: not doomed.running, 180, "a worker is killed in the middle of a transaction of intake")
        hub.start_worker(*LOUD, HUB_FAULT="after_offsets:register:2:abort")
        hub.wait_quiet(300)
        for path in ("subjects", "schemas/ids/1", "metrics", f"subjects/{NUMBERS[0]}/versions"):
            said[f"GET {path}"] = answer(f"http://127.0.0.1:{port}/{path}")
        for worker in hub.workers:
            worker.stop()
        hub.workers.clear()  # whoever comes next writes on in the first one's log
        fire(hub, told[len(told) // 2 :])
        said |= ended_by_error(hub)
        hub.start_worker(*LOUD)
        hub.wait_quiet(300)
        wait_for(
            lambda: (hub.data / "view.sqlite").is_file() and bool(list(rows(hub.data / "view.sqlite"))), 30, "a view"
        )
        time.sleep(1)  # the view follows at its own pace, and whatever it holds by now is looked at
        said |= commands(hub) | publishers(hub)
        for worker in hub.workers:
            worker.stop()
        written = read(hub.bootstrap, *hub.topics(), committed=False)
        yield Left(hub, written, len(read(hub.bootstrap, *hub.topics())), said)


def answer(url: str) -> bytes:
    """What a URL answers, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=10) as found:  # noqa: S310  our own worker
            return bytes(found.read())
    except urllib.error.HTTPError as refused:
        return bytes(refused.read())


def run(
    hub: LiveHub, *command: str, program: tuple[str, ...] = HUB, stdin: bytes = b"", **environment: str
) -> tuple[int, bytes]:
    """A command of the hub that ends by itself: its exit code, and both of its outputs."""
    done = subprocess.run(
        [*program, "--settings", str(hub.settings_file), *command],
        capture_output=True,
        timeout=ENDS_WITHIN_S,
        check=False,
        input=stdin,
        env=os.environ | environment,
    )
    return done.returncode, done.stdout + done.stderr


def ended_by_error(hub: LiveHub) -> dict[str, bytes]:
    """Workers that end while records wait: one by a defect of the program, one with another key."""
    code, defect = run(hub, "worker", *LOUD, program=(sys.executable, "-c", BROKEN))
    assert code == 78, defect[-2000:]
    assert b"ValueError" in defect
    assert b"intake stopped at" in defect
    other = hub.folder / "other"
    other.mkdir()
    (other / "pseudonym.key").touch(0o600)
    (other / "pseudonym.key").write_text("ab" * 32)
    code, stranger = run(hub, "worker", *LOUD, HUB_DATA=str(other))
    assert code == 78
    assert b"pseudonym key" in stranger
    return {"a worker with a defect": defect, "a worker with another key": stranger}


def commands(hub: LiveHub) -> dict[str, bytes]:
    """What the commands say that show something of people or records."""
    asked = (
        ("status",),
        ("status", "--json"),
        ("inbox", "list", "--all"),
        ("inbox", "list", "--all", "--json"),
        ("alarms",),
        ("receipts", "--source", "human-resources", "--most", "1000"),
        ("receipts", "--source", "taxation", "--json"),
        ("held", "public-security"),
        ("held", "human-resources", "--json"),
        ("topics", "plan"),
    )
    said = {f"hub {' '.join(command)}": run(hub, *command)[1] for command in asked}
    lines = "\n".join(json.dumps(record) for number in NUMBERS[50:60] for record in bad_deaths(number)).encode()
    for options in ((), ("--json",), ("--sandbox",)):
        command = ("publish", "public-security.death", "-", "--format", "json", "--on", "2026-06-30", *options)
        code, told = run(hub, *command, stdin=lines)
        assert code == 2, told[-2000:]
        assert b"IDENTITY_MISPLACED" in told
        said[f"hub {' '.join(command)}"] = told
    return said


def bad_deaths(number: str) -> Iterator[dict[str, Any]]:
    """A good record, and bad ones of many kinds."""
    good = body("public-security.death", record_id=f"p{NUMBERS.index(number)}", id_number=number)
    yield good
    yield good | {"id_number": wrong_check(number)}
    yield good | {"id_number": full_width(number)}
    yield good | {"place": f"in {number}"}
    yield good | {"record_id": number}
    yield good | {"revision": number}
    yield good | {"id_number": [number], "valid_from": number}
    yield good | {"valid_from": number}
    yield good | {number: number}


def publishers(hub: LiveHub) -> dict[str, bytes]:
    """A department's own program: what its errors say, with their tracebacks; and a spool, because no broker answers."""
    said, (port,) = io.StringIO(), free_ports(1)
    log = logging.StreamHandler(said)
    logging.getLogger("benefit_hub").addHandler(log)
    spool = Spool(hub.folder / "spool")
    try:
        with redirect_stdout(said), redirect_stderr(said):
            publisher = Publisher(hub.opened.catalogue, hub.opened.settings, f"127.0.0.1:{port}", spool=spool)
            for number in NUMBERS[:50]:
                for record in bad_deaths(number):
                    _publish(publisher, said, record)
            said.write(f"{publisher.trouble} {publisher!r} {spool!r} {spool.waiting} waiting")
            publisher.close()
    finally:
        logging.getLogger("benefit_hub").removeHandler(log)
    assert (hub.folder / "spool" / "letters.spool").stat().st_size > 10_000
    assert said.getvalue().count("IDENTITY_MISPLACED") >= 100, "two of the bad records of each of fifty people"
    return {"a publisher": said.getvalue().encode()}


def _publish(publisher: Publisher, said: io.StringIO, record: dict[str, Any]) -> None:
    """Publish, or write down all that the error says."""
    try:
        sending = publisher.publish("public-security.death", record, story_received_at_ms=RECEIVED)
    except HubError as refused:
        said.write("".join(traceback.format_exception(refused)) + repr(refused))
    else:
        said.write(repr(sending))


def test_all_paths_were_gone(left: Left) -> None:
    receipts = Counter(each["code"] or each["status"] for each in left.hub.said("receipts"))
    wanted = (
        "ACCEPTED CONFLICT BAD_IDENTITY IDENTITY_MISPLACED BROKEN_AVRO NULL_VALUE UNKNOWN_SCHEMA BAD_DATE SAME_PERSON"
    )
    assert receipts.keys() >= set(wanted.split())
    assert receipts["ACCEPTED"] > len(NUMBERS)
    assert len(left.written) > left.committed, "there are records of transactions that were aborted"
    topics = Counter(left.hub.opened.settings.logical(record.topic) for record in left.written)
    outputs = "facts person-transfers household-facts claims register.persons tasks benefits.adjustments benefits.explanations"
    assert topics.keys() >= set(outputs.split())
    assert b"HUB_FAULT" in left.hub.workers[0].log.read_bytes()
    assert b"DEBUG" in left.hub.workers[0].log.read_bytes()


def test_in_kafka_numbers_lie_in_the_topics_of_departments_and_their_quarantine_alone(left: Left) -> None:
    found = KNOWN.places(records(left.written))
    held = {place for place in found if left.department(place)}
    assert found.keys() - held == set(), "identity numbers in topics where none may be"
    names = {left.hub.opened.settings.logical(place) for place in held}
    assert names >= {
        "public-security.residence",
        "human-resources.wage",
        "taxation.personal-income",
        "civil-affairs.decision",
    }
    assert names >= {
        "quarantine.human-resources",
        "quarantine.taxation",
        "quarantine.education",
        "quarantine.civil-affairs",
    }


def test_of_quarantine_what_the_hub_wrote_beside_a_record_holds_none(left: Left) -> None:
    ours = [
        value
        for record in left.written
        if "quarantine." in record.topic
        for name, value in record.headers
        if name.startswith(("hub.errors.", "__connect.errors."))
    ]
    assert len(ours) > 1_000
    assert not any(value in KNOWN for value in ours)


def test_no_store_view_log_or_other_file_holds_one(left: Left) -> None:
    stored = list(stores(left.hub.data))
    assert len(stored) > len(NUMBERS), "the stores were read"
    assert {place.rpartition("/")[2].partition(" ")[0] for place, _ in stored} >= {
        "register",
        "entitlement",
        "settlement",
    }
    assert KNOWN.places(stored) == {}
    shown = list(rows(left.hub.data / "view.sqlite"))
    assert len(shown) > 100
    assert KNOWN.places(shown) == {}
    lying = list(files(left.hub.folder))
    assert any(name.startswith("spool") for name, _ in lying)
    assert sum(name.endswith(".log") for name, _ in lying) >= 2
    assert KNOWN.places(lying) == {}


def test_nobody_said_one(left: Left) -> None:
    assert len(left.said) >= 10
    assert all(left.said.values())
    echo = f"GET subjects/{NUMBERS[0]}/versions"  # who asks for a number may be told that there is no such subject
    assert KNOWN.places((name, text) for name, text in left.said.items() if name != echo) == {}


@pytest.mark.parametrize(
    "written",
    [
        NUMBERS[3],
        NUMBERS[3][:17],
        NUMBERS[3].lower(),
        wrong_check(NUMBERS[3]),
        full_width(NUMBERS[3]),
        f"1{NUMBERS[3]}1",
        NUMBERS[3].encode().hex(),
        *(b64encode(b"." * before + NUMBERS[3].encode() + b".").decode() for before in range(3)),
    ],
)
def test_a_number_that_were_there_would_be_found(written: str, tmp_path: Path) -> None:
    planted = f"nothing of {written} here"
    assert planted.encode() in KNOWN
    (tmp_path / "worker.log").write_text(planted, "utf-8")
    assert KNOWN.places(files(tmp_path)) == {"worker.log": 1}
    store = Rdict(str(tmp_path / "store"), Options(raw_mode=True))
    store.create_column_family("p1", Options(raw_mode=True)).put(b"row", planted.encode())
    store.close()
    assert list(KNOWN.places(stores(tmp_path))) == [f"{tmp_path / 'store'} p1"]
    base = sqlite3.connect(tmp_path / "view.sqlite")
    with base:
        base.execute("create table shown (id text, body blob)")
        base.execute("insert into shown values ('x', ?)", (planted.encode(),))
    base.close()
    assert KNOWN.places(rows(tmp_path / "view.sqlite")) == {"view.sqlite shown": 1}


def test_what_is_no_known_number_is_not_found() -> None:
    assert b"990999198005170010 and 20261122120000123456 and deadbeef39" not in KNOWN
    assert numbers_in(f"of {NUMBERS[0]}") == [NUMBERS[0]]
    assert numbers_in("20261122120000123456") == []
