"""A hub goes live with four hundred people, and its worker is killed in every phase: the same ledgers as in memory."""

import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
import pytest

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Reconciliation
from benefit_hub.simulate.population import Population, snapshot
from tests.kafka.hub.live import HUB, Item, LiveHub, wait_for
from tests.kafka.hub.memory import in_memory
from tests.kafka.hub.raw import read, unpacked
from tests.properties.told import Record

OPENED, CLOSED, OWN, PAID = date(2026, 6, 20), date(2026, 6, 28), "2026-07", date(2026, 7, 10)
DIED = date(2026, 6, 24)
PEOPLE = 400


def loaded(hub: LiveHub) -> list[Record]:
    """What the registers hold of these people, and what is paid; a death for every thirtieth, while it is loaded."""
    pack = next(iter(hub.opened.catalogue.books.values())).packs[0]
    said = list(snapshot(Population("going live", PEOPLE, pack, OPENED)))
    records = [
        Record(each.topic, dict(each.record), OPENED, f"{each.topic}/{each.record['record_id']}") for each in said
    ]
    numbers = [each.record["id_number"] for each in said if each.topic == "public-security.residence"]
    for at, number in enumerate(numbers[::30]):
        death = {
            "record_id": f"x{at}",
            "revision": 1,
            "valid_from": DIED.isoformat(),
            "recorded_at": records[0].body["recorded_at"],
            "id_number": number,
        }
        records.insert((at + 1) * len(records) // 20, Record("public-security.death", death, DIED, f"death-{at}"))
    return records


def bootstrap(hub: LiveHub, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`hub bootstrap …` as it is typed."""
    command = [*HUB, "--settings", str(hub.settings_file), "bootstrap", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def closing(hub: LiveHub, processor: str) -> bool:
    """Whether a task of a processor stands in the middle of what follows from the end of loading."""
    rows = {}
    for record in read(hub.bootstrap, hub.topic(f"changelog.{processor}")):
        if record.key == b"control\0state":
            rows[record.partition] = unpacked(record.value)
    return any(row["acting"] and row["acting"]["event"]["type"] == "BOOTSTRAP_CLOSED" for row in rows.values())


def killed_in(hub: LiveHub, processor: str, transaction: int) -> None:
    """A worker whose transaction of a processor stands open, until it is killed."""
    worker = hub.start_worker(HUB_FAULT=f"after_produce:{processor}:{transaction}:stall")
    wait_for(lambda: "HUB_FAULT" in worker.said(), 90, f"no transaction of {processor} stands open")
    worker.kill()


def rows(values: Any) -> dict[tuple[str, str], Any]:
    """What stands for each beneficiary and programme, but for what depends on when it was said."""
    found = {}
    for each in values:
        steps = [(step["since"], step["amount_fen"], step["status"]) for step in each["months"]]
        if steps:
            found[each["beneficiary"], each["programme"]] = (steps, each["outstanding_receivable_fen"])
    return found


def told(adjustments: Any) -> list[tuple[Any, ...]]:
    """What a payer acts on."""
    names = ("beneficiary", "sequence", "adjustment_id", "programme", "kind", "effective_month", "payable_from")
    amounts = ("before_fen", "after_fen", "arrears_fen", "receivable_fen", "cause_class")
    return sorted(
        tuple(each[name] for name in (*names, *amounts)) for each in adjustments if each["kind"] != "PAY_RUN_MARKER"
    )


@pytest.mark.timeout(400)
def test_a_hub_goes_live_though_its_worker_is_killed_in_every_phase(make_hub: Callable[..., LiveHub]) -> None:
    hub = make_hub(sweep_budget=5, batch_records_max=100)
    records = loaded(hub)
    worker = hub.start_worker()
    opened = bootstrap(hub, "open", "--story-day", OPENED.isoformat())
    assert opened.returncode == 0, opened.stderr
    hub.publish(records[: len(records) // 2])
    wait_for(lambda: hub.behind("register") > 0 or hub.behind("intake") == 0, 60, "nothing is loaded")
    worker.kill()
    hub.publish(records[len(records) // 2 :])
    killed_in(hub, "register", 4)
    worker = hub.start_worker()
    wait_for(lambda: hub.behind("intake") == hub.behind("register") == 0, 120, "not everything is loaded")
    assert hub.behind("entitlement") == 0
    for topic in ("benefits.entitlements", "benefits.adjustments", "register.persons", "proposals", "leads", "tasks"):
        assert hub.said(topic) == []
    assert Counter(each["status"] for each in hub.said("receipts")) == {"ACCEPTED": len(records)}

    closed = (CLOSED, ControlEvent(type="BOOTSTRAP_CLOSED", month=OWN))
    hub.publish([closed])
    wait_for(lambda: closing(hub, "register"), 60, "register does not begin to tell")
    worker.kill()
    assert closing(hub, "register")
    killed_in(hub, "entitlement", 6)
    assert not hub.said("benefits.adjustments")
    killed_in(hub, "settlement", 3)
    hub.start_worker()
    paid = (PAID, ControlEvent(type="PAY_RUN_CLOSED", month=OWN))
    hub.publish([paid])
    hub.wait_for_marker(OWN, 120)

    items: list[Item] = [(OPENED, ControlEvent(type="BOOTSTRAP_OPENED")), *records, closed, paid]
    memory = in_memory(hub.opened, hub.key, items, in_steps=True)
    entitlements = list(hub.standing("benefits.entitlements").values())
    assert rows(entitlements) == rows(map(msgspec.to_builtins, memory.standing("benefits.entitlements").values()))
    adjustments = hub.said("benefits.adjustments")
    assert told(adjustments) == told(map(msgspec.to_builtins, memory.said("benefits.adjustments")))
    assert {each["cause_class"] for each in adjustments if each["kind"] != "PAY_RUN_MARKER"} == {"death"}
    lines = hub.standing("reconciliation")
    assert {key: msgspec.convert(line, Reconciliation) for key, line in lines.items()} == memory.standing(
        "reconciliation"
    )
    found = Counter(each["finding"] for each in lines.values())
    assert found["EQUAL"] > 100
    assert found["COMPUTED_LOWER"] > 0

    report = bootstrap(hub, "report", "--json")
    assert report.returncode == 2, report.stderr
    sums = msgspec.json.decode(report.stdout)["totals"]
    for programme, mine in groupby(
        sorted(lines.values(), key=lambda line: line["programme"]), lambda line: line["programme"]
    ):
        each = list(mine)
        (total,) = (one for one in sums if one["programme"] == programme)
        assert (total["lines"], total["paid_fen"]) == (len(each), sum(line["paid_fen"] for line in each))
    again = bootstrap(hub, "open", "--story-day", OPENED.isoformat())
    assert (again.returncode, "it goes live once" in again.stderr) == (1, True)
