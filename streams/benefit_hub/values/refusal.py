"""Refusals: expected trouble with a record, as a value that its sender can act on."""

from msgspec import Struct, structs


class Refusal(Struct, frozen=True):
    """Why a record was refused. Never holds the value of the field: it may be an identity number.

    `code` is stable and enumerated in `CODES`; `field` is a path in the record, empty where the record as a whole is meant.
    `expected_zh` is `expected` in Chinese, where the code alone does not say it; `action_zh` goes with it. `further` is what
    else is wrong with the same record, in other fields: both texts tell all of it.
    """

    code: str
    field: str
    expected: str
    action: str
    expected_zh: str = ""
    action_zh: str = "请更正后用新的版本号重新发送。"
    further: tuple["Refusal", ...] = ()

    @property
    def faults(self) -> tuple["Refusal", ...]:
        """Each thing that is wrong by itself."""
        return (structs.replace(self, further=()), *self.further)

    @property
    def english(self) -> str:
        """All that is wrong for the department's developer, two sentences each."""
        return " ".join(english_of(each) for each in self.faults)

    @property
    def chinese(self) -> str:
        """The same in Chinese."""
        return "".join(chinese_of(each) for each in self.faults)


def english_of(fault: Refusal) -> str:
    """One thing that is wrong, and what to do."""
    where = f"field {fault.field}: " if fault.field else ""
    return f"{fault.code}: {where}expected {fault.expected}. {fault.action}"


def chinese_of(fault: Refusal) -> str:
    """The same in Chinese: what was expected where that is told, else by code."""
    where = f"字段 {fault.field}：" if fault.field else ""
    expected = f"应为{fault.expected_zh}。{fault.action_zh}"
    return where + (expected if fault.expected_zh else CODES[fault.code])


CODES = {
    "NULL_VALUE": "记录为空值。部门主题不接受删除标记，请发送 retracted=true 的新版本。",
    "TOO_LARGE": "记录超过允许的大小，请检查是否误填了附件或长文本。",
    "TEXT_TOO_LONG": "文本超过允许的长度，请缩短后用新的版本号重新发送。",
    "BROKEN_AVRO": "内容不是有效的 Avro（Confluent 格式：00 + 4 字节模式编号 + 正文），请检查序列化程序。",
    "UNKNOWN_SCHEMA": "模式编号未登记，或不属于本主题，请使用已登记的模式；较新版本待平台登记后重新报送。",
    "UNKNOWN_MAPPING": "记录按较新版本的映射核对，平台工作进程的映射版本较旧。记录本身可能无误，请待平台更新映射后重新报送。",
    "MISSING_HEADER": "缺少 CloudEvents 消息头，请补全后重新发送。",
    "WRONG_SHAPE": "字段的类型或取值不符合约定，请按数据目录更正后重新发送。",
    "BAD_IDENTITY": "公民身份号码有误（位数、出生日期或校验码），请核对后重新发送。",
    "BAD_DATE": "日期无法识别，请使用 YYYY-MM-DD（或 YYYY-MM）。",
    "FUTURE_DATE": "日期晚于接收日，请核对后重新发送。",
    "WRONG_ORDER": "结束日期早于开始日期，请核对后重新发送。",
    "NEGATIVE_AMOUNT": "金额不能为负，请核对后重新发送。",
    "IDENTITY_MISPLACED": "该字段中出现了公民身份号码。号码只能写在 id_number（…_id_number）字段中，请移除后重新发送。",
    "UNKNOWN_CODE": "代码不在对照表中，请核对后重新发送。",
    "MISSING_VALUE": "必填字段为空，请补全后用新的版本号重新发送。",
    "MISSING_SUBJECT": "没有写明涉及的人或家庭，请补全后重新发送。",
    "SAME_PERSON": "两个公民身份号码相同，应当是不同的两个，请核对后重新发送。",
    "NOT_ONE": "这几个字段必须且只能填写一个，请更正后重新发送。",
    "CONFLICT": "同一版本号的内容不一致，请用新的版本号发送正确内容。",
    "FUTURE_TICK": "日历事件晚于当前时间一天以上，已拒绝。",
    "UNKNOWN_CONTROL": "控制事件的类型或内容不完整，已拒绝。",
    "STORY_TIME_REFUSED": "正式环境不接受演示用的时间消息头。",
}
