"""What a pack says for a rule, and the rule cannot use, is refused with its place."""

from pathlib import Path

import pytest

from tests.catalogue.packs import refuses

REFUSED = {
    "grades without the assessment": (
        "    ability: TEKUN_CARE\n",
        "",
        "programmes.tekun.ability",
        "need the assessments by which they go",
    ),
    "a placement that is none": (
        "{HOME: orphan_home, INSTITUTION: orphan_institution}",
        "{HOME: orphan_home, HOSPITAL: orphan_institution}",
        "programmes.orphan.standards",
        "needs HOME and INSTITUTION",
    ),
    "a level that is none": (
        '{"1": care_1, "2": care_2}',
        '{"1": care_1, "2 MADNESS": care_2}',
        "programmes.care_subsidy.standards",
        'such as "3 MENTAL"',
    ),
    "prices without a rule for them": (
        '    price: {triggers: {CPI: "3.5", CPI_FOOD: "6"}, rate: CPI, groups: [dibao]}\n',
        "",
        "programmes.price_subsidy.price",
        "rule price_linked, and no other",
    ),
    "a group that is none": (
        "rate: CPI, groups: [dibao]}",
        "rate: CPI, groups: [tekum]}",
        "programmes.price_subsidy.price",
        "tekum is no programme",
    ),
    "an index that is none": (
        'price: {triggers: {CPI: "3.5", CPI_FOOD: "6"}, rate: CPI, groups: [dibao]}',
        'price: {triggers: {CPI: "3.5", CPI_FOOD: "6"}, rate: RPI, groups: [dibao]}',
        "programmes.price_subsidy.price.rate",
        "CPI",
    ),
    "grades without amounts": (
        "rule: top_up",
        'rule: graded\n    grades: {A: "1/2", B: "1"}',
        "programmes.dibao.standards",
        "expected RURAL, RURAL A, RURAL B, URBAN, URBAN A, URBAN B",
    ),
    "grades that do not rise": (
        "rule: top_up",
        'rule: graded\n    grades: {A: "1", B: "1/2"}',
        "programmes.dibao.grades",
        "have to rise, and the last to be 1",
    ),
    "graded without grades": ("rule: top_up", "rule: graded", "programmes.dibao.grades", "and no other, has grades"),
    "single-person dibao without shares": (
        '    shares: {"1": "1", "2": "1", "3 INTELLECTUAL": "1", "3 MENTAL": "1", SERIOUSLY_ILL: "1"}\n',
        "",
        "programmes.dibao_single.shares",
        "and no other, has shares",
    ),
    "a ground that is none": ("SERIOUSLY_ILL:", "ILL:", "programmes.dibao_single.shares.ILL", "expected one of 1, 2,"),
    "rounding up elsewhere": (
        "rule: by_age",
        "rule: by_age\n    round_up: true",
        "programmes.old_age_allowance.round_up",
        "only rule single",
    ),
    "back pay elsewhere": (
        "rule: flat\n",
        "rule: flat\n    retro_limit_months: 3\n",
        "retro_limit_months",
        "only rule by_age begins further back",
    ),
    "expenses without a rule for them": (
        "    rule: rigid\n",
        '    rule: recognised\n    factor: "2"\n',
        "programmes.rigid_expenditure.expenses",
        "rule rigid, and no other",
    ),
    "valid for more than a year": (
        "valid_months: 12",
        "valid_months: 13",
        "expenses.valid_months",
        "less than or equal",
    ),
    "a rule without its standards": (
        "standards: {PARTLY: elder_partly, LOST: elder_lost}",
        "standards: {}",
        "programmes.elder_care.standards",
        "needs of ABLE, PARTLY, LOST",
    ),
}


@pytest.mark.parametrize(("old", "new", "key", "told"), REFUSED.values(), ids=REFUSED)
def test_a_pack_that_does_not_fit_is_refused(old: str, new: str, key: str, told: str, tmp_path: Path) -> None:
    refuses(tmp_path, old, new, key, told)
