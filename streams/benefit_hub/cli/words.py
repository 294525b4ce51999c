"""What codes are called in Chinese where people read them, as the schemas say it; the code stands in brackets for developers."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # receipts
    "ACCEPTED": "已接收",
    "REFUSED": "已拒绝",
    "REPEATED": "重复",
    "CONFLICT": "同一版本内容不一致",
    "TOO_LATE": "超出追溯期",
    # proposals, leads and tasks
    "OPEN": "待办",
    "CHANGED": "内容已变",
    "WITHDRAWN": "已撤销",
    "DECIDED": "已决定",
    # decisions
    "ACCEPT": "同意",
    "REJECT": "不同意",
    "MODIFY": "变更后同意",
    # adjustments
    "START": "开始发放",
    "INCREASE": "增发",
    "DECREASE": "减发",
    "HOLD": "暂停",
    "RELEASE": "恢复",
    "STOP": "停发",
    "ARREARS": "补发",
    "OVERPAYMENT": "多发",
    "ARREARS_CANCELLED": "撤销补发",
    "OVERPAYMENT_CANCELLED": "撤销多发",
    "TRANSFER_IN": "转入",
    "TRANSFER_OUT": "转出",
    # tasks and leads, by what they are about
    "HEARING_MISSING": "缺少听取意见",
    "NOTICE_DUE": "待送达通知",
    "DECISION_NAMES_NOT_ALL": "决定未列全人员",
    "APPLICATION_ASTRAY": "申请对象有误",
    "VERIFY_AFTER_DEATH": "死亡后核查",
    "STANDARD_MISSING": "缺少保障标准",
    "REVISION_CONFLICT": "同一版本内容不一致",
    "DEATH_DATES_DIFFER": "死亡日期不一致",
    "MEMBERSHIP_OVERLAP": "家庭成员登记重叠",
    "IDENTITY_CIRCLE": "号码更正首尾相接",
    "IDENTITY_AMBIGUOUS": "号码更正有歧义",
    "IDENTITY_BOTH_AWARDED": "两个号码均有待遇",
    "full_list_missing": "清单中有、平台未登记",
    "full_list_extra": "平台已登记、清单中无",
    "full_list_different": "清单与登记不一致",
    "PAPERS_DUE": "待补手续",
    "DECISION_OVERDUE": "决定逾期",
    "CALENDAR_MISSING": "缺少工作日历",
    "REVIEW_DUE": "待核查",
    "REVIEW_OVERDUE": "核查逾期",
    "CERTIFICATE_ENDS": "残疾人证即将到期",
    "AWARD_ENDS": "待遇即将期满",
    "ASSET_WARNING": "财产待核查",
    "REASSESSMENT_OVERDUE": "自理能力评估逾期",
    "CHALLENGE_OVERDUE": "校核答复逾期",
    "BENEFIT_ENDED": "待遇已终止",
    "MOVED_AWAY": "户籍迁出外省",
    "MOVED_HERE": "户籍由外省迁入",
    "UNDER_THE_STANDARD": "收入低于低保标准",
    "EXPENSES": "刚性支出",
    "STUDY_AID": "助学",
    "WATCH_LIST": "防止返贫监测",
    "CERTIFICATE": "残疾人证",
}


def word(code: str) -> str:
    """A code in Chinese, with itself in brackets; alone where it has no word."""
    return f"{WORDS[code]}（{code}）" if code in WORDS else code


def whom(subject: str) -> str:
    """A beneficiary or subject, with what its letter means."""
    told = {"p": "人员假名", "h": "家庭编号", "s": "单人户假名"}.get(subject.partition(":")[0])
    return f"{subject}（{told}）" if told else subject
