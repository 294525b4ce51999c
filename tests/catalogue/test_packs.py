"""Policy packs: what is read from the demonstration pack, and what is refused, where."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from benefit_hub.catalogue import load, load_book
from benefit_hub.values.errors import CatalogueError
from benefit_hub.values.months import month
from tests.catalogue.packs import DEMO, PACK, refuses

DEATH = "  - {programme: dibao, cause: death, direction: DECREASE, decided_from: 2026-07-01"
LAST = '  - {programme: "*", cause: "*", direction: "*", mode: PROPOSED, month: NEXT_MONTH_OF_DECISION'


def line_of(text: str) -> int:
    """The line of the pack that holds a text."""
    return next(number for number, line in enumerate(PACK.splitlines(), 1) if text in line)


CARE = line_of('yuan: "70.00"')


def test_the_pack_is_read_into_exact_values() -> None:
    (pack,) = load_book(DEMO, allow_assumed=True).packs
    assert pack.name == "demo.gz-t"
    assert pack.order[:3] == ("tekun", "orphan", "dibao")
    assert pack.materiality_fen == 5000
    assert pack.standards["dibao_rural"].per_month(month("2026-04")) == Fraction(4318, 12)
    assert pack.standards["dibao_urban"].per_month(month("2014-12")) is None
    assert pack.programmes["living_subsidy"].needs_status == ("dibao",)
    row = pack.effect("dibao", "death", "DECREASE", date(2026, 7, 1))
    assert (row.mode, row.hearing, row.decided_from) == ("PROPOSED", True, date(2026, 7, 1))
    assert pack.effect("dibao", "death", "DECREASE", date(2026, 6, 30)).mode == "AUTOMATIC"


def test_everything_of_an_assumed_pack_is_assumed() -> None:
    (pack,) = load_book(DEMO, allow_assumed=True).packs
    assert all(each.assumed for each in pack.standards.values())
    assert all(each.assumed for each in pack.programmes.values())
    assert all(each.assumed for each in pack.effects)


def test_of_a_pack_that_is_law_only_what_says_so_is_assumed(tmp_path: Path) -> None:
    law = PACK.replace("assumed: true", "assumed: false").replace(
        'source: Guizhou 2020\n    values: [{from: 2015-01, yuan: "645.00"}]',
        'source: Guizhou 2020\n    assumed: true\n    values: [{from: 2015-01, yuan: "645.00"}]',
    )
    (tmp_path / "law.yaml").write_text(law, "utf-8")
    (pack,) = load_book(tmp_path).packs
    assert [name for name, standard in pack.standards.items() if standard.assumed] == ["dibao_urban"]
    assert {effect.source for effect in pack.effects if effect.assumed} == {
        "assumed",
        "house rule",
        "[L2] 21, else assumed",
        "[L0] 47-48, month assumed",
    }
    assert not any(programme.assumed for programme in pack.programmes.values())


def test_assumed_law_is_refused_unless_it_is_asked_for() -> None:
    with pytest.raises(
        CatalogueError, match=rf"gz-t.yaml:{line_of('assumed: true')}: assumed: this pack is assumed, not law"
    ):
        load_book(DEMO)
    assert not load().books
    assert len(load(allow_assumed=True).books) == 1


def test_the_same_packs_have_the_same_hash_and_other_amounts_another(tmp_path: Path) -> None:
    raised = tmp_path / "raised.yaml"
    raised.write_text(
        PACK.replace(
            '{from: 2015-01, yuan: "645.00"}', '{from: 2015-01, yuan: "645.00"}, {from: 2026-07, yuan: "680.00"}'
        )
    )
    before, after = load_book(DEMO, allow_assumed=True), load_book(raised, allow_assumed=True)
    assert load_book(DEMO / "gz-t.yaml", allow_assumed=True).digest() == before.digest()
    assert after.digest() != before.digest()
    both = load(policies=[raised], allow_assumed=True).books
    assert set(both) == {before.digest(), after.digest()}


REFUSED = {
    "yuan as a number": ('yuan: "645.00"', "yuan: 645.00", "standards.dibao_urban.values[0].yuan", "Put it in quotes."),
    "yuan that is not exact": (
        'yuan: "645.00"',
        'yuan: "645.005"',
        "standards.dibao_urban.values[0].yuan",
        "like 1035.00",
    ),
    "yuan in words": ('yuan: "645.00"', 'yuan: "645元"', "standards.dibao_urban.values[0].yuan", "like 1035.00"),
    "yuan below zero": ('yuan: "645.00"', 'yuan: "-645.00"', "standards.dibao_urban.values[0].yuan", "below zero"),
    "a month that is none": (
        '{from: 2015-01, yuan: "645.00"}',
        '{from: 2015-13, yuan: "645.00"}',
        "values[0].from",
        "a month",
    ),
    "values out of order": (
        '[{from: 2015-01, yuan: "645.00"}]',
        '[{from: 2015-01, yuan: "645.00"}, {from: 2014-01, yuan: "600.00"}]',
        "standards.dibao_urban.values[1].from",
        "not after the value before it",
    ),
    "two values of one month": (
        '[{from: 2015-01, yuan: "645.00"}]',
        '[{from: 2015-01, yuan: "645.00"}, {from: 2015-01, yuan: "600.00"}]',
        "standards.dibao_urban.values[1].from",
        "not after the value before it",
    ),
    "no value": ('[{from: 2015-01, yuan: "645.00"}]', "[]", "standards.dibao_urban.values", "at least 1 item"),
    "no clause": (
        "    clause: 城市低保标准 645 元/人·月（贵州 2020，全省平均）\n",
        "",
        "standards.dibao_urban.clause",
        "missing",
    ),
    "an empty source": (
        "    source: Guizhou 2020\n",
        '    source: ""\n',
        "standards.dibao_urban.source",
        "Say where it comes from",
    ),
    "a standard misspelt": (
        "URBAN: dibao_urban,",
        "URBAN: dibao_urbn,",
        "programmes.dibao.standards.URBAN",
        "there is no standard dibao_urbn",
    ),
    "a standard of nobody": (
        "standards:\n",
        'standards:\n  spare: {unit: MONTH, basis: exact, clause: 无, source: x, values: [{from: 2015-01, yuan: "1"}]}\n',
        "standards.spare",
        "no programme uses it",
    ),
    "an area without standard": (
        "{URBAN: dibao_urban, RURAL: dibao_rural}",
        "{URBAN: dibao_urban}",
        "programmes.dibao.standards",
        "needs URBAN and RURAL",
    ),
    "a term beyond its cap": (
        "terms: []",
        "terms: [{months: 7}]",
        "programmes.dibao.grace.terms[0].months",
        "the cap of 6",
    ),
    "a gradual exit from a mere status": (
        '    factor: "3/2"\n',
        '    factor: "3/2"\n    grace: {terms: [], cap: 6, clause: 无, source: x}\n',
        "programmes.margin.grace",
        "only dibao",
    ),
    "a gradual exit without source": (
        '      source: "[L6], amounts assumed"\n',
        "",
        "programmes.dibao.grace.source",
        "missing",
    ),
    "a label without its age": (
        "labels: []",
        'labels: [{label: MINOR, ratio: "1/10"}]',
        "programmes.dibao.top_ups.labels[0].under",
        "MINOR needs under",
    ),
    "a label with what belongs to another": (
        "labels: []",
        'labels: [{label: STUDENT, ratio: "1/10", levels: [1]}]',
        "programmes.dibao.top_ups.labels[0].levels",
        "STUDENT needs none",
    ),
    "a label twice": (
        "labels: []",
        'labels: [{label: STUDENT, ratio: "1/10"}, {label: STUDENT, ratio: "2/10"}]',
        "programmes.dibao.top_ups.labels[1].label",
        "there is one already",
    ),
    "a circumstance that is not known": ("[PRISON, ", "[JAIL, ", "means.left_out[0]", "expected 'PRISON'"),
    "a pension free until no month": (
        "basic_pension_free_until: 2025-12",
        "basic_pension_free_until: 2025-13",
        "means.basic_pension_free_until",
        "2025-13",
    ),
    "an unknown rule": ("rule: top_up", "rule: topup", "programmes.dibao.rule", "expected one of top_up, "),
    "an unknown key": ("rule: top_up", "rule: top_up\n    cap: 3", "programmes.dibao.cap", "unknown key"),
    "a factor where none belongs": (
        "rule: top_up",
        'rule: top_up\n    factor: "3/2"',
        "programmes.dibao.factor",
        "and no other",
    ),
    "a factor as a float": ('factor: "3/2"', "factor: 1.5", "programmes.margin.factor", "Put it in quotes."),
    "a status of nothing": (
        "needs_status: [dibao]",
        "needs_status: [pension]",
        "programmes.living_subsidy.needs_status[0]",
        "pension is no programme",
    ),
    "a status computed later": (
        "order: [tekun, orphan, dibao, margin, unattended_child, living_subsidy,",
        "order: [tekun, living_subsidy, orphan, dibao, margin, unattended_child,",
        "programmes.living_subsidy.needs_status[0]",
        "that comes before",
    ),
    "a programme left out of the order": ("orphan, dibao, margin,", "orphan, dibao,", "order", "expected each of"),
    "a deduction of all": ('wage_deduction: "1/5"', 'wage_deduction: "6/5"', "wage_deduction", "less than 1"),
    "an effect of an unknown cause": (
        "{programme: dibao, cause: death,",
        "{programme: dibao, cause: deth,",
        "effects[8].cause",
        "there is no cause deth",
    ),
    "an effect of an unknown programme": (
        "{programme: dibao, cause: death,",
        "{programme: diabo, cause: death,",
        "effects[8].programme",
        "there is no programme diabo",
    ),
    "an effect that ends before it begins": (
        DEATH,
        DEATH + ", decided_until: 2026-06-30",
        "effects[8].decided_until",
        "before decided_from",
    ),
    "an exclusion of nothing": (
        "{first: dibao, then: margin,",
        "{first: dibao, then: margn,",
        "exclusions[15].then",
        "there is no programme margn",
    ),
    "an exclusion by what nobody pays": (
        "{first: nursing_benefit OLD_AGE,",
        "{first: nursing_benefit OLDAGE,",
        "exclusions[11].first",
        "nothing that others pay is called so",
    ),
    "an exclusion against the order": (
        "{first: dibao, then: margin,",
        "{first: margin, then: dibao,",
        "exclusions[15].first",
        "margin does not come before dibao",
    ),
    "an exclusion twice": (
        "{first: tekun, then: care_subsidy,",
        "{first: tekun, then: living_subsidy,",
        "exclusions[6]",
        "stand here twice",
    ),
    "an exclusion without a source": (
        ', clause: 《最低生活保障审核确认办法》第八条, source: "[L2] 8"}',
        ", clause: 《最低生活保障审核确认办法》第八条}",
        "exclusions[15].source",
        "missing",
    ),
    "a share of a benefit of one person": (
        "{first: tekun, then: orphan,",
        "{member_share: true, first: tekun, then: orphan,",
        "exclusions[0].member_share",
        "a household's benefit beside a person's",
    ),
    "the higher of a household's": (
        "{first: tekun, then: dibao, rule: NONE,",
        "{first: tekun, then: dibao, rule: HIGHER,",
        "exclusions[1].rule",
        "HIGHER is for two benefits of a person",
    ),
    "a school that is none": (
        "minors_stay_in: [PRIMARY,",
        "minors_stay_in: [ACADEMY,",
        "programmes.tekun.minors_stay_in[0]",
        "ACADEMY",
    ),
    "a gap in the table": (
        LAST,
        LAST.replace('direction: "*"', "direction: INCREASE"),
        "effects",
        "no row for care_subsidy, age, DECREASE",
    ),
    "a gap from a day on": (
        LAST,
        LAST.replace("mode:", "decided_until: 2030-12-31, mode:"),
        "effects",
        "from 2031-01-01 on",
    ),
    "a row never reached": (
        LAST,
        LAST + ", clause: x, source: x}\n" + LAST,
        f"effects[{PACK.count('direction:')}]",
        "never reached",
    ),
    "an emptied file": (PACK, "", "", "expected keys with values"),
}


@pytest.mark.parametrize(("old", "new", "key", "told"), REFUSED.values(), ids=REFUSED)
def test_a_pack_that_does_not_fit_is_refused(old: str, new: str, key: str, told: str, tmp_path: Path) -> None:
    refuses(tmp_path, old, new, key, told)


def test_the_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(PACK.replace('yuan: "70.00"', "yuan: 70.00"), "utf-8")
    with pytest.raises(CatalogueError, match=rf"pack\.yaml:{CARE}: standards\.care_1\.values\[0\]\.yuan: "):
        load_book(tmp_path, allow_assumed=True)


def test_two_packs_of_one_region_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(PACK.replace("pack: demo.gz-t", f"pack: {name}"), "utf-8")
    with pytest.raises(CatalogueError, match=r"b\.yaml:\d+: region: a is for the same region"):
        load_book(tmp_path, allow_assumed=True)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("membership_month: NEXT_MONTH_OF_DECISION", "membership_month: SAME_MONTH"),
        ("horizon_months: 60", "horizon_months: 48"),
    ],
)
def test_packs_agree_on_what_concerns_people_who_move(tmp_path: Path, here: str, there: str) -> None:
    (tmp_path / "a.yaml").write_text(PACK, "utf-8")
    other = PACK.replace("pack: demo.gz-t", "pack: other").replace('region: "99"', 'region: "9901"')
    other = other.replace(here, there)
    (tmp_path / "b.yaml").write_text(other, "utf-8")
    key = here.partition(":")[0]
    with pytest.raises(CatalogueError, match=rf"b\.yaml:\d+: {key}: .* so all packs agree"):
        load_book(tmp_path, allow_assumed=True)


def test_no_pack_at_all_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no policy pack at"):
        load_book(tmp_path)
    with pytest.raises(CatalogueError, match=r"nowhere\.yaml: No such file"):
        load_book(tmp_path / "nowhere.yaml")
