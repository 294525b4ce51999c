"""An adjustment and its explanation: who, what, from when, before and after, why, by which clause.

The explanation is complete: whoever reads it computes the amounts before and after again, month by month, and nothing else.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct, structs

from benefit_hub.messages.internal import Cause, HoldsFrom, Pay, Reasoning, Segment
from benefit_hub.messages.public import (
    Adjustment,
    AdjustmentKind,
    ExplainedAmount,
    ExplainedCause,
    ExplainedIncome,
    ExplainedMonthRule,
    ExplainedMonths,
    ExplainedSettlement,
    Explanation,
    SettledMonth,
)
from benefit_hub.policy.named_rules import MOVED_BY
from benefit_hub.settlement.account import Standing
from benefit_hub.settlement.ledger import Amounts, ForwardStep, PastMonth, Settled
from benefit_hub.settlement.telling import sentence
from benefit_hub.values.ids import content_id
from benefit_hub.values.months import Month, month_text
from benefit_hub.values.steps import value_at

BY_STANDARDS = frozenset({"S", "G", "T", "R", "amount", "basic", "care", "floor"})
"""The inputs that are standards, or shares of them."""
SOURCE_ERRORS = ("correction", "retraction")


class Change(Struct, frozen=True, gc=False, kw_only=True):
    """All that is known of one change of one programme when it is said; `stood` is what was due before, in fen."""

    beneficiary: str
    household: str
    programme: str
    title: str
    old: Standing
    stood: Amounts
    new: Standing
    causes: tuple[Cause, ...]
    book: str
    engine: str
    origin: int


def main_cause(causes: Sequence[Cause]) -> Cause:
    """The cause that an adjustment is filed under: a decision before what counts by itself, an application before all decisions;
    where a ledger has come from or gone to another number, that."""
    return min(
        causes,
        key=lambda each: (
            each.cause != "identity",
            each.execution != "DECIDED",
            each.cause != "application",
            each.cause in ("registration", "legacy_award"),
        ),
    )


def said(change: Change, settled: Settled, sequence: int) -> list[tuple[Adjustment, Explanation]]:
    """The adjustments of one change by month, numbered from `sequence` on; months already paid go with the first."""
    rows = []
    for index, step in enumerate(settled.ahead):
        past = settled.past if index == 0 else ()
        first = min(step.since, past[0].month) if past else step.since
        # a later step goes on from the amount that the change itself has just brought
        if index == 0:
            told, months, eve = change, months_of(change, first, step.since), eve_of(change, first)
        else:
            months, eve = turn_at(change, step.since)
            told = structs.replace(change, causes=causes_of_turn(months[0]) or change.causes)
        rows.append(adjustment(told, step, past, months, eve, sequence + index))
    return rows


def adjustment(
    change: Change,
    step: ForwardStep,
    past: tuple[PastMonth, ...],
    months: tuple[ExplainedMonths, ...],
    eve: ExplainedMonths,
    sequence: int,
) -> tuple[Adjustment, Explanation]:
    """One adjustment and its explanation; `months` are the computations from the effective month on, `eve` those before it."""
    arrears, receivable = (sum(each.arrears for each in past), sum(each.receivable for each in past))
    first = months[0]
    adjustment_id = content_id("adjustment", change.beneficiary, sequence)
    explanation_id = content_id("explanation", adjustment_id)
    cause = main_cause(change.causes)
    amounts = [each for row in months for each in (row.before, row.after) if each is not None]
    reasons = tuple(map(explained_cause, dict.fromkeys([cause, *change.causes])))
    value = Adjustment(
        adjustment_id=adjustment_id,
        beneficiary=change.beneficiary,
        household=change.household,
        sequence=sequence,
        programme=change.programme,
        kind=kind_of(change, step, arrears, receivable),
        effective_month=first.since,
        payable_from=month_text(step.since),
        before_fen=step.before,
        after_fen=step.after,
        settled=tuple(SettledMonth(month_text(each.month), each.difference) for each in past),
        arrears_fen=arrears,
        receivable_fen=receivable,
        execution=cause.execution,
        authority=cause.authority,
        decided_on=cause.decided_on,
        heard_on=cause.heard_on,
        cause_class=cause.cause,
        overpayment_class=overpayment_class(change.causes) if receivable > 0 else None,
        book=change.book,
        engine=change.engine,
        explanation_id=explanation_id,
        assumed=any(each.assumed for each in amounts) or any(each.month.assumed for each in reasons if each.month),
        origin=change.origin,
    )
    explanation = Explanation(
        explanation_id=explanation_id,
        adjustment_id=adjustment_id,
        beneficiary=change.beneficiary,
        programme=change.programme,
        effective_month=first.since,
        before=first.before,
        after=first.after,
        causes=tuple(dict.fromkeys(each.cause for each in change.causes)),
        cause_facts=tuple(each.name for each in change.causes if each.name is not None),
        book=change.book,
        text_zh="",
        title=change.title,
        months=months[1:],
        settled=tuple(map(explained_settlement, past)),
        reasons=reasons,
        eve=None if begins_in(reasons, first.since) else eve,
    )
    return value, structs.replace(explanation, text_zh=sentence(value, explanation))


def explained_settlement(past: PastMonth) -> ExplainedSettlement:
    """What became of a paid month, for the public."""
    return ExplainedSettlement(
        month_text(past.month), past.difference, past.overpaid, past.unpaid, past.arrears, past.receivable
    )


def months_of(change: Change, first: Month, last: Month) -> tuple[ExplainedMonths, ...]:
    """The computations that stood and that stand now, from the first month to the last, a row where either is another."""
    marks = {first, *(at for steps in (change.old, change.stood, change.new) for at, _ in steps if first < at <= last)}
    rows: list[ExplainedMonths] = []
    for at in sorted(marks):
        before, after = explained_before(change, at), explained(value_at(change.new, at, None))
        if not rows or (before, after) != (rows[-1].before, rows[-1].after):
            rows.append(ExplainedMonths(month_text(at), before, after))
    return tuple(rows)


def begins_in(reasons: Iterable[ExplainedCause], effective_month: str) -> bool:
    """Whether any of the causes counts from this month on."""
    return any(each.month is not None and each.month.since == effective_month for each in reasons)


def eve_of(change: Change, at: Month) -> ExplainedMonths:
    """The computations of the month before a month, for which nothing has changed."""
    before, after = explained_before(change, Month(at - 1)), explained(value_at(change.new, at - 1, None))
    return ExplainedMonths(month_text(Month(at - 1)), before, after or nothing_until(change.new, at))


def nothing_until(standing: Standing, at: Month) -> ExplainedAmount | None:
    """Why nothing was owed until a month in which something begins, where that is known."""
    first = value_at(standing, at, None)
    if first is None or first.since != at or first.until_then is None:
        return None
    return explained_amount(0, "PAY", first.until_then)


def turn_at(change: Change, at: Month) -> tuple[tuple[ExplainedMonths, ...], ExplainedMonths]:
    """What stands now until a month, and from it on; and the month before it."""
    before, after = (explained(value_at(change.new, each, None)) for each in (at - 1, at))
    eve = before or nothing_until(change.new, at)
    return (ExplainedMonths(month_text(at), before, after),), ExplainedMonths(month_text(Month(at - 1)), eve, eve)


def causes_of_turn(turn: ExplainedMonths) -> tuple[Cause, ...]:
    """What brings a later step by itself: another standard, or the calendar; nothing where that cannot be told."""
    before, after = turn.before, turn.after
    if before is None or after is None:
        return ()
    of_standards = before.formula == after.formula and before.incomes == after.incomes
    changed = {
        key for key in before.inputs.keys() | after.inputs.keys() if before.inputs.get(key) != after.inputs.get(key)
    }
    cause = "standard" if of_standards and changed <= BY_STANDARDS else MOVED_BY.get(after.formula)
    if cause is None:
        return ()
    return (Cause(cause=cause, name=None, event_day=date.min, received_on=date.min, execution="AUTOMATIC"),)


def explained_before(change: Change, at: Month) -> ExplainedAmount | None:
    """What stood in a month. Where another amount was due than this hub computed under this number, so much was paid."""
    found = explained(value_at(change.old, at, None))
    due, shown = value_at(change.stood, at, 0), 0 if found is None or found.pay == "HOLD" else found.amount_fen
    if due == shown:
        return found
    return ExplainedAmount(due, "as_paid", "as paid", {"paid_fen": str(due)}, (), "", "", assumed=False)


def explained_cause(cause: Cause) -> ExplainedCause:
    """A cause for the public; without a record behind it, its days say nothing."""
    told = cause.name is not None
    return ExplainedCause(
        cause=cause.cause,
        fact=cause.name,
        event_day=cause.event_day if told else None,
        received_on=cause.received_on if told else None,
        execution=cause.execution,
        authority=cause.authority,
        decided_on=cause.decided_on,
        heard_on=cause.heard_on,
        month=None if cause.holds is None else explained_month(cause.holds),
    )


def explained_month(holds: HoldsFrom) -> ExplainedMonthRule:
    """From which month a cause counts, for the public."""
    return ExplainedMonthRule(
        since=month_text(holds.since),
        rule=holds.rule,
        way=holds.way,
        happened=holds.happened,
        decided=holds.decided,
        clause=holds.clause,
        source=holds.source,
        assumed=holds.assumed,
        unverified=holds.unverified,
    )


def kind_of(change: Change, step: ForwardStep, arrears: int, receivable: int) -> AdjustmentKind:
    """What kind of change this is: by the months ahead, or where those stay, by the months paid."""
    if step.before != step.after:
        if main_cause(change.causes).cause == "identity" and 0 in (step.before, step.after):
            return "TRANSFER_IN" if step.before == 0 else "TRANSFER_OUT"
        old, new = value_at(change.old, step.since, None), value_at(change.new, step.since, None)
        if new is not None and new.pay == "HOLD":
            return "HOLD"
        if old is not None and old.pay == "HOLD":
            return "RELEASE"
        if step.before == 0:
            return "START"
        if step.after == 0:
            return "STOP"
        return "INCREASE" if step.after > step.before else "DECREASE"
    if receivable > 0:
        return "OVERPAYMENT"
    if arrears > 0:
        return "ARREARS"
    return "OVERPAYMENT_CANCELLED" if receivable < 0 else "ARREARS_CANCELLED"


def overpayment_class(causes: Sequence[Cause]) -> str:
    """Whose lateness or error an overpayment is; only the hub's or a department's can be told from facts alone."""
    return "source_error" if any(each.cause in SOURCE_ERRORS for each in causes) else "agency_late"


def explained(segment: Segment | None) -> ExplainedAmount | None:
    """A segment's reasoning for the public."""
    if segment is None:
        return None
    return explained_amount(segment.amount, segment.pay, segment.reasoning)


def explained_amount(fen: int, pay: Pay, why: Reasoning) -> ExplainedAmount:
    """An amount with its reasoning."""
    return ExplainedAmount(
        amount_fen=fen,
        rule=why.rule,
        formula=why.formula,
        inputs=why.inputs,
        facts=why.facts,
        clause=why.clause,
        source=why.source,
        assumed=why.assumed,
        pay=pay,
        incomes=tuple(ExplainedIncome(each.fact, each.item, each.told_fen, each.counts) for each in why.incomes),
        unverified=why.unverified,
    )
