"""What another policy book would do to households as they are known: who gains, loses, enters or leaves, and what it costs.

Both books are put to the same facts, by the code that pays. The calendar is seen up to the end of the months that are looked
at, so that a birthday or the end of a certificate counts by both. Amounts are whole fen; nothing is sent, nothing is kept.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, structs

from benefit_hub.entitlement import findings, leading
from benefit_hub.entitlement.assess import Assessment, assess
from benefit_hub.entitlement.assessor import Unit, not_asked_for
from benefit_hub.entitlement.household import Household, complete
from benefit_hub.entitlement.proposing import proposals
from benefit_hub.entitlement.step import inputs_of, rightly_named
from benefit_hub.entitlement.timelines import amount_at
from benefit_hub.messages.internal import Snapshot
from benefit_hub.policy.book import Book
from benefit_hub.task import Bootstrap
from benefit_hub.task.indices import RegionValues
from benefit_hub.values.months import Month, first_day, month_text
from benefit_hub.values.steps import value_at

Effect = Literal["GAINS", "LOSES", "BEGINS", "ENDS", "MAY_APPLY", "HAS_TO_BE_DECIDED"]
EFFECTS: tuple[Effect, ...] = ("GAINS", "LOSES", "BEGINS", "ENDS", "MAY_APPLY", "HAS_TO_BE_DECIDED")
NOBODY = ""


class Line(Struct, frozen=True, kw_only=True):
    """One change of the first month, in fen a month. `MAY_APPLY`: a lead, nothing is paid, `after_fen` is what the numbers known
    would come to; `HAS_TO_BE_DECIDED`: a proposal, what is paid stays until somebody decides, `after_fen` is what is proposed."""

    effect: Effect
    region: str
    programme: str
    title: str
    household: str
    beneficiary: str
    before_fen: int
    after_fen: int


class Sum(Struct, kw_only=True):
    """What one programme costs in one region, in fen by month, and to how many it is paid in the first."""

    region: str
    programme: str
    title: str
    before_fen: list[int]
    after_fen: list[int]
    paid_before: int = 0
    paid_after: int = 0


class Window(Struct, frozen=True):
    """The months that are looked at."""

    first: Month
    count: int

    @property
    def months(self) -> list[Month]:
        """Each of them."""
        return [Month(self.first + at) for at in range(self.count)]

    @property
    def seen_until(self) -> date:
        """The last day of the last of them."""
        return first_day(self.first + self.count) - timedelta(days=1)


class Preview:
    """Puts households to both books, one after the other, and keeps the lines that change and the sums."""

    def __init__(
        self,
        before: Book,
        after: Book,
        window: Window,
        bootstrap: Bootstrap | None = None,
        region_values: RegionValues = (),
    ) -> None:
        self._books = (before, after)
        self._bootstrap = bootstrap or Bootstrap()
        self._region_values = region_values
        self.window = window
        self.lines: list[Line] = []
        self.sums: dict[tuple[str, str], Sum] = {}
        self.households = 0
        self.left_out = 0
        """Households of which half a decision is known: nothing can be said of them."""

    def look(self, known: Household) -> None:
        """One household more."""
        if not complete(known):
            self.left_out += 1
            return
        seen = rightly_named(known)
        old, new = self._books
        laws = (old.pack(seen.region), new.pack(seen.region))
        before = self._assess(seen, old)
        after = before if laws[0] == laws[1] else self._assess(seen, new)
        self.households += any(holds(seen, each, self.window.first) for each in seen.members.values())
        for first, second in paired(before, after):
            self._add(seen, before.region, first, second)
        if after is not before:
            self._crossings(seen, before, after)

    def _assess(self, seen: Household, book: Book) -> Assessment:
        inputs = inputs_of(seen, book, self.window.seen_until, self._bootstrap)
        return assess(structs.replace(inputs, region_values=self._region_values))

    def _add(self, seen: Household, region: str, old: Unit | None, new: Unit | None) -> None:
        """The amounts of one beneficiary and programme."""
        unit = new or old
        if unit is None:
            return
        told = (paid(seen, old, self.window), paid(seen, new, self.window))
        if not any(told[0]) and not any(told[1]):
            return
        name, title = unit.programme.name, unit.programme.title
        total = self.sums.setdefault((region, name), empty_sum(region, name, title, self.window))
        for column, fen in ((total.before_fen, told[0]), (total.after_fen, told[1])):
            column[:] = [standing + each for standing, each in zip(column, fen, strict=True)]
        total.paid_before += bool(told[0][0])
        total.paid_after += bool(told[1][0])
        effect = effect_of(told[0][0], told[1][0])
        if effect is not None:
            self.lines.append(line(effect, seen, region, unit, told[0][0], told[1][0]))

    def _crossings(self, seen: Household, before: Assessment, after: Assessment) -> None:
        """Who would be led to apply, and what would have to be decided, that is not so by the book before."""
        on = self.window.seen_until
        led = leading.leads(seen, before, on).keys()
        leads = [
            (each.programme, each.person) for key, each in leading.leads(seen, after, on).items() if key not in led
        ]
        classes = [findings.household_entry(seen, each, NOBODY).computed_class for each in (before, after)]
        main = next((unit for unit in after.units if findings.computes(unit) == "DIBAO"), None)
        if classes[1] == "DIBAO" != classes[0] and main is not None and not any(paid(seen, main, self.window)):
            leads.append((main.programme.name, None))
        units = {(unit.programme.name, unit.beneficiary): unit for unit in after.units}
        for name, person in dict.fromkeys(leads):
            whom = person or seen.household
            if after.pack is not None and whom in after.reads:
                unit = not_asked_for(after.pack.programmes[name], whom)
                self.lines.append(line("MAY_APPLY", seen, after.region, unit, 0, 0 if person else possible(after)))
        stood = proposals(seen, before, NOBODY)
        for key, each in proposals(seen, after, NOBODY).items():
            former = stood.get(key)
            unit = units[each.programme, each.beneficiary]
            if former is None or (former.before_fen, former.after_fen) != (each.before_fen, each.after_fen):
                fens = (each.before_fen, each.after_fen)
                self.lines.append(line("HAS_TO_BE_DECIDED", seen, after.region, unit, *fens))

    def totals(self) -> list[Sum]:
        """The sums by region and programme."""
        return [self.sums[key] for key in sorted(self.sums)]

    def month_texts(self) -> list[str]:
        """The months as they are read."""
        return [month_text(each) for each in self.window.months]


def possible(found: Assessment) -> int:
    """What a household's last known means come to, as if it had applied; nothing where they were never looked at."""
    means = next((each.final.means for each in found.units if each.final is not None and each.final.means), None)
    return means.gap_fen if means is not None and means.under() else 0


def paired(before: Assessment, after: Assessment) -> Iterator[tuple[Unit | None, Unit | None]]:
    """The units of both, by programme and beneficiary, in the order of the second."""
    old = {(each.programme.name, each.beneficiary): each for each in before.units}
    new = {(each.programme.name, each.beneficiary): each for each in after.units}
    for key in dict.fromkeys((*new, *old)):
        yield old.get(key), new.get(key)


def paid(seen: Household, unit: Unit | None, window: Window) -> list[int]:
    """What is paid in each month; of a person's benefits only in those months in which the household holds the person."""
    if unit is None:
        return [0] * window.count
    person = seen.members.get(unit.beneficiary)
    return [amount_at(unit.timeline, at) if person is None or holds(seen, person, at) else 0 for at in window.months]


def holds(seen: Household, person: Snapshot, month: Month) -> bool:
    """Whether a household is the one that holds a person in a month."""
    return value_at(tuple((each.since, each.household) for each in person.held), month, NOBODY) == seen.household


def effect_of(before: int, after: int) -> Effect | None:
    """What a change of the amount is to whom it is paid."""
    if before == after:
        return None
    if not before:
        return "BEGINS"
    if not after:
        return "ENDS"
    return "GAINS" if after > before else "LOSES"


def line(effect: Effect, seen: Household, region: str, unit: Unit, before: int, after: int) -> Line:
    """A line about a unit."""
    return Line(
        effect=effect,
        region=region,
        programme=unit.programme.name,
        title=unit.programme.title,
        household=seen.household,
        beneficiary=unit.beneficiary,
        before_fen=before,
        after_fen=after,
    )


def empty_sum(region: str, programme: str, title: str, window: Window) -> Sum:
    """No cost yet."""
    nothing = [0] * window.count
    return Sum(region=region, programme=programme, title=title, before_fen=nothing, after_fen=[*nothing])


def summed(sums: Sequence[Sum], digits: int) -> list[Sum]:
    """The sums over regions whose codes begin alike in so many digits; all regions together where that is 0."""
    found: dict[tuple[str, str], Sum] = {}
    for each in sums:
        region = each.region[:digits]
        into = found.get((region, each.programme))
        if into is None:
            into = found[region, each.programme] = Sum(
                region=region,
                programme=each.programme,
                title=each.title,
                before_fen=[0] * len(each.before_fen),
                after_fen=[0] * len(each.after_fen),
            )
        into.before_fen = [a + b for a, b in zip(into.before_fen, each.before_fen, strict=True)]
        into.after_fen = [a + b for a, b in zip(into.after_fen, each.after_fen, strict=True)]
        into.paid_before += each.paid_before
        into.paid_after += each.paid_after
    return [found[key] for key in sorted(found)]
