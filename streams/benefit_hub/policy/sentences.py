"""What officers read of the calculations of personal benefits, and of benefits beside each other, in both languages."""

from collections.abc import Callable, Mapping

from msgspec import Struct

AMOUNTS = frozenset({"amount", "other", "basic", "care", "S", "floor"})
"""The inputs that are yuan."""


class Words(Struct, frozen=True):
    """The words of one language: a sentence by formula, which names inputs of the calculation and `total`, what it comes to;
    and how inputs that are words are called."""

    sentences: Mapping[str, str]
    called: Mapping[str, str]

    def sentence(self, formula: str, inputs: Mapping[str, str], total: str, amount: Callable[[str], str]) -> str | None:
        """A calculation as it is read; `amount` reads an exact number of yuan."""
        if formula not in self.sentences:
            return None
        read = {name: amount(said) if name in AMOUNTS else said for name, said in inputs.items()}
        read |= {f"{name}_text": self.called.get(said, said) for name, said in inputs.items()}
        return self.sentences[formula].format(**read, total=total)


CHINESE = Words(
    {
        "flat": "每月 {total} 元",
        "as paid": "按上线前已核定的金额，每月 {total} 元",
        "decided": "按决定确定为每月 {total} 元",
        "another benefit": "已享受{other_title}，不再发放",
        "lower than another": "{other_title}每月 {other} 元，不低于本项 {amount} 元，择高发放，本项不发放",
        "amount by placement": "{placement_text}，每月 {total} 元",
        "amount by placement and care": (
            "{placement_text}基本标准 {basic} 元 + 照料护理标准（{grade_text}）{care} 元 = {total} 元"
        ),
        "amount by ability": "能力评估为{grade_text}，每月 {total} 元",
        "ended by decision": "按决定终止，不再发放",
        "came of age": "{reached} 年满 {age} 周岁，不再发放",
        "heads*max(S*percent,floor)": "{heads} 人 × 标准 {S} 元 × {percent}%（每人不低于 {floor} 元）= {total} 元（{trigger}）",
        "difference": "标准 {amount} 元 − 已享受{other_title} {other} 元 ÷ {heads} 人 = {total} 元（补差，不足零元不发放）",
    },
    {
        "HOME": "分散供养（散居）",
        "INSTITUTION": "集中供养（机构养育）",
        "ABLE": "具备生活自理能力",
        "PARTLY": "部分丧失生活自理能力",
        "LOST": "完全丧失生活自理能力",
    },
)

ENGLISH = Words(
    {
        "flat": "{total} yuan a month",
        "as paid": "as it was paid: {total} yuan a month",
        "decided": "set by decision: {total} yuan a month",
        "another benefit": "the person already has {other_title}: nothing is paid",
        "lower than another": "{other_title} is {other} yuan a month, not less than {amount}: only the higher is paid",
        "amount by placement": "provided for {placement_text}: {total} yuan a month",
        "amount by placement and care": (
            "provided for {placement_text}: basic standard {basic} + care ({grade_text}) {care} = {total} yuan"
        ),
        "amount by ability": "{grade_text}: {total} yuan a month",
        "ended by decision": "ended by decision: nothing is paid",
        "came of age": "{age} years old on {reached}: nothing is paid",
        "heads*max(S*percent,floor)": (
            "{heads} people × standard {S} × {percent} % (at least {floor} each) = {total} yuan ({trigger})"
        ),
        "difference": "standard {amount} − {other_title} {other} ÷ {heads} people = {total} yuan (nothing where below zero)",
    },
    {
        "HOME": "at home",
        "INSTITUTION": "in an institution",
        "ABLE": "able to look after himself",
        "PARTLY": "partly unable to look after himself",
        "LOST": "unable to look after himself",
    },
)

PAID_BY_OTHERS: Mapping[str, str] = {
    "nursing_benefit WORK_INJURY": "工伤保险生活护理费",
    "nursing_benefit DUTY_DISABILITY": "因公致残人员护理费",
    "nursing_benefit RETIRED_CADRE": "离休人员护理费",
    "nursing_benefit OLD_AGE": "老年护理补贴",
    "nursing_benefit OTHER": "其他护理费",
}
"""What other departments pay, by kind of fact and type."""
