"""What the law promises of any story: nothing twice, nothing negative, everybody in one household, a raise lowers nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import event, given, settings
from msgspec import structs

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.documents import Document
from benefit_hub.entitlement.household import HOUSEHOLDS
from benefit_hub.policy.book import Book
from benefit_hub.policy.standards import Dated
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.case_policy import Policies
from benefit_hub.simulate.run import ledger_by_month
from benefit_hub.task import Overlay
from benefit_hub.values.months import month
from benefit_hub.values.steps import value_at
from tests.properties.circumstances import make_story
from tests.properties.test_promises import (
    EXAMPLES,
    MONTHS,
    SEEDS,
    book_of_stories,
    by_month,
    deliver,
    disordered,
    in_order,
    simulation,
)
from tests.properties.told import Story

PACK = yaml.safe_load(Path("policies/demo/gz-t.yaml").read_text("utf-8"))
"""The pack as an officer reads it, not as the code under test does."""
BY_THRESHOLD = {"difference", "lower than another", "grace"}
"""The formulas of those whom a raise may lower, and why: the household's own benefit is more, so less is missing to the whole;
another benefit of the kind is higher now; the last amount was kept as the income was above the standard, and now it is not."""
NOTHING = dict.fromkeys(MONTHS, 0)
IN_PLACES = settings(EXAMPLES, max_examples=max(1, EXAMPLES.max_examples // 4))
"""Less of each place, since there are many."""

Owed = dict[tuple[str, str], dict[str, int]]


def lived(story: Story, *books: Book) -> Simulation:
    """A story to its end."""
    return deliver(simulation(*books), in_order(story))


def owed_by(hub: Simulation) -> Owed:
    """What is owed by month, of whoever is owed anything."""
    return {key: by_month(due) for key, (due, _) in ledger_by_month(hub.accounts()).items()}


def statuses_of(hub: Simulation) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """The statuses that were said, by beneficiary and programme."""
    for each in hub.standing("benefits.entitlements").values():
        if each is not None:
            yield each.beneficiary, each.programme, [(months.since, months.status) for months in each.months]


def whose(programme: str) -> str:
    """Whom a programme is for, by the pack; what other departments pay is for nobody here."""
    return str(PACK["programmes"].get(programme, {}).get("beneficiary"))


EXCLUSIVE = [
    (edge["first"], edge["then"])
    for edge in PACK["exclusions"]
    if edge["rule"] in ("NONE", "HIGHER") and whose(edge["first"]) == whose(edge["then"])
]


@pytest.mark.slow
def test_each_programme_of_the_pack_occurs_in_the_stories() -> None:
    seen, wanted = Counter[str](), set(PACK["programmes"])
    for seed in range(60):
        hub = lived(make_story(Random(seed)))
        seen.update({programme for (_, programme), months in owed_by(hub).items() if any(months.values())})
        seen.update(
            programme for _, programme, rows in statuses_of(hub) if any(at[1] == programme.upper() for at in rows)
        )
        if wanted <= seen.keys():
            break
    assert wanted - seen.keys() == set()


def test_what_the_law_promises_of_everybody() -> None:
    """One story, three promises: never two exclusive benefits in a month, nothing negative, one household at a time."""
    assert len(EXCLUSIVE) >= 9
    people: list[int] = []

    @EXAMPLES
    @given(SEEDS)
    def property_(seed: int) -> None:
        hub = lived(make_story(Random(seed)))
        never_two_exclusive(owed_by(hub), EXCLUSIVE)
        nothing_is_negative(hub)
        people.append(counts_in_one_household_at_a_time(hub))

    property_()
    assert sum(people) > len(people)


def installed() -> list[str]:
    """The packs of places by file, and the nation's versions; what they leave open cases take from a pack that is assumed."""
    files = (each.relative_to("policies") for each in Path("policies").glob("*/*.yaml"))
    return sorted(
        {"national" if each.parts[0] == "national" else each.as_posix() for each in files if each.parts[0] != "demo"}
    )


def here(policy: str) -> Book:
    """The law of a place, as that of the place where everybody of a story is registered."""
    written = Document(file=policy, data={}, lines={})
    book = Policies(find_assets()).book(policy, [], written, "demo/left-open.yaml")
    return structs.replace(book, packs=(structs.replace(book.packs[0], region=""),))


@pytest.mark.parametrize("policy", installed())
def test_what_the_law_promises_of_everybody_it_promises_in_each_place(policy: str) -> None:
    """The same, and any order is the same money, by the pack of each place; `said` tells that it says anything at all."""
    book, said = here(policy), Counter[str]()
    (pack,) = book.packs
    exclusive = [
        (edge.first, edge.then)
        for edge in pack.exclusions
        if edge.rule in ("NONE", "HIGHER") and edge.paid_by_others is None
        if pack.programmes[edge.first].beneficiary == pack.programmes[edge.then].beneficiary
    ]

    @IN_PLACES
    @given(SEEDS)
    def property_(seed: int) -> None:
        story = make_story(Random(seed))
        hub = lived(story, book)
        owed = owed_by(hub)
        never_two_exclusive(owed, exclusive)
        nothing_is_negative(hub)
        counts_in_one_household_at_a_time(hub)
        assert owed_by(deliver(simulation(book), disordered(story, Random(seed)))) == owed
        said.update(programme for _, programme, _ in statuses_of(hub))

    property_()
    assert said, "nothing is said in this place: this property would prove nothing"


def never_two_exclusive(owed: Owed, exclusive: list[tuple[str, str]]) -> None:
    """Nobody is owed two benefits for the same month of which one excludes the other."""
    for who in {who for who, _ in owed}:
        for first, then in exclusive:
            if (who, first) in owed and (who, then) in owed:
                event(f"{first} and {then}")
                both = [at for at in MONTHS if owed[who, first][at] and owed[who, then][at]]
                assert both == [], f"{who} has {first} and {then}"


def nothing_is_negative(hub: Simulation) -> None:
    """Neither what is owed nor what is said of it."""
    assert all(fen >= 0 for months in owed_by(hub).values() for fen in months.values())
    for each in hub.said("benefits.adjustments"):
        assert min(each.before_fen, each.after_fen, each.arrears_fen, each.receivable_fen) >= 0
    for each in hub.standing("benefits.entitlements").values():
        assert each is None or each.outstanding_receivable_fen >= 0


def counts_in_one_household_at_a_time(hub: Simulation) -> int:
    """So does everybody whom some household counts; how many these are."""
    places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for household, person, months in counted_in(hub):
        for at in months:
            places[person][at].add(household)
    for person, known in places.items():
        assert all(len(households) == 1 for households in known.values()), f"{person} counts in two households"
    return len(places)


def counted_in(hub: Simulation) -> Iterator[tuple[str, str, list[str]]]:
    """In which months a household counts whom among its members, as each household itself has it."""
    for task in hub.tasks:
        overlay = Overlay(task.store)
        for key in overlay.keys(HOUSEHOLDS, "", 1 << 30) if task.processor.name == "entitlement" else ():
            row = overlay.get(HOUSEHOLDS, key)
            for person, snapshot in row.members.items() if row is not None else ():
                counts = tuple((held.since, held.member and held.household == key) for held in snapshot.held)
                yield key, person, [at for at in MONTHS if value_at(counts, month(at), False)]


def reasons(hub: Simulation) -> dict[tuple[str, str], dict[str, str]]:
    """The formula that stands behind what is owed, by month."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(lambda: dict.fromkeys(MONTHS, ""))
    for account in hub.accounts():
        for name, rows in account.standing.items():
            formulas = tuple((at, "" if row is None else row.reasoning.formula) for at, row in rows)
            found[account.beneficiary, name] = {at: value_at(formulas, month(at), "") for at in MONTHS}
    return found


def raised(book: Book, since: str = "2026-07") -> Book:
    """The book with every standard of dibao a fifth higher from a month on."""
    (pack,) = book.packs
    standards = dict(pack.standards)
    for name in pack.programmes["dibao"].uses:
        old = standards[name]
        value = {"dibao_urban": "774.00", "dibao_rural": "5181.60"}[name]
        standards[name] = structs.replace(old, values=(*old.values, Dated(month(since), value)))
    return structs.replace(book, packs=(structs.replace(pack, standards=standards),))


def test_a_raised_standard_lowers_nobody_unless_a_threshold_does_and_then_it_says_so() -> None:
    rises: Counter[str] = Counter()

    @EXAMPLES
    @given(SEEDS)
    def property_(seed: int) -> None:
        story, book = make_story(Random(seed), pay_runs=False), book_of_stories()
        before, after = lived(story), lived(story, raised(book))
        old, new = owed_by(before), owed_by(after)
        said = [reasons(hub) for hub in (before, after)]
        for key in old.keys() | new.keys():
            steps = [(at, old.get(key, NOTHING)[at], new.get(key, NOTHING)[at]) for at in MONTHS]
            rises["raised"] += any(now > then for _, then, now in steps)
            for at in (at for at, then, now in steps if now < then):
                assert {each[key][at] for each in said} & BY_THRESHOLD, f"{key} is lowered in {at}"

    property_()
    assert rises["raised"], "no standard was ever raised for anybody: this property would prove nothing"
