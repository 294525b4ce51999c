"""Standards: the amounts of the law by month, and on what each rests; a yearly one is divided by twelve without rounding."""

from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Literal

import msgspec
from msgspec import Struct

from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps, value_at

Basis = Literal["exact", "average", "floor"]
Doubt = Literal["average", "floor", "outdated"]
LOWERED = "标准下调自当月起执行，未逐户听取意见（假定）"
"""What an amount rests on, too, that a lowered standard brought: no text says that nobody has to be heard before."""


class Dated(Struct, frozen=True, omit_defaults=True):
    """A value from a month on, in yuan as text; not `known` where it was raised then, and nothing tells to what.

    `clause` and `source` are what it rests on from then on, where that is something else than before.
    """

    since: Month
    yuan: str
    known: bool = True
    clause: str = ""
    source: str = ""


class Standard(Struct, frozen=True, kw_only=True, dict=True):
    """An amount of the law: its dated values, unit, basis, clause and source; `verified` where it was held against its text."""

    name: str
    unit: Literal["MONTH", "YEAR"]
    basis: Basis
    values: tuple[Dated, ...]
    clause: str
    source: str
    assumed: bool
    verified: bool = True

    def per_month(self, month: int) -> Fraction | None:
        """Yuan per month, exact; None before the first value."""
        return value_at(self._per_month, month, None)

    def at(self, month: int) -> "Standard":
        """The same with the clause and the source on which its value of a month rests."""
        return value_at(self._as_of, month, self)

    def doubt(self, month: int) -> Doubt | None:
        """Why nothing is paid by it in a month, if so: no place's own amount, or one that stands no more.

        Where a pack assumes that it is the amount it is paid, and says so.
        """
        if self.assumed:
            return None
        if not value_at(self._known, month, True):
            return "outdated"
        return None if self.basis == "exact" else self.basis

    def lowered(self, month: int) -> bool:
        """Whether its value of a month is less than the one before it."""
        return value_at(self._lowered, month, False)

    @cached_property
    def _lowered(self) -> Steps[bool]:
        first = tuple((each.since, False) for each in self.values[:1])
        fell = ((then.since, Fraction(then.yuan) < Fraction(now.yuan)) for now, then in pairwise(self.values))
        return (*first, *fell)

    @cached_property
    def _as_of(self) -> "Steps[Standard]":
        found: list[tuple[Month, Standard]] = []
        for each in self.values:
            last = found[-1][1] if found else self
            words = {name: told for name in ("clause", "source") if (told := getattr(each, name))}
            found.append((each.since, msgspec.structs.replace(last, **words)))
        return tuple(found)

    @cached_property
    def _known(self) -> Steps[bool]:
        return tuple((each.since, each.known) for each in self.values)

    @cached_property
    def _per_month(self) -> Steps[Fraction | None]:
        parts = 12 if self.unit == "YEAR" else 1
        return tuple((each.since, Fraction(each.yuan) / parts) for each in self.values)
