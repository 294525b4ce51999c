"""How amounts and causes read."""

import pytest

from benefit_hub.policy.wording import CAUSES, amount_text, cause_text, formula_text


@pytest.mark.parametrize(
    ("exact", "text"),
    [("645", "645.00"), ("4318/12", "约 359.83"), ("2159/6", "约 359.83"), ("1/2", "0.50"), ("0", "0.00")],
)
def test_an_amount_that_was_rounded_for_reading_says_so(exact, text):
    assert amount_text(exact) == text


MEANS = {"n": "3", "I": "900", "p": "300", "S": "645", "area": "URBAN"}


@pytest.mark.parametrize(
    ("formula", "inputs", "fen", "text"),
    [
        (
            "n*S-I",
            MEANS,
            103500,
            "3 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 1035.00 元（人均收入 300.00 元，低于标准）",
        ),
        (
            "n*S-I",
            {"n": "2", "I": "0", "p": "0", "S": "2159/6", "area": "RURAL"},
            71967,
            "2 人 × 标准 约 359.83（2159/6） 元 − 家庭月收入 0.00 元 = 719.67 元（人均收入 0.00 元，低于标准）",
        ),
        ("amount by age", {"age": "80", "reached": "2026-07-20"}, 5000, "2026-07-20 年满 80 周岁，每月 50.00 元"),
        ("amount by level", {"level": "1"}, 7000, "残疾等级一级，每月 70.00 元"),
        ("flat", {}, 6000, "每月 60.00 元"),
        ("recognised", MEANS, 0, "身份认定，不发放现金（人均收入 300.00 元）"),
        ("decided", {}, 50000, "按决定确定为每月 500.00 元"),
        (
            "no payable standard",
            {**MEANS, "doubt": "average"},
            0,
            "政策包中只有平均数，不是本地标准，不能据以计算；写明本地标准，或由决定确定金额后才发放",
        ),
        ("died", {}, 0, "本人已死亡，不再发放"),
        ("p >= S", MEANS, 0, "人均收入不低于低保标准，不再发放"),
    ],
)
def test_how_an_amount_came_about_reads_as_a_calculation(formula, inputs, fen, text):
    assert formula_text(formula, inputs, fen) == text


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_reads_in_chinese(cause):
    assert cause_text(cause) == CAUSES[cause]
    assert not cause_text(cause).isascii()


def test_a_cause_without_a_name_keeps_its_key():
    assert cause_text("veteran") == "veteran"
