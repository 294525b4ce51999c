"""What a rule says is worked out once a month, and only from the first news on."""

import pytest

from benefit_hub.entitlement.by_rule import ByRule, first_news, not_known, until
from benefit_hub.entitlement.counted import candidate
from benefit_hub.entitlement.rules.rule import nothing
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.internal import Cause, Fact
from benefit_hub.values.months import FIRST_MONTH, Month
from tests.facts import death, home, wage

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
        assumed=False,
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


@pytest.mark.parametrize(
    ("before", "now", "first"),
    [
        ([HOME], [HOME], None),
        ([HOME], [HOME, EARNS], JUNE),
        ([HOME, EARNS], [HOME], JUNE),
        ([HOME, EARNS], [HOME, since(JULY, EARNS_MORE, earlier=EARNS)], JULY),
        ([HOME, EARNS], [HOME, since(JULY, EARNS_MORE)], JUNE),
        ([HOME, EARNS], [HOME, since(MAY, EARNS_MORE)], MAY),
        ([HOME], [HOME, since(JULY, death("an", "2026-06-10"))], FIRST_MONTH),
    ],
    ids=["the same", "one more", "one less", "from then on", "in its place", "from before", "a death"],
)
def test_before_the_first_news_two_worlds_are_one(before, now, first) -> None:
    assert first_news(verdicts(*before), verdicts(*now)) == first


def test_what_is_known_is_known_until_the_news() -> None:
    def said(month: Month):
        return nothing(f"of {month}")

    assert until(None, said)(JULY) == said(JULY)
    assert until(JULY, said)(JUNE) == said(JUNE)
    assert until(JULY, said)(JULY) is None
    assert not_known(MAY) is None
