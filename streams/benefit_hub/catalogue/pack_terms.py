"""What a pack says of a programme beyond its amounts: as it is written, checked, and made into `policy.terms` values."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from benefit_hub.catalogue.documents import Text, Written
from benefit_hub.messages.departments import JobClass, NursingType
from benefit_hub.policy.named_rules import DIBAO
from benefit_hub.policy.terms import (
    AssetKind,
    Expense,
    ExpenseItem,
    ExpenseTerms,
    Grace,
    GraceTerm,
    Label,
    LabelName,
    LeftOut,
    MeansTerms,
    TopUps,
)
from benefit_hub.values.money import fen
from benefit_hub.values.months import month


def no_day(value: object) -> object:
    """What is written where a month is expected; raises ValueError for a day."""
    if isinstance(value, date):
        raise ValueError(f"expected a month, {value:%Y-%m}, not the day {value} (应写月份 {value:%Y-%m})")  # noqa: TRY004
    return value


def _is_month(text: str) -> str:
    month(text)
    return text


MonthText = Annotated[str, BeforeValidator(no_day), AfterValidator(_is_month)]
Months = Annotated[int, Field(ge=1, le=60)]
Told = tuple[tuple[str | int, ...], str, str]
"""Where, below the programme, what is wrong, and what to do."""


class ExpensesWritten(Written):
    """`expenses:` of a programme."""

    over: Annotated[str, StringConstraints(pattern=r"^[0-9]+(/[1-9][0-9]*)?$")] | None = None
    valid_months: Annotated[int, Field(ge=1, le=12)]


def expense_terms(written: ExpensesWritten | None) -> ExpenseTerms | None:
    """How long who spends too much is recognised."""
    if written is None:
        return None
    return ExpenseTerms(over=written.over, valid_months=written.valid_months)


def expense_mistakes(rule: str, expenses: ExpensesWritten | None) -> Iterator[Told]:
    """What does not fit of expenses."""
    if (rule == "rigid") != (expenses is not None):
        yield ("expenses",), "rule rigid, and no other, goes by expenses", "Add or remove expenses."


class GraceTermWritten(Written):
    """A row of `terms:` of a gradual exit."""

    months: Months
    job_class: JobClass | None = None
    cohort: Text | None = None


class GraceWritten(Written):
    """`grace:` of a programme."""

    terms: list[GraceTermWritten]
    cap: Months
    clause: Text
    source: Text
    assumed: bool = False


def grace_of(written: GraceWritten | None, assumed: bool) -> Grace | None:
    """The gradual exit that a programme says."""
    if written is None:
        return None
    return Grace(
        terms=tuple(
            GraceTerm(months=each.months, job_class=each.job_class, cohort=each.cohort) for each in written.terms
        ),
        cap=written.cap,
        clause=written.clause,
        source=written.source,
        assumed=assumed or written.assumed,
    )


def _share(text: str) -> str:
    if not 0 < Fraction(text) <= 1:
        raise ValueError("expected more than 0 and at most 1")
    return text


def _yuan(text: str) -> str:
    fen(text)
    return text


class ExpenseWritten(Written):
    """A row of `deductions:` of `means:`."""

    share: Annotated[str, StringConstraints(pattern=r"^[0-9]+(/[1-9][0-9]*)?$"), AfterValidator(_share)]
    at_most: Annotated[str, AfterValidator(_yuan)] | None = None
    clause: Text
    source: Text
    assumed: bool = False


class MeansWritten(Written):
    """`means:` of a pack."""

    left_out: list[LeftOut]
    pensions: bool
    basic_pension_free_until: MonthText | None = None
    wage_replaces_verified: bool
    refusals: Annotated[int, Field(ge=0, le=12)]
    unemployment_benefits: bool = False
    nursing_benefits: list[NursingType] = Field(default_factory=list)
    deductions: dict[ExpenseItem, ExpenseWritten] = Field(default_factory=dict)
    assets: list[AssetKind] = Field(default_factory=list)
    clause: Text
    source: Text
    assumed: bool = False


def means_terms(written: MeansWritten | None, assumed: bool) -> MeansTerms | None:
    """What counts by a pack where programmes go by a household's means."""
    if written is None:
        return None
    until = written.basic_pension_free_until
    return MeansTerms(
        left_out=tuple(written.left_out),
        pensions=written.pensions,
        basic_pension_free_until=None if until is None else month(until),
        wage_replaces_verified=written.wage_replaces_verified,
        refusals=written.refusals,
        clause=written.clause,
        source=written.source,
        assumed=assumed or written.assumed,
        unemployment_benefits=written.unemployment_benefits,
        nursing_benefits=tuple(written.nursing_benefits),
        deductions=tuple(deductions_of(written.deductions, assumed)),
        assets=tuple(written.assets),
    )


def deductions_of(written: Mapping[ExpenseItem, ExpenseWritten], assumed: bool) -> Iterator[Expense]:
    """What a pack deducts from income."""
    for item, each in sorted(written.items()):
        yield Expense(
            item=item,
            share=each.share,
            at_most_fen=None if each.at_most is None else fen(each.at_most),
            clause=each.clause,
            source=each.source,
            assumed=assumed or each.assumed,
        )


class LabelWritten(Written):
    """A row of `labels:` of top-ups."""

    label: LabelName
    ratio: Annotated[str, StringConstraints(pattern=r"^[0-9]+(/[1-9][0-9]*)?$")]
    under: Annotated[int | None, Field(ge=1, le=30)] = None
    since: Annotated[int | None, Field(ge=40, le=120, alias="from")] = None
    levels: list[Literal[1, 2, 3, 4]] = Field(default_factory=list)


class TopUpsWritten(Written):
    """`top_ups:` of a programme."""

    stack: Literal["MAX", "SUM"]
    labels: list[LabelWritten]
    clause: Text
    source: Text
    assumed: bool = False


NEEDS: Mapping[str, str] = {"MINOR": "under", "OLD": "from", "DISABLED": "levels"}
"""What a label needs, and no other has."""


def top_ups_of(written: TopUpsWritten | None, assumed: bool) -> TopUps | None:
    """The top-ups that a programme says."""
    if written is None:
        return None
    return TopUps(
        stack=written.stack,
        labels=tuple(
            Label(name=each.label, ratio=each.ratio, under=each.under, since=each.since, levels=tuple(each.levels))
            for each in written.labels
        ),
        clause=written.clause,
        source=written.source,
        assumed=assumed or written.assumed,
    )


def top_up_mistakes(rule: str, top_ups: TopUpsWritten | None) -> Iterator[Told]:
    """What does not fit of top-ups."""
    if top_ups is None:
        return
    if rule not in DIBAO:
        yield ("top_ups",), "only dibao, rule top_up or graded, has them", "Remove it."
    names = [each.label for each in top_ups.labels]
    for index, each in enumerate(top_ups.labels):
        place = ("top_ups", "labels", index)
        if each.label in names[:index]:
            yield (*place, "label"), "there is one already", "Keep one row for each label."
        said = {"under": each.under, "from": each.since, "levels": each.levels or None}
        for key, value in said.items():
            if (NEEDS.get(each.label) == key) != (value is not None):
                told = f"{each.label} needs {NEEDS.get(each.label, 'none of under, from, levels')}"
                yield (*place, key), told, "Add or remove it."


def term_mistakes(rule: str, grace: GraceWritten | None) -> Iterator[Told]:
    """What does not fit of a gradual exit."""
    if grace is None:
        return
    if rule not in DIBAO:
        yield ("grace",), "only dibao, rule top_up or graded, is left gradually", "Remove it."
    for index, term in enumerate(grace.terms):
        if term.months > grace.cap:
            yield (
                ("grace", "terms", index, "months"),
                f"more than the cap of {grace.cap}",
                "Lower it, or raise the cap.",
            )
