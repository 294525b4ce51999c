"""What a Chinese keyboard writes by mistake is told by its line, in Chinese and English, and so are other slips of officers."""

from pathlib import Path

import pytest

from benefit_hub.catalogue import find_assets, load_book
from benefit_hub.catalogue.chinese_keyboard import half_width, slips
from benefit_hub.values.errors import CatalogueError
from tests.catalogue.packs import PACK
from tests.simulation.telling import PEOPLE, run_text

VALUES = '    values: [{from: 2015-01, yuan: "645.00"}]\n'
LINE = PACK.splitlines().index(VALUES.rstrip()) + 1
BLOCK = '    values:\n      - from: 2015-01\n        yuan： "645.00"\n'


def told(folder: Path, new: str) -> list[str]:
    """What is said of the pack with these values of the standard."""
    (folder / "pack.yaml").write_text(PACK.replace(VALUES, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_book(folder, allow_assumed=True)
    return [line.partition("pack.yaml")[2] for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("new", "at", "mark", "half", "english"),
    [
        (VALUES.replace("from:", "from："), 0, "冒号“：”", ":", "colon"),
        (VALUES.replace("values:", "values："), 0, "冒号“：”", ":", "colon"),
        (VALUES.replace('01, yuan: "645.00"', '01, yuan： "645.00"'), 0, "冒号“：”", ":", "colon"),
        (VALUES.replace('from: 2015-01, yuan: "645.00"', 'yuan: "645.00", from：2015-01'), 0, "冒号“：”", ":", "colon"),
        (BLOCK, 2, "冒号“：”", ":", "colon"),
        (VALUES.replace("01, ", "01，"), 0, "逗号“，”", ",", "comma"),
    ],
)
def test_a_full_width_mark_is_all_that_is_told(
    tmp_path: Path, new: str, at: int, mark: str, half: str, english: str
) -> None:
    line = LINE + at
    chinese = f"第{line}行有全角{mark}，请改为半角“{half}”"
    assert told(tmp_path, new) == [
        f":{line}: {chinese}. Line {line} has a full-width {english}: write a half-width one."
    ]


@pytest.mark.parametrize("written", ['"６４５.00"', '"645。00"'])
def test_full_width_digits_are_told_once(tmp_path: Path, written: str) -> None:
    (found,) = told(tmp_path, VALUES.replace('"645.00"', written))
    value = written.strip('"')
    place = f":{LINE}: standards.dibao_urban.values[0].yuan: 第{LINE}行有全角字符“{value}”，请改为半角“645.00”"
    assert found == f"{place}. It is written in full-width characters: write 645.00 in half-width ones."


def test_chinese_quotes_are_told_by_what_to_write(tmp_path: Path) -> None:
    (found,) = told(tmp_path, VALUES.replace('"645.00"', "“645.00”"))
    said = '用了中文引号，请写成 yuan: "645.00". These quotes are Chinese: write yuan: "645.00".'
    assert found == f":{LINE}: standards.dibao_urban.values[0].yuan: {said}"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (VALUES.replace("2015-01", "2015-1"), "expected a month like 2026-04, not '2015-1'（应写月份，如 2027-04）"),
        (VALUES.replace('"645.00"', "645元"), "not '645元'（应写数额，如 680.00，不写“元”和千位逗号）"),
        (VALUES.replace("645.00", "1,645.00"), "not '1,645.00'（应写数额，如 680.00，不写“元”和千位逗号）"),
        (VALUES.replace("yuan", "amount"), "amount: unknown key. Did you mean yuan?"),
        (VALUES.replace("    values", "\tvalues"), "a tab (有制表符 Tab，请改为空格)"),
        (VALUES.replace("    values", "  values"), "应写成 键: 值；检查缩进"),
    ],
)
def test_other_slips_are_told_in_chinese_or_by_the_key_that_is_meant(tmp_path: Path, new: str, said: str) -> None:
    found = told(tmp_path, new)
    assert any(said in each for each in found), found


def test_what_comes_of_a_pack_that_cannot_be_read_is_not_told(tmp_path: Path) -> None:
    """The folder has another pack by which nobody can be paid: of that nothing is said before the first can be read."""
    layer = find_assets().policies / "demo" / "left-open.yaml"
    (tmp_path / "left-open.yaml").write_text(layer.read_text("utf-8"), "utf-8")
    (found,) = told(tmp_path, VALUES.replace('"645.00"', "645元"))
    assert found.startswith(f":{LINE}: ")


def test_other_mistakes_are_told_beside_it(tmp_path: Path) -> None:
    new = VALUES.replace("yuan:", "yuan：") + "    sources: x\n"
    found = told(tmp_path, new)
    assert found[0].startswith(f":{LINE}: 第{LINE}行有全角冒号")
    assert [each.partition(": ")[2] for each in found[1:]] == [
        "standards.dibao_urban.sources: unknown key. Did you mean source?"
    ]


def test_a_day_where_a_month_is_expected(tmp_path: Path) -> None:
    (found,) = told(tmp_path, VALUES.replace("2015-01", "2015-01-01"))
    assert found.endswith("from: expected a month, 2015-01, not the day 2015-01-01 (应写月份 2015-01). Correct it.")


@pytest.mark.parametrize("empty", ['""', "", '"  "'])
def test_an_empty_source_is_asked_for(tmp_path: Path, empty: str) -> None:
    (tmp_path / "pack.yaml").write_text(PACK.replace("source: Guizhou 2020\n", f"source: {empty}\n", 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_book(tmp_path, allow_assumed=True)
    asked = "source: empty (不能为空). Say where it comes from, such as the notice and its number (写明出处)."
    assert str(caught.value).endswith(asked)


def test_in_a_case_too(tmp_path: Path) -> None:
    assert run_text(tmp_path, PEOPLE + "expect: {amounts： {H0 dibao: {2026-02: 1035.00}}}\n").unfit == (
        "case.yaml:8: 第8行有全角冒号“：”，请改为半角“:”. Line 8 has a full-width colon: write a half-width one.",
    )
    assert run_text(tmp_path, PEOPLE + "expect： {leads: []}\n").unfit == (
        "case.yaml:8: 第8行有全角冒号“：”，请改为半角“:”. Line 8 has a full-width colon: write a half-width one.",
    )


def test_a_case_without_a_source_says_so_and_no_more(tmp_path: Path) -> None:
    (found,) = run_text(tmp_path, PEOPLE.replace("assumed: for this test\n", "") + "expect: {leads: []}\n").unfit
    assert (
        found
        == "case.yaml:1: expected a source, or what is assumed (写明 source 出处，或 assumed 假定了什么). Correct it."
    )


def test_clauses_and_titles_keep_their_marks() -> None:
    text = (
        "clause: 本市：自付，每月 400 元\nwhy: '{a，b}'  # 说明：x\nsource: T26：\n- 说明：{年}\ntitle: 户主，A：死亡\n"
    )
    assert list(slips(text, "a.yaml")) == []
    assert [half_width(each) for each in ("645.00", "某市２０２７", "２０２７-04", "“X”")] == [
        None,
        None,
        "2027-04",
        "X",
    ]
