"""A hub in memory beside one that plays the live one: equal where nothing is otherwise, and what differs by hand."""

from datetime import date
from random import Random

import pytest
from msgspec import structs

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.policy.book import Book
from benefit_hub.settlement.account import ACCOUNTS
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.compared import Compared, compare
from benefit_hub.simulate.proposed_law import Wish, proposed
from benefit_hub.simulate.run import shuffled
from benefit_hub.simulate.shadow import Shadow, Side
from benefit_hub.task import Env
from benefit_hub.values.months import month
from tests.checkout import catalogue
from tests.in_memory import demo_book
from tests.kafka.hub.family import DECIDED, RECEIVED, Family, records_of
from tests.kafka.hub.people import number_of
from tests.properties.circumstances import make_story
from tests.properties.test_going_live import going_live
from tests.properties.test_promises import KEY, Item, book_of_stories, deliver, disordered
from tests.properties.told import Record
from tests.simulation.recorded import PARTITIONS, Lying, recording, side_of

pytestmark = pytest.mark.slow

H1, H2 = Family("H1", (number_of(1), number_of(2)), 50_000), Family("H2", (number_of(3),), 60_000)
OPENED = date(2026, 4, 1)
OF_H1, OF_H2 = ("h:H1", "dibao"), ("h:H2", "dibao")


def env_of(*books: Book) -> Env:
    """What a hub may know whose departments use the fields of the fact."""
    return Env(
        books={each.digest(): each for each in books},
        first_book=books[0].digest(),
        engine="test",
        sources={name: structs.replace(each, rules=None) for name, each in catalogue().sources.items()},
        pseudonym_key=KEY,
        story_time=True,
    )


def opens(day: date) -> Item:
    """A day opens."""
    return day, ControlEvent(type="DAY_OPENED", day=day.isoformat())


def two_families(book: Book) -> tuple[Simulation, Lying]:
    """Both are poor enough, apply and are granted dibao; the first of April opens."""
    hub, lying = recording(env_of(book))
    told = [each for family in (H1, H2) for each in records_of(family)]
    said = [each for each in told if each.received == RECEIVED], [each for each in told if each.received == DECIDED]
    return deliver(hub, [opens(RECEIVED), *said[0], opens(DECIDED), *said[1], opens(OPENED)], at_once=False), lying


def replayed(env: Env, lying: Lying, law: str | None = None) -> Side:
    """The shadow after what lies on the facts."""
    shadow = Shadow(env, law)
    for _ in shadow.hear(iter(lying), PARTITIONS):
        pass
    return shadow.side()


def compared(live: Side, shadow: Side) -> Compared:
    """The outcome of all of it."""
    *_, last = compare(live, shadow)
    return last


def raised() -> tuple[Book, Book]:
    """The installed book, and the same with 680.00 a month in town from April 2026 on, instead of 645.00."""
    setting = 'standards.dibao_urban.values+={from: 2026-04, yuan: "680.00"}'
    law = proposed(catalogue().assets, Wish(settings=[setting], pack="demo.gz-t"))
    return law.before, law.after


@pytest.mark.parametrize("number", [2, *(pytest.param(number, marks=pytest.mark.slow) for number in (0, 1, 3, 4, 5))])
@pytest.mark.parametrize("kind", ["in pay", "going live"])
def test_whatever_order_the_live_hub_was_told_in_its_shadow_comes_to_the_same(kind: str, number: int) -> None:
    chance = Random(number)
    env = env_of(book_of_stories())
    hub, lying = recording(env, schedule=shuffled(chance.randrange))
    story = make_story(chance, pay_runs=True) if kind == "in pay" else going_live(chance)
    deliver(hub, disordered(story, chance))
    live, shadow = side_of(hub), replayed(env, lying)
    found = compared(live, shadow)
    assert (found.findings, found.moved_on) == ([], [])
    assert found.equal >= len([unit for unit, months in live.entitled.items() if months]) > 0
    assert live.reached == shadow.reached >= 0


def test_by_another_book_it_says_who_differs_by_how_much_from_when_and_why() -> None:
    book, other = raised()
    hub, lying = two_families(book)
    found = compared(side_of(hub), replayed(env_of(book, other), lying, other.digest()))
    assert (found.equal, found.moved_on) == (0, [])
    first, second = found.findings
    assert (first.beneficiary, first.programme, first.where) == (*OF_H1, ("ENTITLEMENT", "LEDGER"))
    assert [(each.since, each.live_fen, each.replayed_fen) for each in first.months] == [
        ("2026-04", 79_000, 86_000)  # 2 · 645 - 500, 2 · 680 - 500
    ]
    assert [(each.since, each.live_fen, each.replayed_fen) for each in second.months] == [
        ("2026-04", 4_500, 8_000)  # 645 - 600, 680 - 600
    ]
    assert first.live is not None
    assert first.replayed is not None
    assert (first.live.inputs["S"], first.replayed.inputs["S"], first.replayed.inputs["n"]) == ("645", "680", "2")
    assert first.replayed.clause


def test_a_book_that_was_activated_gives_way_to_the_one_that_is_tried() -> None:
    book, other = raised()
    hub, lying = recording(env_of(book, other))
    events: list[Item] = [opens(RECEIVED), *records_of(H1), (DECIDED, activated(other))]
    deliver(hub, events, at_once=False)
    live = side_of(hub)
    assert compared(live, replayed(env_of(book, other), lying)).findings == []
    (found,) = compared(live, replayed(env_of(book), lying, book.digest())).findings
    assert [(each.live_fen, each.replayed_fen) for each in found.months] == [(86_000, 79_000)]


def activated(book: Book) -> ControlEvent:
    """A book comes into force."""
    return ControlEvent(type="POLICY_ACTIVATED", book=book.digest())


def test_of_whom_the_live_hub_knows_more_meanwhile_nothing_is_said() -> None:
    book = demo_book()
    hub, lying = two_families(book)
    cut = list(lying)
    told: list[Record] = [each for each in records_of(H2) if each.topic == "civil-affairs.verification-result"]
    deliver(hub, [more_income(told[0])])
    found = compared(side_of(hub), replayed(env_of(book), cut))
    assert (found.equal, found.findings, found.moved_on) == (1, [], [OF_H2])


def more_income(record: Record) -> Record:
    """The same income, said anew with another amount."""
    body = {**record.body, "revision": 2, "amount_fen": 30_000, "recorded_at": record.body["recorded_at"] + 1}
    return Record(record.topic, body, OPENED, "again")


def test_a_wrong_word_among_the_entitlements_is_found_and_that_the_computation_is_right() -> None:
    book = demo_book()
    hub, lying = two_families(book)
    live = side_of(hub)
    live.entitled[OF_H1] = ((month("2026-04"), (99_900, "DIBAO")),)
    (found,) = compared(live, replayed(env_of(book), lying)).findings
    assert (found.beneficiary, found.where) == ("h:H1", ("ENTITLEMENT",))
    assert [(each.live_fen, each.replayed_fen, each.difference_fen) for each in found.months] == [
        (99_900, 79_000, -20_900)
    ]
    assert found.live == found.replayed


def test_a_ledger_that_is_otherwise_is_found_and_one_that_is_lost() -> None:
    book = demo_book()
    hub, lying = two_families(book)
    live, shadow = side_of(hub), replayed(env_of(book), lying)
    account = ACCOUNTS.decode(live.accounts["h:H1"])
    ledger = account.ledgers["dibao"]
    wrong = structs.replace(ledger, due=((month("2026-05"), 79_000),), instructed=((month("2026-05"), 79_000),))
    live.keep("h:H1", ACCOUNTS.encode(structs.replace(account, ledgers={"dibao": wrong})))
    live.keep("h:H2", None)
    first, second = compared(live, shadow).findings
    assert (first.where, second.where) == (("LEDGER",), ("LEDGER",))
    assert [(each.since, each.live_fen, each.replayed_fen) for each in first.months] == [
        ("2026-04", 0, 79_000),
        ("2026-05", 79_000, 79_000),
    ]
    assert [(each.since, each.live_fen, each.replayed_fen) for each in second.months] == [("2026-04", 0, 4_500)]
    assert second.live is None
