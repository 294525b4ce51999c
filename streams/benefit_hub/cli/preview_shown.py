"""What `hub preview` shows: tables for a county office, a line a change for a spreadsheet, a picture of the costs."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from msgspec import structs
from rich.table import Table

from benefit_hub.simulate.preview import EFFECTS, Effect, Line, Preview, Sum, summed
from benefit_hub.values.money import yuan_text

WORDS: Mapping[Effect, str] = {
    "GAINS": "增加",
    "LOSES": "减少",
    "BEGINS": "开始发放",
    "ENDS": "停止发放",
    "MAY_APPLY": "进入标准以内（线索，须申请）",
    "HAS_TO_BE_DECIDED": "须审核确认（建议）",
}
CITY = 4
SHOWN = 10
WIDTH, LEFT, ROW, BAR, TOP = 900, 250, 56, 18, 60
OLD, NEW, DARK = "#9aa0a6", "#2f7d4f", "#202124"


def tables(looked: Preview, about: str) -> Iterator[Table | str]:
    """Costs by programme, by city and programme, and what changes for whom."""
    months = looked.month_texts()
    whole = summed(looked.totals(), 0)
    yield f"政策预览　{about}"
    left_out = f"，另有 {looked.left_out} 户的决定尚未齐备，未计入" if looked.left_out else ""
    yield f"{months[0]} 起 {len(months)} 个月，{looked.households} 户{left_out}\n"
    yield costs(f"支出（{months[0]}，元/月）", whole, len(months))
    cities = summed(looked.totals(), CITY)
    if len({each.region for each in cities}) > 1:
        yield costs("按地区（前四位代码）", cities, len(months))
    yield effects(looked.lines, months[0])
    largest = sorted(looked.lines, key=lambda each: (-abs(each.after_fen - each.before_fen), each.beneficiary))
    if largest:
        yield largest_changes(largest[:SHOWN], len(largest))


def costs(title: str, sums: list[Sum], months: int) -> Table:
    """What is paid before and after, in the first month and over all of them."""
    table = plain(title)
    for name in ("地区", "项目", "户（人）数 前", "后", "现行", "改后", "差额", f"{months} 个月差额"):
        table.add_column(name, justify="left" if name in ("地区", "项目") else "right")
    for each in sums:
        before, after = each.before_fen[0], each.after_fen[0]
        table.add_row(
            each.region or "全部",
            each.title,
            str(each.paid_before),
            str(each.paid_after),
            yuan_text(before),
            yuan_text(after),
            signed(after - before),
            signed(sum(each.after_fen) - sum(each.before_fen)),
        )
    return table


def effects(lines: list[Line], month: str) -> Table:
    """How many gain, lose, begin, end, may apply, have to be decided."""
    table = plain(f"受影响的户（人）（{month}）")
    table.add_column("项目")
    for effect in EFFECTS:
        table.add_column(WORDS[effect], justify="right")
    counts = Counter((each.title, each.effect) for each in lines)
    for title in dict.fromkeys(each.title for each in lines):
        table.add_row(title, *(str(counts[title, effect]) for effect in EFFECTS))
    if not lines:
        table.add_row("没有变化", *("0" for _ in EFFECTS))
    return table


def largest_changes(lines: list[Line], total: int) -> Table:
    """The changes that differ most."""
    table = plain(f"变化最大的 {len(lines)} 项（共 {total} 项，全部见 --csv）")
    for name in ("地区", "家庭", "项目", "变化", "现行（元/月）", "改后（元/月）"):
        table.add_column(name, justify="right" if "元" in name else "left")
    for each in lines:
        row = (each.region, each.household, each.title, WORDS[each.effect])
        table.add_row(*row, yuan_text(each.before_fen), yuan_text(each.after_fen))
    return table


def plain(title: str) -> Table:
    """A table without frames."""
    return Table(title=title, title_justify="left", box=None, pad_edge=False)


def signed(fen: int) -> str:
    """A difference with its sign."""
    return f"+{yuan_text(fen)}" if fen > 0 else yuan_text(fen)


def write_csv(file: Path, looked: Preview) -> None:
    """Every change, one a line, for a spreadsheet; people by their pseudonyms."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["month", *Line.__struct_fields__])
        first = looked.month_texts()[0]
        for each in looked.lines:
            writer.writerow([first, *structs.astuple(each)])


def picture(looked: Preview) -> str:
    """What each programme costs in the first month, before and after, as bars."""
    sums = summed(looked.totals(), 0)
    most = max((fen for each in sums for fen in (each.before_fen[0], each.after_fen[0])), default=0) or 1
    height = TOP + ROW * len(sums) + 20
    size = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(16, 24, f"{looked.month_texts()[0]} 支出（元/月）：灰为现行，绿为改后", DARK),
    ]
    for at, each in enumerate(sums):
        y = TOP + ROW * at
        parts.append(_text(16, y + BAR, each.title, DARK))
        for row, (fen, colour) in enumerate(((each.before_fen[0], OLD), (each.after_fen[0], NEW))):
            width = (WIDTH - LEFT - 130) * fen // most
            top = y + row * (BAR + 2)
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{width}" height="{BAR}" fill="{colour}"/>')
            parts.append(_text(LEFT + width + 8, top + 14, yuan_text(fen), DARK))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: int, y: int, text: str, colour: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}">{escape(text)}</text>'
