"""`hub preview` as it is typed: table, spreadsheet, JSON and picture say the same, added up here by hand from the spreadsheet."""

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from tests.cli.typed import typed

ASKED = (
    "preview",
    "--people",
    150,
    "--seed",
    6,
    "--set",
    'standards.dibao_urban.values+={from: 2027-05, yuan: "774.00"}',
)
MONTHS = ("--month", "2027-04", "--months", "3")
SVG = "{http://www.w3.org/2000/svg}"
COSTS = (
    "2027-04现行（元）",
    "2027-04改后（元）",
    "2027-04差额（元）",
    "3个月现行（元）",
    "3个月改后（元）",
    "3个月差额（元）",
)
OPENED = "申请或决定后每月另增 改后（元，未计入费用）"
BEFORE_FORMULAS = "=+-@＝＋－＠\t\r\n"


class Said(NamedTuple):
    """What the command left."""

    table: str
    rows: list[dict[str, str]]
    raw: bytes
    svg: ET.Element
    json: dict[str, Any]


@pytest.fixture
def said(tmp_path: Path, capsys: Any) -> Said:
    """A standard that rises in the second of three months."""
    sheet, image = tmp_path / "lines.csv", tmp_path / "costs.svg"
    done = typed(capsys, *ASKED, *MONTHS, "--csv", sheet, "--svg", image)
    assert done.returncode == 0, done.stderr
    machine = typed(capsys, *ASKED, *MONTHS, "--json")
    assert machine.returncode == 0, machine.stderr
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    svg = ET.fromstring(image.read_text("utf-8"))  # noqa: S314  written by ourselves
    return Said(done.stdout, rows, sheet.read_bytes(), svg, json.loads(machine.stdout))


def cents(text: str) -> int:
    """Yuan with two decimals as they stand, `-1,234.50`, in fen."""
    whole, part = text.replace(",", "").lstrip("+").split(".")
    assert len(part) == 2
    return int(whole + part)


def added(rows: list[dict[str, str]], key: str, length: int | None = None) -> dict[str, list[int]]:
    """The columns of costs, by what stands in another column."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(COSTS))
    for row in rows:
        into = found[row[key][:length]]
        for at, name in enumerate(COSTS):
            into[at] += cents(row[name])
    return dict(found)


def figures(line: str) -> list[int]:
    """All amounts in a line of the table."""
    return [cents(each) for each in re.findall(r"[+-]?[\d,]+\.\d\d", line)]


def drawn(svg: ET.Element) -> dict[str, list[list[str]]]:
    """What stands on each line of the picture, by what stands first on it."""
    lines: dict[str, list[str]] = defaultdict(list)
    for each in svg.iter(f"{SVG}text"):
        lines[each.attrib["y"]].append(each.text or "")
    found: dict[str, list[list[str]]] = defaultdict(list)
    for texts in lines.values():
        found[texts[0]].append(texts[1:])
    return found


def of_json(sums: list[dict[str, Any]], name: str, length: int | None = None) -> dict[str, list[int]]:
    """The same columns as the spreadsheet's, from the JSON."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(COSTS))
    for each in sums:
        before, after = each["before_fen"], each["after_fen"]
        cells = (before[0], after[0], after[0] - before[0], sum(before), sum(after), sum(after) - sum(before))
        into = found[each[name][:length]]
        into[:] = [a + b for a, b in zip(into, cells, strict=True)]
    return dict(found)


@pytest.mark.slow
def test_everything_adds_up_to_the_same(said: Said) -> None:
    programmes, regions = added(said.rows, "待遇"), added(said.rows, "地区代码", 4)
    assert of_json(said.json["sums"], "title") == programmes
    assert of_json(said.json["sums"], "region", 4) == regions
    table = {line.split()[0]: figures(line) for line in reversed(said.table.splitlines()) if len(figures(line)) == 6}
    total = [sum(each) for each in zip(*programmes.values(), strict=True)]
    assert table == {**programmes, **regions, "合计": total}
    picture = drawn(said.svg)
    for name, cells in {**regions, "合计": total, "最低生活保障": programmes["最低生活保障"]}.items():
        month = [cents(each) for each in picture[name][0] if re.fullmatch(r"[+-]?[\d,]+\.\d\d", each)]
        assert month == cells[:3], name
        assert picture[name][0][-1].endswith(f" {signed(cells[5])}"), name
    changed = {name for name, cells in programmes.items() if cells[2] or cells[5]}
    assert changed == {"最低生活保障", "事实无人抚养儿童基本生活补贴"}
    assert changed <= picture.keys()
    assert total[2] == 0 < total[5], "nothing in the first month, and something from the second on"


def signed(fen: int) -> str:
    """A difference as a picture shows it."""
    return f"{'+' if fen > 0 else '-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@pytest.mark.slow
def test_who_is_counted_where(said: Said) -> None:
    changes = [row for row in said.rows if row["变化代码"] != "SAME"]
    counts = Counter((row["待遇"], row["变化"]) for row in changes)
    table = dict[tuple[str, str], int]()
    for line in said.table.splitlines():
        for title, name in counts:
            words = line.split()
            if words[:1] == [title] and name in words and words[words.index(name) + 1].isdigit():
                table[title, name] = int(words[words.index(name) + 1])
    assert table == counts
    assert {(each["title"], each["effect"]): each["count"] for each in said.json["touched"]} == Counter(
        (row["待遇"], row["变化代码"]) for row in changes
    )
    money = Counter[str]()
    for row in changes:
        money[row["家庭"]] += cents(row["3个月差额（元）"])
    more, less = (sum(sign * fen > 0 for fen in money.values()) for sign in (1, -1))
    assert (said.json["households"]["more"], said.json["households"]["less"]) == (more, less)
    assert f"{more} 户增加，{less} 户减少" in said.table
    picture = drawn(said.svg)
    assert {(title, text) for title, lines in picture.items() for line in lines for text in line[:1]} >= {
        (title, f"{sign} {name}") for title, name in counts for sign in signs(said.table, name)
    }
    assert all(row["2027-04现行户（人）数"].isdigit() for row in said.rows)
    had = Counter[str]()
    for row in said.rows:
        had[row["待遇"]] += int(row["2027-04改后户（人）数"])
    assert had == held(said.json["sums"])


def held(sums: list[dict[str, Any]]) -> Counter[str]:
    """How many have a programme after, by the JSON."""
    found = Counter[str]()
    for each in sums:
        found[each["title"]] += each["had_after"]
    return found


def signs(table: str, name: str) -> set[str]:
    """The sign that stands before an effect in the table."""
    found = re.findall(rf"(\S) {re.escape(name)}\s+\d", table)
    assert found, name
    return set(found)


@pytest.mark.slow
def test_the_spreadsheet_opens_as_it_is_told(said: Said) -> None:
    assert said.raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in said.raw
    assert set(COSTS) | {OPENED, "变化", "说明"} <= said.rows[0].keys()
    for row in said.rows:
        assert None not in row
        assert cents(row[COSTS[2]]) == cents(row[COSTS[1]]) - cents(row[COSTS[0]])
        assert cents(row[COSTS[5]]) == cents(row[COSTS[4]]) - cents(row[COSTS[3]])
        if row["变化代码"] == "SAME":
            assert (row[COSTS[0]], row[COSTS[3]]) == (row[COSTS[1]], row[COSTS[4]])
    assert {row["变化代码"] for row in said.rows} >= {"SAME", "GAINS", "LOSES"}
    assert not re.findall(r"\d{17}[\dX]", said.table + said.raw.decode("utf-8"))


@pytest.mark.slow
def test_the_picture_is_one_page_that_can_be_read_without_colours(said: Said) -> None:
    texts = [each.text or "" for each in said.svg.iter(f"{SVG}text")]
    page = "".join(texts)
    assert said.svg.attrib["role"] == "img"
    named = {each.attrib["id"]: each.text or "" for each in said.svg if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert set(said.svg.attrib["aria-labelledby"].split()) == named.keys() == {"title", "desc"}
    assert "（demo.gz-t）" in named["title"]
    assert signed(sum(cents(row[COSTS[5]]) for row in said.rows)) in named["desc"]
    for told in (
        "示例人口",
        "150 人",
        "2027-04 至 2027-06 共 3 个月",
        "645.00 元/月 → 774.00 元/月",
        "假定规则，仅供演示",
    ):
        assert told in page, told
    tags = {each.tag.removeprefix(SVG) for each in said.svg.iter()}
    assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "circle", "path", "text"}
    assert not [name for each in said.svg.iter() for name in each.attrib if name.startswith("on") or "href" in name]
    fills = {each.attrib["fill"] for each in said.svg.iter(f"{SVG}rect") if each.attrib.get("stroke")}
    assert len(fills) == 4, "现行, 改后, more, less: each with a pattern or solid"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: Any) -> None:
    asked = (*ASKED[:1], "--people", 3, *ASKED[5:])
    nowhere = typed(capsys, *asked, "--csv", tmp_path / "none" / "a.csv")
    assert "没有这个文件夹" in nowhere.stderr
    taken = typed(capsys, *asked, "--svg", tmp_path)
    assert (nowhere.returncode, taken.returncode) == (1, 1)
    assert "文件写不进去" in taken.stderr


@pytest.mark.slow
@pytest.mark.parametrize("title", ['=HYPERLINK("http://x")', "＝1+1", "@SUM(A1)", "\t=1+1", " -1+1", "+1", "a\n=1"])
def test_no_cell_is_a_formula(title: str, tmp_path: Path, capsys: Any) -> None:
    sheet, image = tmp_path / "lines.csv", tmp_path / "costs.svg"
    given = ("--set", f"programmes.dibao.title={json.dumps(title)}", "--csv", sheet, "--svg", image)
    done = typed(capsys, *ASKED[:1], "--people", 30, *ASKED[3:], *given)
    assert done.returncode == 0, done.stderr
    cells = [cell for row in csv.reader(sheet.read_text("utf-8-sig").splitlines()) for cell in row]
    assert [cell for cell in cells if title.strip()[-2:] in cell]
    for cell in cells:
        number = re.fullmatch(r"-?\d+\.\d\d", cell)
        assert number or not cell.strip().startswith(tuple(BEFORE_FORMULAS)), cell
        assert not set(cell) & set("\t\r\n")
    assert not re.search("<[^>]*HYPERLINK[^<]*>", image.read_text("utf-8"))
