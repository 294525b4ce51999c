"""What a rule says is worked out once a month, and only from the first news on."""

import pytest

from benefit_hub.entitlement.assessor import status_lookup
from benefit_hub.entitlement.by_rule import (
    NONE_LAPSED,
    Asked,
    ByRule,
    first_move,
    first_news,
    not_known,
    unlapsed,
    until,
)
from benefit_hub.entitlement.counted import candidate
from benefit_hub.entitlement.opening import NO_LAW
from benefit_hub.entitlement.rules.rule import Question, nothing
from benefit_hub.entitlement.shares import shares_in
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.internal import Cause, Fact, Held
from benefit_hub.values.months import FIRST_MONTH, Month
from tests.facts import death, home, wage
from tests.in_memory import demo_book

MAY, JUNE, JULY = Month(2026 * 12 + 4), Month(2026 * 12 + 5), Month(2026 * 12 + 6)


def since(month: Month, fact: Fact, earlier: Counted | None = None) -> Counted:
    """A fact that counts from a month on."""
    why = Cause(cause="", name=None, event_day=fact.valid_from, received_on=fact.received_on, execution="AUTOMATIC")
    return Counted(
        fact=fact,
        since=month,
        rule="EVENT_MONTH",
        decided_on=fact.received_on,
        cause=why,
        row=NO_LAW.effects[0],
        earlier=earlier,
    )


def verdicts(*counted: Counted) -> dict[tuple[str, str, str, str], Counted]:
    """What counts, by its keys."""
    return {candidate(each.fact).key: each for each in counted}


def test_a_rule_is_asked_once_for_each_mark_and_only_when_it_is_needed() -> None:
    asked: list[Month] = []

    def answer(month: Month):
        asked.append(month)
        return nothing(f"of {month}")

    rule = ByRule([MAY, JULY], answer, nothing("unknown"))
    said = [rule.at(month).formula for month in (MAY - 1, JUNE, MAY, JUNE)]
    assert said == ["unknown", f"of {MAY}", f"of {MAY}", f"of {MAY}"]
    assert asked == [MAY]
    assert rule.at(JULY + 7).formula == f"of {JULY}"


HOME = since(MAY, home("an"))
EARNS = since(JUNE, wage("an", 100, "2026-05-31"))
EARNS_MORE = wage("an", 200, "2026-05-31", revision=2)
TWICE = since(JULY, wage("an", 150, "2026-05-31", revision=1), earlier=EARNS)
DIED = since(JULY, death("an", "2026-06-10"))


@pytest.mark.parametrize(
    ("before", "now", "first"),
    [
        ([HOME], [HOME], None),
        ([HOME], [HOME, EARNS], JUNE),
        ([HOME, EARNS], [HOME], JUNE),
        ([HOME, EARNS], [HOME, since(JULY, EARNS_MORE, earlier=EARNS)], JULY),
        ([HOME, EARNS], [HOME, since(JULY, EARNS_MORE)], JUNE),
        ([HOME, EARNS], [HOME, since(MAY, EARNS_MORE)], MAY),
        ([HOME, TWICE], [HOME, since(JULY, EARNS_MORE, earlier=EARNS)], JULY),
        ([HOME], [HOME, DIED], JULY),
        ([HOME, DIED], [HOME, since(JULY, death("an", "2026-06-10", source="civil-affairs")), DIED], FIRST_MONTH),
    ],
    ids=[
        "the same",
        "one more",
        "one less",
        "from then on",
        "in its place",
        "from before",
        "in place of what stood on it",
        "a death",
        "a second death",
    ],
)
def test_before_the_first_news_two_worlds_are_one(before, now, first) -> None:
    assert first_news(verdicts(*before), verdicts(*now)) == first


def test_what_is_known_is_known_until_the_news() -> None:
    rule = ByRule([MAY], lambda month: nothing(f"of {month}"), nothing("unknown"))
    known = unlapsed(rule)
    assert until(None, known)(JULY, NONE_LAPSED) == rule.at(JULY)
    assert until(JULY, known)(JUNE, NONE_LAPSED) == rule.at(JUNE)
    assert until(JULY, known)(JULY, NONE_LAPSED) is None
    assert known(JUNE, frozenset({("s", "application", "a")})) is None
    assert not_known(MAY, NONE_LAPSED) is None


def test_a_world_is_asked_once_and_only_for_what_is_not_known() -> None:
    asked: list[tuple[Month, int]] = []

    def answer(question: Question, month: Month):
        asked.append((month, len(question.lapsed)))
        return nothing(f"of {month}")

    pack = demo_book().packs[0]
    question = Question(
        world=World("h:1", {}, {}, (), None),
        pack=pack,
        programme=pack.programmes["dibao"],
        subject="p:an",
        status_of=status_lookup({}),
        shares=shares_in({}),
        region_values=(),
    )
    used = frozenset({("s", "application", "a")})
    first = Asked(question, answer, not_known)
    second = Asked(question, answer, until(JULY, first.said))
    assert [first.at(JUNE), first.at(JULY), first.at(JULY, used)] == [
        *map(nothing, (f"of {JUNE}", *[f"of {JULY}"] * 2))
    ]
    assert second.at(JUNE) is first.at(JUNE)
    second.at(JULY)
    second.at(MAY)
    assert asked == [(JUNE, 0), (JULY, 0), (JULY, 1), (JULY, 0), (MAY, 0)]


HERE, THERE = Held(MAY, "h:1", member=True), Held(JULY, "h:2", member=True)


@pytest.mark.parametrize(
    ("before", "now", "first"),
    [
        ((HERE,), (HERE,), None),
        ((HERE,), (HERE, THERE), JULY),
        ((HERE, THERE), (HERE,), JULY),
        ((HERE,), (THERE,), MAY),
    ],
    ids=["nobody moves", "one goes", "one stays", "one was never here"],
)
def test_before_somebody_moves_two_assignments_are_one(before, now, first) -> None:
    assert first_move({"p:an": before, "p:bo": (HERE,)}, {"p:an": now, "p:bo": (HERE,)}) == first
