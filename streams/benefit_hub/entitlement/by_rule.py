"""What the rule alone says of a world, worked out for a month when it is asked for, and once."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from msgspec import structs

from benefit_hub.entitlement.counting import Verdicts
from benefit_hub.entitlement.rules.rule import Answer, Question
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.internal import Held, RecordKey
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


Lapsed = frozenset[RecordKey]
"""The applications that were used up by the end of their award."""
NONE_LAPSED: Lapsed = frozenset()
Known = Callable[[Month, Lapsed], Answer | None]
"""What a rule says of a month as far as it is known from elsewhere."""


class Asked:
    """What a rule says of a world month by month, each worked out once; what is `known` of another world is taken over."""

    def __init__(self, question: Question, answer: Callable[[Question, Month], Answer], known: Known) -> None:
        self.question = question
        self._answer = answer
        self._known = known
        self._said: dict[tuple[Month, Lapsed], Answer] = {}

    def at(self, month: Month, lapsed: Lapsed = NONE_LAPSED) -> Answer:
        """What it says of a month once these applications have lapsed."""
        found = self._said.get((month, lapsed))
        if found is None:
            found = self._known(month, lapsed)
            if found is None:
                question = structs.replace(self.question, lapsed=lapsed) if lapsed else self.question
                found = self._answer(question, month)
            self._said[month, lapsed] = found
        return found

    def said(self, month: Month, lapsed: Lapsed) -> Answer | None:
        """What it has said of a month, if it was asked."""
        return self._said.get((month, lapsed))


def not_known(_month: Month, _lapsed: Lapsed) -> Answer | None:
    """Nothing was asked yet."""
    return None


def unlapsed(rule: ByRule) -> Known:
    """What a rule says of its own world, in which nothing has lapsed."""
    return lambda at, lapsed: None if lapsed else rule.at(at)


def until(month: int | None, known: Known) -> Known:
    """What is known of the months before one; of all where that is None."""
    return known if month is None else lambda at, lapsed: known(at, lapsed) if at < month else None


def first_news(before: Verdicts, now: Verdicts) -> int | None:
    """The month before which two choices of what counts come to the same; None where they are the same for ever.

    One of several deaths of somebody may say of another that it does not count, in any month; all else says nothing of the
    months before it counts.
    """
    first: int | None = None
    for key in before.keys() | now.keys():
        old, new = before.get(key), now.get(key)
        if old is new:
            continue
        if key[1] == "death" and died_twice(key[3], before, now):
            return FIRST_MONTH
        since = first_parted(old, new)
        first = since if first is None else min(first, since)
    return first


def died_twice(person: str, *verdicts: Verdicts) -> bool:
    """Whether more than one record tells of somebody's death."""
    return len({key for each in verdicts for key in each if key[1] == "death" and key[3] == person}) > 1


def first_parted(old: Counted | None, new: Counted | None) -> Month:
    """The first month in which two histories of one record are not the same: what stood before in both is the same object."""
    left, right = links(old), links(new)
    while left and right and left[-1] is right[-1]:
        left.pop()
        right.pop()
    return min(each.since for each in (*left, *right))


def links(newest: Counted | None) -> list[Counted]:
    """A revision that counts and those that stood before it."""
    found: list[Counted] = []
    while newest is not None:
        found.append(newest)
        newest = newest.earlier
    return found


def first_move(before: Mapping[str, Sequence[Held]], now: Mapping[str, Sequence[Held]]) -> int | None:
    """The month before which two assignments put the same people into the same households; None where they do for ever."""
    first: int | None = None
    for person, held in now.items():
        then = before[person]
        if held != then:
            same = next((at for at, pair in enumerate(zip(then, held, strict=False)) if pair[0] != pair[1]), None)
            at = min(len(then), len(held)) if same is None else same
            since = min(each.since for each in (*then[at : at + 1], *held[at : at + 1]))
            first = since if first is None else min(first, since)
    return first


def earliest(*months: int | None) -> int | None:
    """The first of these months; None where there is none."""
    return min((month for month in months if month is not None), default=None)
