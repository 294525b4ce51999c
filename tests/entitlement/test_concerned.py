"""Who is concerned by nothing is not assessed anew: a hub that always assesses everybody says the same, word for word."""

import importlib
import os
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.entitlement import concerned
from benefit_hub.entitlement.household import Basis, Household
from benefit_hub.messages.internal import ControlEvent, Held, Snapshot
from benefit_hub.policy.book import Book
from benefit_hub.policy.standards import Dated
from benefit_hub.values.months import month
from tests.facts import home, watched
from tests.in_memory import demo_book
from tests.properties.circumstances import make_story
from tests.properties.test_promises import book_of_stories, deliver, disordered, simulation

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


def told(seed: int) -> dict[str, list[Any]]:
    """A story by chance in any order, with a raise in the middle of it: all that is said, by topic."""
    book = book_of_stories()
    hub = simulation(book, raised(book))
    items = disordered(make_story(Random(seed)), Random(seed))
    raises = ControlEvent(type="POLICY_ACTIVATED", book=raised(book).digest())
    deliver(hub, [*items[: len(items) // 2], (date(2026, 6, 20), raises)], at_once=False)
    for each in items[len(items) // 2 :]:
        deliver(hub, [each])
    return hub.outputs


@pytest.mark.parametrize("seed", range(STORIES))
def test_what_is_said_is_the_same_as_if_everybody_were_assessed_each_time(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    choose, law = concerned.concerned, concerned.NewLaw.concerns

    def counted(whom: concerned.Whom) -> concerned.Whom:
        asked["all" if whom is None else "some" if whom else "nobody"] += 1
        return whom

    monkeypatch.setattr(step, "concerned", lambda *said: counted(choose(*said)))
    monkeypatch.setattr(concerned.NewLaw, "concerns", lambda *said: counted(law(*said)))
    by_concern = told(seed)
    monkeypatch.setattr(step, "concerned", lambda *_: None)
    monkeypatch.setattr(concerned.NewLaw, "concerns", lambda *_: None)
    assert told(seed) == by_concern
    assert asked["some"], "nobody's assessment was ever left out: this proves nothing"


@pytest.mark.parametrize(("received", "whom"), [("2026-06-30", concerned.NOBODY), ("2026-07-01", frozenset({"h:1"}))])
def test_a_raise_concerns_a_watch_list_that_was_received_since(received: str, whom: concerned.Whom) -> None:
    old, new = demo_book(), raised(demo_book())
    here = Held(month("2026-01"), "h:1", member=True)
    records = (home("an"), watched("an", received))
    an = Snapshot(
        person="p:an",
        household="h:1",
        version=1,
        number=1,
        held=(here,),
        reported=(here,),
        role="HEAD",
        records=records,
    )
    known = Household(household="h:1", members={"p:an": an}, basis=Basis(old.digest(), None), reads={"h:1": ()})
    law = concerned.NewLaw({each.digest(): each for each in (old, new)}, Basis(new.digest(), None), date(2026, 8, 1))
    assert law.concerns(known) == whom
