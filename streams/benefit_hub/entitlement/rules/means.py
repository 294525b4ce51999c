"""A household's means in a month: who counts, what they have, and what everybody should have."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from msgspec import Struct

from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import VerificationResult, Wage
from benefit_hub.policy.standards import Standard
from benefit_hub.policy.terms import Expense
from benefit_hub.values.money import half_up_ratio, ratio_text

ONE = Fraction(1)


class Earned(NamedTuple):
    """An income of a month: the record that tells it, so many fen there, and what counts, in the parts of its `Means`."""

    record: Counted
    fen: int
    counts: int


class Means(Struct, frozen=True, gc=False, kw_only=True):
    """A household's people, income and standard in a month. Its income is `income` parts of a yuan, of `parts` to the yuan.

    `deductions` are the rows of the pack by which necessary expenses were taken off the income.
    """

    people: tuple[str, ...]
    area: str
    income: int
    parts: int
    standard: Standard
    per_month: Fraction
    counted: tuple[Counted, ...]
    earned: tuple[Earned, ...] = ()
    left_out: int = 0
    deductions: tuple[Expense, ...] = ()

    def under(self, factor: Fraction = ONE) -> bool:
        """Whether the income per head is less than so many times the standard."""
        limit = self.per_month if factor is ONE else self.per_month * factor
        return self.income * limit.denominator < limit.numerator * len(self.people) * self.parts

    @property
    def by_work(self) -> Counter[str]:
        """What of the income comes from work for somebody, by whose."""
        found = Counter[str]()
        for each in self.earned:
            income = each.record.fact.payload
            if isinstance(income, Wage) or (isinstance(income, VerificationResult) and income.item == "WAGE"):
                found[each.record.fact.subject] += each.counts
        return found

    @property
    def gap_fen(self) -> int:
        """What is missing to everybody's standard: n·S - I, rounded half up to the fen."""
        whole, part = self.per_month.numerator, self.per_month.denominator
        return half_up_ratio(len(self.people) * whole * self.parts - self.income * part, part * self.parts)

    def basic(self, numbers: Mapping[str, str]) -> Fraction:
        """What a household has before top-ups and refusals, in yuan: n·G by grade, else n·S - I."""
        if "G" in numbers:
            return len(self.people) * Fraction(numbers["G"])
        return len(self.people) * self.per_month - Fraction(self.income, self.parts)

    @property
    def inputs(self) -> dict[str, str]:
        """The numbers, exact, by their usual letters."""
        return {
            "n": str(len(self.people)),
            "I": ratio_text(self.income, self.parts),
            "p": ratio_text(self.income, self.parts * len(self.people)),
            "S": str(self.per_month),
            "area": self.area,
            **({"left_out": str(self.left_out)} if self.left_out else {}),
        }
