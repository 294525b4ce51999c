"""The picture of `hub preview`: one page that can be laid before the head of a bureau.

What is compared and for whom stands first, then what it costs by programme and by region, then whom it touches. Every bar has its
figure beside it, and differs from its neighbour by its pattern; nothing is told by colour alone.
"""

from collections.abc import Sequence

from benefit_hub.cli.preview_sheet import GREY, MARGIN, WIDTH, Sheet, shares, tenths
from benefit_hub.cli.preview_shown import counted, span
from benefit_hub.cli.preview_words import NOT_COUNTED, SAID, WORDS, signed, yuan
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import OPEN
from benefit_hub.simulate.preview_told import Costs, Told, by_programme, by_region, costs_of, households, touched

MOST_REGIONS = 14
ROW = 44
NAME, HAD, BARS, BEFORE, AFTER, MONTH, DRAWN, ALL = 40, 360, 375, 660, 770, 880, 895, 1160
"""Where the columns of a chart are: those of figures end there, the others begin there."""


def picture(looked: Preview, told: Told) -> str:
    """The whole page, as SVG."""
    sheet, months = Sheet(), looked.month_texts()
    sums = looked.totals()
    total = costs_of("合计", sums)
    title = f"政策预览：{'、'.join(told.packs)}"
    heading(sheet, looked, told, title)
    cards(sheet, looked, total)
    programmes = by_programme(sums)
    changed = [each for each in programmes if differs(each)]
    rest = merged([each for each in programmes if not differs(each)], "项待遇没有变化")
    chart(sheet, "一、各项待遇的支出", months, [*changed, *rest, total])
    depth, regions = by_region(sums)
    if regions:
        ranked = sorted(regions, key=lambda each: (-abs(each.all_more), each.name))
        shown = sorted(ranked[:MOST_REGIONS], key=lambda each: each.name)
        rows = [*shown, *merged(ranked[MOST_REGIONS:], "个地区")]
        chart(sheet, f"二、各地区的支出（代码前 {depth} 位，全部待遇）", months, [*rows, total], of_people=False)
    effects(sheet, looked, "三、涉及哪些户（人）" if regions else "二、涉及哪些户（人）")
    footer(sheet, told)
    return sheet.svg(title, description(looked, told, total))


def differs(row: Costs) -> bool:
    """Whether anything of a row changes."""
    return bool(row.month_more or row.all_more) or row.had[0] != row.had[1]


def merged(rows: Sequence[Costs], what: str) -> list[Costs]:
    """Several rows as one; none of none."""
    if not rows:
        return []
    pairs = [
        [(getattr(each, name)[0], getattr(each, name)[1]) for each in rows] for name in ("had", "month_fen", "all_fen")
    ]
    had, month, whole = ((sum(one for one, _ in each), sum(two for _, two in each)) for each in pairs)
    return [Costs(name=f"其余 {len(rows)} {what}", had=had, month_fen=month, all_fen=whole)]


def heading(sheet: Sheet, looked: Preview, told: Told, title: str) -> None:
    """What is compared, for whom, in which months."""
    months = looked.month_texts()
    sheet.paragraph(title, size=26, bold=True)
    sheet.y += 6
    sheet.paragraph(f"现行政策 与 改后政策 比较。人口：{told.whom}，{looked.households} 户")
    sheet.paragraph(f"比较月份：{months[0]}；合计月份：{span(months)}")
    for text, when in told.changes:
        sheet.paragraph(f"改动：{text}（{when}）")
    for note in told.notes:
        sheet.paragraph(f"说明：{note}", bold=True)
    if looked.left_out:
        sheet.paragraph(f"另有 {looked.left_out} 户的决定尚未齐备，未计入", fill=GREY)


def cards(sheet: Sheet, looked: Preview, total: Costs) -> None:
    """The four figures that are asked for first."""
    found, months = households(looked.lines), looked.month_texts()
    shown = (
        (
            f"{months[0]} 支出差额（元）",
            signed(total.month_more),
            f"{yuan(total.month_fen[0])} → {yuan(total.month_fen[1])}",
        ),
        (
            f"{len(months)} 个月支出差额（元）",
            signed(total.all_more),
            f"{yuan(total.all_fen[0])} → {yuan(total.all_fen[1])}",
        ),
        (
            "户数（本户全部待遇合计）",
            f"▲ {found.more} 增　▼ {found.less} 减",
            f"另有 {found.otherwise} 户总额不变而身份或项目有变",
        ),
        ("只涉及申请、核查、审核", f"{found.only_open} 户", "发放不变，须由人办理"),
    )
    sheet.y += 20
    width = (WIDTH - 2 * MARGIN - 3 * 16) // 4
    for at, (name, figure, below) in enumerate(shown):
        x = MARGIN + at * (width + 16)
        sheet.box(x, sheet.y, width, 96)
        sheet.text(x + 14, sheet.y + 26, name, size=14, fill=GREY)
        sheet.text(x + 14, sheet.y + 60, figure, size=24, bold=True)
        sheet.text(x + 14, sheet.y + 84, below, size=13 if tenths(below) * 13 < (width - 24) * 10 else 11, fill=GREY)
    sheet.y += 96


def chart(sheet: Sheet, title: str, months: Sequence[str], rows: Sequence[Costs], *, of_people: bool = True) -> None:
    """A row of bars and figures each; the last is the total, of which nothing is drawn."""
    head(sheet, title, months, of_people=of_people)
    drawn = rows[:-1]
    costs = shares([fen for each in drawn for fen in each.month_fen], BEFORE - BARS - 110)
    more = shares([each.all_more for each in drawn], ALL - DRAWN - 150)
    for at, each in enumerate(rows):
        top, total = sheet.y, at == len(rows) - 1
        base = top + 27
        sheet.text(NAME, base, each.name, bold=total)
        if of_people and not total:
            sheet.text(HAD, base, f"{each.had[0]} → {each.had[1]}", size=13, anchor="end", fill=GREY)
        if not total:
            sheet.bar(BARS, top + 8, costs[2 * at], 12, "before")
            sheet.bar(BARS, top + 23, costs[2 * at + 1], 12, "after")
            sheet.bar(DRAWN, top + 15, more[at], 14, "more" if each.all_more > 0 else "less")
        sheet.text(BEFORE, base, yuan(each.month_fen[0]), size=14, anchor="end", bold=total)
        sheet.text(AFTER, base, yuan(each.month_fen[1]), size=14, anchor="end", bold=total)
        sheet.text(MONTH, base, signed(each.month_more), size=14, anchor="end", bold=total)
        sheet.text(ALL, base, f"{arrow(each.all_more)} {signed(each.all_more)}", size=14, anchor="end", bold=total)
        sheet.y += ROW
        sheet.rule(MARGIN, sheet.y, WIDTH - MARGIN, sheet.y)


def head(sheet: Sheet, title: str, months: Sequence[str], *, of_people: bool) -> None:
    """The title of a chart, what its bars mean, and the heads of its columns."""
    sheet.y += 44
    sheet.text(MARGIN, sheet.y, title, size=19, bold=True)
    for x, kind, name in (
        (720, "before", "现行"),
        (800, "after", "改后"),
        (900, "more", "多支出"),
        (1000, "less", "少支出"),
    ):
        sheet.bar(x, sheet.y - 13, 24, 13, kind)
        sheet.text(x + 30, sheet.y - 1, name, size=14)
    sheet.y += 30
    if of_people:
        sheet.text(HAD, sheet.y, "户（人）数", size=13, anchor="end", fill=GREY)
    sheet.text(BARS, sheet.y, f"{months[0]} 支出（元）", size=13, fill=GREY)
    sheet.text(BEFORE, sheet.y, "现行", size=13, anchor="end", fill=GREY)
    sheet.text(AFTER, sheet.y, "改后", size=13, anchor="end", fill=GREY)
    sheet.text(MONTH, sheet.y, "差额", size=13, anchor="end", fill=GREY)
    sheet.text(ALL, sheet.y, f"{len(months)} 个月差额（元）", size=13, anchor="end", fill=GREY)
    sheet.y += 8
    sheet.rule(MARGIN, sheet.y, WIDTH - MARGIN, sheet.y)


def arrow(fen: int) -> str:
    """The direction of a difference, beside its sign."""
    return "▲" if fen > 0 else "▼" if fen < 0 else "＝"


def effects(sheet: Sheet, looked: Preview, title: str) -> None:
    """How many are touched in which way, and by how much."""
    sheet.y += 44
    sheet.text(MARGIN, sheet.y, title, size=19, bold=True)
    sheet.y += 30
    columns = (
        (300, "情形", "start"),
        (620, "数量", "end"),
        (760, "每月差额（元）", "end"),
        (920, f"{looked.window.count} 个月差额（元）", "end"),
    )
    sheet.text(NAME, sheet.y, "待遇", size=13, fill=GREY)
    for x, name, anchor in columns:
        sheet.text(x, sheet.y, name, size=13, anchor="end" if anchor == "end" else "start", fill=GREY)
    sheet.text(940, sheet.y, "说明", size=13, fill=GREY)
    sheet.y += 8
    sheet.rule(MARGIN, sheet.y, WIDTH - MARGIN, sheet.y)
    rows = touched(looked.lines)
    for each in rows:
        base = sheet.y + 24
        more = f"；按现行规则 {signed(each.before_month_fen)}" if each.before_month_fen else ""
        more += f"；其中 {each.unknown} 项未知" if each.unknown else ""
        sheet.text(NAME, base, each.title, size=14)
        sheet.text(300, base, f"{SAID[each.effect].sign} {WORDS[each.effect]}", size=14)
        sheet.text(620, base, str(each.count), size=14, anchor="end")
        sheet.text(760, base, signed(each.month_fen), size=14, anchor="end")
        sheet.text(920, base, signed(each.all_fen), size=14, anchor="end")
        sheet.text(940, base, f"{NOT_COUNTED}{more}" if each.effect in OPEN else "", size=13, fill=GREY)
        sheet.y += 34
        sheet.rule(MARGIN, sheet.y, WIDTH - MARGIN, sheet.y)
    if not rows:
        sheet.text(NAME, sheet.y + 24, "没有变化", size=15, bold=True)
        sheet.y += 34


def footer(sheet: Sheet, told: Told) -> None:
    """What has to be known to trust it."""
    sheet.y += 20
    if told.assumed:
        sheet.paragraph("政策包含假定规则，仅供演示，不是法律依据。", size=14, bold=True)
    about = (
        "金额为所列月份的应发金额，不含补发和追回；未计入费用的，是申请获批或照建议决定以后另增的金额。"
        f"政策书 {told.books[0]} → {told.books[1]}。本图没有个人信息。"
    )
    sheet.paragraph(about, size=13, fill=GREY)


def description(looked: Preview, told: Told, total: Costs) -> str:
    """The page in sentences."""
    months = looked.month_texts()
    parts = [
        f"人口：{told.whom}，{looked.households} 户。",
        f"{months[0]} 支出由 {yuan(total.month_fen[0])} 元变为 {yuan(total.month_fen[1])} 元，",
        f"差额 {signed(total.month_more)} 元；",
        f"{span(months)} 差额 {signed(total.all_more)} 元。{counted(looked.lines)}。",
        *(f"{each.title}{WORDS[each.effect]} {each.count}。" for each in touched(looked.lines)),
        *told.notes,
    ]
    return "".join(parts)
