"""What `hub replay` shows: how many are equal, who differs from when on and by how much, and how each side computed it."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

from msgspec import to_builtins
from rich.table import Table

from benefit_hub.cli.frame import plain_table
from benefit_hub.messages.public import ExplainedAmount
from benefit_hub.runtime.live_side import Cut
from benefit_hub.settlement.telling import calculation
from benefit_hub.simulate.compared import Compared, Finding
from benefit_hub.task import Env
from benefit_hub.values.money import signed_text, yuan_text


class Language(StrEnum):
    """In which language an operator reads."""

    ZH = "zh"
    EN = "en"


Words = Mapping[str, str]
TEXTS: Mapping[Language, Words] = {
    Language.ZH: {
        "law": "按在执行的政策",
        "tried": "按改动后的政策（{packs}），自第一条事实起",
        "cut": "事实 {count} 条位移，截至 {ends}",
        "cut_off": "注意：{places} 更早的事实已不在主题上，差异可能由此而来",
        "counts": "一致 {equal} 项；不一致 {different} 项；未比较 {moved} 项",
        "moved": "未比较：运行中的系统已有更新的事实，请再次重放。{some}",
        "equal": "一致：待遇核定和台账都与重放结果相同",
        "headings": "对象|项目|自|现行（元/月）|重放（元/月）|差额|何处不同",
        "ENTITLEMENT": "待遇核定",
        "LEDGER": "台账",
        "reasons": "原因（每项不一致的第一个月）",
        "same_record": "两边的计算和台账都相同：主题 benefits.entitlements 上的记录不对",
        "same_ledger": "两边的计算相同：现行台账与计算不符",
        "live": "现行",
        "replayed": "重放",
        "nothing": "没有待遇",
        "by": "依据：{clause}（{source}）",
        "more": "另有 {count} 项，见 --most 或 --json",
    },
    Language.EN: {
        "law": "by the policy in force",
        "tried": "by changed packs ({packs}), from the first fact on",
        "cut": "facts: {count} offsets, up to {ends}",
        "cut_off": "mind: earlier facts of {places} are no longer on the topic, and differences may come from that",
        "counts": "equal {equal}; different {different}; not compared {moved}",
        "moved": "not compared: the live hub knows more by now, replay again. {some}",
        "equal": "equal: entitlements and ledgers are those of the replay",
        "headings": "whom|programme|from|live (yuan a month)|replayed|difference|where",
        "ENTITLEMENT": "entitlement",
        "LEDGER": "ledger",
        "reasons": "Why (of each difference the first month)",
        "same_record": "computation and ledger are the same on both sides: the record on benefits.entitlements is wrong",
        "same_ledger": "the computation is the same on both sides: the live ledger is not what follows from it",
        "live": "live",
        "replayed": "replayed",
        "nothing": "nothing",
        "by": "By: {clause} ({source})",
        "more": "and {count} more: --most, or --json",
    },
}
NAMED = 10
"""So many of those that were not compared are named."""


def document(cut: Cut, changed: Sequence[str], found: Compared) -> dict[str, Any]:
    """All of it for a machine."""
    return {
        "cut": {"begins": to_builtins(cut.begins), "ends": to_builtins(cut.ends)},
        "packs_changed": list(changed),
        "equal": found.equal,
        "different": [
            {**to_builtins(each), "difference_fen": each.months[0].difference_fen} for each in found.findings
        ],
        "not_compared": [{"beneficiary": who, "programme": programme} for who, programme in found.moved_on],
    }


def tables(
    cut: Cut, env: Env, changed: Sequence[str], found: Compared, lang: Language, most: int
) -> Iterator[Table | str]:
    """What an operator reads, largest differences first."""
    words = TEXTS[lang]
    ends = " ".join(f"{number}:{end}" for number, end in sorted(cut.ends.items()))
    yield words["tried"].format(packs="、".join(changed)) if changed else words["law"]
    yield words["cut"].format(count=cut.offsets, ends=ends)
    if gone := " ".join(f"{number}:{first}" for number, first in sorted(cut.begins.items()) if first):
        yield words["cut_off"].format(places=gone)
    yield words["counts"].format(equal=found.equal, different=len(found.findings), moved=len(found.moved_on))
    if found.moved_on:
        yield words["moved"].format(some=" ".join("|".join(unit) for unit in found.moved_on[:NAMED]))
    if not found.findings:
        if not found.moved_on:
            yield words["equal"]
        return
    largest = sorted(found.findings, key=lambda each: (-abs(each.months[0].difference_fen), each.beneficiary))
    yield table(largest[:most], env, lang)
    if len(largest) > most:
        yield words["more"].format(count=len(largest) - most)
    yield words["reasons"]
    for each in largest[:most]:
        yield from reasons(each, env, lang)


def table(findings: Sequence[Finding], env: Env, lang: Language) -> Table:
    """A row for each beneficiary and programme: the first month that differs."""
    words = TEXTS[lang]
    shown = plain_table(*words["headings"].split("|"))
    for each in findings:
        first = each.months[0]
        shown.add_row(
            each.beneficiary,
            title_of(each.programme, env, lang),
            first.since,
            yuan_text(first.live_fen),
            yuan_text(first.replayed_fen),
            signed_text(first.difference_fen),
            "、".join(words[where] for where in each.where),
        )
    return shown


def title_of(programme: str, env: Env, lang: Language) -> str:
    """What a programme is called."""
    packs = (pack for book in env.books.values() for pack in book.packs)
    titles = (pack.programmes[programme].title for pack in packs if programme in pack.programmes)
    return programme if lang is Language.EN else next(titles, programme)


def reasons(each: Finding, env: Env, lang: Language) -> Iterator[str]:
    """How each side computes the first month that differs."""
    words = TEXTS[lang]
    yield f"{each.beneficiary} {title_of(each.programme, env, lang)} {each.months[0].since}"
    if each.live == each.replayed:
        yield f"    {words['same_ledger' if 'LEDGER' in each.where else 'same_record']}"
    sides: tuple[tuple[Literal["live", "replayed"], ExplainedAmount | None], ...]
    sides = (("live", each.live), ("replayed", each.replayed))
    for name, amount in sides:
        told = words["nothing"] if amount is None else calculation(amount, lang.value)
        yield f"    {words[name]}: {told}"
    basis = each.replayed or each.live
    if basis is not None and basis.clause:
        yield f"    {words['by'].format(clause=basis.clause, source=basis.source)}"
