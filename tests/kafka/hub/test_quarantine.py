"""Records that were refused by a mapping that lacked a code are sent again after it was mended: each is a fact once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benefit_hub.client import Publisher
from tests.cli.typed import Done, typed
from tests.kafka.hub.live import LiveHub, wait_for
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import ROOT, read

PUPILS = "education.school-enrolment"
RECEIVED = noon("2026-06-08")
SPECIAL, NO_CODE = "6", "Z"
NUMBERS = [number_of(index) for index in range(3)]


def pupil(record: str, number: str, stage: str) -> dict[str, Any]:
    """A row of the school register in the words of its department."""
    return {
        "xsbh": record,
        "xm": "示例",
        "sfzjh": number,
        "xxbsm": "9901000123",
        "xxmc": "学校",
        "xd": stage,
        "xxxs": "1",
        "rxny": "202509",
        "lxrq": None,
        "scbz": "0",
        "gxsj": "2026-05-20 16:20:00",
    }


def assets_of_before(folder: Path) -> Path:
    """Everything as it is, but for a mapping that does not know special schools yet."""
    for name in ("schemas", "topics", "mappings", "policies"):
        shutil.copytree(ROOT / name, folder / name)
    mapping = folder / "mappings" / f"{PUPILS}.yaml"
    text = mapping.read_text("utf-8")
    line = f"      '{SPECIAL}': SPECIAL\n"
    assert line in text
    mapping.write_text(text.replace(line, ""), "utf-8")
    return folder


def hub_says(hub: LiveHub, capsys: Any, *arguments: str) -> Done:
    """`hub quarantine` as it is typed; no identity number is in what it says."""
    done = typed(capsys, "-s", hub.settings_file, "quarantine", *arguments)
    assert not [number for number in NUMBERS if number in done.stdout + done.stderr]
    return done


def test_after_the_mapping_was_mended_each_record_becomes_a_fact_once(
    make_hub: Callable[..., LiveHub], tmp_path: Path, capsys: Any
) -> None:
    hub, before = make_hub(), assets_of_before(tmp_path / "before")
    old = hub.start_worker("--processors", "intake", HUB_ASSETS=str(before))
    with Publisher(hub.opened.catalogue, hub.opened.settings, hub.bootstrap, checked=False) as publisher:
        for at, (number, stage) in enumerate(zip(NUMBERS, (SPECIAL, SPECIAL, NO_CODE), strict=True)):
            row = pupil(f"X{at}", number, stage)
            publisher.publish(PUPILS, row, event_id=f"e{at}", story_received_at_ms=RECEIVED).sent()
    wait_for(lambda: hub.behind("intake") == 0, 90, "everything is taken in")
    old.stop()

    rows = json.loads(hub_says(hub, capsys, "list", "--department", "education", "--json").stdout)
    assert {each["event"]: each["verdict"] for each in rows} == {
        "e0": "ACCEPTED",
        "e1": "ACCEPTED",
        "e2": "UNKNOWN_CODE",
    }
    shown = hub_says(hub, capsys, "show", rows[0]["id"])
    assert "可以接收" in shown.stdout
    tried = hub_says(hub, capsys, "redrive", "--dry-run", "--json")
    assert (tried.returncode, json.loads(tried.stdout)["sent"], len(json.loads(tried.stdout)["would_be_sent"])) == (
        2,
        0,
        2,
    )
    assert len(read(hub.bootstrap, hub.topic(PUPILS))) == 3, "a dry run sends nothing"

    done = hub_says(hub, capsys, "redrive", "--topic", PUPILS)
    assert done.returncode == 2
    assert "sent: 2；仍会被拒绝，未投递 would be refused again: 1" in done.stdout
    again = json.loads(hub_says(hub, capsys, "redrive", "--json").stdout)
    assert (again["chosen"], again["sent"]) == (1, 0), "what was sent is not sent twice"

    hub.start_worker("--processors", "intake,register")
    wait_for(lambda: hub.behind("intake") == hub.behind("register") == 0, 90, "everything is taken in")
    facts = read(hub.bootstrap, hub.topic("facts"))
    pupils = [each for each in facts if each.value is not None and b"SPECIAL" in each.value]
    assert len(pupils) == len({each.key for each in pupils}) == 2
    answers = [(each["event_id"], each["status"]) for each in hub.said("receipts")]
    assert sorted(answers) == [
        ("e0", "ACCEPTED"), ("e0", "REFUSED"), ("e1", "ACCEPTED"), ("e1", "REFUSED"), ("e2", "REFUSED"),
    ]  # fmt: skip
    left = json.loads(hub_says(hub, capsys, "list", "--json").stdout)
    assert [each["event"] for each in left] == ["e2"]
