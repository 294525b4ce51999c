"""What another policy book would do to households as they are known: who gains, loses, enters or leaves, and what it costs.

Both books are put to the same facts, by the code that pays. The calendar is seen up to the end of the months that are looked
at, so that a birthday or the end of a certificate counts by both. Amounts are whole fen; nothing is sent, nothing is kept.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import structs

from benefit_hub.entitlement.assess import Assessment, assess
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.household import Household, complete
from benefit_hub.entitlement.step import inputs_of, rightly_named
from benefit_hub.policy.book import Book
from benefit_hub.simulate.preview_following import with_followers
from benefit_hub.simulate.preview_lines import Line, Sum, Window, changed_line, changed_months, empty_sum, had, holds
from benefit_hub.simulate.preview_open import open_lines
from benefit_hub.task import Bootstrap
from benefit_hub.task.indices import RegionValues
from benefit_hub.values.months import month_text

Sums = dict[tuple[str, str], Sum]


class Preview:
    """Puts households to both books, one after the other, and keeps the lines that change and the sums.

    `sums` are of everybody who has anything, `same` only of those for whom nothing changes; both by region and programme.
    """

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
        self.sums: Sums = {}
        self.same: Sums = {}
        self.households = 0
        self.by_pack: Counter[str] = Counter()
        """How many households live under which pack of the book after; none: `""`."""
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
        if any(holds(seen, each, self.window.first) for each in seen.members.values()):
            self.households += 1
            self.by_pack["" if laws[1] is None else laws[1].name] += 1
        found: list[Line] = []
        for first, second in paired(before, after):
            found += self._add(seen, before.region, first, second)
        if after is not before:
            self.lines += with_followers(found, [each for each in laws if each is not None])
            self.lines += open_lines(seen, before, after, self.window)

    def _assess(self, seen: Household, book: Book) -> Assessment:
        inputs = inputs_of(seen, book, self.window.seen_until, self._bootstrap)
        return assess(structs.replace(inputs, region_values=self._region_values))

    def _add(self, seen: Household, region: str, old: Unit | None, new: Unit | None) -> Iterator[Line]:
        """What one beneficiary has of one programme goes into the sums, and gives a line where it changes."""
        unit = new or old
        told = (had(seen, old, self.window), had(seen, new, self.window))
        if unit is None or not any(any(each.fen) or any(each.status) for each in told):
            return
        changes = bool(changed_months(*told))
        for sums in (self.sums,) if changes else (self.sums, self.same):
            key = (region, unit.programme.name)
            sums.setdefault(key, empty_sum(*key, unit.programme.title, self.window.count)).add(*told)
        if changes:
            yield changed_line(seen, region, (old, new), told, self.window)

    def totals(self) -> list[Sum]:
        """The sums by region and programme."""
        return [self.sums[key] for key in sorted(self.sums)]

    def unchanged(self) -> list[Sum]:
        """The same of those for whom nothing changes."""
        return [self.same[key] for key in sorted(self.same)]

    def month_texts(self) -> list[str]:
        """The months as they are read."""
        return [month_text(each) for each in self.window.months]


def paired(before: Assessment, after: Assessment) -> Iterator[tuple[Unit | None, Unit | None]]:
    """The units of both, by programme and beneficiary, in the order of the second."""
    old = {(each.programme.name, each.beneficiary): each for each in before.units}
    new = {(each.programme.name, each.beneficiary): each for each in after.units}
    for key in dict.fromkeys((*new, *old)):
        yield old.get(key), new.get(key)
