"""What ends a task or a lead, in words for officers: nobody ticks one off, it goes when its reason is gone."""

from benefit_hub.messages.public import Lead, TaskItem

_BY_ITSELF = "无需登记办结：事由消除后自动消失。"
_AGAIN = "（同一 record_id，revision 加 1）"

ENDINGS = {
    "HEARING_MISSING": "听取意见后，用 hub inbox hear 编号 --on 听取意见日期 补录；日期晚于决定日期的，须重新决定，"
    "并以 --decided-on 写明重新决定的日期；所列版本是撤销原决定的，听取意见应在原决定之后。",
    "DECISION_NAMES_NOT_ALL": f"用 hub publish 报送该决定的新版本{_AGAIN}，在 id_numbers 中补列此人；或另作一个列有此人的决定。",
    "APPLICATION_ASTRAY": "改由应申请的一方提出申请（civil-affairs.application；按家庭申请的写明 household_id，"
    "尚无家庭的先报送成员记录并对其作出决定），再撤销所列申请。",
    "NOTICE_DUE": "送达书面通知后，用 hub inbox serve 编号 --on 送达日期 补录。",
    "PAPERS_DUE": "补齐手续后，由民政部门以该救助记录的新版本写明补齐日期（papers_on）。",
    "VERIFY_AFTER_DEATH": "完成核查后，报送 as_of 不早于死亡之日的核对结果（civil-affairs.verification-result），"
    "或作出覆盖该死亡记录的决定（有待办建议的，用 hub inbox accept、modify 或 reject）。",
    "DECISION_OVERDUE": "作出审核确认决定（hub inbox accept、modify 或 reject）；申请撤回的，由民政部门撤销申请记录。",
    "CALENDAR_MISSING": "在 policies/working-days.yaml 中补充该年的放假安排并启用；作出决定后也消失。",
    "REVIEW_DUE": "完成核查后，报送写明 done_on 的核查记录（civil-affairs.review）；延期的，报送新的 due_on，"
    "或作出写明 next_review 的决定。",
    "REVIEW_OVERDUE": "完成核查后，报送写明 done_on 的核查记录（civil-affairs.review）；延期的，报送新的 due_on，"
    "或作出写明 next_review 的决定。",
    "CERTIFICATE_ENDS": "换领的新证由残联报送并计入后消失；到期后也消失。",
    "AWARD_ENDS": "提出新的申请并作出决定后，或有效期届满后消失。",
    "ASSET_WARNING": "报送核对结果（civil-affairs.verification-result），或作出覆盖该财产记录的决定（属于豁免的，reject）；"
    "财产已转让、注销的，由来源部门截止或撤销后消失。",
    "REASSESSMENT_OVERDUE": "重新评估后，报送 assessed_on 不早于变化之日的评估结果（civil-affairs.ability-assessment）；"
    "报告有误的，由民政部门撤销。",
    "CHALLENGE_OVERDUE": "来源部门答复后，由民政部门以该校核申请的新版本写明结果（outcome、answered_on）；撤回的，撤销申请。",
    "MOVED_AWAY": "作出停发决定（hub inbox modify，金额为零），或户籍迁回、更正后消失；档案移交迁入地。",
    "STANDARD_MISSING": "在本地政策包中写明标准并启用（docs/packs.md），或由决定（modify）确定金额。",
    "REVISION_CONFLICT": "由来源部门用更大的版本号重新报送正确内容。",
    "DEATH_DATES_DIFFER": "由有关部门更正或撤销其死亡记录，至各部门的死亡日期在同一月份。",
    "MEMBERSHIP_OVERLAP": "由民政部门以成员记录的新版本写明截止日期（valid_to）或撤销，并对该版本作出决定。",
    "TOO_LATE": "由来源部门用更大的版本号重新报送，且 valid_to 不再超过期限；在此之前一直保留，供核实。",
    "IDENTITY_CIRCLE": "由公安部门更正或撤销首尾相接的更正（合并）记录。",
    "IDENTITY_AMBIGUOUS": "由公安部门撤销有误的更正（合并）记录，只留一个正确号码。",
    "IDENTITY_BOTH_AWARDED": "不是同一人的，由公安部门撤销更正（合并）记录；确为同一人的，保留备查。",
    "full_list_missing": "核实并由来源部门补报后，用新的清单再次 hub reconcile，不再有此差异即消失。",
    "full_list_extra": "核实并由来源部门补报后，用新的清单再次 hub reconcile，不再有此差异即消失。",
    "full_list_different": "核实并由来源部门更正后，用新的清单再次 hub reconcile，不再有此差异即消失。",
    "BENEFIT_ENDED": "对该项待遇重新作出决定（申请后审核确认）即消失；已终止的待遇恢复的也消失。",
    "STUDY_AID": "不再全日制就读或待遇终止后消失。",
    "WATCH_LIST": "已提出申请（civil-affairs.application）即消失；监测记录截止或撤销的也消失。",
    "MOVED_HERE": "在迁入地提出申请（civil-affairs.application）即消失；户籍迁回、更正的也消失。",
    "UNDER_THE_STANDARD": "已提出申请（civil-affairs.application）即消失；人均收入不再低于低保标准的也消失。",
    "EXPENSES": "已提出申请（civil-affairs.application）即消失；核对认定的支出不再符合条件的也消失。",
    "CERTIFICATE": "已提出申请（civil-affairs.application）即消失；残疾人证失效或等级不再符合的也消失。",
}
"""By the type of a task, or the reason of a lead."""


def ending(item: TaskItem | Lead) -> str:
    """How this item is brought to its end; of a type that another release of the hub made, only that it ends by itself."""
    told = ENDINGS.get(item.type if isinstance(item, TaskItem) else item.reason, "")
    return f"办结 {told}{_BY_ITSELF}"
