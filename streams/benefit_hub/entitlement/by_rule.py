"""What the rule alone says of a world, worked out for a month when it is asked for."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from benefit_hub.entitlement.counting import Verdicts
from benefit_hub.entitlement.rules.rule import Answer
from benefit_hub.values.months import FIRST_MONTH, Month


class ByRule:
    """The answers of a rule from mark to mark, each worked out once; before the first mark `unknown`."""

    def __init__(self, marks: Sequence[Month], answer: Callable[[Month], Answer], unknown: Answer) -> None:
        self.marks = marks
        self._answer = answer
        self._unknown = unknown
        self._known: dict[Month, Answer] = {}

    def at(self, month: int) -> Answer:
        """What it says of a month."""
        place = bisect_right(self.marks, month)
        if place == 0:
            return self._unknown
        mark = self.marks[place - 1]
        known = self._known.get(mark)
        if known is None:
            known = self._known[mark] = self._answer(mark)
        return known


Known = Callable[[Month], Answer | None]
"""What a rule says of a month as far as it was asked already."""


def not_known(_month: Month) -> Answer | None:
    """Nothing was asked yet."""
    return None


def until(month: int | None, known: Known) -> Known:
    """What is known of the months before one; of all where that is None."""
    return known if month is None else lambda at: known(at) if at < month else None


def first_news(before: Verdicts, now: Verdicts) -> int | None:
    """The month before which two choices of what counts come to the same; None where they are the same for ever.

    A death may say of another that it does not count, in any month; all else says nothing of the months before it counts.
    """
    first: int | None = None
    for key in before.keys() | now.keys():
        old, new = before.get(key), now.get(key)
        if old is new:
            continue
        if key[1] == "death":
            return FIRST_MONTH
        kept = new is not None and new.earlier is old and old is not None
        rows = [] if new is None else [new] if kept else [*new.history()]
        since = min(each.since for each in (*rows, *(() if old is None or kept else old.history())))
        first = since if first is None else min(first, since)
    return first
