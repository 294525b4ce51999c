"""What a preview says of one beneficiary and programme: what is paid by both laws, month by month, and how it changes.

Amounts are whole fen. What somebody could apply for, or what waits for a decision, is no cost: it stands apart (`open_*`).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.doubts import UNPAYABLE
from benefit_hub.entitlement.household import Household
from benefit_hub.entitlement.proposing import segments
from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE
from benefit_hub.entitlement.timelines import Timeline, payable
from benefit_hub.messages.internal import Segment, Snapshot
from benefit_hub.policy.wording import amount_text, formula_text
from benefit_hub.values.months import Month, first_day, month_text
from benefit_hub.values.steps import value_at

Effect = Literal[
    "GAINS",
    "LOSES",
    "BEGINS",
    "ENDS",
    "STATUS_BEGINS",
    "STATUS_ENDS",
    "MAY_APPLY",
    "NO_LONGER_UNDER",
    "HAS_TO_BE_DECIDED",
    "NOTHING_TO_DECIDE",
]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
OPEN: frozenset[Effect] = frozenset({"MAY_APPLY", "NO_LONGER_UNDER", "HAS_TO_BE_DECIDED", "NOTHING_TO_DECIDE"})
"""What changes nothing that is paid, or recognised, until somebody applies or decides."""
LOWER: frozenset[Effect] = frozenset({"LOSES", "ENDS", "STATUS_ENDS"})
NOBODY = ""


class Line(Struct, frozen=True, kw_only=True):
    """One change. `had_*` and `*_fen` are of the month compared, `*_sum_fen` of all months; `since` to `until` are the first
    and the last month in which something differs.

    `open_fen` is what would come on top of what is paid, in the first of these months, if somebody applied or decided, and
    `open_sum_fen` of all months, by the law after; None where nobody can say. `open_before_*` are the same by the law before.
    `follows` names the programmes of the household by whose change
    this one changes, `threshold` whether an income came under (`IN`) or over (`OUT`) a limit; `why` says it as a sentence.
    """

    effect: Effect
    region: str
    programme: str
    title: str
    household: str
    beneficiary: str
    had_before: bool = False
    had_after: bool = False
    before_fen: int = 0
    after_fen: int = 0
    before_sum_fen: int = 0
    after_sum_fen: int = 0
    since: str = ""
    until: str = ""
    open_before_fen: int = 0
    open_before_sum_fen: int = 0
    open_fen: int | None = 0
    open_sum_fen: int | None = 0
    follows: tuple[str, ...] = ()
    threshold: Literal["", "IN", "OUT"] = ""
    why: str = ""


class Sum(Struct, kw_only=True):
    """What one programme costs in one region, in fen by month, and how many have it in the month compared."""

    region: str
    programme: str
    title: str
    before_fen: list[int]
    after_fen: list[int]
    had_before: int = 0
    had_after: int = 0

    def add(self, had: "Had", has: "Had") -> None:
        """One beneficiary more."""
        self.before_fen = [standing + each for standing, each in zip(self.before_fen, had.fen, strict=True)]
        self.after_fen = [standing + each for standing, each in zip(self.after_fen, has.fen, strict=True)]
        self.had_before += had.status[0]
        self.had_after += has.status[0]

    def join(self, other: "Sum") -> None:
        """What another sum says as well."""
        self.before_fen = [a + b for a, b in zip(self.before_fen, other.before_fen, strict=True)]
        self.after_fen = [a + b for a, b in zip(self.after_fen, other.after_fen, strict=True)]
        self.had_before += other.had_before
        self.had_after += other.had_after


class Window(Struct, frozen=True):
    """The months that are looked at; the first is the one compared."""

    first: Month
    count: int

    @property
    def months(self) -> list[Month]:
        """Each of them."""
        return [Month(self.first + at) for at in range(self.count)]

    @property
    def last(self) -> Month:
        """The last of them."""
        return Month(self.first + self.count - 1)

    @property
    def seen_until(self) -> date:
        """The last day of the last of them."""
        return first_day(self.first + self.count) - timedelta(days=1)


class Had(NamedTuple):
    """What a beneficiary has of a programme, by month: so many fen, and whether there is a status at all."""

    fen: list[int]
    status: list[bool]


def had(seen: Household, unit: Unit | None, window: Window, timeline: Timeline | None = None) -> Had:
    """What there is of a unit in each month, or by another timeline of it; of a person's benefits only in those months in which
    the household holds the person."""
    if unit is None:
        return Had([0] * window.count, [False] * window.count)
    person = seen.members.get(unit.beneficiary)
    steps = segments(unit.timeline if timeline is None else timeline)
    held = [value_at(steps, at, None) if person is None or holds(seen, person, at) else None for at in window.months]
    pays = RULES[unit.programme.rule].pays
    return Had([payable(each) for each in held], [has(each, pays=pays) for each in held])


def has(segment: Segment | None, *, pays: bool) -> bool:
    """Whether somebody has it: money, or a status that pays nothing by itself or for want of a standard by which to pay."""
    if segment is None or not stands(segment):
        return False
    return not pays or payable(segment) > 0 or segment.reasoning.formula == UNPAYABLE


def stands(segment: Segment | None) -> bool:
    """Whether a segment gives a status, with money or without."""
    return segment is not None and segment.status not in (NONE, NOT_ELIGIBLE)


def holds(seen: Household, person: Snapshot, month: Month) -> bool:
    """Whether a household is the one that holds a person in a month."""
    return value_at(tuple((each.since, each.household) for each in person.held), month, NOBODY) == seen.household


def changed_months(before: Had, after: Had) -> list[int]:
    """Which of the months differ, counted from the first."""
    told = zip(before.fen, before.status, after.fen, after.status, strict=True)
    return [at for at, (fen, status, now, given) in enumerate(told) if (fen, status) != (now, given)]


def effect_of(before: Had, after: Had, at: int) -> Effect:
    """What the change of a month is to whom it concerns."""
    old, new = before.fen[at], after.fen[at]
    if old == new:
        return "STATUS_BEGINS" if after.status[at] else "STATUS_ENDS"
    if not old:
        return "BEGINS"
    if not new:
        return "ENDS"
    return "GAINS" if new > old else "LOSES"


def changed_line(
    seen: Household, region: str, units: Sequence[Unit | None], told: tuple[Had, Had], window: Window
) -> Line:
    """The line of a unit of which something differs, by the law before and after; what it follows from is not known yet."""
    before, after = told
    unit = units[1] or units[0]
    if unit is None:
        raise ValueError("a line is about a unit")
    at = changed_months(before, after)
    old, new = (segment_of(each, window.months[at[0]]) for each in units)
    threshold, crossed = crossing(old, new)
    later = "（其后各月方向不一）" if turns_round(before, after) else ""
    return Line(
        effect=effect_of(before, after, at[0]),
        region=region,
        programme=unit.programme.name,
        title=unit.programme.title,
        household=seen.household,
        beneficiary=unit.beneficiary,
        had_before=before.status[0],
        had_after=after.status[0],
        before_fen=before.fen[0],
        after_fen=after.fen[0],
        before_sum_fen=sum(before.fen),
        after_sum_fen=sum(after.fen),
        since=month_text(window.months[at[0]]),
        until=month_text(window.months[at[-1]]),
        threshold=threshold,
        why=f"{crossed}现行：{calculated(old)}；改后：{calculated(new)}{later}",
    )


def turns_round(before: Had, after: Had) -> bool:
    """Whether it is more in some months and less in others."""
    falls = {new < old for old, new in zip(before.fen, after.fen, strict=True) if old != new}
    return len(falls) > 1


def segment_of(unit: Unit | None, month: Month) -> Segment | None:
    """What holds of a unit in a month."""
    return None if unit is None else value_at(segments(unit.timeline), month, None)


def calculated(segment: Segment | None) -> str:
    """How an amount comes about, as a sentence that can be followed by hand."""
    if segment is None:
        return "无"
    return formula_text(segment.reasoning.formula, segment.reasoning.inputs, segment.amount)


def crossing(old: Segment | None, new: Segment | None) -> tuple[Literal["", "IN", "OUT"], str]:
    """Whether an income per head is on the other side of a standard now, and the sentence that says so."""
    if old is None or new is None or stands(old) == stands(new):
        return "", ""
    was, now = old.reasoning.inputs, new.reasoning.inputs
    if not {"p", "S"} <= was.keys() & now.keys():
        return "", ""
    figures = f"人均收入 {amount_text(now['p'])} 元，标准 {amount_text(was['S'])} → {amount_text(now['S'])} 元"
    return (
        ("IN", f"{figures}，由不低于变为低于标准。") if stands(new) else ("OUT", f"{figures}，由低于变为不低于标准。")
    )


def empty_sum(region: str, programme: str, title: str, months: int) -> Sum:
    """No cost yet."""
    return Sum(region=region, programme=programme, title=title, before_fen=[0] * months, after_fen=[0] * months)


def summed(sums: Sequence[Sum], digits: int) -> list[Sum]:
    """The sums over regions whose codes begin alike in so many digits; all regions together where that is 0."""
    found: dict[tuple[str, str], Sum] = {}
    for each in sums:
        region = each.region[:digits]
        key = (region, each.programme)
        if key not in found:
            found[key] = empty_sum(region, each.programme, each.title, len(each.before_fen))
        found[key].join(each)
    return [found[key] for key in sorted(found)]
