"""Today's workers go on where those of an earlier version stopped: from their topics, their stores, their changelogs."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.local_kafka import LocalKafka
from tests.golden.record import HERE
from tests.golden.run import item_of, load_run, run_file
from tests.kafka.hub.left import left_hub
from tests.kafka.hub.live import Item
from tests.kafka.hub.memory import in_memory
from tests.kafka.hub.test_story_by_chance import (
    LAST_RUN,
    check_each_once,
    owed,
    paid_by_rule,
    payments,
    statuses,
)
from tests.properties.test_promises import one_person, summed
from tests.properties.told import Record, Story

pytestmark = pytest.mark.timeout(480)

VERSIONS = sorted(folder.name for folder in HERE.glob("v*") if run_file(folder.name).exists())
LOST = ("stores/0/register",)
"""Of one processor the store is lost, so that it comes from the changelog; the others go on with the files that they have."""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_money_is_that_of_old_and_new_events_together(own_kafka: LocalKafka, tmp_path: Path, version: str) -> None:
    run = load_run(version)
    before, after = [item_of(each) for each in run.before], [item_of(each) for each in run.after]
    with left_hub(own_kafka.bootstrap, tmp_path, run, LOST) as hub:
        was_said = payments(hub.said("benefits.adjustments"))
        assert len(was_said) > 10, "the earlier version had hardly begun"
        today = hub.opened.env().first_book
        hub.change(former_books={was_said[-1]["book"]: today})
        book = ControlEvent(type="POLICY_ACTIVATED", book=today)
        new: list[Item] = [(_day(after[0]), book), *after]
        worker = hub.start_worker()
        hub.publish(new)
        hub.wait_for_marker(LAST_RUN[1].month or "", 240)
        hub.wait_quiet(120)
        restored = Counter[str]()
        for processor, rows in re.findall(r"(\w+): runs .*, (\d+) rows restored", worker.said()):
            restored[processor] += int(rows)
        assert restored["register"] > 0, "its store was lost"
        assert restored["entitlement"] == restored["settlement"] == 0, "their stores are as complete as they were left"

        adjustments = payments(hub.said("benefits.adjustments"))
        entitlements = list(hub.standing("benefits.entitlements").values())
        memory = in_memory(hub.opened, hub.key, [*before, *new])
        expected = [msgspec.to_builtins(each) for each in memory.standing("benefits.entitlements").values()]
        assert owed(entitlements) == owed(expected)
        assert statuses(entitlements) == statuses(expected)
        people = one_person(Story([each for each in (*before, *after) if isinstance(each, Record)]), hub.key)
        assert summed(paid_by_rule(adjustments), people) == summed(owed(expected), people)
        check_each_once(adjustments)
        assert {each["adjustment_id"] for each in was_said} < {each["adjustment_id"] for each in adjustments}


def _day(item: Item) -> date:
    return item.received if isinstance(item, Record) else item[0]
