"""A raise for everybody, killed in its middle again and again: two thousand households, three at a time."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from benefit_hub.catalogue import load_book
from benefit_hub.messages.internal import ControlEvent
from tests.kafka.hub.family import Family, records_of
from tests.kafka.hub.live import LiveHub, wait_for
from tests.kafka.hub.memory import in_memory
from tests.kafka.hub.people import number_of
from tests.kafka.hub.raw import ROOT, read, unpacked

HOUSEHOLDS = 2_000
BUDGET = 3
WORKERS = 2
KILLS = 3
DECISIONS = "civil-affairs.decision"
OLD_FEN, NEW_FEN = 64_500, 68_000
RAISED = date(2026, 6, 20)


def families() -> list[Family]:
    """All of them, each poor enough by either standard."""
    return [
        Family(
            f"H{index}",
            tuple(number_of(2 * index + at) for at in range(2 if index % 4 == 3 else 1)),
            100 + index * 31 % 60_000,
        )
        for index in range(HOUSEHOLDS)
    ]


def raised_pack(folder: Path) -> Path:
    """The demonstration pack with a raised standard from July on."""
    pack = yaml.safe_load((ROOT / "policies/demo/gz-t.yaml").read_text("utf-8"))
    pack["standards"]["dibao_urban"]["values"].append({"from": "2026-07", "yuan": "680.00"})
    folder.mkdir()
    (folder / "raised.yaml").write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")
    return folder


def named(adjustment: Any) -> tuple[Any, ...]:
    """What a payer acts on, whether it comes from Kafka or from memory."""
    get = adjustment.__getitem__ if isinstance(adjustment, dict) else partial(getattr, adjustment)
    names = (
        "beneficiary",
        "sequence",
        "adjustment_id",
        "kind",
        "effective_month",
        "payable_from",
        "before_fen",
        "after_fen",
    )
    return tuple(get(name) for name in names)


def cursors(hub: LiveHub) -> list[str]:
    """How far each task of entitlement has come in the sweep at work, as its changelog says; none where none is at work."""
    rows = {}
    for record in read(hub.bootstrap, hub.topic("changelog.entitlement")):
        if record.key == b"control\0state":
            rows[record.partition] = unpacked(record.value)
    return [row["acting"]["cursor"] for row in rows.values() if row["acting"]]


def raised(hub: LiveHub) -> int:
    """How many households have been raised so far."""
    return sum(each["kind"] == "INCREASE" for each in hub.said("benefits.adjustments"))


@pytest.mark.timeout(900)
def test_a_raise_reaches_every_household_once_though_the_workers_are_killed_in_its_middle_again_and_again(
    make_hub: Callable[..., LiveHub], tmp_path: Path
) -> None:
    pack = raised_pack(tmp_path / "raised")
    book = load_book(pack, allow_assumed=True)
    hub, everybody = make_hub(policies=[str(pack)], sweep_budget=BUDGET), families()
    told = [record for family in everybody for record in records_of(family)]
    decisions = [record for record in told if record.topic == DECISIONS]
    hub.publish([record for record in told if record.topic != DECISIONS])
    workers = [hub.start_worker() for _ in range(WORKERS)]
    hub.wait_quiet(120)
    hub.publish(decisions)
    hub.wait_quiet(120)
    granted = hub.said("benefits.adjustments")
    assert Counter(each["kind"] for each in granted) == {"START": HOUSEHOLDS}

    activated = (RAISED, ControlEvent(type="POLICY_ACTIVATED", book=book.digest()))
    closed = (RAISED, ControlEvent(type="PAY_RUN_CLOSED", month="2026-06"))
    hub.publish([activated, closed])
    killed_at = [0]
    for _ in range(KILLS):
        wait_for(lambda: raised(hub) > killed_at[-1], 120, f"nobody is raised after the first {killed_at[-1]}")
        for worker in workers:
            worker.kill()
        killed_at.append(raised(hub))
        assert any(cursors(hub)), f"no sweep stands in its middle: {killed_at}"
        workers = [hub.start_worker() for _ in range(WORKERS)]
    assert killed_at[-1] < HOUSEHOLDS
    hub.wait_for_marker("2026-06", 120)

    adjustments = [each for each in hub.said("benefits.adjustments") if each["kind"] != "PAY_RUN_MARKER"]
    assert len({each["adjustment_id"] for each in adjustments}) == len(adjustments) == 2 * HOUSEHOLDS
    expected = [
        (f"h:{family.name}", sequence, kind, month, before, after)
        for family in everybody
        for sequence, kind, month, before, after in (
            (1, "START", "2026-04", 0, family.owed(OLD_FEN)),
            (2, "INCREASE", "2026-07", family.owed(OLD_FEN), family.owed(NEW_FEN)),
        )
    ]
    names = ("beneficiary", "sequence", "kind", "effective_month", "before_fen", "after_fen")
    assert sorted(tuple(each[name] for name in names) for each in adjustments) == sorted(expected)

    few = {f"h:{family.name}" for family in everybody[::20]}
    sample = [record for family in everybody[::20] for record in records_of(family)]
    memory = in_memory(hub.opened, hub.key, [*sample, activated, closed]).said("benefits.adjustments")
    found = [named(each) for each in adjustments if each["beneficiary"] in few]
    assert sorted(found) == sorted(named(each) for each in memory if each.kind != "PAY_RUN_MARKER")
