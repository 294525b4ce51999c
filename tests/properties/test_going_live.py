"""Going live with stories by chance: the same ledgers in any order, nothing said of what is paid, and the sum is what is owed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from hypothesis import given, note

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.run import in_turn, ledger_by_month, shuffled
from tests.properties.circumstances import CIRCUMSTANCES
from tests.properties.stories import Teller
from tests.properties.test_promises import (
    EXAMPLES,
    MONTHS,
    SEEDS,
    Item,
    by_month,
    deliver,
    disordered,
    in_order,
    simulation,
)
from tests.properties.told import SOURCES, Person, Record, Story

OPENED, CLOSED, OWN = date(2026, 5, 20), date(2026, 6, 25), "2026-07"
AWARDS = "civil-affairs.legacy-award"
SOURCES[AWARDS] = ("civil-affairs", "legacy_award")


def going_live(chance: Random) -> Story:
    """Households and what happens to them; what departments said before it opened is loaded, with awards for most."""
    teller = Teller(chance)
    for index in range(chance.randint(2, 3)):
        teller.household(index)
    for happening in (teller.death, teller.wage, teller.certificate, teller.move, teller.wage, teller.resettle):
        if chance.random() < 0.7:
            happening()
    for _ in range(chance.randint(2, 5)):
        chance.choice(CIRCUMSTANCES)(teller)
    for number, name in enumerate(teller.households):
        if chance.random() < 0.8:
            award(teller, f"l{number}", "dibao", next(each.number for each in teller.people if each.household), name)
    for number, person in enumerate(teller.people):
        if chance.random() < 0.4:
            award(teller, f"lp{number}", chance.choice(fitting(person)), person.number, None)
    teller.calendar(pay_runs=True)
    story = teller.story
    story.records = [loaded(record, teller) for record in story.records]
    story.controls = [(day, event) for day, event in story.controls if day > CLOSED]
    story.controls = [
        (OPENED, ControlEvent(type="BOOTSTRAP_OPENED")),
        (CLOSED, ControlEvent(type="BOOTSTRAP_CLOSED", month=OWN)),
        *story.controls,
    ]
    return story


def fitting(person: Person) -> list[str]:
    """What somebody may be paid at such an age, if anything fits."""
    if person.born.year >= 2008:
        return ["orphan", "unattended_child", "care_subsidy", "living_subsidy"]
    return ["care_subsidy", "old_age_allowance", "tekun", "elder_care", "living_subsidy"]


def award(teller: Teller, record: str, programme: str, number: str, household: str | None) -> None:
    """Somebody is paid by others, perhaps with a correction that comes later."""
    chance = teller.chance
    said: dict[str, Any] = {"programme": programme, "household_id": household, "status": programme.upper()}
    said |= {"paid_since": chance.choice(["2024-03", "2026-01", "2026-06"])}
    first, fen = date.fromisoformat(said["paid_since"] + "-01"), chance.choice([5_000, 7_000, 64_500, 100_000])
    heard = teller.day(max(OPENED, first), CLOSED)
    teller.say(AWARDS, record, 1, first, heard, number, amount_fen=fen, **said)
    if chance.random() < 0.3:
        later = teller.day(heard, date(2026, 9, 1))
        more = chance.choice([-2_000, 3_000])
        retracted = chance.random() < 0.3
        teller.say(AWARDS, record, 2, first, later, number, amount_fen=fen + more, retracted=retracted, **said)


def loaded(record: Record, teller: Teller) -> Record:
    """What a department said before the hub opened is received while it is loaded."""
    return record if record.received >= OPENED else replace(record, received=teller.day(OPENED, CLOSED))


def after_opening(items: Sequence[Item]) -> list[Item]:
    """The same with the opening first: a hub is opened before anybody speaks to it."""
    opened = [item for item in items if not isinstance(item, Record) and item[1].type == "BOOTSTRAP_OPENED"]
    return [*opened, *(item for item in items if item not in opened)]


def awards_of(story: Story) -> int:
    """How many awards are loaded."""
    return sum(record.topic == AWARDS for record in story.records)


def owed(hub: Simulation) -> dict[tuple[str, str], dict[str, int]]:
    """What is due by month."""
    found = {key: by_month(due) for key, (due, _) in ledger_by_month(hub.accounts()).items()}
    return {key: months for key, months in found.items() if any(months.values())}


def told(hub: Simulation) -> dict[tuple[str, str], dict[str, int]]:
    """What a payer makes of what every subscriber begins with, and of the adjustments after it."""
    months: dict[tuple[str, str], dict[str, int]] = {}
    for each in hub.said("benefits.entitlements"):
        if each.paid_through is None:
            steps = [(at.since, at.amount_fen) for at in each.months]
            months[each.beneficiary, each.programme] = {
                month: next((fen for since, fen in reversed(steps) if since <= month), 0) for month in MONTHS
            }
    for each in sorted(hub.said("benefits.adjustments"), key=lambda each: each.sequence):
        if each.kind == "PAY_RUN_MARKER":
            continue
        mine = months.setdefault((each.beneficiary, each.programme), dict.fromkeys(MONTHS, 0))
        for settled in each.settled:
            if settled.month in mine:
                mine[settled.month] += settled.difference_fen
        for month in MONTHS:
            if month >= each.payable_from:
                mine[month] = each.after_fen
    return {key: each for key, each in months.items() if any(each.values())}


def from_own_months(amounts: dict[tuple[str, str], dict[str, int]]) -> dict[tuple[str, str], dict[str, int]]:
    """The months for which the hub answers: of those before, corrections of awards are never spoken."""
    found = {key: {at: fen for at, fen in months.items() if at >= OWN} for key, months in amounts.items()}
    return {key: months for key, months in found.items() if any(months.values())}


def test_any_order_any_duplication_any_split_opens_the_same_ledgers() -> None:
    seen: list[int] = []

    @EXAMPLES
    @given(SEEDS, SEEDS)
    def property_(number: int, seed: int) -> None:
        story = going_live(Random(number))
        plain = deliver(simulation(schedule=in_turn), in_order(story))
        other = Random(seed)
        note(f"order and schedule from seed {seed}")
        mixed = deliver(
            simulation(schedule=shuffled(other.randrange), partitions=3), after_opening(disordered(story, other))
        )
        assert ledger_by_month(plain.accounts()) == ledger_by_month(mixed.accounts())
        lines = [{key: line for key, line in hub.standing("reconciliation").items() if line} for hub in (plain, mixed)]
        assert lines[0] == lines[1]
        seen.append(awards_of(story))

    property_()
    assert sum(each > 1 for each in seen) > len(seen) / 2


def test_what_every_subscriber_begins_with_and_what_is_said_after_it_is_what_is_owed() -> None:
    moved: list[bool] = []

    @EXAMPLES
    @given(SEEDS, SEEDS)
    def property_(number: int, seed: int) -> None:
        story = going_live(Random(number))
        note(f"schedule from seed {seed}")
        hub = deliver(simulation(schedule=shuffled(Random(seed).randrange)), after_opening(in_order(story)))
        assert from_own_months(told(hub)) == from_own_months(owed(hub))
        for account in hub.accounts():
            mine = [
                each.sequence for each in hub.said("benefits.adjustments") if each.beneficiary == account.beneficiary
            ]
            assert mine == list(range(1, len(mine) + 1))
        moved.append(any(each.kind != "PAY_RUN_MARKER" for each in hub.said("benefits.adjustments")))

    property_()
    assert sum(moved) > len(moved) / 3


def test_nothing_is_said_before_loading_has_ended() -> None:
    story = going_live(Random(7))
    items = [item for item in in_order(story) if (item.received if isinstance(item, Record) else item[0]) < CLOSED]
    hub = deliver(
        simulation(), [item for item in items if isinstance(item, Record) or item[1].type == "BOOTSTRAP_OPENED"]
    )
    said = {topic: len(outs) for topic, outs in hub.outputs.items()}
    assert set(said) <= {"receipts", "quarantine.civil-affairs"}
    assert said["receipts"] >= sum(isinstance(item, Record) for item in items)
