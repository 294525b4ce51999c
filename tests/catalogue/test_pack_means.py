"""What counts of a household's means, upon each other: key by key, lists and deductions added up, each with its clause."""

from pathlib import Path

import pytest

from benefit_hub.catalogue.pack_books import pack_paths
from benefit_hub.catalogue.pack_layers import families_of
from benefit_hub.catalogue.pack_resolving import read_layers, resolve
from benefit_hub.values.months import month
from tests.catalogue.packs import not_loaded
from tests.catalogue.test_pack_layers import AFTER, CITY, FILES, NATION, PROVINCE, city, written

MEANS = """\
means:
  left_out: [PRISON]
  pensions: true
  basic_pension_free_until: 2025-12
  refusals: 3
  deductions:
    MEDICAL_EXPENSE: {share: "1/2", clause: 医, source: a law}
    EDUCATION_EXPENSE: {share: "1/3", clause: 学, source: a law}
  clause: 国
  source: a law
"""
OF_THE_PROVINCE = """\
means:
  left_out: [MISSING, PRISON]
  assets: [vehicle]
  wage_replaces_verified: true
  deductions:
    DISABILITY_EXPENSE: {share: "1", clause: 残, source: a decree}
  clause: 省
  source: a decree
"""
OF_THE_CITY = """\
means:
  refusals: 2
  assets: [enterprise]
  deductions:
    MEDICAL_EXPENSE: {share: "1", at_most: "400.00", clause: 市医, source: an order}
  clause: 市
  source: an order
"""
BY_MEANS = {
    "nation.yaml": NATION + MEANS,
    "province.yaml": PROVINCE + OF_THE_PROVINCE,
    "city.yaml": CITY + OF_THE_CITY,
}


def test_what_counts_is_inherited_key_by_key_and_lists_and_deductions_add_up(tmp_path: Path) -> None:
    means = city(tmp_path, BY_MEANS).means
    assert means is not None
    assert (means.pensions, means.basic_pension_free_until) == (True, month("2025-12")), "said by the nation alone"
    assert means.wage_replaces_verified, "said by the province alone"
    assert means.refusals == 2, "the smallest place that says it"
    assert means.left_out == ("PRISON", "MISSING"), "a province names others ([L2] 7): those of the nation stay"
    assert means.assets == ("vehicle", "enterprise")
    assert {row.item: (row.share, row.at_most_fen, row.clause, row.source) for row in means.deductions} == {
        "MEDICAL_EXPENSE": ("1", 40000, "市医", "an order"),
        "EDUCATION_EXPENSE": ("1/3", None, "学", "a law"),
        "DISABILITY_EXPENSE": ("1", None, "残", "a decree"),
    }
    assert (means.clause, means.source) == ("国；省；市", "a law; a decree; an order"), "it rests on all of them"


def test_a_place_that_says_nothing_of_means_has_those_of_the_larger_place(tmp_path: Path) -> None:
    files = BY_MEANS | {"province.yaml": PROVINCE + OF_THE_PROVINCE, "city.yaml": CITY}
    means = city(tmp_path, files).means
    assert means is not None
    assert (means.refusals, means.clause) == (3, "国；省")


def test_means_of_an_assumed_pack_are_assumed_wherever_they_end_up(tmp_path: Path) -> None:
    nation = NATION.replace("source: a law\norder", "assumed: true\nsource: a law\norder") + MEANS
    written(tmp_path, BY_MEANS | {"nation.yaml": nation})
    layers, findings = read_layers(pack_paths([tmp_path]), None)
    assert findings == []
    means = resolve("city", families_of(layers)[0]).pack.means
    assert means is not None
    assert means.assumed
    assert {row.item for row in means.deductions if row.assumed} == {"EDUCATION_EXPENSE"}, (
        "the others are the places' own"
    )


REFUSED = {
    "means that nobody says whole": (
        {"nation.yaml": NATION + MEANS},
        "city.yaml:1: means.wage_replaces_verified: missing", "Add means.wage_replaces_verified.",
    ),
    "means without a source": (
        BY_MEANS | {"city.yaml": CITY + OF_THE_CITY.rpartition("  source")[0]},
        "city.yaml:14: means.source: missing", "Add source.",
    ),
    "a deduction without a source": (
        BY_MEANS | {"city.yaml": CITY + OF_THE_CITY.replace(", source: an order}", "}")},
        "city.yaml:18: means.deductions.MEDICAL_EXPENSE.source: missing", "Add source.",
    ),
    "a deduction of nothing that is known": (
        BY_MEANS | {"city.yaml": CITY + OF_THE_CITY.replace("MEDICAL_EXPENSE", "MEDICAL")},
        "city.yaml:18: means.deductions.MEDICAL: expected 'MEDICAL_EXPENSE'", "Correct it.",
    ),
    "an asset of which nobody tells": (
        BY_MEANS | {"city.yaml": CITY + OF_THE_CITY.replace("[enterprise]", "[yacht]")},
        "city.yaml:16: means.assets[0]: expected 'vehicle'", "Correct it.",
    ),
    "another means in another time": (
        {"nation.yaml": NATION.replace("source: a law\norder", "valid_until: 2026-06-30\nsource: a law\norder") + MEANS,
         "b.yaml": AFTER + NATION.partition("source: a law\n")[2] + MEANS.replace("refusals: 3", "refusals: 4"),
         "province.yaml": PROVINCE + OF_THE_PROVINCE},
        "city.yaml:1: means: one version says something else than another", "Say it once",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "place", "told"), REFUSED.values(), ids=REFUSED)
def test_means_that_do_not_fit_are_refused(files: dict[str, str], place: str, told: str, tmp_path: Path) -> None:
    written(tmp_path, FILES | files)
    not_loaded(tmp_path, place, told)
