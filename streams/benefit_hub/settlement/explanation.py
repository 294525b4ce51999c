"""An adjustment and its explanation: who, what, from when, before and after, why, by which clause."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from benefit_hub.messages.internal import Cause, Segment
from benefit_hub.messages.public import Adjustment, AdjustmentKind, ExplainedAmount, Explanation, SettledMonth
from benefit_hub.policy.wording import cause_text, formula_text
from benefit_hub.settlement.account import Standing
from benefit_hub.settlement.ledger import ForwardStep, Settled
from benefit_hub.values.ids import content_id
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import Month, month_text
from benefit_hub.values.steps import value_at

SOURCE_ERRORS = ("correction", "retraction")


class Change(Struct, frozen=True, gc=False, kw_only=True):
    """All that is known of one change of one programme when it is said."""

    beneficiary: str
    household: str
    programme: str
    title: str
    old: Standing
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
        arrears, receivable = (settled.arrears, settled.receivable) if index == 0 else (0, 0)
        rows.append(adjustment(change, step, past, (arrears, receivable), sequence + index))
    return rows


def adjustment(
    change: Change, step: ForwardStep, past: tuple[tuple[Month, int], ...], sums: tuple[int, int], sequence: int
) -> tuple[Adjustment, Explanation]:
    """One adjustment and its explanation."""
    arrears, receivable = sums
    first = min(step.since, past[0][0]) if past else step.since
    before, after = value_at(change.old, first, None), value_at(change.new, first, None)
    adjustment_id = content_id("adjustment", change.beneficiary, sequence)
    explanation_id = content_id("explanation", adjustment_id)
    cause = main_cause(change.causes)
    value = Adjustment(
        adjustment_id=adjustment_id,
        beneficiary=change.beneficiary,
        household=change.household,
        sequence=sequence,
        programme=change.programme,
        kind=kind_of(change, step, arrears, receivable),
        effective_month=month_text(first),
        payable_from=month_text(step.since),
        before_fen=step.before,
        after_fen=step.after,
        settled=tuple(SettledMonth(month_text(at), difference) for at, difference in past),
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
        assumed=any(each is not None and each.reasoning.assumed for each in (before, after)),
        origin=change.origin,
    )
    explanation = Explanation(
        explanation_id=explanation_id,
        adjustment_id=adjustment_id,
        beneficiary=change.beneficiary,
        programme=change.programme,
        effective_month=month_text(first),
        before=explained(before),
        after=explained(after),
        causes=tuple(dict.fromkeys(each.cause for each in change.causes)),
        cause_facts=tuple(each.name for each in change.causes if each.name is not None),
        book=change.book,
        text_zh=sentence(change, value, before, after),
    )
    return value, explanation


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
    why = segment.reasoning
    return ExplainedAmount(
        amount_fen=segment.amount,
        rule=why.rule,
        formula=why.formula,
        inputs=why.inputs,
        facts=why.facts,
        clause=why.clause,
        source=why.source,
        assumed=why.assumed,
    )


def sentence(change: Change, value: Adjustment, before: Segment | None, after: Segment | None) -> str:
    """The explanation in Chinese, from the structure."""
    parts = [f"{change.title}：{movement(value)}。", f"原因：{reasons(change.causes)}，{execution(value)}。"]
    if after is not None:
        parts.append(f"计算：{formula_text(after.reasoning.formula, after.reasoning.inputs, after.amount)}。")
    parts += settled_text(value)
    basis = after or before
    if basis is not None:
        parts.append(f"依据：{basis.reasoning.clause}。")
    if value.assumed:
        parts.append("（含假定规则，仅供演示。）")
    return "".join(parts)


def movement(value: Adjustment) -> str:
    """From when which amount becomes which."""
    if value.before_fen == value.after_fen:
        return f"每月 {yuan_text(value.after_fen)} 元不变，补算以前月份"
    return f"自 {value.payable_from} 起每月 {yuan_text(value.before_fen)} 元 → {yuan_text(value.after_fen)} 元"


def reasons(causes: Sequence[Cause]) -> str:
    """The causes with the days on which they happened and were received, each once; the main one first."""
    main = main_cause(causes)
    parts = [cause_text(main.cause)]
    if main.name is not None:
        parts.append(f"（{day_text(main.event_day)} 发生，{day_text(main.received_on)} 收到）")
    return "".join(parts)


def day_text(day: date) -> str:
    """A day as it is read."""
    return day.isoformat()


def execution(value: Adjustment) -> str:
    """By itself, or by whose decision and after which hearing."""
    if value.execution == "AUTOMATIC":
        return "按规定自动执行"
    heard = f"，{day_text(value.heard_on)} 听取意见" if value.heard_on else ""
    return f"{value.authority} {value.decided_on} 决定{heard}"


def settled_text(value: Adjustment) -> list[str]:
    """What became of months already paid."""
    if not value.settled:
        return []
    months = (
        f"{value.settled[0].month} 至 {value.settled[-1].month}" if len(value.settled) > 1 else value.settled[0].month
    )
    parts = []
    if value.arrears_fen > 0:
        parts.append(f"{months} 补发 {yuan_text(value.arrears_fen)} 元，随下次发放。")
    if value.arrears_fen < 0:
        parts.append(f"尚未发放的补发款取消 {yuan_text(-value.arrears_fen)} 元。")
    if value.receivable_fen > 0:
        parts.append(f"{months} 多发 {yuan_text(value.receivable_fen)} 元，待审核，不自动追回。")
    if value.receivable_fen < 0:
        parts.append(f"此前认定的多发款取消 {yuan_text(-value.receivable_fen)} 元。")
    return parts
