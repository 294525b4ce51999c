"""The spreadsheet of `hub preview`: one format, described in docs/preview.md, for Excel and WPS.

UTF-8 with a byte order mark, commas, every cell in quotes, Chinese heads, yuan with two decimals. A row is a change of one
beneficiary and programme; last come, by region and programme, those for whom nothing changes, in one row each: so the columns
of costs add up to all that is paid. No cell can be taken for a formula.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from benefit_hub.cli.preview_words import SAME, WORDS
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import Line, Sum
from benefit_hub.values.money import yuan_text

HEADS = (
    "变化",
    "变化代码",
    "地区代码",
    "待遇",
    "待遇代码",
    "家庭",
    "享受人",
    "变化自",
    "变化至",
    "{month}现行户（人）数",
    "{month}改后户（人）数",
    "{month}现行（元）",
    "{month}改后（元）",
    "{month}差额（元）",
    "{count}个月现行（元）",
    "{count}个月改后（元）",
    "{count}个月差额（元）",
    "申请或决定后每月另增 现行（元，未计入费用）",
    "申请或决定后每月另增 改后（元，未计入费用）",
    "申请或决定后{count}个月另增 现行（元，未计入费用）",
    "申请或决定后{count}个月另增 改后（元，未计入费用）",
    "是否跨越标准",
    "随哪些待遇变化",
    "说明",
)
CROSSED = {"": "", "IN": "进入标准以内", "OUT": "超出标准"}
FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@＝＋－＠]")
"""What a spreadsheet may take for a formula, full-width signs among it, whatever blanks stand before."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]{2})?")


def write_csv(file: Path, looked: Preview) -> None:
    """Every change, one a row, and everybody else in one row a region and programme; people by their pseudonyms."""
    words = {"month": looked.month_texts()[0], "count": looked.window.count}
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow([harmless(head.format(**words)) for head in HEADS])
        for row in rows(looked):
            writer.writerow([harmless(cell) for cell in row])


def rows(looked: Preview) -> Iterator[list[str]]:
    """The cells of every row."""
    titles = {each.programme: each.title for each in looked.totals()}
    for each in looked.lines:
        yield of_line(each, titles)
    for same in looked.unchanged():
        yield of_same(same)


def of_line(line: Line, titles: Mapping[str, str]) -> list[str]:
    """The cells of a change."""
    costs = (line.before_fen, line.after_fen, line.before_sum_fen, line.after_sum_fen)
    return [
        WORDS[line.effect],
        line.effect,
        line.region,
        line.title,
        line.programme,
        line.household,
        line.beneficiary,
        line.since,
        line.until,
        str(int(line.had_before)),
        str(int(line.had_after)),
        *amounts(costs),
        yuan_text(line.open_before_fen),
        "未知" if line.open_fen is None else yuan_text(line.open_fen),
        yuan_text(line.open_before_sum_fen),
        "未知" if line.open_sum_fen is None else yuan_text(line.open_sum_fen),
        CROSSED[line.threshold],
        "、".join(titles.get(name, name) for name in line.follows),
        line.why,
    ]


def of_same(total: Sum) -> list[str]:
    """The cells of all those of a region and programme for whom nothing changes."""
    before, after = total.before_fen, total.after_fen
    costs = amounts((before[0], after[0], sum(before), sum(after)))
    about = [SAME, "SAME", total.region, total.title, total.programme, "", "", "", ""]
    return [
        *about,
        str(total.had_before),
        str(total.had_after),
        *costs,
        *["0.00"] * 4,
        "",
        "",
        "没有变化的各户（人）合计为一行",
    ]


def amounts(costs: tuple[int, int, int, int]) -> list[str]:
    """The month and all months, each before, after, and the difference."""
    before, after, all_before, all_after = costs
    return [*map(yuan_text, (before, after, after - before, all_before, all_after, all_after - all_before))]


def harmless(cell: str) -> str:
    """A cell as text that no spreadsheet takes for a formula; numbers stay numbers, line breaks become blanks."""
    told = re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", cell)
    return told if NUMBER.fullmatch(told) or FORMULA.match(told) is None else f"'{told}"
