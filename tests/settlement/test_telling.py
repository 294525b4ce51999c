"""An explanation in both languages, from its structure: all that is needed to compute it by hand."""

import pytest

from benefit_hub.policy import wording, wording_en
from benefit_hub.settlement.telling import spans, told
from tests.law.played import HERE, explained

DEMO = HERE / "demo" / "gz-t"


def test_a_wage_of_600_counts_as_480() -> None:
    adjustment, why = explained(DEMO / "dibao" / "t09-wage.yaml")[-1]
    record = "human-resources wage wage-0-0 v1"
    chinese, english = told(adjustment, why, "zh"), told(adjustment, why, "en")
    assert chinese[0] == "最低生活保障：自 2026-07 起每月 1035.00 元 → 555.00 元"
    assert f"    工资 600.00 元，扣除就业成本 1/5 后计入 480.00 元（{record}）" in chinese
    assert chinese[-1] == "含假定规则，仅供演示。"
    assert english[:2] == [
        "dibao: from 2026-07 on 1035.00 → 555.00 yuan a month",
        (
            "Because of: change of wage (happened 2026-06-05, received 2026-06-08); decided by 县民政局 on 2026-06-20 "
            f"({record})"
        ),
    ]
    assert f"    wage 600.00, less 1/5 as cost of working, counts as 480.00 ({record})" in english
    assert english[-1] == "Some of this is assumed, for demonstration only."


STORIES = {
    "dibao/t25-late-death.yaml": [
        "    自 2026-04 起计（2026-03-15 发生次月），依据：死亡次月停发或重新核算（假定）（assumed）",
    ],
    "dibao/t09-wage.yaml": [
        "    自 2026-07 起计（2026-06-20 决定次月，不早于发生当月），依据：决定次月起执行（[L2] 21, else assumed）",
    ],
    "old_age_allowance/leap-day.yaml": [
        "    自 2026-03 起计（2026-03-01 发生当月），依据：年满当月起（假定）（assumed）",
    ],
    "households/move-out-of-dibao.yaml": [
        "    自 2026-06 起计（2026-05-12 决定次月，不早于发生当月），依据：决定次月起执行（[L2] 21, else assumed）",
    ],
    "care_subsidy/t60-certificate-ends.yaml": [
        (
            "原因：残疾人证到期（2026-08-31 发生，2026-03-18 收到），按规定自动执行"
            "（disabled-persons-federation certificate certificate-opening-3-0 v1）"
        ),
        "    自 2026-09 起计（至 2026-08-31 为止，次月起），依据：残疾人证到期次月停发（2021 national practice）",
    ],
}


@pytest.mark.parametrize(("case", "lines"), STORIES.items(), ids=list(STORIES))
def test_the_month_is_told_with_its_rule_its_day_and_its_clause(case: str, lines: list[str]) -> None:
    adjustment, why = explained(DEMO / case)[-1]
    chinese = told(adjustment, why, "zh")
    assert [each for each in lines if each not in chinese] == [], chinese


def test_a_death_ends_an_allowance_by_the_clause_of_deaths() -> None:
    """That of the allowance says when it begins."""
    _, why = next(row for row in explained(DEMO / "care_subsidy" / "own-death.yaml") if row[0].kind == "STOP")
    assert "依据：死亡次月停发或重新核算（假定）。" in why.text_zh, why.text_zh


def test_only_the_months_that_are_paid_more_are_told_as_arrears() -> None:
    assert spans(["2026-04"]) == "2026-04"
    assert spans(["2025-11", "2025-12", "2026-01", "2026-03"]) == "2025-11 至 2026-01、2026-03"


def test_months_already_paid() -> None:
    adjustment, why = explained(DEMO / "dibao" / "t26-revoked-death.yaml")[-1]
    chinese, english = told(adjustment, why, "zh"), told(adjustment, why, "en")
    paid = "2026-05, already paid: difference 445.00, 445.00 stood as overpaid; 445.00 less overpaid than before"
    assert paid in english
    assert "Together 445.00 yuan are paid with the next pay run." in english
    assert "Together 890.00 yuan are not held as overpaid any more." in english
    assert "2026-05 已关账：差额 445.00 元，此前认定多发 445.00 元；冲销此前认定的多发 445.00 元" in chinese
    assert "此前认定的多发款取消 890.00 元。" in chinese


def test_a_yearly_standard_is_told_exactly() -> None:
    """2 x 359.83 would be 719.66."""
    adjustment, why = explained(DEMO / "dibao" / "t44-to-the-country.yaml")[-1]
    assert any("2 人 × 标准 约 359.83（2159/6） 元" in line for line in told(adjustment, why, "zh"))
    assert any("2 people × standard about 359.83 (2159/6) −" in line for line in told(adjustment, why, "en"))


def test_what_nobody_held_against_its_text_says_so() -> None:
    adjustment, why = explained(DEMO / "care_subsidy" / "t60-certificate-ends.yaml")[-1]
    assert why.text_zh.endswith("（含未核对原文的规则。）")
    assert told(adjustment, why, "zh")[-1] == "含未核对原文的规则。"
    assert told(adjustment, why, "en")[-1] == "Some of this was never held against the text of the law."


def test_both_languages_know_the_same_words() -> None:
    assert wording.CAUSES.keys() == wording_en.CAUSES.keys()
    assert wording.LABELS.keys() == wording_en.LABELS.keys()
    assert wording.DOUBTS.keys() == wording_en.DOUBTS.keys()
    assert wording.INCOMES.keys() == wording_en.INCOMES.keys()
