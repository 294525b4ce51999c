"""What `hub preview` prints: what is compared, what it costs, whom it touches and how, for a county office."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from benefit_hub.cli.preview_words import NOT_COUNTED, SAID, WORDS, remark, signed, yuan
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import LOWER, OPEN, Line
from benefit_hub.simulate.preview_told import (
    Costs,
    Told,
    Touched,
    all_more,
    by_programme,
    by_region,
    costs_of,
    households,
    largest,
    lowered,
    month_more,
    touched,
)

SHOWN = 10


def tables(looked: Preview, told: Told) -> Iterator[Table | str]:
    """What is compared, costs by programme and by region, who is touched, why anybody has less, the largest changes."""
    yield "\n".join(heading(looked, told))
    months = looked.month_texts()
    sums = looked.totals()
    total = costs_of("合计", sums)
    yield costs(f"支出（元）：{months[0]}，及 {span(months)} 合计", "待遇", [*by_programme(sums), total])
    depth, regions = by_region(sums)
    if regions:
        yield costs(f"按地区（代码前 {depth} 位，全部待遇）", "地区", [*regions, total])
    rows = touched(looked.lines)
    yield effects([each for each in rows if each.effect not in OPEN], months)
    opened = [each for each in rows if each.effect in OPEN]
    if opened:
        yield opening(opened, months)
    less = lowered(looked.lines)
    if less:
        yield reasons("减少、停发或失去身份的原因", less)
    shown = largest(looked, SHOWN)
    if shown:
        yield largest_changes(shown, len(looked.lines))


def heading(looked: Preview, told: Told) -> Iterator[str]:
    """What is compared, for whom, in which months, and what has to be known before the figures are read."""
    months = looked.month_texts()
    left_out = f"，另有 {looked.left_out} 户的决定尚未齐备，未计入" if looked.left_out else ""
    yield f"政策预览　{'、'.join(told.packs)}"
    for text, when in told.changes:
        yield f"  改动：{text}　[{when}]"
    yield f"  人口：{told.whom}，{looked.households} 户{left_out}"
    yield f"  月份：比较 {months[0]}，合计 {span(months)}"
    yield f"  结果：{counted(looked.lines)}"
    for note in told.notes:
        yield f"  说明：{note}"


def counted(lines: Sequence[Line]) -> str:
    """How many households come to more or less, in one sentence."""
    if not lines:
        return "没有变化"
    found = households(lines)
    parts = [f"{found.more} 户增加", f"{found.less} 户减少"]
    if found.otherwise:
        parts.append(f"{found.otherwise} 户总额不变（身份或项目有变）")
    if found.only_open:
        parts.append(f"{found.only_open} 户须申请、核查或审核，发放不变")
    return "，".join(parts)


def span(months: Sequence[str]) -> str:
    """The months that are summed."""
    return months[0] if len(months) == 1 else f"{months[0]} 至 {months[-1]} 共 {len(months)} 个月"


def costs(title: str, of: str, rows: Sequence[Costs]) -> Table:
    """What is paid before and after, in the month compared and over all of them."""
    table = plain(title)
    table.add_column(of)
    whom = "户（人）数" if of == "待遇" else "享受项数"
    for name in (f"{whom} 现行", "改后", "一个月 现行", "改后", "差额", "合计 现行", "改后", "差额"):
        table.add_column(name, justify="right")
    for each in rows:
        fens = (*each.month_fen, each.month_more, *each.all_fen, each.all_more)
        shown = [signed(fen) if at in (2, 5) else yuan(fen) for at, fen in enumerate(fens)]
        had = ("", "") if each is rows[-1] and of == "待遇" else map(str, each.had)  # who has two is one
        table.add_row(each.name, *had, *shown)
    return table


def effects(rows: Sequence[Touched], months: Sequence[str]) -> Table:
    """How many gain, lose, begin, end, come to a status or lose it, and by how much."""
    table = plain("发放和身份的变化（户、人；元）")
    for name in ("待遇", "变化", "数量", f"{months[0]} 差额", f"{len(months)} 个月差额"):
        table.add_column(name, justify="left" if name in ("待遇", "变化") else "right")
    for each in rows:
        sign = f"{SAID[each.effect].sign} {WORDS[each.effect]}"
        table.add_row(each.title, sign, str(each.count), signed(each.month_fen), signed(each.all_fen))
    if not rows:
        table.add_row("没有变化", "", "0", "0.00", "0.00")
    return table


def opening(rows: Sequence[Touched], months: Sequence[str]) -> Table:
    """Who comes under a limit or over it, and what waits for a decision: what it would cost if it came to that."""
    table = plain(f"跨越标准、待审核（不自动发放，{NOT_COUNTED}；另增为申请获批或照建议决定以后，元）")
    for name in ("待遇", "情形", "数量", "另增 每月 现行", "改后", f"{len(months)} 个月 现行", "改后", "含义"):
        table.add_column(name, justify="left" if name in ("待遇", "情形", "含义") else "right")
    for each in rows:
        unknown = f"（{each.unknown} 项未知）" if each.unknown else ""
        name = f"{SAID[each.effect].sign} {WORDS[each.effect]}"
        before, after = (each.before_month_fen, each.before_all_fen), (each.month_fen, each.all_fen)
        fens = [
            text for pair in zip(before, after, strict=True) for text in (signed(pair[0]), signed(pair[1]) + unknown)
        ]
        table.add_row(each.title, name, str(each.count), *fens, remark(each.effect))
    return table


def reasons(title: str, lines: Sequence[Line]) -> Table:
    """Why somebody has less: by another benefit, by a limit, or by the change itself; one of each as an example."""
    table = plain(title)
    for name in ("待遇", "变化", "数量", "因为", "例"):
        table.add_column(name, justify="right" if name == "数量" else "left", overflow="fold")
    kinds = dict.fromkeys((each.title, each.effect, because(each)) for each in lines)
    for kind in kinds:
        rows = [each for each in lines if (each.title, each.effect, because(each)) == kind]
        table.add_row(kind[0], WORDS[kind[1]], str(len(rows)), kind[2], f"{rows[0].beneficiary}：{rows[0].why}")
    return table


def because(line: Line) -> str:
    """By what a line is lower, in a few words."""
    if line.follows:
        return "本户其他待遇变化"
    if line.threshold == "OUT":
        return "收入不再低于标准"
    return "改动本身" if line.effect in LOWER else "改动本身（部分月份）"


def largest_changes(lines: Sequence[Line], total: int) -> Table:
    """The changes that move most money."""
    table = plain(f"变化最大的 {len(lines)} 项（共 {total} 项，全部见 --csv，含计算过程）")
    for name in ("地区", "享受人", "待遇", "变化", "自", "每月 现行", "改后", "差额或另增", "合计差额或另增"):
        table.add_column(name, justify="left" if name in ("地区", "享受人", "待遇", "变化", "自") else "right")
    for each in lines:
        paid = ("", "") if each.effect in OPEN else (yuan(each.before_fen), yuan(each.after_fen))
        more = ["未知" if fen is None else signed(fen) for fen in (month_more(each), all_more(each))]
        table.add_row(each.region, each.beneficiary, each.title, WORDS[each.effect], each.since, *paid, *more)
    return table


def plain(title: str) -> Table:
    """A table without frames."""
    return Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
