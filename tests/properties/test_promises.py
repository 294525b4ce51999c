"""The three promises over stories by chance: any order gives the same money, once, and always with a reason."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st
from msgspec import structs

from benefit_hub.catalogue import load_book
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Adjustment
from benefit_hub.policy.book import Book
from benefit_hub.policy.terms import GraceTerm, Label
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.run import in_turn, ledger_by_month, shuffled
from benefit_hub.task import Env
from benefit_hub.topology import hub_topology
from benefit_hub.values.identity import pseudonym
from tests.checkout import catalogue
from tests.properties.circumstances import make_story
from tests.properties.told import Record, Story, millis

KEY = b"k" * 32
MONTHS = [f"{year}-{month:02d}" for year in range(2015, 2029) for month in range(1, 13)]
EXAMPLES = settings(
    max_examples=int(os.environ.get("HUB_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a story is not made smaller by fewer bytes of chance: it only takes minutes
    derandomize=True,  # the same examples for the same code: no chance decides whether a commit passes
)
SEEDS = st.integers(0, 2**32)
"""Stories by number: one that fails is told again by it."""

Item = Record | tuple[date, ControlEvent]


@cache
def book_of_stories() -> Book:
    """The demonstration pack, with terms of gradual exit and labels of top-ups, which it leaves to cases."""
    book = load_book(Path("policies/demo"), allow_assumed=True)
    (pack,) = book.packs
    dibao = pack.programmes["dibao"]
    assert dibao.grace is not None
    assert dibao.top_ups is not None
    terms = (
        GraceTerm(months=0, job_class="CIVIL_SERVANT"),
        GraceTerm(months=2, job_class="FLEXIBLE"),
        GraceTerm(months=4),
    )
    labels = (
        Label(name="MINOR", ratio="1/10", under=18),
        Label(name="OLD", ratio="1/10", since=60),
        Label(name="STUDENT", ratio="1/10"),
        Label(name="DISABLED", ratio="1/5", levels=(1, 2)),
        Label(name="SERIOUSLY_ILL", ratio="3/10"),
    )
    dibao = structs.replace(
        dibao,
        grace=structs.replace(dibao.grace, terms=terms),
        top_ups=structs.replace(dibao.top_ups, labels=labels),
    )
    return structs.replace(book, packs=(structs.replace(pack, programmes={**pack.programmes, "dibao": dibao}),))


def simulation(*books: Book, **options: Any) -> Simulation:
    """A fresh hub in memory under the demonstration pack or the first of other books, whose departments use the fields of the
    fact."""
    held, books = catalogue(), books or (book_of_stories(),)
    sources = {name: structs.replace(each, rules=None) for name, each in held.sources.items()}
    env = Env(
        books={book.digest(): book for book in books},
        first_book=books[0].digest(),
        engine="test",
        sources=sources,
        pseudonym_key=KEY,
        story_time=True,
    )
    return Simulation(
        hub_topology(sources, [name for name in held.topics if name.startswith("quarantine.")]), env, **options
    )


def deliver(hub: Simulation, items: Sequence[Item], *, at_once: bool = True) -> Simulation:
    """Publish records and control events in this order, then run; or run before and after each control event, too."""
    for item in items:
        if isinstance(item, Record):
            source = catalogue().sources[item.topic].source
            hub.publish(
                item.topic,
                item.body,
                key=str(item.body["record_id"]),
                event_id=item.event_id,
                source=source,
                at_ms=millis(item.received),
            )
        else:
            if not at_once:
                hub.run()
            hub.control(item[1], millis(item[0]))
    return hub.run()


def in_order(story: Story) -> list[Item]:
    """Everything by its day, records before the controls of the day."""
    items: list[Item] = [*story.records, *story.controls]
    return sorted(items, key=lambda item: item.received if isinstance(item, Record) else item[0])


def disordered(story: Story, chance: Random) -> list[Item]:
    """The records in any order, some sent again later, and the controls, in their own order, anywhere between them."""
    again = [
        replace(record, received=record.received + timedelta(days=chance.randrange(60)))
        for record in story.records
        if chance.random() < 0.3
    ]
    records: list[Item] = [*story.records, *again]
    chance.shuffle(records)
    places = sorted(chance.randrange(len(records) + 1) for _ in story.controls)
    for place, control in zip(reversed(places), reversed(story.controls), strict=True):
        records.insert(place, control)
    return records


def paid_by_rule(adjustments: Sequence[Adjustment]) -> dict[tuple[str, str], dict[str, int]]:
    """What a payer makes of the adjustments alone: per month the amount owed, net of what was overpaid."""
    owed: dict[tuple[str, str], dict[str, int]] = {}
    for each in sorted((each for each in adjustments if each.kind != "PAY_RUN_MARKER"), key=lambda each: each.sequence):
        months = owed.setdefault((each.beneficiary, each.programme), dict.fromkeys(MONTHS, 0))
        for settled in each.settled:
            months[settled.month] += settled.difference_fen
        for month in MONTHS:
            if month >= each.payable_from:
                months[month] = each.after_fen
    return {key: months for key, months in owed.items() if any(months.values())}


def one_person(story: Story, key: bytes = KEY) -> dict[str, str]:
    """Person to person: those whom public security ever said to be one have one ledger between them."""
    groups: dict[str, str] = {}

    def first(person: str) -> str:
        return person if groups.get(person, person) == person else first(groups[person])

    for record in story.records:
        for field in ("wrong_id_number", "merged_id_number"):
            if field in record.body:
                one, other = (pseudonym(key, record.body[name]) for name in (field, "id_number"))
                groups[first(one)] = first(other)
    return {person: first(person) for person in groups}


def summed(
    owed: dict[tuple[str, str], dict[str, int]], people: dict[str, str]
) -> dict[tuple[str, str], dict[str, int]]:
    """By person, whatever number it stands under; what is nothing throughout is left out."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (who, programme), months in owed.items():
        sums = found.setdefault((people.get(who, who), programme), dict.fromkeys(MONTHS, 0))
        for month, amount in months.items():
            sums[month] += amount
    return {key: months for key, months in found.items() if any(months.values())}


def by_month(steps: Sequence[tuple[int, int]]) -> dict[str, int]:
    """A timeline of the ledger spelled out month by month."""
    found = {}
    for month in MONTHS:
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        found[month] = next((amount for at, amount in reversed(steps) if at <= number), 0)
    return found


def moves_money(hub: Simulation) -> bool:
    """Whether something changed beyond the first award of each household."""
    return any(each.kind not in ("START", "PAY_RUN_MARKER") for each in hub.said("benefits.adjustments"))


@pytest.mark.parametrize("pay_runs", [True, False])
def test_any_order_any_duplication_any_split_gives_the_same_entitlements_and_ledger(pay_runs: bool) -> None:
    moved: list[bool] = []

    @EXAMPLES
    @given(SEEDS, SEEDS)
    def property_(number: int, seed: int) -> None:
        story = make_story(Random(number), pay_runs=pay_runs)
        plain = deliver(simulation(schedule=in_turn), in_order(story), at_once=False)
        other = Random(seed)
        note(f"order and schedule from seed {seed}")
        mixed = deliver(simulation(schedule=shuffled(other.randrange), partitions=3), disordered(story, other))
        assert ledger_by_month(plain.accounts()) == ledger_by_month(mixed.accounts())
        moved.append(moves_money(plain))

    property_()
    assert sum(moved) >= len(moved) / 2, "the stories hardly move money: this property would prove nothing"


def test_what_was_emitted_is_what_is_owed_once_and_with_a_reason() -> None:
    transfers: Counter[str] = Counter()

    @EXAMPLES
    @example(number=7, seed=7)  # in it a number is corrected under which somebody was paid
    @given(number=SEEDS, seed=SEEDS)
    def property_(number: int, seed: int) -> None:
        story, other = make_story(Random(number)), Random(seed)
        hub = simulation(schedule=shuffled(other.randrange))
        deliver(hub, disordered(story, other), at_once=other.random() < 0.3)
        adjustments = hub.said("benefits.adjustments")
        owed = {key: by_month(due) for key, (due, _) in ledger_by_month(hub.accounts()).items()}
        people = one_person(story)
        assert summed(paid_by_rule(adjustments), people) == summed(owed, people)
        transfers.update(each.kind for each in adjustments if each.kind.startswith("TRANSFER"))
        for account in hub.accounts():
            mine = [each.sequence for each in adjustments if each.beneficiary == account.beneficiary]
            assert mine == list(range(1, len(mine) + 1))
        assert len({each.adjustment_id for each in adjustments}) == len(adjustments)
        reasons = {each.explanation_id: each for each in hub.said("benefits.explanations")}
        for each in adjustments:
            if each.kind != "PAY_RUN_MARKER":
                why = reasons[each.explanation_id]
                assert why.adjustment_id == each.adjustment_id
                assert why.causes
                assert why.text_zh

    property_()
    assert transfers["TRANSFER_OUT"], "no number was ever corrected: this property would prove less than it says"


def test_saying_everything_again_changes_nothing() -> None:
    @EXAMPLES
    @given(SEEDS)
    def property_(number: int) -> None:
        story = make_story(Random(number))
        hub = deliver(simulation(), in_order(story))
        said = len(hub.said("benefits.adjustments"))
        deliver(hub, list(story.records))
        assert len(hub.said("benefits.adjustments")) == said

    property_()
