"""The figures of a preview as they are laid before somebody: one set of them for the table, the spreadsheet, the picture."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import EFFECTS, LOWER, OPEN, Effect, Line, Sum, summed

DEPTHS = (2, 4, 6, 8, 9, 12)
"""So many digits of a region's code are looked at, until there is more than one region."""


class Told(Struct, frozen=True, kw_only=True):
    """What a preview is about, in words."""

    packs: tuple[str, ...]
    """The titles of the packs that are other, with their names."""
    changes: tuple[tuple[str, str], ...]
    """What is other in them, and from when."""
    notes: tuple[str, ...]
    """What has to be known before the figures are read."""
    whom: str
    """Whose figures these are: invented people, or the registers of a day."""
    books: tuple[str, str]
    assumed: bool


class Costs(Struct, frozen=True, kw_only=True):
    """A row of costs: how many have it, what it costs in the month compared, and over all months, before and after."""

    name: str
    had: tuple[int, int]
    month_fen: tuple[int, int]
    all_fen: tuple[int, int]

    @property
    def month_more(self) -> int:
        """What it costs more in the month compared, in fen."""
        return self.month_fen[1] - self.month_fen[0]

    @property
    def all_more(self) -> int:
        """The same over all months."""
        return self.all_fen[1] - self.all_fen[0]


class Touched(Struct, frozen=True, kw_only=True):
    """How many of one programme are touched in one way, by how much in the month compared and over all months.

    What waits for an application or a decision: by how much it would be more then, in its own first month, and by the law before
    (`before_*`); of `unknown` of them nobody can say.
    """

    effect: Effect
    title: str
    count: int
    month_fen: int
    all_fen: int
    before_month_fen: int
    before_all_fen: int
    unknown: int = 0


class Households(Struct, frozen=True, kw_only=True):
    """Households by what becomes of all that they and their people have, over all months: more, less, the same money but another
    status or another month; and those of which only something open changes."""

    more: int
    less: int
    otherwise: int
    only_open: int


def costs_of(name: str, sums: Iterable[Sum]) -> Costs:
    """The costs of some sums together."""
    rows = [*sums]
    return Costs(
        name=name,
        had=(sum(each.had_before for each in rows), sum(each.had_after for each in rows)),
        month_fen=(sum(each.before_fen[0] for each in rows), sum(each.after_fen[0] for each in rows)),
        all_fen=(sum(sum(each.before_fen) for each in rows), sum(sum(each.after_fen) for each in rows)),
    )


def by_programme(sums: Sequence[Sum]) -> list[Costs]:
    """The costs of each programme; those that change first."""
    rows = [costs_of(each.title, [each]) for each in summed(sums, 0)]
    return sorted(rows, key=lambda each: (not (each.all_more or each.had[0] != each.had[1]), -abs(each.all_more)))


def by_region(sums: Sequence[Sum]) -> tuple[int, list[Costs]]:
    """The costs of each region, and of how many digits its code is; nothing where all is one region."""
    depth = next((each for each in DEPTHS if len({one.region[:each] for one in sums}) > 1), 0)
    if not depth:
        return 0, []
    codes = sorted({each.region[:depth] for each in sums})
    return depth, [costs_of(code, [each for each in sums if each.region[:depth] == code]) for code in codes]


def touched(lines: Sequence[Line]) -> list[Touched]:
    """How many are touched, by effect and programme."""
    found: list[Touched] = []
    for effect in EFFECTS:
        for title in dict.fromkeys(each.title for each in lines if each.effect == effect):
            rows = [each for each in lines if (each.effect, each.title) == (effect, title)]
            fens = [month_more(each) for each in rows]
            found.append(
                Touched(
                    effect=effect,
                    title=title,
                    count=len(rows),
                    month_fen=sum(fen or 0 for fen in fens),
                    all_fen=sum(all_more(each) or 0 for each in rows),
                    before_month_fen=sum(each.open_before_fen for each in rows),
                    before_all_fen=sum(each.open_before_sum_fen for each in rows),
                    unknown=sum(fen is None for fen in fens),
                )
            )
    return found


def month_more(line: Line) -> int | None:
    """By how much a line is more in its month, in fen; None where nobody can say."""
    return line.open_fen if line.effect in OPEN else line.after_fen - line.before_fen


def all_more(line: Line) -> int | None:
    """The same over all months."""
    return line.open_sum_fen if line.effect in OPEN else line.after_sum_fen - line.before_sum_fen


def households(lines: Sequence[Line]) -> Households:
    """How many households come to more, or to less, with all that they have."""
    money: Counter[str] = Counter()
    for each in lines:
        money[each.household] += each.after_sum_fen - each.before_sum_fen
    real = {each.household for each in lines if each.effect not in OPEN}
    return Households(
        more=sum(fen > 0 for fen in money.values()),
        less=sum(fen < 0 for fen in money.values()),
        otherwise=sum(money[name] == 0 for name in real),
        only_open=len(money.keys() - real),
    )


def lowered(lines: Sequence[Line]) -> list[Line]:
    """Those who have less, or nothing any more: each with the limit or the other benefit by which it is so."""
    return [each for each in lines if each.effect in LOWER or each.after_sum_fen < each.before_sum_fen]


def largest(looked: Preview, number: int) -> list[Line]:
    """The changes that move most money, in an order that is always the same; last what waits for somebody."""
    return sorted(
        looked.lines,
        key=lambda each: (each.effect in OPEN, -abs(all_more(each) or 0), each.beneficiary, each.programme),
    )[:number]
