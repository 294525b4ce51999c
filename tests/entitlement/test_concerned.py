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
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.policy.book import Book, Dated
from benefit_hub.values.months import month
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
