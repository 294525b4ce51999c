"""Who is concerned by nothing is not assessed anew: a hub that always assesses everybody says the same, word for word."""

import importlib
import os
from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement import concerned
from benefit_hub.entitlement.household import Basis, Household
from benefit_hub.messages.internal import ControlEvent, Held, Snapshot
from benefit_hub.policy.book import Book
from benefit_hub.policy.standards import Dated
from benefit_hub.values.months import Month, month
from tests.facts import home, watched
from tests.in_memory import demo_book
from tests.properties.circumstances import make_story
from tests.properties.test_going_live import after_opening, going_live
from tests.properties.test_promises import book_of_stories, deliver, disordered, simulation

pytestmark = pytest.mark.slow

step = importlib.import_module("benefit_hub.entitlement.step")  # the package calls its own `step` so
STORIES = int(os.environ.get("HUB_EXAMPLES", "3"))


def raised(book: Book) -> Book:
    """The book with a higher standard for those in town from July on."""
    (pack,) = book.packs
    name = pack.programmes["dibao"].standards["URBAN"]
    old = pack.standards[name]
    yuan = "900.00" if old.unit == "MONTH" else "10800.00"
    new = structs.replace(old, values=(*old.values, Dated(month("2026-07"), yuan)))
    return structs.replace(book, packs=(structs.replace(pack, standards={**pack.standards, name: new}),))


def another(book: Book, chance: Random) -> Book:
    """The book with other amounts of some standards from some month on: raised or lowered, ahead or reaching back."""
    (pack,) = book.packs
    standards = dict(pack.standards)
    for name in chance.sample(sorted(standards), chance.randint(1, 3)):
        old, since = standards[name], Month(month("2026-01") + chance.randrange(12))
        yuan = Decimal(old.values[-1].yuan) * chance.choice([90, 105, 130, 150]) / 100
        kept = [each for each in old.values if each.since < since]
        standards[name] = structs.replace(old, values=(*kept, Dated(since, str(round(yuan, 2)))))
    return structs.replace(book, packs=(structs.replace(pack, standards=standards),))


def told(seed: int) -> dict[str, list[Any]]:
    """A story by chance in any order, of a town that goes live or of one that was always there, with new books in the midst of
    it: all that is said, by topic."""
    chance = Random(seed)
    books = [book_of_stories()]
    books += [another(books[chance.randrange(len(books))], chance) for books in [books] * 3]
    items = disordered(going_live(chance), chance) if seed % 2 else disordered(make_story(chance), chance)
    raises = [ControlEvent(type="POLICY_ACTIVATED", book=each.digest()) for each in (*books[1:], books[0])]
    places = sorted(chance.randrange(len(items) // 3, len(items)) for _ in raises)
    for place, event in zip(reversed(places), reversed(raises), strict=True):
        items.insert(place, (date(2026, 6, 20), event))
    hub = simulation(*books)
    for each in after_opening(items) if seed % 2 else items:
        deliver(hub, [each], at_once=False)
    return hub.outputs


@pytest.mark.parametrize("seed", range(STORIES))
def test_what_is_said_is_the_same_as_if_everybody_were_assessed_each_time(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    choose, law = concerned.concerned, concerned.NewLaw.concerns

    def counted(by: str, whom: concerned.Whom) -> concerned.Whom:
        asked[by + ("all" if whom is None else "some" if whom else "nobody")] += 1
        return whom

    monkeypatch.setattr(step, "concerned", lambda *said: counted("facts: ", choose(*said)))
    monkeypatch.setattr(concerned.NewLaw, "concerns", lambda *said: counted("law: ", law(*said)))
    by_concern = told(seed)
    monkeypatch.setattr(step, "concerned", lambda *_: None)
    monkeypatch.setattr(concerned.NewLaw, "concerns", lambda *_: None)
    assert told(seed) == by_concern
    left_out = asked["facts: some"] and asked["law: some"] + asked["law: nobody"]
    assert left_out, f"nobody's assessment was left out of what was assessed: {asked}"


def watched_since(received: str, book: Book) -> Household:
    """A household that asked for nothing, assessed by a book, with somebody on a watch list."""
    here = Held(month("2026-01"), "h:1", member=True)
    an = Snapshot(
        person="p:an",
        household="h:1",
        version=1,
        number=1,
        held=(here,),
        reported=(here,),
        role="HEAD",
        records=(home("an"), watched("an", received)),
    )
    return Household(household="h:1", members={"p:an": an}, basis=Basis(book.digest(), None), reads={"h:1": ()})


def whom(known: Household, old: Book, new: Book) -> concerned.Whom:
    """Whom a book concerns that comes after another."""
    books = {each.digest(): each for each in (old, new)}
    return concerned.NewLaw(books, Basis(new.digest(), None), date(2026, 8, 1)).concerns(known)


@pytest.mark.parametrize(("received", "led"), [("2026-06-30", concerned.NOBODY), ("2026-07-01", frozenset({"h:1"}))])
def test_a_raise_concerns_a_watch_list_that_was_received_since(received: str, led: concerned.Whom) -> None:
    old = demo_book()
    assert whom(watched_since(received, old), old, raised(old)) == led


def test_other_working_days_concern_everybody() -> None:
    old = demo_book()
    days = structs.replace(old.working_days, off=old.working_days.off | {date(2026, 9, 1)})
    other = structs.replace(old, working_days=days)
    assert whom(watched_since("2026-06-30", old), old, other) is None
