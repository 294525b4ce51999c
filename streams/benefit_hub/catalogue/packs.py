"""Policy packs: YAML files of the law, checked and made into `policy.book` values."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import AfterValidator, Field, StringConstraints

from benefit_hub.catalogue.deadlines import DeadlineWritten, deadline_mistakes, deadlines_of
from benefit_hub.catalogue.documents import Document, Text, Written, validated
from benefit_hub.catalogue.effects import CAUSES, table_faults
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.pack_exclusions import ExclusionWritten, exclusion_mistakes
from benefit_hub.catalogue.pack_rules import (
    Age,
    EndsWith,
    PriceWritten,
    Purpose,
    RuleName,
    Stage,
    StudyAidWritten,
    grade_mistakes,
    price_mistakes,
    price_of,
    retro_mistakes,
    rule_mistakes,
    share_mistakes,
    study_aid_of,
)
from benefit_hub.catalogue.pack_terms import (
    ExpensesWritten,
    GraceWritten,
    MeansWritten,
    MonthText,
    TopUpsWritten,
    expense_mistakes,
    expense_terms,
    grace_of,
    means_terms,
    term_mistakes,
    top_up_mistakes,
    top_ups_of,
)
from benefit_hub.policy.book import Direction, Effect, Mode, MonthRule, Pack, Programme
from benefit_hub.policy.deadlines import Occasion, OfNoProgramme
from benefit_hub.policy.standards import Basis, Dated, Standard
from benefit_hub.values.money import fen
from benefit_hub.values.months import month

UNKNOWN = "unknown"
CLASH = "案例自己的 override 与政策包的新数额冲突"
"""What is said where a case puts a value into a standard beside one of the pack that it cannot stand beside."""


def _yuan(text: str) -> str:
    fen(text)
    return text


def _yuan_or_unknown(text: str) -> str:
    return text if text == UNKNOWN else _yuan(text)


def _fraction(text: str) -> str:
    Fraction(text)
    return text


Yuan = Annotated[str, AfterValidator(_yuan)]
Ratio = Annotated[str, StringConstraints(pattern=r"^[0-9]+(/[1-9][0-9]*)?$"), AfterValidator(_fraction)]


class DatedWritten(Written):
    """One value of a standard; `unknown` where it was raised then, and the text does not say to what."""

    from_: Annotated[MonthText, Field(alias="from")]
    yuan: Annotated[str, AfterValidator(_yuan_or_unknown)]
    clause: Text | None = None
    source: Text | None = None


class RatioWritten(Written):
    """`ratio:` of a standard: what the text says it is of another. It computes nothing; `hub check` holds both together."""

    of: Text
    times: Ratio


class StandardWritten(Written):
    """`standards:` of a pack."""

    unit: Literal["MONTH", "YEAR"]
    basis: Basis
    values: Annotated[list[DatedWritten], Field(min_length=1)]
    ratio: RatioWritten | None = None
    clause: Text
    source: Text
    assumed: bool = False
    verified: bool = True


class SetLocallyWritten(Written):
    """`set_locally:` of a pack: a standard, or the factor of a programme, that the law leaves to a smaller place."""

    clause: Text
    source: Text


class ProgrammeWritten(Written):
    """`programmes:` of a pack."""

    title: Text
    beneficiary: Literal["HOUSEHOLD", "PERSON"]
    rule: RuleName
    entry: Literal["APPLICATION", "AUTOMATIC"]
    standards: dict[str, str]
    factor: Ratio | None = None
    needs_status: list[str] = Field(default_factory=list)
    grace: GraceWritten | None = None
    top_ups: TopUpsWritten | None = None
    from_age: Age | None = None
    minors_to: Age | None = None
    minors_stay_in: list[Stage] = Field(default_factory=list)
    ends_with: list[EndsWith] = Field(default_factory=list)
    ability: Purpose | None = None
    price: PriceWritten | None = None
    deadlines: dict[Occasion, DeadlineWritten] = Field(default_factory=dict)
    grades: dict[Text, Ratio] | None = None
    shares: dict[Text, Ratio] | None = None
    round_up: bool = False
    expenses: ExpensesWritten | None = None
    study_aid: StudyAidWritten | None = None
    retro_limit_months: Annotated[int, Field(ge=0, le=1200)] | None = None
    clause: Text
    source: Text
    assumed: bool = False
    verified: bool = True


class EffectWritten(Written):
    """A row of `effects:` of a pack."""

    programme: Text
    cause: Text
    direction: Direction | Literal["*"]
    decided_from: date | None = None
    decided_until: date | None = None
    mode: Mode
    month: MonthRule | None = None
    hearing: bool = False
    clause: Text
    source: Text
    assumed: bool = False
    verified: bool = True


class PackWritten(Written):
    """A pack file, or several upon each other. `adjust_effective` is the month of rows that say none."""

    pack: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]*$")]
    title: Text
    region: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,12})?$")]
    extends: Text | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    left_open: bool = False
    named: dict[Text, Text] = Field(default_factory=dict)
    set_locally: dict[str, SetLocallyWritten] = Field(default_factory=dict)
    adjust_effective: MonthRule | None = None
    assumed: bool = False
    source: Text
    order: list[str]
    means: MeansWritten | None = None
    deadlines: dict[OfNoProgramme, DeadlineWritten] = Field(default_factory=dict)
    membership_month: MonthRule
    horizon_months: Annotated[int, Field(ge=12, le=1200)]
    wage_deduction: Ratio
    materiality: Yuan
    death_sources: Annotated[list[Text], Field(min_length=1)]
    death_verification_months: Annotated[int, Field(ge=1)]
    standards: dict[str, StandardWritten]
    programmes: dict[str, ProgrammeWritten]
    exclusions: list[ExclusionWritten] = Field(default_factory=list)
    effects: list[EffectWritten]


class PackFile(Struct, frozen=True):
    """A pack as read, with what belongs to the book as a whole; `missing` is what it leaves open."""

    document: Document
    pack: Pack
    membership_month: MonthRule
    horizon_months: int
    missing: tuple[str, ...] = ()


def pack_of(document: Document) -> PackFile:
    """The pack that a document says; raises Unfit with all that is wrong."""
    file = untabled(document)
    faults = [document.finding(("effects", *place), told, action) for place, told, action in table_faults(file.pack)]
    if faults:
        raise Unfit(faults)
    return file


def untabled(document: Document) -> PackFile:
    """The same, whatever its effect table does not say."""
    written = validated(PackWritten, document)
    whose = {name: each.beneficiary for name, each in written.programmes.items()}
    mistakes = [*_standard_mistakes(written, document), *_programme_mistakes(written, document)]
    mistakes += _ratio_mistakes(written, document)
    mistakes += [
        *_effect_mistakes(written, document),
        *exclusion_mistakes(written.exclusions, written.order, whose, document),
    ]
    if mistakes:
        raise Unfit(mistakes)
    return PackFile(document, _pack(written), written.membership_month, written.horizon_months)


def _standard_mistakes(written: PackWritten, document: Document) -> Iterator[Finding]:
    used = {name for programme in written.programmes.values() for name in programme.standards.values()}
    for name, standard in written.standards.items():
        place = ("standards", name)
        if written.programmes and name not in used:
            yield document.finding(place, "no programme uses it", "Name it in a programme, or remove it.")
        months = [month(value.from_) for value in standard.values]
        for index in range(1, len(months)):
            if months[index] <= months[index - 1]:
                mine, before = (document.finding((*place, "values", at, "from"), "", "") for at in (index, index - 1))
                where = "" if before.file == mine.file else f" ({before.file}:{before.line})（{CLASH}）"
                told = f"not after the value before it, which begins in {standard.values[index - 1].from_}{where}"
                action = "Sort the values, one per month; a case that puts one between others writes the whole list."
                yield document.finding((*place, "values", index, "from"), told, action)
        for index, value in enumerate(standard.values):
            here = (*place, "values", index, "yuan")
            if value.yuan == UNKNOWN and index == 0:
                yield document.finding(here, "nothing is known before it either", "Begin with an amount that is told.")
            elif value.yuan != UNKNOWN and fen(value.yuan) < 0:
                yield document.finding(here, "below zero", "Correct the amount.")


def _programme_mistakes(written: PackWritten, document: Document) -> Iterator[Finding]:
    if sorted(written.order) != sorted(written.programmes):
        told = f"expected each of {', '.join(sorted(written.programmes))} once"
        yield document.finding(("order",), told, "List every programme in the order in which they are computed.")
    for name, programme in written.programmes.items():
        place = ("programmes", name)
        for key, standard in programme.standards.items():
            if standard not in written.standards:
                told = f"there is no standard {standard}"
                yield document.finding((*place, "standards", key), told, "Correct the name, or add the standard.")
        wanted = programme.rule == "recognised" and f"{name}.factor" not in written.set_locally
        if wanted if programme.factor is None else programme.rule != "recognised":
            told = "rule recognised, and no other, multiplies the standard by a factor"
            yield document.finding((*place, "factor"), told, "Add or remove factor.")
        earlier = written.order[: written.order.index(name)] if name in written.order else written.order
        terms = (
            rule_mistakes(programme.rule, programme.standards, programme.ability),
            retro_mistakes(programme.rule, programme.retro_limit_months),
            grade_mistakes(programme.rule, programme.standards, programme.grades),
            share_mistakes(programme.rule, programme.shares, programme.round_up),
            expense_mistakes(programme.rule, programme.expenses),
            price_mistakes(programme.rule, programme.price, earlier),
            deadline_mistakes(programme.deadlines, programme.ability),
            term_mistakes(programme.rule, programme.grace),
            top_up_mistakes(programme.rule, programme.top_ups),
        )
        for below, told, action in chain(*terms):
            yield document.finding((*place, *below), told, action)
        for index, status in enumerate(programme.needs_status):
            if status not in earlier:
                told = f"{status} is no programme that comes before {name} in order"
                yield document.finding((*place, "needs_status", index), told, "Correct the name, or the order.")


def _ratio_mistakes(written: PackWritten, document: Document) -> Iterator[Finding]:
    if Fraction(written.wage_deduction) >= 1:
        told = "expected a share of the wage, from 0 to less than 1"
        yield document.finding(("wage_deduction",), told, 'Write it as a fraction such as "1/5".')
    for below, told, action in deadline_mistakes(written.deadlines):
        yield document.finding(below, told, action)
    if fen(written.materiality) < 0:
        yield document.finding(("materiality",), "below zero", "Correct the amount.")
    for name, programme in written.programmes.items():
        if programme.factor is not None and Fraction(programme.factor) == 0:
            yield document.finding(("programmes", name, "factor"), "zero", 'Write it as a fraction such as "3/2".')


def _effect_mistakes(written: PackWritten, document: Document) -> Iterator[Finding]:
    for index, row in enumerate(written.effects):
        for key, value, known in (
            ("programme", row.programme, set(written.programmes)),
            ("cause", row.cause, CAUSES),
        ):
            if value != "*" and value not in known:
                told = f"there is no {key} {value}; there are {', '.join(sorted(known))}, and *"
                yield document.finding(("effects", index, key), told, "Correct the name.")
        if row.month is None and written.adjust_effective is None:
            told = "missing, and the pack has no adjust_effective"
            yield document.finding(("effects", index, "month"), told, "Add month, or adjust_effective to the pack.")
        if row.decided_from and row.decided_until and row.decided_until < row.decided_from:
            told = "before decided_from"
            yield document.finding(("effects", index, "decided_until"), told, "Correct the days.")


def _pack(written: PackWritten) -> Pack:
    return Pack(
        name=written.pack,
        title=written.title,
        region=written.region,
        order=tuple(written.order),
        programmes={name: _programme(name, row, written) for name, row in written.programmes.items()},
        standards={name: standard_of(name, row, assumed=written.assumed) for name, row in written.standards.items()},
        effects=tuple(_effect(row, written) for row in written.effects),
        wage_deduction=written.wage_deduction,
        materiality_fen=fen(written.materiality),
        death_sources=tuple(written.death_sources),
        death_verification_months=written.death_verification_months,
        assumed=written.assumed,
        exclusions=tuple(row.exclusion(written.assumed) for row in written.exclusions),
        means=means_terms(written.means, written.assumed),
        deadlines=deadlines_of(written.deadlines, written.assumed),
    )


def standard_of(name: str, row: StandardWritten, *, assumed: bool = False) -> Standard:
    """A standard as a value; `assumed` where the whole pack is."""
    return Standard(
        name=name,
        unit=row.unit,
        basis=row.basis,
        values=tuple(_dated(row.values)),
        clause=row.clause,
        source=row.source,
        assumed=assumed or row.assumed,
        verified=row.verified,
    )


def _dated(values: Iterable[DatedWritten]) -> Iterator[Dated]:
    """The values; one that is not known repeats the last that was."""
    last = ""
    for value in values:
        known = value.yuan != UNKNOWN
        last = value.yuan if known else last
        yield Dated(month(value.from_), last, known, value.clause or "", value.source or "")


def _programme(name: str, row: ProgrammeWritten, pack: PackWritten) -> Programme:
    return Programme(
        name=name,
        title=row.title,
        beneficiary=row.beneficiary,
        rule=row.rule,
        entry=row.entry,
        standards=dict(row.standards),
        factor=row.factor,
        needs_status=tuple(row.needs_status),
        grace=grace_of(row.grace, pack.assumed),
        top_ups=top_ups_of(row.top_ups, pack.assumed),
        from_age=row.from_age,
        minors_to=row.minors_to,
        minors_stay_in=tuple(row.minors_stay_in),
        ends_with=tuple(row.ends_with),
        ability=row.ability,
        price=price_of(row.price),
        deadlines=deadlines_of(row.deadlines, pack.assumed),
        grades=row.grades,
        shares=row.shares,
        round_up=row.round_up,
        expenses=expense_terms(row.expenses),
        study_aid=study_aid_of(row.study_aid),
        retro_limit_months=row.retro_limit_months,
        clause=row.clause,
        source=row.source,
        assumed=pack.assumed or row.assumed,
        verified=row.verified,
    )


def _effect(row: EffectWritten, pack: PackWritten) -> Effect:
    return Effect(
        programme=row.programme,
        cause=row.cause,
        direction=row.direction,
        decided_from=row.decided_from,
        decided_until=row.decided_until,
        mode=row.mode,
        month=row.month or pack.adjust_effective or "NEXT_MONTH_OF_DECISION",
        hearing=row.hearing,
        clause=row.clause,
        source=row.source,
        assumed=pack.assumed or row.assumed or any(word in row.source for word in ("assumed", "house rule")),
        verified=row.verified,
    )
