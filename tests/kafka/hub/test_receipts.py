"""What a department is told: receipts by batch, what is held, and its own quarantine; asked for by command and by library."""

import io
import json
import re
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
import yaml
from confluent_kafka import Producer

from benefit_hub.cli import main
from benefit_hub.client import Answers, Publisher
from benefit_hub.runtime.local_kafka import LocalKafka
from benefit_hub.runtime.view import NoView, View
from tests.kafka.hub.live import LiveHub, live_hub, wait_for
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import ROOT, cloud_event, read

WAGE, WAGES = "human-resources.wage", "human-resources"
RECEIVED = noon("2026-06-08")
BATCH = "June, 六月"
NUMBER = number_of(7)


def wage(record: str, **said: Any) -> dict[str, Any]:
    return {
        "record_id": record,
        "revision": 1,
        "valid_from": "2026-06-05",
        "recorded_at": RECEIVED,
        "id_number": NUMBER,
        "pay_period": "2026-05",
        "employer": "E1",
        "amount_fen": 60_000,
    } | said


BATCHED = {
    "good": wage("good"),
    "negative": wage("negative", amount_fen=-1),
    "before": wage("before"),
    "otherwise": wage("otherwise", amount_fen=70_000),
    "over": wage("over", valid_from="2015-01-01", valid_to="2016-01-01"),
}
LAST_WORDS = {
    "good": {"ACCEPTED"},
    "negative": {"REFUSED"},
    "before": {"ACCEPTED", "REPEATED"},
    "otherwise": {"ACCEPTED", "CONFLICT"},
    "over": {"ACCEPTED", "TOO_LATE"},
}


def command(hub: LiveHub, *arguments: str, file: str = "", **settings: Any) -> tuple[int, str]:
    """Run `hub` as a department would, in this process; other settings beside those of the hub."""
    chosen = hub.settings_file
    if settings:
        chosen = hub.folder / f"{file or 'other'}.yaml"
        chosen.write_text(yaml.safe_dump(yaml.safe_load(hub.settings_file.read_text("utf-8")) | settings), "utf-8")
    said = io.StringIO()
    with (
        redirect_stdout(said),
        redirect_stderr(said),
        mock.patch.object(sys, "argv", ["hub", "--settings", str(chosen), *arguments]),
    ):
        try:
            main()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else int(end.code is not None), said.getvalue()
    return 0, said.getvalue()


@dataclass(frozen=True)
class Told:
    """A hub to which a batch was sent, and what its publisher was answered."""

    hub: LiveHub
    answers: Answers


@pytest.fixture(scope="module")
def told(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A worker at work, two records in no batch, a batch, and a record without a key that nobody can read."""
    with live_hub(kafka.bootstrap, f"t{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("hub")) as hub:
        hub.start_worker()
        opened = hub.opened
        with Publisher(opened.catalogue, opened.settings, hub.bootstrap, checked=False) as publisher:
            for record in (wage("before"), wage("otherwise")):
                publisher.publish(WAGE, record, story_received_at_ms=RECEIVED).sent()
            with publisher.batch(BATCH) as batch:
                for record in BATCHED.values():
                    batch.publish(WAGE, record, story_received_at_ms=RECEIVED)
            answers = batch.receipts(within_s=90)
        raw = Producer({"bootstrap.servers": hub.bootstrap})
        raw.produce(hub.topic(WAGE), b"no avro", None, 0, headers=list(cloud_event("nobody", WAGES).items()))
        assert raw.flush(30) == 0
        hub.wait_quiet(90)
        yield Told(hub, answers)


def test_the_publisher_waits_for_an_answer_to_each_record(told: Told) -> None:
    assert (told.answers.complete, told.answers.batch) == (True, BATCH)
    assert [each.record for each in told.answers.refused] == ["negative"]
    first = {each.record: each.status for each in reversed(told.answers.receipts)}
    assert first == {record: "REFUSED" if record == "negative" else "ACCEPTED" for record in BATCHED}


def test_every_receipt_of_the_batch_names_it_whoever_wrote_it(told: Told) -> None:
    said = [each for each in told.hub.said("receipts") if each["batch"] == BATCH]
    found: dict[str, set[str]] = {}
    for each in said:
        found.setdefault(each["record"], set()).add(each["status"])
    assert found == LAST_WORDS
    assert {each["batch_size"] for each in said} == {5}
    assert len(said) == sum(map(len, LAST_WORDS.values())), "each once"
    for each in said:
        if each["status"] != "ACCEPTED":
            assert each["text_en"]
            assert each["text_zh"]


def test_the_view_adds_the_batch_up_and_the_command_tells_it(told: Told) -> None:
    view = View(told.hub.opened.folder.view_file)

    def answered() -> bool:
        try:
            return any(each.too_late and each.conflict and each.repeated for each in view.tallies(WAGES, BATCH))
        except NoView:
            return False

    wait_for(answered, 30, "the view to have what register said")
    (tally,) = view.tallies(WAGES, BATCH)
    assert (tally.size, tally.answered, tally.complete) == (5, 5, True)
    counts = (tally.accepted, tally.refused, tally.repeated, tally.conflict, tally.too_late)
    assert counts == (4, 1, 1, 1, 1)
    code, text = command(told.hub, "receipts", "--source", WAGES, "--batch", BATCH)
    assert code == 2
    assert "5 of 5 answered 已答复  complete 已齐" in text
    assert "NEGATIVE_AMOUNT: field amount_fen: expected an amount in fen of 0 or more" in text
    assert "字段 amount_fen：金额不能为负" in text
    assert NUMBER not in text


def test_a_department_sees_what_is_held_of_its_records_and_of_no_others(told: Told) -> None:
    code, text = command(told.hub, "held", WAGES, "--json")
    held = {each["record"]: each for each in json.loads(text)}
    assert code == 0
    assert set(held) == {"good", "before", "otherwise", "over"}
    assert held["before"]["received_on"] == "2026-06-08"
    assert [name for name, each in held.items() if each["stands"]] == ["before", "good", "otherwise"]
    assert [name for name, each in held.items() if each["conflict"]] == ["otherwise"]
    assert [name for name, each in held.items() if each["too_late"]] == ["over"]
    assert "p:" not in text, "not even pseudonyms"
    assert NUMBER not in text
    code, text = command(told.hub, "held", WAGES, "--record", "over")
    assert "超出追溯期" in text
    assert "good" not in text


def test_a_record_without_a_key_lies_in_quarantine_without_one(told: Told) -> None:
    kept = read(told.hub.bootstrap, told.hub.topic("quarantine.human-resources"))
    headers = {record.value: dict(record.headers) for record in kept}
    assert [record.key for record in kept if record.value == b"no avro"] == [None]
    found = {name: value.decode() for name, value in headers[b"no avro"].items() if "errors." in name}
    assert found["hub.errors.code"] == found["__connect.errors.exception.class.name"] == "BROKEN_AVRO"
    assert found["__connect.errors.stage"] == "VALUE_CONVERTER"
    assert (found["hub.errors.attempt"], found["hub.errors.partition"]) == ("1", "0")
    assert found["hub.errors.first-failure-time"].isdigit()
    assert len(found["hub.errors.redrive-id"]) == 32
    (negative,) = (each for value, each in headers.items() if value != b"no avro")
    assert negative["hub-batch"].decode() == BATCH
    assert negative["__connect.errors.stage"] == b"TRANSFORMATION"


def test_the_example_of_the_document_does_what_it_says(
    told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/publishing.md").read_text("utf-8"), re.DOTALL)
    complaints: list[tuple[Any, ...]] = []
    rows = [wage("doc-1"), wage("doc-2", pay_period="May")]
    monkeypatch.chdir(told.hub.folder)
    exec(example, {"rows_of_today": lambda: rows, "complain": lambda *said: complaints.append(said)})  # noqa: S102  our own
    assert capsys.readouterr().out == "1 answered, 0 not yet\n"
    ((record, field, english, chinese),) = complaints
    assert (record, field) == ("doc-2", "pay_period")
    assert english.startswith("BAD_DATE: field pay_period: expected a month YYYY-MM.")
    assert chinese.startswith("字段 pay_period")


def test_a_file_is_published_and_its_receipts_awaited(told: Told) -> None:
    file = told.hub.folder / "wages.jsonl"
    file.write_text("\n".join(json.dumps(wage(f"f{number}")) for number in range(20)), "utf-8")
    code, text = command(told.hub, "publish", WAGE, str(file), "--on", "2026-06-08", "--wait", "--json")
    assert code == 0, text
    report = json.loads(text)
    assert (report["sent"], report["answered"], report["counts"], report["missing"]) == (20, True, {"ACCEPTED": 20}, 0)
    said = Counter(each["record"] for each in told.hub.said("receipts") if each["batch"] == report["batch"])
    assert said == Counter(f"f{number}" for number in range(20))


def test_a_file_with_bad_lines_sends_the_good_ones_and_says_so(told: Told) -> None:
    file = told.hub.folder / "mixed.jsonl"
    records = [wage("g1"), wage("g2", amount_fen=-1), wage("g3", valid_from="2015-01-01", valid_to="2016-01-01")]
    file.write_text("\n".join(map(json.dumps, records)), "utf-8")
    code, text = command(told.hub, "publish", WAGE, str(file), "--on", "2026-06-08", "--wait", "--batch", "mixed")
    assert code == 2
    assert "1 of 3 records would be refused" in text
    assert "sent 2 records as batch mixed" in text
    assert "ACCEPTED 已接收 2" in text


def test_while_the_hub_is_away_the_command_keeps_the_records_and_sends_them_later(told: Told) -> None:
    first, second = told.hub.folder / "first.jsonl", told.hub.folder / "second.jsonl"
    first.write_text("\n".join(json.dumps(wage(f"k{number}")) for number in range(5)), "utf-8")
    second.write_text(json.dumps(wage("k5")), "utf-8")
    arguments = ("publish", WAGE, str(first), "--on", "2026-06-08", "--spool")
    code, text = command(told.hub, *arguments, file="away", bootstrap="127.0.0.1:1")
    assert code == 3, text
    assert "5 records wait in the spool" in text
    spool = told.hub.data / "spool" / "letters.spool"
    assert spool.stat().st_size > 500
    assert NUMBER.encode() not in spool.read_bytes()
    code, text = command(told.hub, "publish", WAGE, str(second), "--on", "2026-06-08", "--spool", "--wait")
    assert code == 0, text
    assert spool.stat().st_size == 0
    keys = Counter(record.key.decode() for record in read(told.hub.bootstrap, told.hub.topic(WAGE)) if record.key)
    assert {name: count for name, count in keys.items() if name.startswith("k")} == {f"k{n}": 1 for n in range(6)}
