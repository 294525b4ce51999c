"""What a pack says of a programme beyond its amounts: who stays on it that has found work, who gets more than the gap."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct

from benefit_hub.values.months import Month


class ExpenseTerms(Struct, frozen=True, kw_only=True):
    """Households whose expenses are more than a share of the income (`over`; none: a place has to say it), and for how many
    months the status is valid."""

    over: str | None = None
    valid_months: int


class StudyAid(Struct, frozen=True, kw_only=True):
    """What somebody may apply for who had a benefit for children, is of an age, and goes full time to a school of some stages."""

    title: str
    from_age: int
    stages: tuple[str, ...]
    clause: str
    source: str


class GraceTerm(Struct, frozen=True, kw_only=True):
    """For how many months, for which job and which group of households; none named: for any."""

    months: int
    job_class: str | None = None
    cohort: str | None = None

    def fits(self, job_class: str | None, cohorts: Collection[str]) -> bool:
        """Whether this is said of such a job in a household of such groups."""
        return self.job_class in (None, job_class) and (self.cohort is None or self.cohort in cohorts)


class Grace(Struct, frozen=True, kw_only=True):
    """Gradual exit (渐退): a household whose income from work reaches the standard keeps its last amount for some months.

    Of the terms the first that fits counts, and of several jobs the longest; no term and no decision goes beyond the cap.
    """

    terms: tuple[GraceTerm, ...]
    cap: int
    clause: str
    source: str
    assumed: bool

    @property
    def reads(self) -> frozenset[str]:
        """The kinds of facts by which a term is chosen."""
        jobs = {"employment" for each in self.terms if each.job_class is not None}
        return frozenset(jobs | {"cohort" for each in self.terms if each.cohort is not None})

    def months(self, job_classes: Collection[str], cohorts: Collection[str]) -> int:
        """For how many months by the terms; 0 where none fits."""
        jobs: list[str | None] = [*job_classes] or [None]
        fitting = (next((term.months for term in self.terms if term.fits(job, cohorts)), 0) for job in jobs)
        return min(max(fitting), self.cap)


LeftOut = Literal["PRISON", "COMPULSORY_TREATMENT", "MISSING"]
AssetKind = Literal["vehicle", "real_estate", "enterprise", "self_employed", "financial_asset"]
ExpenseItem = Literal["MEDICAL_EXPENSE", "EDUCATION_EXPENSE", "DISABILITY_EXPENSE"]


class Expense(Struct, frozen=True, kw_only=True):
    """A kind of necessary expense that is deducted from a household's income (刚性支出扣减), down to nothing and not below: the
    share of what verification finds, and at most how many fen of a person's month."""

    item: ExpenseItem
    share: str
    at_most_fen: int | None = None
    clause: str
    source: str
    assumed: bool


class MeansTerms(Struct, frozen=True, kw_only=True, dict=True):
    """Whose income and what of it counts where programmes go by a household's means.

    `left_out` are circumstances in which nobody is a member; `pensions` tells whether pensions count, and
    `basic_pension_free_until` through which month their centrally set part does not; with `wage_replaces_verified` a
    department's wage takes the place of one that verification had found before; who refused suitable work `refusals` times in
    a row loses the own share (0: nobody does); `unemployment_benefits` and the `nursing_benefits` of these types count as income;
    `deductions` are what necessary expenses take off it. `assets` are the kinds of facts of which a member's new one asks for
    verification, and does no more.
    """

    left_out: tuple[LeftOut, ...]
    pensions: bool
    basic_pension_free_until: Month | None
    wage_replaces_verified: bool
    refusals: int
    clause: str
    source: str
    assumed: bool
    unemployment_benefits: bool = False
    nursing_benefits: tuple[str, ...] = ()
    deductions: tuple[Expense, ...] = ()
    assets: tuple[AssetKind, ...] = ()

    @cached_property
    def paid_regularly(self) -> tuple[str, ...]:
        """The kinds of facts by which departments tell what they pay somebody a month that counts as income, in order."""
        counts = {
            "pension": self.pensions,
            "unemployment_benefit": self.unemployment_benefits,
            "nursing_benefit": bool(self.nursing_benefits),
        }
        return tuple(sorted(kind for kind, does in counts.items() if does))

    @property
    def reads(self) -> frozenset[str]:
        """The kinds of facts at which that looks."""
        kinds = {"missing" if each == "MISSING" else "custody" for each in self.left_out}.union(self.paid_regularly)
        return frozenset(kinds | ({"job_offer"} if self.refusals else set()))


LabelName = Literal["MINOR", "OLD", "STUDENT", "DISABLED", "SERIOUSLY_ILL"]


class Label(Struct, frozen=True, kw_only=True):
    """Who gets more than the gap, and how much of a standard: minors `under` an age, the old `since` one, students in full time,
    the disabled of some `levels`, the seriously ill."""

    name: LabelName
    ratio: str
    under: int | None = None
    since: int | None = None
    levels: tuple[int, ...] = ()


class TopUps(Struct, frozen=True, kw_only=True):
    """More for members who need it (分类施保). Who has several labels gets the greatest (MAX), or all of them (SUM)."""

    stack: Literal["MAX", "SUM"]
    labels: tuple[Label, ...]
    clause: str
    source: str
    assumed: bool

    @property
    def reads(self) -> frozenset[str]:
        """The kinds of facts by which labels are known."""
        return frozenset(LABELLED_BY[each.name] for each in self.labels)


LABELLED_BY: Mapping[LabelName, str] = {
    "MINOR": "residence",
    "OLD": "residence",
    "STUDENT": "school_enrolment",
    "DISABLED": "certificate",
    "SERIOUSLY_ILL": "serious_illness",
}
