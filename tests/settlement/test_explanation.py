"""How an adjustment is filed and read: its kind, its main cause, who decided, and the sentence."""

from datetime import date

import pytest

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.internal import Segment
from benefit_hub.messages.public import Explanation
from benefit_hub.settlement.explanation import main_cause
from tests.settlement.claimed import Till, adjusted, cause, claims, segments, told

DECIDED = {
    "execution": "DECIDED",
    "authority": "县民政局",
    "decided_on": date(2026, 3, 18),
    "heard_on": date(2026, 3, 16),
    "outcome": "ACCEPT",
}
DEATH = cause("death", name=RevisionName("public-security", "death", "x1", 1))
WAGE = cause("wage", **DECIDED)
APPLICATION = cause("application", **DECIDED)
REGISTERED = cause("registration")


Timeline = tuple[Segment, ...]
NONE: Timeline = ()
FULL, LESS = segments({"2026-04": 1035}), segments({"2026-04": 590})
ENDS = segments({"2026-04": 1035, "2026-07": 0})
HELD = segments({"2026-04": 1035}, pay="HOLD")


def kinds(paid: str, *chapters: Timeline) -> list[str]:
    """The kinds of the last of several changes, all after the same pay run."""
    till = Till()
    till.batch(till.closing(paid))
    outs = [till.batch(claims("H0", {}, programmes={"dibao": new} if new else {})) for new in chapters]
    return [row[0] for row in told(outs[-1])]


@pytest.mark.parametrize(
    ("paid", "chapters", "said_as"),
    [
        ("2026-03", [FULL], ["START"]),
        ("2026-03", [FULL, LESS], ["DECREASE"]),
        ("2026-03", [LESS, FULL], ["INCREASE"]),
        ("2026-03", [FULL, NONE], ["STOP"]),
        ("2026-03", [FULL, ENDS], ["STOP"]),
        ("2026-03", [ENDS], ["START", "STOP"]),
        ("2026-03", [FULL, HELD], ["HOLD"]),
        ("2026-03", [FULL, HELD, FULL], ["RELEASE"]),
        ("2026-08", [ENDS], ["ARREARS"]),
        ("2026-08", [ENDS, NONE], ["ARREARS_CANCELLED"]),
    ],
)
def test_what_kind_of_change_it_is(paid, chapters, said_as):
    assert kinds(paid, *chapters) == said_as


def test_months_paid_too_much_for_and_taken_back():
    till = Till()
    short = claims("H0", {"2026-05": 1035})
    outs = [
        till.batch(claims("H0", {"2026-04": 1035}), till.closing("2026-06")),
        till.batch(short),
        till.batch(claims("H0", {"2026-04": 1035})),
    ]
    assert [told(each)[0] for each in outs[1:]] == [
        ("OVERPAYMENT", "2026-07", 1035, 1035, 0, 1035),
        ("OVERPAYMENT_CANCELLED", "2026-07", 1035, 1035, 0, -1035),
    ]
    assert [adjusted(each)[0].overpayment_class for each in outs[1:]] == ["agency_late", None]


@pytest.mark.parametrize(
    ("causes", "main"),
    [
        ([DEATH], "death"),
        ([DEATH, WAGE], "wage"),
        ([DEATH, WAGE, APPLICATION], "application"),
        ([REGISTERED, APPLICATION], "application"),
        ([REGISTERED, DEATH], "death"),
    ],
)
def test_an_adjustment_is_filed_under_its_main_cause(causes, main):
    assert main_cause(causes).cause == main


def test_who_decided_and_when_the_person_was_heard():
    outs = Till().batch(claims("H0", {"2026-04": 590}, causes={"dibao": (DEATH, WAGE)}))
    (adjustment,) = adjusted(outs)
    assert (adjustment.execution, adjustment.authority) == ("DECIDED", "县民政局")
    assert (adjustment.decided_on, adjustment.heard_on) == (date(2026, 3, 18), date(2026, 3, 16))
    assert adjustment.cause_class == "wage"


def test_what_runs_by_itself_names_nobody():
    (adjustment,) = adjusted(Till().batch(claims("H0", {"2026-04": 590}, causes={"dibao": (DEATH,)})))
    assert (adjustment.execution, adjustment.authority, adjustment.decided_on) == ("AUTOMATIC", None, None)


@pytest.mark.parametrize(
    ("causes", "found"),
    [([DEATH], "agency_late"), ([cause("correction")], "source_error"), ([DEATH, cause("retraction")], "source_error")],
)
def test_whose_lateness_an_overpayment_is(causes, found):
    till = Till()
    till.batch(claims("H0", {"2026-04": 1035}), till.closing("2026-05"))
    outs = till.batch(claims("H0", {"2026-04": 590}, causes={"dibao": tuple(causes)}))
    assert adjusted(outs)[0].overpayment_class == found


def test_the_sentences_of_a_late_death_and_its_revocation():
    till = Till()
    dead = claims("H0", {"2026-04": 590}, causes={"dibao": (DEATH,)})
    alive = claims("H0", {"2026-04": 1035}, causes={"dibao": (cause("retraction"),)})
    outs = [
        *till.batch(claims("H0", {"2026-04": 1035}, causes={"dibao": (APPLICATION,)})),
        *till.batch(till.closing("2026-04"), till.closing("2026-05"), dead),
        *till.batch(till.closing("2026-06"), alive),
    ]
    texts = [out.value.text_zh for out in outs if isinstance(out.value, Explanation)]
    assert texts == [
        (
            "最低生活保障：自 2026-04 起每月 0.00 元 → 1035.00 元。"
            "原因：申请经审核确认，县民政局 2026-03-18 决定，2026-03-16 听取意见。"
            "计算：3 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 1035.00 元（人均收入 300.00 元，低于标准）。"
            "依据：第十八条。"
        ),
        (
            "最低生活保障：自 2026-06 起每月 1035.00 元 → 590.00 元。"
            "原因：死亡（2026-03-15 发生，2026-03-20 收到），按规定自动执行。"
            "计算：3 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 590.00 元（人均收入 300.00 元，低于标准）。"
            "2026-04 至 2026-05 多发 890.00 元，待审核，不自动追回。"
            "依据：第十八条。"
        ),
        (
            "最低生活保障：自 2026-07 起每月 590.00 元 → 1035.00 元。"
            "原因：来源部门撤销记录，按规定自动执行。"
            "计算：3 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 1035.00 元（人均收入 300.00 元，低于标准）。"
            "2026-06 补发 445.00 元，随下次发放。"
            "此前认定的多发款取消 890.00 元。"
            "依据：第十八条。"
        ),
    ]


def test_facts_and_causes_are_named_and_the_numbers_are_exact():
    outs = Till().batch(claims("H0", {"2026-04": 1035}, causes={"dibao": (DEATH, WAGE, DEATH)}))
    (explanation,) = [out.value for out in outs if isinstance(out.value, Explanation)]
    assert explanation.causes == ("death", "wage")
    assert explanation.cause_facts[0] == RevisionName("public-security", "death", "x1", 1)
    assert explanation.before is None
    assert explanation.after is not None
    assert (explanation.after.amount_fen, explanation.after.inputs["S"]) == (103500, "645")


OTHER_DECISION = cause("residence", **{**DECIDED, "authority": "乡镇人民政府", "decided_on": date(2026, 5, 2)})


def test_the_decision_that_is_shown_is_that_of_the_main_cause():
    outs = Till().batch(claims("H0", {"2026-04": 590}, causes={"dibao": (OTHER_DECISION, APPLICATION)}))
    (adjustment,) = adjusted(outs)
    assert adjustment.cause_class == "application"
    assert (adjustment.authority, adjustment.decided_on) == ("县民政局", date(2026, 3, 18))
