"""How `hub preview` calls what becomes of somebody, in the table, the spreadsheet and the picture."""

from collections.abc import Mapping
from typing import NamedTuple

from benefit_hub.simulate.preview_lines import OPEN, Effect


class Word(NamedTuple):
    """An effect as it is read: its name, a sign beside it, and what it means."""

    name: str
    sign: str
    means: str


SAID: Mapping[Effect, Word] = {
    "GAINS": Word("增加", "▲", "待遇仍在，金额增加"),
    "LOSES": Word("减少", "▼", "待遇仍在，金额减少"),
    "BEGINS": Word("开始发放", "＋", "按规则自动开始发放"),
    "ENDS": Word("停止发放", "－", "按规则停止发放"),
    "STATUS_BEGINS": Word("取得身份", "○", "取得不发钱的身份（如低保边缘、刚性支出困难）"),
    "STATUS_ENDS": Word("失去身份", "×", "失去不发钱的身份（如低保边缘、刚性支出困难）"),
    "MAY_APPLY": Word("进入标准以内（可申请）", "→", "只告知、协助申请，不申请不发放"),
    "NO_LONGER_UNDER": Word("超出标准（须核查）", "←", "不再符合标准，核查后处理"),
    "HAS_TO_BE_DECIDED": Word("待审核的建议有变", "？", "决定之前照旧发放"),
    "NOTHING_TO_DECIDE": Word("不再需要审核", "·", "原来的建议撤销，发放不变"),
}
WORDS: Mapping[Effect, str] = {effect: word.name for effect, word in SAID.items()}
SAME = "不变"
NOT_COUNTED = "未计入费用"


def remark(effect: Effect) -> str:
    """What an effect means, and whether its money is counted as a cost."""
    return f"{SAID[effect].means}；{NOT_COUNTED}" if effect in OPEN else SAID[effect].means


def yuan(fen: int) -> str:
    """Fen as yuan for reading, in groups of three: 103500 is `1,035.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def signed(fen: int) -> str:
    """A difference with its sign."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)
