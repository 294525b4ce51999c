"""Stories by chance, disordered and repeated, through two workers of which one is killed: the same money as in memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from random import Random
from typing import Any

import msgspec
import pytest

from benefit_hub.messages.internal import ControlEvent
from tests.kafka.hub.live import LiveHub, wait_for
from tests.kafka.hub.memory import in_memory
from tests.kafka.hub.raw import read
from tests.properties.stories import Teller
from tests.properties.test_promises import MONTHS, disordered, in_order, one_person, summed
from tests.properties.told import Story

LAST_RUN = (date(2026, 12, 10), ControlEvent(type="PAY_RUN_CLOSED", month="2026-12"))

Said = dict[str, Any]
Key = tuple[str, str]


def long_story(chance: Random) -> Story:
    """Households enough for every partition, and all that may happen to them, with pay runs."""
    teller = Teller(chance)
    for index in range(10):
        teller.household(index)
    happenings = [teller.death, teller.wage, teller.wage, teller.certificate, teller.move, teller.resettle]
    happenings += [teller.wrong_number, teller.merge]
    for _ in range(30):
        chance.choice(happenings)()
    teller.calendar(pay_runs=True)
    return teller.story


def paid_by_rule(adjustments: Iterable[Said]) -> dict[Key, dict[str, int]]:
    """What a payer makes of the adjustments alone, by the rule in their schema: the amount of each month, corrected."""
    months: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MONTHS, 0))
    for each in sorted(adjustments, key=lambda each: each["sequence"]):
        mine = months[each["beneficiary"], each["programme"]]
        for settled in each["settled"]:
            mine[settled["month"]] += settled["difference_fen"]
        mine.update((month, each["after_fen"]) for month in MONTHS if month >= each["payable_from"])
    return {key: amounts for key, amounts in months.items() if any(amounts.values())}


def owed(entitlements: Iterable[Said]) -> dict[Key, dict[str, int]]:
    """The same by the entitlements: each month's amount."""
    months = {}
    for each in entitlements:
        steps = each["months"]
        months[each["beneficiary"], each["programme"]] = {
            month: next((step["amount_fen"] for step in reversed(steps) if step["since"] <= month), 0)
            for month in MONTHS
        }
    return {key: amounts for key, amounts in months.items() if any(amounts.values())}


def statuses(entitlements: Iterable[Said]) -> dict[Key, list[tuple[str, str, int]]]:
    """Of each entitlement what it says, but for what depends on when it was said; one that came to nothing says nothing."""
    return {
        (each["beneficiary"], each["programme"]): [
            (step["since"], step["status"], step["amount_fen"]) for step in each["months"]
        ]
        for each in entitlements
        if each["months"]
    }


def payments(adjustments: Sequence[Said]) -> list[Said]:
    """Adjustments that are not markers."""
    return [each for each in adjustments if each["kind"] != "PAY_RUN_MARKER"]


def check_each_once(adjustments: Sequence[Said]) -> None:
    """No id twice, and for each beneficiary numbers without gaps."""
    assert len({each["adjustment_id"] for each in adjustments}) == len(adjustments)
    sequences = defaultdict(list)
    for each in adjustments:
        sequences[each["beneficiary"]].append(each["sequence"])
    assert all(mine == list(range(1, len(mine) + 1)) for mine in sequences.values())


def aborted(hub: LiveHub, processor: str) -> int:
    """How many records of a processor's a reader of uncommitted data sees, and a reader of committed data does not."""
    writes = hub.opened.topology.processor(processor)
    topics = [hub.topic(name) for name in (*writes.outputs, writes.changelog)]
    return len(read(hub.bootstrap, *topics, committed=False)) - len(read(hub.bootstrap, *topics))


@pytest.mark.parametrize(
    ("seed", "killed"), [(20260, "settlement"), pytest.param(20261, "entitlement", marks=pytest.mark.soak)]
)
def test_entitlements_are_those_of_the_simulation_and_each_adjustment_is_made_once(
    make_hub: Callable[..., LiveHub], seed: int, killed: str
) -> None:
    hub, chance = make_hub(sweep_budget=3, batch_records_max=40), Random(seed)
    story = long_story(chance)
    items = disordered(story, chance)
    hub.start_worker()
    doomed = hub.start_worker(HUB_FAULT=f"after_produce:{killed}:6:stall")
    hub.publish(items[: len(items) // 2])
    wait_for(lambda: "HUB_FAULT" in doomed.said(), 60, f"no transaction of {killed} stands open")
    hub.publish(items[len(items) // 2 :])
    assert hub.behind(killed) > 0
    doomed.kill()
    hub.start_worker()
    hub.wait_quiet(90)
    hub.publish([LAST_RUN])
    hub.wait_for_marker("2026-12", 60)
    hub.wait_quiet(30)

    adjustments = payments(hub.said("benefits.adjustments"))
    entitlements = list(hub.standing("benefits.entitlements").values())
    memory = in_memory(hub.opened, hub.key, [*in_order(story), LAST_RUN])
    expected = [msgspec.to_builtins(each) for each in memory.standing("benefits.entitlements").values()]
    assert owed(entitlements) == owed(expected)
    assert statuses(entitlements) == statuses(expected)
    people = one_person(story, hub.key)
    assert summed(paid_by_rule(adjustments), people) == summed(owed(expected), people)
    assert read(hub.bootstrap, hub.topic("ledger-transfers")), "nobody's number was corrected or merged"
    # batches decide how many corrections become one adjustment, so that here there may be fewer
    assert sum(each["kind"] != "START" for each in adjustments) > 5, "this story hardly moves money"

    check_each_once(adjustments)
    reasons = {each["explanation_id"] for each in hub.said("benefits.explanations")}
    assert reasons == {each["explanation_id"] for each in adjustments}
    assert aborted(hub, killed) > 0, "the transaction that stood open when its worker was killed was aborted"
