"""An officer's chain on a real Kafka: a wage is proposed, decided after a hearing, its notice is served, and nothing is left."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benefit_hub.client import Publisher
from benefit_hub.runtime.view import NoView, View
from benefit_hub.values.months import millis_of_day
from tests.kafka.hub.live import LiveHub, wait_for
from tests.kafka.hub.raw import ROOT
from tests.kafka.hub.test_receipts import command

HOUSEHOLD = sorted((ROOT / "demo" / "household").glob("*.jsonl"))
WAGE = ROOT / "demo" / "wage.jsonl"
RECEIVED = date(2026, 11, 18)


def publish(hub: LiveHub, files: Sequence[tuple[str, Path]]) -> None:
    """What departments say, on one day of the story."""
    with Publisher(hub.opened.catalogue, hub.opened.settings, hub.bootstrap) as publisher:
        for topic, file in files:
            for line in file.read_text("utf-8").splitlines():
                publisher.publish(topic, json.loads(line), story_received_at_ms=millis_of_day(RECEIVED))


def waiting(hub: LiveHub) -> list[str]:
    """The ids of the tasks, and of the proposals about somebody who is paid, that wait in the inbox."""
    hub.check_workers()
    view = View(hub.opened.folder.view_file)
    try:
        return [
            *(each.proposal_id for each in view.proposals() if each.before_fen),
            *(each.task_id for each in view.tasks()),
        ]
    except NoView:
        return []


def test_from_the_proposal_to_the_served_notice(make_hub: Callable[..., LiveHub]) -> None:
    hub = make_hub()
    hub.start_worker()
    publish(hub, [*((file.stem, file) for file in HOUSEHOLD), ("human-resources.wage", WAGE)])
    wait_for(lambda: len(waiting(hub)) == 1, 60, "the proposal")
    _, listed = command(hub, "inbox", "list")
    (proposal,) = re.findall(r"^建议 +(\w{8}) +h:H-02 ", listed, re.MULTILINE)
    (whole,) = waiting(hub)
    days = ("--decided-on", "2026-11-20", "--heard-on", "2026-11-19")
    code, said = command(hub, "inbox", "accept", proposal, *days, "--authority", "演示县民政局")
    assert code == 0, said
    wait_for(lambda: len(waiting(hub)) == 1 and waiting(hub) != [whole], 60, "the task in place of the proposal")
    (task,) = waiting(hub)
    _, shown = command(hub, "inbox", "show", task)
    assert "hub inbox serve" in shown
    code, said = command(hub, "inbox", "serve", task, "--on", "2026-11-23")
    assert code == 0, said
    assert re.search(r"已登记 inbox-\w+ 第 2 版：书面通知送达 2026-11-23", said)
    wait_for(lambda: waiting(hub) == [], 60, "the task to go")
    hub.wait_quiet(60)
    told = [(each["kind"], each["before_fen"], each["after_fen"]) for each in hub.said("benefits.adjustments")]
    assert told == [("START", 0, 64_500), ("DECREASE", 64_500, 16_500)], "645 - 0.8 x 600 = 165, once"
