"""How causes, statuses and formulas are called in the sentences that officers read."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache

from benefit_hub.policy.sentences import CHINESE
from benefit_hub.values.money import half_up, yuan_text

CAUSES: Mapping[str, str] = {
    "application": "申请经审核确认",
    "registration": "户籍首次登记",
    "residence": "户籍变动",
    "death": "死亡",
    "wage": "工资收入变化",
    "verification_result": "家庭经济状况核对结果",
    "certificate": "残疾等级变动",
    "certificate_issued": "残疾人证核发",
    "certificate_end": "残疾人证到期",
    "application_end": "申请有效期届满",
    "wage_end": "工资停发",
    "employment": "就业登记",
    "school_enrolment": "在校就读情况变化",
    "school_enrolment_end": "就读结束",
    "serious_illness": "重病认定",
    "serious_illness_end": "重病认定期满",
    "grace_end": "渐退期满",
    "pension": "养老金变化",
    "pension_end": "养老金停发",
    "unemployment_benefit": "失业保险待遇变化",
    "unemployment_benefit_end": "失业保险待遇停发",
    "verification_result_end": "核对结果到期",
    "job_offer": "拒绝就业",
    "custody_end": "释放",
    "missing_end": "失踪宣告撤销",
    "membership": "家庭成员变动",
    "correction": "来源部门更正记录",
    "retraction": "来源部门撤销记录",
    "age": "达到规定年龄",
    "standard": "保障标准调整",
    "other_programme": "其他待遇变化",
    "decision": "审核确认决定",
    "decision_withdrawn": "审核确认决定已撤回",
    "watch_list": "纳入防止返贫监测",
    "nursing_benefit": "领取护理费",
    "nursing_benefit_end": "护理费停发",
    "placement": "安置方式变化",
    "temporary_aid": "给予临时救助",
    "relocation": "易地搬迁",
    "ability_assessment": "能力评估结果",
    "custody": "羁押、服刑或强制戒毒",
    "missing": "宣告失踪或死亡",
    "price_index": "价格指数公布",
    "identity": "公民身份号码更正或合并（同一人）",
}

FINDINGS: Mapping[str, str] = {
    "EQUAL": "一致",
    "COMPUTED_HIGHER": "计算高于现发",
    "COMPUTED_LOWER": "计算低于现发",
    "NOT_ELIGIBLE": "按装载的事实不符合条件",
    "DEAD": "有人已死亡",
    "DOUBLE": "重复发放",
    "EXCLUSIVE": "与另一项待遇互斥",
    "NO_RULE": "没有对应规则",
    "UNKNOWN_BENEFICIARY": "对象在登记中不存在",
    "NO_AWARD": "符合条件而未发放",
}

DOUBTS: Mapping[str, str] = {
    "average": "政策包中只有平均数，不是本地标准，不能据以计算；写明本地标准，或由决定确定金额后才发放",
    "floor": "政策包中只有最低限度（不低于），不是本地标准，不能据以计算；写明本地标准，或由决定确定金额后才发放",
    "outdated": "标准其后已经提高，政策包中没有新的数额，暂按原标准计算；写明新标准",
}

INCOMES: Mapping[str, str] = {
    "WAGE": "工资",
    "PENSION": "养老金",
    "BUSINESS": "经营收入",
    "PROPERTY": "财产收入",
    "TRANSFER": "转移收入",
    "OTHER": "其他收入",
    "UNEMPLOYMENT_BENEFIT": "失业保险待遇",
    "NURSING_BENEFIT": "护理费",
    "MEDICAL_EXPENSE": "医疗支出",
    "EDUCATION_EXPENSE": "教育支出",
    "DISABILITY_EXPENSE": "残疾康复支出",
}

LABELS: Mapping[str, str] = {
    "MINOR": "未成年人",
    "OLD": "老年人",
    "STUDENT": "在校学生",
    "DISABLED": "重度残疾人",
    "SERIOUSLY_ILL": "重病患者",
}


MONTH_RULES: Mapping[str, str] = {
    "SAME_MONTH": "{decided}{did}当月",
    "NEXT_MONTH_OF_EVENT": "{happened} 发生次月",
    "NEXT_MONTH_OF_DECISION": "{decided}{did}次月，不早于发生当月",
    "APPLICATION_MONTH": "{happened} 申请当月",
    "EVENT_MONTH": "{happened} 发生当月",
    "MONTH_OF_RECORD": "{happened} 所属月份",
}

OTHER_MONTHS: Mapping[str, str] = {
    "NAMED": "决定写明月份",
    "CORRECTED": "沿用被更正记录的月份",
    "TOGETHER": "各人死亡一并计算，自最后一人起",
    "ENDED": "至 {happened} 为止，次月起",
}


def month_rule_text(way: str, rule: str, happened: date, decided: date, execution: str) -> str:
    """How the month is found from which something counts."""
    did = " 决定" if execution == "DECIDED" else " 收到"
    return (OTHER_MONTHS.get(way) or MONTH_RULES[rule]).format(happened=happened, decided=decided, did=did)


def cause_text(cause: str) -> str:
    """A cause in Chinese; one without a name of its own keeps its key."""
    return CAUSES.get(cause, cause)


def income_text(item: str) -> str:
    """A kind of income in Chinese."""
    return INCOMES.get(item, item)


def finding_text(finding: str) -> str:
    """What going live found of an award, in Chinese."""
    return FINDINGS[finding]


@lru_cache(maxsize=4096)  # the same standards, and amounts that come from them, are told again and again
def amount_text(value: str, about: str = "约") -> str:
    """An exact number of yuan for reading: two decimals, marked as rounded (`about`) where it is."""
    exact = Fraction(value)
    fen = half_up(exact)
    return yuan_text(fen) if fen * exact.denominator == exact.numerator * 100 else f"{about} {yuan_text(fen)}"


def exact_text(value: str, about: str = "约") -> str:
    """An exact number of yuan to go on computing with: two decimals, and where that is rounded the fraction itself."""
    read = amount_text(value, about)
    return read if about not in read else f"{read}（{value}）" if about == "约" else f"{read} ({value})"


def doubt_text(doubt: str) -> str:
    """Why nothing, or no more than before, is paid by a standard, and what to do."""
    return DOUBTS[doubt]


def labels_text(inputs: Mapping[str, str], names: Mapping[str, str], people: str) -> str:
    """How many members have which label, and what share of the standard each of them gets more."""
    told = [(name, *inputs[f"T_{name}"].split("*")) for name in names if f"T_{name}" in inputs]
    return "、".join(
        f"{names[name]} {count} {people} × {ratio} × {exact_text(inputs['S'])}" for name, count, ratio in told
    )


def means_text(formula: str, inputs: Mapping[str, str], amount: str) -> str:
    """How a household's amount came about by its means."""
    if formula == "grace":
        income, standard = f"人均收入 {amount_text(inputs['p'])} 元", f"标准 {amount_text(inputs['S'])} 元"
        why = f"{income}，不低于{standard}"
        if "gap_fen" in inputs:
            why = f"{income}，{standard}提高后按标准计算为 {yuan_text(int(inputs['gap_fen']))} 元，少于原金额"
        months = f"渐退 {inputs['grace_from']} 至 {inputs['grace_to']}（{inputs['grace_months']} 个月）"
        return f"{months}，按原金额每月 {amount} 元（{why}）"
    if formula.startswith("n*G"):
        basic = f"{inputs['n']} 人 × {inputs['grade']} 档 {exact_text(inputs['G'])} 元"
        why = f"人均收入 {amount_text(inputs['p'])} 元，低于标准 {exact_text(inputs['S'])} 元 × {inputs['under']}"
    else:
        basic = f"{inputs['n']} 人 × 标准 {exact_text(inputs['S'])} 元 − 家庭月收入 {exact_text(inputs['I'])} 元"
        why = f"人均收入 {amount_text(inputs['p'])} 元，低于标准"
    more = f" + 分类施保 {exact_text(inputs['T'])} 元（{labels_text(inputs, LABELS, '人')}）" if "T" in inputs else ""
    less = f" − {inputs['refused']} 人多次拒绝就业的本人份额 {exact_text(inputs['R'])} 元" if "R" in inputs else ""
    return f"{basic}{more}{less} = {amount} 元（{why}）"


def formula_text(formula: str, inputs: Mapping[str, str], fen: int) -> str:
    """How an amount came about, as a calculation that can be followed by hand."""
    amount = yuan_text(fen)
    if formula == "grace" or formula.startswith(("n*S-I", "n*G")):
        return means_text(formula, inputs, amount)
    match formula:
        case "no payable standard":
            return doubt_text(inputs["doubt"])
        case _:
            said = CHINESE.sentence(formula, inputs, amount, exact_text, amount_text)
            return said or f"{CHINESE.refusals.get(formula, formula)}，不再发放"
