"""An explanation as people read it, from its structure alone: a sentence in Chinese, or the whole in Chinese or English."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import (
    Adjustment,
    ExplainedAmount,
    ExplainedCause,
    ExplainedIncome,
    ExplainedMonthRule,
    ExplainedMonths,
    ExplainedSettlement,
    Explanation,
)
from benefit_hub.policy import sentences, wording, wording_en
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import Month, month, month_text

Language = Literal["zh", "en"]
NOBODY_IS_LEFT = ("died", "nobody left")


def sentence(value: Adjustment, why: Explanation) -> str:
    """The explanation in a sentence: what changes from when, why, how it is computed, by which clause."""
    first = why.reasons[0]
    since = "" if first.month is None else f"，{month_rule_zh(first.month, first.execution)}"
    parts = [f"{why.title}：{movement(value)}。", f"原因：{reason_zh(first)}{since}。"]
    if not why.before and why.eve is not None and why.eve.after is not None:
        parts.append(f"{why.eve.since} 还没有待遇：{unchanged(why.eve.after, 'zh')}。")
    if why.after is not None:
        parts.append(f"计算：{calculation(why.after, 'zh')}。")
    parts += settled_text(value, why)
    clauses = dict.fromkeys(filter(None, (month_clause(why), amount_clause(why))))
    if clauses:
        parts.append(f"依据：{'；'.join(clauses)}。")
    parts += [f"（{each}）" for each in warnings(value, why, "zh")]
    return "".join(parts)


def month_clause(why: Explanation) -> str:
    """By which clause the main cause counts from its month."""
    first = why.reasons[0].month
    return "" if first is None else first.clause


def amount_clause(why: Explanation) -> str:
    """By which clause the amount is owed; where nobody is left to whom it could be, the clause of the month says it all."""
    shown = why.after or why.before
    return "" if shown is None or (shown.formula in NOBODY_IS_LEFT and month_clause(why)) else shown.clause


def movement(value: Adjustment) -> str:
    """From when which amount becomes which."""
    if value.before_fen == value.after_fen:
        return f"每月 {yuan_text(value.after_fen)} 元不变，补算以前月份"
    return f"自 {value.payable_from} 起每月 {yuan_text(value.before_fen)} 元 → {yuan_text(value.after_fen)} 元"


def settled_text(value: Adjustment, why: Explanation) -> list[str]:
    """What became of months already paid."""
    parts = []
    if value.arrears_fen > 0:
        paid_less = spans([each.month for each in why.settled if each.arrears_fen > 0])
        parts.append(f"{paid_less} 补发 {yuan_text(value.arrears_fen)} 元，随下次发放。")
    if value.arrears_fen < 0:
        parts.append(f"尚未发放的补发款取消 {yuan_text(-value.arrears_fen)} 元。")
    if value.receivable_fen > 0:
        paid_more = spans([each.month for each in why.settled if each.receivable_fen > 0])
        parts.append(f"{paid_more} 多发 {yuan_text(value.receivable_fen)} 元，待审核，不自动追回。")
    if value.receivable_fen < 0:
        parts.append(f"此前认定的多发款取消 {yuan_text(-value.receivable_fen)} 元。")
    return parts


def spans(months: Sequence[str]) -> str:
    """Months in order as they are read: `2026-04 至 2026-06、2026-08`."""
    found: list[list[Month]] = []
    for at in map(month, months):
        if found and at == found[-1][-1] + 1:
            found[-1].append(at)
        else:
            found.append([at])
    return "、".join(" 至 ".join(dict.fromkeys((month_text(each[0]), month_text(each[-1])))) for each in found)


def told(value: Adjustment, why: Explanation, language: Language) -> list[str]:
    """The whole explanation, a line for each thing: enough to compute the adjustment again by hand."""
    zh = language == "zh"
    lines = [f"{why.title or why.programme}：{movement(value)}" if zh else f"{why.programme}: {movement_en(value)}"]
    for each in why.reasons:
        lines += cause_lines(each, language)
    lines += eve_lines(why, language)
    for row in (ExplainedMonths(why.effective_month, why.before, why.after), *why.months):
        lines += month_lines(row, language)
    for settled in why.settled:
        lines.append(settlement(settled, language))
    lines += settled_text(value, why) if zh else settled_text_en(value)
    return [*lines, *basis_lines(why, language), *warnings(value, why, language)]


def movement_en(value: Adjustment) -> str:
    """From when which amount becomes which."""
    if value.before_fen == value.after_fen:
        return f"{yuan_text(value.after_fen)} yuan a month as before; earlier months are computed again"
    return f"from {value.payable_from} on {yuan_text(value.before_fen)} → {yuan_text(value.after_fen)} yuan a month"


def cause_lines(cause: ExplainedCause, language: Language) -> Iterator[str]:
    """A cause, the record that tells it, and from which month it counts by which clause."""
    record = "" if cause.fact is None else record_text(cause.fact)
    holds = cause.month
    if language == "zh":
        yield f"原因：{reason_zh(cause)}{f'（{record}）' if record else ''}"
        if holds is not None:
            yield f"    {month_rule_zh(holds, cause.execution)}{basis(holds.clause, holds.source, language)}"
        return
    yield f"Because of: {reason_en(cause)}{f' ({record})' if record else ''}"
    if holds is not None:
        yield f"    {month_rule_en(holds, cause.execution)}{basis(holds.clause, holds.source, language)}"


def month_rule_zh(holds: ExplainedMonthRule, execution: str) -> str:
    """From which month a cause counts, and how that month is found."""
    how = wording.month_rule_text(holds.way, holds.rule, holds.happened, holds.decided, execution)
    return f"自 {holds.since} 起计（{how}）"


def month_rule_en(holds: ExplainedMonthRule, execution: str) -> str:
    """The same in English."""
    how = wording_en.month_rule_text(holds.way, holds.rule, holds.happened, holds.decided, execution)
    return f"counts from {holds.since} on ({how})"


def eve_lines(why: Explanation, language: Language) -> Iterator[str]:
    """The month before the effective one, where it takes that to see why it is this month."""
    if why.eve is None or why.eve.after == why.before:
        return
    zh = language == "zh"
    now, stood = (unchanged(each, language) for each in (why.eve.after, why.eve.before))
    yield f"{why.eve.since} 不变：{now}" if zh else f"Unchanged in {why.eve.since}: {now}"
    if stood != now:
        yield f"    此前的计算：{stood}" if zh else f"    as computed before: {stood}"


def unchanged(amount: ExplainedAmount | None, language: Language) -> str:
    """What a month comes to that stays as it was, or was so: why nothing is owed, and not that nothing is paid any more."""
    if amount is None:
        return "没有待遇" if language == "zh" else "nothing"
    refusals = (sentences.CHINESE if language == "zh" else sentences.ENGLISH).refusals
    return refusals.get(amount.formula) or calculation(amount, language)


def reason_zh(cause: ExplainedCause) -> str:
    """A cause with the days on which it happened and was received, and who decided."""
    days = "" if cause.fact is None else f"（{cause.event_day} 发生，{cause.received_on} 收到）"
    if cause.execution == "AUTOMATIC":
        return f"{wording.cause_text(cause.cause)}{days}，按规定自动执行"
    heard = f"，{cause.heard_on} 听取意见" if cause.heard_on else ""
    return f"{wording.cause_text(cause.cause)}{days}，{cause.authority} {cause.decided_on} 决定{heard}"


def reason_en(cause: ExplainedCause) -> str:
    """The same in English."""
    days = "" if cause.fact is None else f" (happened {cause.event_day}, received {cause.received_on})"
    if cause.execution == "AUTOMATIC":
        return f"{wording_en.cause_text(cause.cause)}{days}; it takes effect by itself"
    heard = f", heard on {cause.heard_on}" if cause.heard_on else ""
    return f"{wording_en.cause_text(cause.cause)}{days}; decided by {cause.authority} on {cause.decided_on}{heard}"


def month_lines(row: ExplainedMonths, language: Language) -> Iterator[str]:
    """What stood and what stands from a month on, each with its numbers."""
    names = ("调整前", "调整后") if language == "zh" else ("before", "after")
    for name, amount in zip(names, (row.before, row.after), strict=True):
        if amount is None:
            yield f"{row.since} 起{name}：没有待遇" if language == "zh" else f"From {row.since}, {name}: nothing"
            continue
        said = unchanged(amount, language) if amount is row.before else calculation(amount, language)
        yield f"{row.since} 起{name}：{said}" if language == "zh" else f"From {row.since}, {name}: {said}"
        for income in amount.incomes:
            yield f"    {income_line(income, language)}"


def calculation(amount: ExplainedAmount, language: Language) -> str:
    """How an amount came about; what is on hold is not paid."""
    if language == "zh":
        said = wording.formula_text(amount.formula, amount.inputs, amount.amount_fen)
        return said if amount.pay == "PAY" else f"{said}，暂停发放"
    said = wording_en.formula_text(amount.formula, amount.inputs, amount.amount_fen)
    return said if amount.pay == "PAY" else f"{said}; on hold, not paid for now"


def income_line(income: ExplainedIncome, language: Language) -> str:
    """What a record tells, and as how much it counts."""
    record = record_text(income.fact)
    amount, counts = yuan_text(income.told_fen), income.counts.removeprefix("-")
    taken = income.counts.startswith("-")
    share = Fraction(counts) * 100 / income.told_fen if income.told_fen else Fraction(1)
    if language == "zh":
        cost = f"扣除就业成本 {1 - share} 后" if income.item == "WAGE" else f"按 {share} "
        way = f"{cost if share < 1 else ''}{'扣减' if taken else '计入'}"
        return f"{wording.income_text(income.item)} {amount} 元，{way} {wording.exact_text(counts)} 元（{record}）"
    cost = f", less {1 - share} as cost of working," if income.item == "WAGE" else f" by {share}"
    way = f"{cost if share < 1 else ','} {'is deducted as' if taken else 'counts as'}"
    return f"{wording_en.income_text(income.item)} {amount}{way} {wording_en.exact_text(counts)} ({record})"


def record_text(name: RevisionName) -> str:
    """A department's record as people look it up."""
    return f"{name.source} {name.kind} {name.record} v{name.revision}"


class SettledWords(NamedTuple):
    """How a paid month is told in a language: the line, what stood before, and what the difference became."""

    line: str
    stood: tuple[str, str]
    became: tuple[str, str, str, str]
    joint: str


SETTLED: Mapping[Language, SettledWords] = {
    "zh": SettledWords(
        "{month} 已关账：差额 {difference} 元{stood}；{became}",
        ("，此前认定多发 {} 元", "，此前未付补发 {} 元"),
        ("补发 {} 元", "取消未付的补发 {} 元", "记为多发 {} 元", "冲销此前认定的多发 {} 元"),
        "，",
    ),
    "en": SettledWords(
        "{month}, already paid: difference {difference}{stood}; {became}",
        (", {} stood as overpaid", ", {} of arrears not paid yet"),
        ("{} of arrears", "{} of unpaid arrears undone", "{} overpaid", "{} less overpaid than before"),
        ", ",
    ),
}


def settlement(each: ExplainedSettlement, language: Language) -> str:
    """What became of the difference of a paid month."""
    words = SETTLED[language]
    stood = (each.overpaid_fen, each.unpaid_fen)
    became = (each.arrears_fen, -each.arrears_fen, each.receivable_fen, -each.receivable_fen)
    return words.line.format(
        month=each.month,
        difference=yuan_text(each.difference_fen),
        stood="".join(said.format(yuan_text(fen)) for said, fen in zip(words.stood, stood, strict=True) if fen),
        became=words.joint.join(
            said.format(yuan_text(fen)) for said, fen in zip(words.became, became, strict=True) if fen > 0
        ),
    )


def settled_text_en(value: Adjustment) -> list[str]:
    """What became of months already paid, all together."""
    texts = (
        (value.arrears_fen > 0, value.arrears_fen, "are paid with the next pay run"),
        (value.arrears_fen < 0, value.arrears_fen, "of arrears that were not paid yet are undone"),
        (
            value.receivable_fen > 0,
            value.receivable_fen,
            "were overpaid: to be looked at, never claimed back by itself",
        ),
        (value.receivable_fen < 0, value.receivable_fen, "are not held as overpaid any more"),
    )
    return [f"Together {yuan_text(abs(fen))} yuan {said}." for true, fen, said in texts if true]


def amounts(why: Explanation) -> list[ExplainedAmount]:
    """Every computation in an explanation, in its order."""
    rows = (ExplainedMonths(why.effective_month, why.before, why.after), *why.months)
    return [each for row in rows for each in (row.before, row.after) if each is not None]


def unverified(why: Explanation) -> bool:
    """Whether any rule or amount in it was never held against its text."""
    months = (each.month for each in why.reasons if each.month is not None)
    return any(each.unverified for each in amounts(why)) or any(each.unverified for each in months)


def basis_lines(why: Explanation, language: Language) -> Iterator[str]:
    """Clauses of the amounts with their sources, each once, and where they are not the same, which of them is of before."""
    rows = (ExplainedMonths(why.effective_month, why.before, why.after), *why.months)
    sides = [
        dict.fromkeys((each.clause, each.source) for each in side if each is not None and each.clause)
        for side in ([row.before for row in rows], [row.after for row in rows])
    ]
    names = ("调整前", "调整后") if language == "zh" else ("before", "after")
    for clause, source in sides[0] | sides[1]:
        held = [name for name, side in zip(names, sides, strict=True) if (clause, source) in side]
        if language == "zh":
            yield f"{held[0] if len(held) == 1 else ''}金额依据：{clause}（{source}）"
        else:
            yield f"Amount{f' {held[0]}' if len(held) == 1 else ''} by: {clause} ({source})"


def basis(clause: str, source: str, language: Language) -> str:
    """The clause of a month with its source, behind what follows from it; nothing where there is none."""
    if not clause:
        return ""
    return f"，依据：{clause}（{source}）" if language == "zh" else f", by: {clause} ({source})"


def warnings(value: Adjustment, why: Explanation, language: Language) -> Iterator[str]:
    """What is no law, and what nobody has held against the text of the law."""
    if value.assumed:
        yield "含假定规则，仅供演示。" if language == "zh" else "Some of this is assumed, for demonstration only."
    if unverified(why):
        yield "含未核对原文的规则。" if language == "zh" else "Some of this was never held against the text of the law."
