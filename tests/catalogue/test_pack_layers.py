"""Packs upon packs: what a city inherits from its province and the nation, and how versions of the law follow each other."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from benefit_hub.catalogue import find_assets, load, load_book
from benefit_hub.catalogue.pack_books import pack_paths
from benefit_hub.catalogue.pack_layers import families_of
from benefit_hub.catalogue.pack_resolving import packs_of, read_layers, resolve
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.policy.book import Pack
from benefit_hub.values.months import month
from tests.catalogue.packs import not_loaded

ASSETS = find_assets()

NATION = """\
pack: nation
title: 国家
region: ""
left_open: true
source: a law
order: [dibao, margin, care]
adjust_effective: NEXT_MONTH_OF_DECISION
membership_month: NEXT_MONTH_OF_DECISION
horizon_months: 60
wage_deduction: "0"
materiality: "0.00"
death_sources: [public-security]
death_verification_months: 3
set_locally:
  urban: {clause: 各地确定, source: a law}
  rural: {clause: 各地确定, source: a law}
  care_1: {clause: 各地确定, source: a law}
programmes:
  dibao:
    {title: 低保, beneficiary: HOUSEHOLD, rule: top_up, entry: APPLICATION,
     standards: {URBAN: urban, RURAL: rural}, clause: 甲, source: a law}
  margin:
    {title: 边缘, beneficiary: HOUSEHOLD, rule: recognised, entry: APPLICATION, factor: "3/2",
     standards: {URBAN: urban, RURAL: rural}, clause: 乙, source: a law}
  care:
    {title: 护理, beneficiary: PERSON, rule: by_level, entry: APPLICATION, standards: {"1": care_1}, clause: 丙, source: a law}
exclusions:
  - {first: dibao, then: margin, rule: NONE, on_loss: STOP, clause: 丁, source: a law}
  - {first: dibao, then: care, rule: NONE, on_loss: STOP, clause: 丁, source: a law}
effects:
  - {programme: dibao, cause: application, direction: "*", mode: PROPOSED, month: NEXT_MONTH_OF_DECISION,
     clause: 次月, source: a law}
  - {programme: care, cause: application, direction: "*", mode: PROPOSED, month: APPLICATION_MONTH, clause: 当月, source: a law}
  - {programme: "*", cause: registration, direction: INCREASE, mode: AUTOMATIC, month: EVENT_MONTH, clause: 登记, source: a law}
  - {programme: "*", cause: "*", direction: "*", mode: PROPOSED, clause: 决定, source: a law}
"""
PROVINCE = """\
pack: province
title: 省
region: "98"
extends: nation
left_open: true
source: a decree
standards:
  urban: {unit: MONTH, basis: exact, clause: 省城, source: a decree, values: [{from: 2020-01, yuan: "600.00"}]}
"""
CITY = """\
pack: city
title: 市
region: "9801"
extends: province
source: an order
materiality: "30.00"
standards:
  urban: {unit: MONTH, basis: exact, clause: 市城, source: an order, values: [{from: 2021-01, yuan: "700.00"}]}
  rural: {unit: YEAR, basis: exact, clause: 市乡, source: an order, values: [{from: 2021-01, yuan: "5000.00"}]}
programmes:
  margin: {factor: "2"}
effects:
  - {programme: dibao, cause: application, direction: "*", mode: PROPOSED, month: SAME_MONTH, clause: 当月, source: an order}
"""
FILES = {"nation.yaml": NATION, "province.yaml": PROVINCE, "city.yaml": CITY}
AFTER = """\
pack: nation
title: 国家
region: ""
left_open: true
valid_from: 2026-07-01
source: a new law
"""


def written(folder: Path, files: dict[str, str]) -> list[Path]:
    """The files in a folder."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in files]


def city(folder: Path, files: dict[str, str]) -> Pack:
    """The one pack among these files by which somebody can be paid."""
    written(folder, files)
    (pack,) = load_book(folder).packs
    return pack


def test_a_city_stands_over_its_province_and_the_nation(tmp_path: Path) -> None:
    pack = city(tmp_path, FILES)
    assert (pack.name, pack.region, pack.title) == ("city", "9801", "市")
    assert pack.standards["urban"].per_month(month("2021-01")) == 700
    assert pack.standards["urban"].per_month(month("2020-06")) is None, "a standard is inherited whole or not at all"
    assert pack.standards["rural"].per_month(month("2021-01")) == Fraction(5000, 12)
    assert (pack.programmes["margin"].factor, pack.programmes["margin"].clause) == ("2", "乙")
    assert (pack.materiality_fen, pack.death_verification_months) == (3000, 3)
    row = pack.effect("dibao", "application", "INCREASE", date(2026, 1, 1))
    assert (row.month, row.source) == ("SAME_MONTH", "an order")
    assert pack.effect("dibao", "wage", "DECREASE", date(2026, 1, 1)).month == "NEXT_MONTH_OF_DECISION"


def test_a_programme_of_which_nobody_has_set_the_amount_is_none_of_the_place(tmp_path: Path) -> None:
    pack = city(tmp_path, FILES)
    assert pack.order == ("dibao", "margin")
    assert set(pack.programmes) == {"dibao", "margin"}
    assert [(row.first, row.then) for row in pack.exclusions] == [("dibao", "margin")]
    assert all(row.programme != "care" for row in pack.effects)


def test_what_is_inherited_makes_the_same_book_as_what_is_written_in_one_file(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "flat").mkdir()
    pack = city(tmp_path / "layers", FILES)
    merged = NATION.replace("left_open: true\n", "").replace('region: ""', 'region: "9801"').replace("nation", "city")
    merged = merged.replace("国家", "市").replace("[dibao, margin, care]", "[dibao, margin]").replace('"3/2"', '"2"')
    merged = merged.replace('materiality: "0.00"', 'materiality: "30.00"')
    care = merged.index("  care:\n"), merged.index("exclusions:")
    merged = merged[: care[0]] + merged[care[1] :]
    merged = merged.replace(",\n     clause: 次月", ", clause: 次月")
    rows = [
        line
        for line in merged.splitlines()
        if "programme: care" not in line and "then: care" not in line and "cause: application" not in line
    ]
    mine = CITY.partition("standards:\n")[2]
    standards, _, effects = mine.partition("programmes:\n")
    flat = "\n".join(rows).replace("effects:", "effects:\n" + effects.partition("effects:\n")[2].rstrip())
    (tmp_path / "flat" / "city.yaml").write_text(f"{flat}\nstandards:\n{standards}", "utf-8")
    assert load_book(tmp_path / "flat").packs == (pack,)


def test_a_law_that_changes_has_versions_of_programmes_by_month_and_of_effects_by_day(tmp_path: Path) -> None:
    hearing = (
        '{programme: dibao, cause: "*", direction: DECREASE, mode: PROPOSED, hearing: true, clause: 听, source: b}'
    )
    before = NATION.replace("source: a law\norder", "valid_until: 2026-06-30\nsource: a law\norder")
    after = AFTER + NATION.partition("source: a law\n")[2]
    after = after.replace("clause: 甲", "clause: 新甲").replace("effects:\n", f"effects:\n  - {hearing}\n")
    pack = city(tmp_path, FILES | {"nation.yaml": before, "law.yaml": after})
    dibao = pack.programmes["dibao"]
    assert [dibao.at(month(at)).clause for at in ("2026-06", "2026-07")] == ["甲", "新甲"]
    assert pack.programmes["margin"].earlier == (), "nothing changed for margin"
    told = [pack.effect("dibao", "wage", "DECREASE", day).hearing for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert told == [False, True]
    assert pack.standards["urban"].per_month(month("2026-08")) == 700


def test_a_programme_that_a_law_ends_is_no_benefit_in_its_months(tmp_path: Path) -> None:
    before = NATION.replace("source: a law\norder", "valid_until: 2026-06-30\nsource: a law\norder")
    without = NATION.partition("source: a law\n")[2]
    margin = without.index("  margin:\n"), without.index("  care:\n")
    after = (AFTER + without[: margin[0]] + without[margin[1] :]).replace("[dibao, margin, care]", "[dibao, care]")
    after = "\n".join(line for line in after.splitlines() if "then: margin" not in line)
    place = CITY.replace('programmes:\n  margin: {factor: "2"}\n', "")
    pack = city(tmp_path, {"a.yaml": before, "b.yaml": after, "province.yaml": PROVINCE, "city.yaml": place})
    assert [bool(pack.programmes["margin"].at(month(at)).standards) for at in ("2026-06", "2026-07")] == [True, False]


REFUSED = {
    "a gap between versions": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2026-05-31\nsource: a law\norder"), "b.yaml": AFTER},
        "b.yaml:5: valid_from: a gap:", "Begin on the day after.",
    ),
    "an overlap of versions": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2026-07-31\nsource: a law\norder"), "b.yaml": AFTER},
        "b.yaml:5: valid_from: an overlap with", "Let one version end on the day before the next begins.",
    ),
    "two files of all times": (
        {"b.yaml": NATION}, "nation.yaml:1: pack: an overlap with", "Let one version end on the day before",
    ),
    "nothing before": (
        {"nation.yaml": AFTER + NATION.partition("source: a law\n")[2]},
        "nation.yaml:5: valid_from: a gap: no version of nation holds before 2026-07-01", "leave valid_from out",
    ),
    "nothing after": (
        {"nation.yaml": NATION.replace("left_open: true\n", "left_open: true\nvalid_until: 2026-06-30\n")},
        "nation.yaml:5: valid_until: a gap: no version of nation holds after 2026-06-30", "leave valid_until out",
    ),
    "a version from the middle of a month": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2026-07-14\nsource: a law\norder"),
         "b.yaml": AFTER.replace("07-01", "07-15")},
        "b.yaml:5: valid_from: not the first of a month", "begin on a first",
    ),
    "a province that is not there": (
        {"city.yaml": CITY.replace("extends: province", "extends: provinz")},
        "city.yaml:4: extends: there is no pack provinz", "There are",
    ),
    "a pack on itself": (
        {"nation.yaml": NATION.replace("left_open", "extends: province\nleft_open")},
        "extends:", "rests on itself",
    ),
    "a city in another province": (
        {"city.yaml": CITY.replace('"9801"', '"9701"')},
        "city.yaml:3: region: 9701 does not lie in 98, the region of province", "Correct the region, or extends.",
    ),
    "something left out": (
        {"nation.yaml": NATION.replace('wage_deduction: "0"\n', "")},
        "city.yaml:1: wage_deduction: missing", "Add wage_deduction.",
    ),
    "a table that does not say everything": (
        {"nation.yaml": NATION.replace('  - {programme: "*", cause: "*"', "  - {programme: dibao, cause: wage")},
        "city.yaml:12: effects: missing", "Add effects.",
    ),
    "open, though nothing is": (
        {"city.yaml": CITY.replace("source: an order\nm", "left_open: true\nsource: an order\nm")},
        "city.yaml:5: left_open: nothing is left open", "Remove it.",
    ),
    "an unknown key": (
        {"city.yaml": CITY.replace("materiality", "materialty")},
        "city.yaml:6: materialty: unknown key", "Did you mean materiality?",
    ),
    "no source": (
        {"province.yaml": PROVINCE.replace("clause: 省城, source: a decree", "clause: 省城")},
        "province.yaml:8: standards.urban.source: missing", "Add source.",
    ),
    "a standard that nobody knows": (
        {"city.yaml": CITY.replace('margin: {factor: "2"}', "margin: {standards: {URBAN: urbn, RURAL: rural}}")},
        "city.yaml:11: programmes.margin.standards.URBAN: there is no standard urbn", "Correct the name",
    ),
    "a row that rows of its own file hide": (
        {"city.yaml": CITY + CITY.splitlines()[-1] + "\n"},
        "city.yaml:14: effects[1]: never reached", "Remove it, or move it up.",
    ),
    "nothing known before": (
        {"city.yaml": CITY.replace('yuan: "700.00"', "yuan: unknown")},
        "city.yaml:8: standards.urban.values[0].yuan: nothing is known before it either", "Begin with an amount",
    ),
    "another rule in another time": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2026-06-30\nsource: a law\norder"),
         "b.yaml": (AFTER + NATION.partition("source: a law\n")[2]).replace("horizon_months: 60", "horizon_months: 61")},
        "city.yaml:1: horizon_months: one version says something else than another", "Say it once",
    ),
    "nobody can be paid": (
        {"nation.yaml": NATION.replace('wage_deduction: "0"\n', ""),
         "city.yaml": CITY.replace("source: an", "left_open: true\nsource: an", 1)},
        "city.yaml:5: left_open: nobody can be paid by it: wage_deduction left open", "Write a pack that extends it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "place", "told"), REFUSED.values(), ids=REFUSED)
def test_layers_that_do_not_fit_are_refused(files: dict[str, str], place: str, told: str, tmp_path: Path) -> None:
    written(tmp_path, FILES | files)
    not_loaded(tmp_path, place, told)


def real(name: str, under: str | None = None) -> PackFile:
    """An installed pack as it is resolved."""
    layers, findings = read_layers(pack_paths([ASSETS.policies]), ASSETS)
    assert findings == []
    families, _ = families_of(layers)
    return resolve(name, families, families[under][0] if under is not None else None)


def test_by_packs_of_real_places_nobody_can_be_paid_until_somebody_says_what_the_texts_leave_open() -> None:
    assert not load().books
    layers, _ = read_layers(pack_paths([ASSETS.policies]), ASSETS)
    files, findings = packs_of(layers, {})
    assert findings == []
    assert {file.pack.name for file in files if not file.missing} == {"demo.gz-t"}


def test_hebi_with_what_is_assumed_of_the_rest_is_a_whole_pack() -> None:
    file = real("henan.hebi", "demo.left-open")
    pack = file.pack
    assert file.missing == ()
    assert pack.assumed
    assert [name for name, each in pack.standards.items() if each.assumed] == []
    assert pack.standards["dibao_rural"].per_month(month("2022-01")) == 420
    assert pack.standards["dibao_urban"].doubt(month("2022-01")) == "floor"
    assert pack.programmes["care_subsidy"].standards == {"1": "care", "2": "care"}
    assert not pack.programmes["care_subsidy"].verified
    row = pack.effect("dibao", "wage", "DECREASE", date(2026, 7, 1))
    assert (row.hearing, row.month, row.assumed) == (True, "NEXT_MONTH_OF_DECISION", False)
    assert pack.effect("dibao", "wage", "DECREASE", date(2026, 6, 30)).assumed


@pytest.mark.parametrize(
    ("name", "standard", "at", "per_month"),
    [
        ("henan.hebi", "dibao_rural", "2022-01", Fraction(5040, 12)),
        ("henan.hebi", "dibao_rural", "2012-01", Fraction(1100, 12)),
        ("henan.hebi", "living", "2015-12", None),
        ("henan.hebi", "living", "2016-01", Fraction(60)),
        ("shanxi", "dibao_rural", "2021-06", Fraction(943, 2)),
        ("guizhou", "dibao_rural", "2020-10", Fraction(2159, 6)),
    ],
)
def test_standards_of_real_places_are_exact(name: str, standard: str, at: str, per_month: Fraction | None) -> None:
    assert real(name).pack.standards[standard].per_month(month(at)) == per_month
