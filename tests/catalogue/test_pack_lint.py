"""What law says of packs: broken or doubtful in one place each, and what `hub check` answers with file, line and what to do."""

from pathlib import Path

import pytest

from benefit_hub.catalogue import Assets, check, load_book
from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.pack_layers import families_of
from benefit_hub.catalogue.pack_lint import lint
from benefit_hub.catalogue.pack_resolving import packs_of, read_layers
from benefit_hub.values.errors import CatalogueError
from tests.catalogue.test_pack_layers import AFTER, CITY, FILES, NATION, PROVINCE, written

GUIDED = PROVINCE.replace('yuan: "600.00"', 'yuan: "710.00"')
PREFECTURE = """\
pack: prefecture
title: 地区
region: "9801"
extends: province
left_open: true
source: a circular
"""
FLOOR = '  urban: {unit: MONTH, basis: floor, clause: 不低于, source: a circular, values: [{from: 2020-01, yuan: "705.00"}]}\n'
RAISED = '[{from: 2021-01, yuan: "720.00"}, {from: 2022-01, yuan: "700.00"}]'
SAID_OF_OLD = CITY.replace("clause: 市城", "clause: CLAUSE").replace(
    '[{from: 2021-01, yuan: "700.00"}]', RAISED.replace("700.00", "740.00")
)
PENSION = (
    "means: {left_out: [], pensions: true, basic_pension_free_until: 2026-12, wage_replaces_verified: false, refusals: 0, "
    "clause: 收入, source: an order}"
)
BY_AGE = NATION.replace(
    'rule: by_level, entry: APPLICATION, standards: {"1": care_1}',
    'rule: by_age, entry: AUTOMATIC, standards: {"80": care_1}',
)
GRACE = 'margin: {factor: "2"}\n  dibao: {grace: {terms: [], cap: 12, clause: 渐退, source: an order}}'


def told(folder: Path, files: dict[str, str]) -> list[Finding]:
    """What is said of these files."""
    layers, unread = read_layers(written(folder, files), Assets(folder))
    assert unread == []
    resolved, findings = packs_of(layers, {})
    assert findings == []
    return list(lint(resolved, families_of(layers)[0], {}))


def with_ratio(times: str, yuan: str) -> str:
    """The city with a rural standard that says which part of the urban one it is."""
    ratio = f'ratio: {{of: urban, times: "{times}"}}, '
    return CITY.replace("rural: {unit: YEAR, basis: exact, ", f"rural: {{unit: YEAR, basis: exact, {ratio}").replace(
        'yuan: "5000.00"', f'yuan: "{yuan}"'
    )


DOUBTED = {
    "a city under the floor of its province": (
        {"province.yaml": GUIDED.replace("basis: exact", "basis: floor"), "city.yaml": CITY},
        "error", "city.yaml:8: standards.urban.values[0].yuan: 700.00 a month in 2021-01, under the 710.00 of province",
    ),
    "a city whose province's floor rises over it later": (
        {"province.yaml": GUIDED.replace("basis: exact", "basis: floor").replace(
            '[{from: 2020-01, yuan: "710.00"}]',
            '[{from: 2020-01, yuan: "690.00"}, {from: 2021-06, yuan: unknown}, {from: 2022-01, yuan: "710.00"}]'),
         "city.yaml": CITY},
        "error", "city.yaml:8: standards.urban.values[0].yuan: 700.00 a month in 2022-01, under the 710.00 of province",
    ),
    "a county under its province, with a city between them that says nothing": (
        {"province.yaml": GUIDED, "city.yaml": CITY.replace("extends: province", "extends: prefecture").replace("9801", "980101"),
         "prefecture.yaml": PREFECTURE},
        "error", "city.yaml:8: standards.urban.values[0].yuan: 700.00 a month in 2021-01, under the 710.00 of province",
    ),
    "a county under its city": (
        {"city.yaml": CITY.replace("extends: province", "extends: prefecture").replace("9801", "980101"),
         "prefecture.yaml": f"{PREFECTURE}standards:\n{FLOOR}"},
        "error", "city.yaml:8: standards.urban.values[0].yuan: 700.00 a month in 2021-01, under the 705.00 of prefecture",
    ),
    "a later value under it": (
        {"province.yaml": GUIDED, "city.yaml": CITY.replace('[{from: 2021-01, yuan: "700.00"}]', RAISED)},
        "error", "city.yaml:8: standards.urban.values[1].yuan: 700.00 a month in 2022-01, under the 710.00 of province",
    ),
    "a later value that is less": (
        {"city.yaml": CITY.replace('[{from: 2021-01, yuan: "700.00"}]', RAISED)},
        "warning", "city.yaml:8: standards.urban.values[1].yuan: less than the 720.00 before",
    ),
    "a digit too many": (
        {"city.yaml": CITY.replace('[{from: 2021-01, yuan: "700.00"}]', RAISED.replace("700.00", "7300.00"))},
        "warning", "city.yaml:8: standards.urban.values[1].yuan: more than half as much again as the 720.00 before",
    ),
    "two digits too many": (
        {"city.yaml": CITY.replace('[{from: 2021-01, yuan: "700.00"}]', RAISED.replace("700.00", "68000.00"))},
        "warning", ("city.yaml:8: standards.urban.values[1].yuan: more than half as much again as the 720.00 before"
        "（68000.00 是此前 720.00 的 94 倍，是否多写了 2 个 0？） (warning 须核对)"),
    ),
    "a year of the next but one generation": (
        {"city.yaml": CITY.replace('[{from: 2021-01, yuan: "700.00"}]', RAISED.replace("2022-01", "2072-01"))},
        "warning", ("city.yaml:8: standards.urban.values[1].from: 51 years after 2021-01, the value before it"
        "（比前一个数额晚 51 年，年份是否写错？）"),
    ),
    "a new amount that the clause of the old one would explain": (
        {"city.yaml": SAID_OF_OLD.replace("CLAUSE", "城市低保标准 720 元/人·月")},
        "warning", "city.yaml:8: standards.urban.values[1]: 新数额 740.00 没有自己的 clause：说明将写“城市低保标准 720 元/人·月”",
    ),
    "a new amount that would rest on a notice of years before": (
        {"city.yaml": SAID_OF_OLD.replace("CLAUSE", "×政发〔2020〕×号")},
        "warning", "city.yaml:8: standards.urban.values[1]: 新数额 740.00 没有自己的 clause",
    ),
    "a third amount without words of its own": (
        {"city.yaml": SAID_OF_OLD.replace("CLAUSE", "720 元").replace(
            '"740.00"}', '"740.00", clause: 740 元}, {from: 2023-01, yuan: "760.00"}')},
        "warning", "city.yaml:8: standards.urban.values[2]: 新数额 760.00 没有自己的 clause：说明将写“740 元”",
    ),
    "nobody who is registered later would count": (
        {"nation.yaml": "".join(line for line in NATION.splitlines(True) if "cause: registration" not in line)},
        "warning", ("city.yaml:12: effects: no row says that a first registration counts by itself: nobody who is registered"
        " later counts in dibao, margin（以后登记的人，在这些待遇中不计入）"),
    ),
    "a standard that contradicts its ratio": (
        {"city.yaml": with_ratio("3/5", "5000.00")},
        "error", "city.yaml:9: standards.rural.ratio: 416.67 in 2021-01 is not 3/5 of 700.00, as ratio says",
    ),
    "a ratio of nothing": (
        {"city.yaml": with_ratio("3/5", "5040.00").replace("of: urban", "of: urbn")},
        "error", "city.yaml:9: standards.rural.ratio.of: there is no standard urbn",
    ),
    "a factor of margin before the new law": (
        {}, "warning", "city.yaml:11: programmes.margin.factor: 2, where margin was 3/2 before 2026-07-01",
    ),
    "a long grace since the nation capped it": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2022-10-31\nsource: a law\norder"),
         "law.yaml": AFTER.replace("2026-07", "2022-11") + NATION.partition("source: a law\n")[2].replace(
             "standards: {URBAN: urban, RURAL: rural}, clause: 甲",
             "standards: {URBAN: urban, RURAL: rural}, grace: {terms: [], cap: 12, clause: 渐退, source: x}, clause: 甲")},
        "warning", "law.yaml:22: programmes.dibao.grace.cap: 12 months, where the nation says as a rule not more than 6",
    ),
    "assumed outside the demonstration": (
        {"city.yaml": CITY.replace("clause: 市乡, source: an order", "clause: 市乡, source: assumed")},
        "warning", "city.yaml:9: standards.rural: assumed, outside policies/demo/",
    ),
    "a pension that begins to count under the new law": (
        {"city.yaml": CITY.replace("source: an order", f"source: an order\n{PENSION}", 1)},
        "warning", "city.yaml:6: means.basic_pension_free_until: after 2026-12 dibao falls by the calendar",
    ),
    "arrears back to a birthday of long ago": (
        {"nation.yaml": BY_AGE},
        "warning", "nation.yaml:25: programmes.care: who is registered late is paid back to the birthday",
    ),
    "a row that is a house rule": (
        {"city.yaml": CITY.replace("clause: 当月, source: an order", "clause: 当月, source: house rule")},
        "warning", "city.yaml:13: effects[0]: assumed, outside policies/demo/",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "severity", "said"), DOUBTED.values(), ids=DOUBTED)
def test_what_law_forbids_is_an_error_and_what_it_would_doubt_a_warning(
    files: dict[str, str], severity: str, said: str, tmp_path: Path
) -> None:
    found = told(tmp_path, FILES | files)
    assert any(str(each).startswith(said) and each.severity == severity and each.action for each in found), found


FINE = {
    "a city under the average of its province": {"province.yaml": GUIDED.replace("basis: exact", "basis: average")},
    "a standard that is its ratio": {"city.yaml": with_ratio("3/5", "5040.00")},
    "arrears that are bounded": {"nation.yaml": BY_AGE.replace("rule: by_age", "retro_limit_months: 3, rule: by_age")},
    "a new amount with a clause of its own": {
        "city.yaml": SAID_OF_OLD.replace("CLAUSE", "720 元").replace('"740.00"}', '"740.00", clause: 740 元}')
    },
    "a new amount that the clause names": {"city.yaml": SAID_OF_OLD.replace("CLAUSE", "720 元，2022 年起 740 元")},
    "a clause that names neither amount nor year": {"city.yaml": SAID_OF_OLD.replace("CLAUSE", "市政府确定")},
    "a city above": {"province.yaml": GUIDED.replace("710", "690")},
    "a long grace of before": {"city.yaml": CITY.replace('margin: {factor: "2"}', GRACE)},
}


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_what_is_in_order_is_not_doubted(files: dict[str, str], tmp_path: Path) -> None:
    found = [str(each) for each in told(tmp_path, FILES | files)]
    assert all("programmes.margin.factor" in each for each in found), found


def test_a_margin_of_its_own_is_in_order_since_the_new_law(tmp_path: Path) -> None:
    before = CITY.replace('programmes:\n  margin: {factor: "2"}\n', "").replace(
        "source: an", "valid_until: 2026-06-30\nsource: an", 1
    )
    after = CITY.replace("source: an", "valid_from: 2026-07-01\nsource: an", 1)
    assert told(tmp_path, FILES | {"city.yaml": before, "later.yaml": after}) == []
    (pack,) = load_book(tmp_path).packs
    assert [each.factor for each in (*pack.programmes["margin"].earlier, pack.programmes["margin"])] == ["3/2", "2"]


def test_what_is_forbidden_is_not_loaded_and_what_is_doubted_is(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    assert [pack.name for pack in load_book(tmp_path).packs] == ["city"]
    (tmp_path / "province.yaml").write_text(GUIDED, "utf-8")
    with pytest.raises(CatalogueError, match=r"under the 710\.00 of province"):
        load_book(tmp_path)


def test_a_check_tells_warnings_and_looks_on(assets: Assets) -> None:
    path = assets.policies / "guizhou" / "province.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("source: Guizhou 2020 [D4-15]", "source: assumed", 1), "utf-8")
    (finding,) = check(assets)
    assert str(finding).startswith("policies/guizhou/province.yaml:")
    assert "assumed, outside policies/demo/（假定的，却不在 policies/demo/） (warning 须核对)" in str(finding)


def test_a_tekun_standard_of_less_than_one_and_three_tenths_of_dibao_is_doubted(assets: Assets) -> None:
    path = assets.policies / "henan" / "hebi.yaml"
    text = path.read_text("utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "tekun_rural:" in each)
    path.write_text(text.replace('yuan: "6552.00"', 'yuan: "6540.00"'), "utf-8")
    (finding,) = (each for each in check(assets) if "1.3 times" in each.message)
    said = "standards.tekun_rural: 545.00 in 2022-01 is less than 1.3 times 420.00, not verified [MEM]"
    assert str(finding).startswith(f"policies/henan/hebi.yaml:{line}: {said}")
