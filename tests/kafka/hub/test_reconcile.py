"""A department's full list of wages against a hub that works: tasks, the report, and what is left as it was."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from benefit_hub.client import Publisher
from benefit_hub.values.identity import check_character
from tests.cli.typed import Done, typed
from tests.kafka.hub.live import LiveHub
from tests.kafka.hub.raw import read

WAGE = "human-resources.wage"
MAY_20_MS = 1_779_249_600_000
NUMBERS = [(body := f"9901011981030{number:04}") + check_character(body) for number in range(2001, 2021)]


def wage(number: int, **changes: Any) -> dict[str, Any]:
    """The wage of the person with this number, as the department has it."""
    told = {"record_id": f"GZ-{number}", "revision": 1, "valid_from": "2026-05-01", "recorded_at": MAY_20_MS}
    about = {"id_number": NUMBERS[number], "pay_period": "2026-05", "employer": "E1", "amount_fen": 300_000}
    return told | about | changes


def listed(*records: dict[str, Any]) -> str:
    """A full list: a record per line."""
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def hub(make_hub: Callable[..., LiveHub]) -> LiveHub:
    """A hub with ten wages, worked off."""
    made = make_hub()
    with Publisher(made.opened.catalogue, made.opened.settings, made.bootstrap) as publisher:
        for number in range(10):
            publisher.publish(WAGE, wage(number), story_received_at_ms=MAY_20_MS)
        publisher.publish(WAGE, wage(9, revision=2, amount_fen=310_000), story_received_at_ms=MAY_20_MS)
    made.start_worker()
    made.wait_quiet(60)
    return made


def test_a_list_that_is_wrong_and_later_right(hub: LiveHub, capsys: Any) -> None:
    """Without GZ-0, with GZ-10, with the first revision of GZ-9 and another amount of GZ-1."""
    file = hub.folder / "list.jsonl"

    def compare(text: str, *more: str) -> Done:
        file.write_text(text, "utf-8")
        return typed(capsys, "--settings", hub.settings_file, "reconcile", WAGE, file, "--as-of", "2026-06-30", *more)

    def tasks() -> list[tuple[str, str, str]]:
        found = [task for task in hub.said("tasks") if task["type"].startswith("full_list")]
        return sorted((task["facts"][0]["record"], task["type"], task["state"]) for task in found)

    held = {topic: len(read(hub.bootstrap, hub.topic(topic))) for topic in ("facts", "receipts", WAGE)}
    right = [*(wage(number) for number in range(9)), wage(9, revision=2, amount_fen=310_000)]
    agreed = compare(listed(*right))
    assert agreed.returncode == 0, agreed.stderr
    assert "10 listed; 10 alike" in agreed.stdout
    assert tasks() == []

    wrong = [wage(1, amount_fen=1), *right[2:9], wage(9), wage(10)]
    told = compare(listed(*wrong))
    assert told.returncode == 2
    assert "全量清单中没有记录 GZ-0，本系统持有其第 1 版且仍有效。" in told.stdout
    assert "record GZ-10 (revision 1) is in the list, and the hub never got it" in told.stdout
    assert "record GZ-1: revision 1 in the list, 1 in the hub; other: content" in told.stdout
    assert "record GZ-9: revision 1 in the list, 2 in the hub; other: revision" in told.stdout
    assert "tasks: 4 opened, 0 changed, 0 withdrawn" in told.stdout
    opened = [
        ("GZ-0", "full_list_missing", "OPEN"),
        ("GZ-1", "full_list_different", "OPEN"),
        ("GZ-10", "full_list_extra", "OPEN"),
        ("GZ-9", "full_list_different", "OPEN"),
    ]
    assert tasks() == opened

    again = compare(listed(*reversed(wrong)), "--json")
    assert again.returncode == 2
    said = json.loads(again.stdout)
    assert (said["listed"], said["alike"]) == (10, 7)
    assert (said["missing"], said["extra"], said["different"]) == (1, 1, 2)
    assert said["tasks"] == {"OPEN": 0, "CHANGED": 0, "WITHDRAWN": 0}
    assert tasks() == opened, "the same again changes nothing"

    few = compare(listed(wage(0)), "--at-most", "3")
    assert few.returncode == 2
    assert "Too many differences: no task was touched" in few.stdout
    assert tasks() == opened

    over = compare(listed(*right))
    assert over.returncode == 0
    assert "tasks: 0 opened, 0 changed, 4 withdrawn" in over.stdout
    closed = [(record, kind, "WITHDRAWN") for record, kind, _ in opened]
    assert tasks() == sorted([*opened, *closed])
    assert {topic: len(read(hub.bootstrap, hub.topic(topic))) for topic in held} == held, "nothing else was written"
    spoken = "".join(done.stdout + done.stderr for done in (agreed, told, again, few, over)) + str(hub.said("tasks"))
    assert not [number for number in NUMBERS if number in spoken]


def test_lists_that_cannot_be_compared(hub: LiveHub, capsys: Any) -> None:
    """A line that would be refused is left out and told; a line without record, and a hub that is behind, end it."""
    file = hub.folder / "list.jsonl"

    def compare(text: str) -> Done:
        file.write_text(text, "utf-8")
        return typed(capsys, "--settings", hub.settings_file, "reconcile", WAGE, file, "--as-of", "2026-06-30")

    right = [*(wage(number) for number in range(9)), wage(9, revision=2, amount_fen=310_000)]
    refused = compare(listed(*right[:9], wage(9, revision=2, pay_period="May")))
    assert refused.returncode == 2
    assert "line 10" in refused.stdout
    assert "第 10 行" in refused.stdout
    assert "missing  0" in refused.stdout
    broken = compare(listed(*right) + "{\n")
    assert (broken.returncode, "line 11 is no JSON object" in broken.stderr) == (1, True)
    for worker in hub.workers:
        worker.stop()
    with Publisher(hub.opened.catalogue, hub.opened.settings, hub.bootstrap) as publisher:
        publisher.publish(WAGE, wage(11), story_received_at_ms=MAY_20_MS)
    behind = compare(listed(*right))
    assert (behind.returncode, "has not yet worked off" in behind.stderr) == (1, True)
