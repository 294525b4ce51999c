"""What officers read of the calculations of personal benefits, and of benefits beside each other, in both languages."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from benefit_hub.policy import named_rules

YUAN = frozenset({"amount", "other", "basic", "care", "S", "floor", "I", "E", "given"})
"""The inputs that are yuan to go on computing with."""
READ = frozenset({"p"})
"""The inputs that are yuan to be read only."""


class Words(Struct, frozen=True):
    """The words of one language: a sentence by formula, why nothing is paid, how inputs that are words are called, and what is
    added where something is not taken away for months long past."""

    sentences: Mapping[str, str]
    refusals: Mapping[str, str]
    called: Mapping[str, str]
    limited: str

    def sentence(
        self,
        formula: str,
        inputs: Mapping[str, str],
        total: str,
        exact: Callable[[str], str],
        rounded: Callable[[str], str],
    ) -> str | None:
        """A calculation as it is read; `exact` reads an exact number of yuan, `rounded` about how many they are."""
        if formula not in self.sentences:
            return None
        read = {
            name: exact(said) if name in YUAN else rounded(said) if name in READ else said
            for name, said in inputs.items()
        }
        read |= {f"{name}_text": self.called.get(said, said) for name, said in inputs.items()}
        limited = self.limited.format(**read) if "retro_limit_months" in read else ""
        return self.sentences[formula].format(**read, total=total) + limited


CHINESE = Words(
    {formula: said.zh for formula, said in named_rules.AMOUNTS.items()},
    {formula: said.zh for formula, said in named_rules.REFUSALS.items()},
    {
        "HOME": "分散供养（散居）",
        "INSTITUTION": "集中供养（机构养育）",
        "ABLE": "具备生活自理能力",
        "PARTLY": "部分丧失生活自理能力",
        "LOST": "完全丧失生活自理能力",
        "1": "一级",
        "2": "二级",
        "3": "三级",
        "4": "四级",
        "LEVEL 1": "残疾一级",
        "LEVEL 2": "残疾二级",
        "LEVEL 3 INTELLECTUAL": "智力残疾三级",
        "LEVEL 3 MENTAL": "精神残疾三级",
        "SERIOUSLY_ILL": "重病",
    },
    "（只追溯到得知之月前 {retro_limit_months} 个月）",
)

ENGLISH = Words(
    {formula: said.en for formula, said in named_rules.AMOUNTS.items()},
    {formula: said.en for formula, said in named_rules.REFUSALS.items()},
    {
        "HOME": "at home",
        "INSTITUTION": "in an institution",
        "ABLE": "able to look after himself",
        "PARTLY": "partly unable to look after himself",
        "LOST": "unable to look after himself",
        "LEVEL 1": "disability level 1",
        "LEVEL 2": "disability level 2",
        "LEVEL 3 INTELLECTUAL": "intellectual disability level 3",
        "LEVEL 3 MENTAL": "mental disability level 3",
        "SERIOUSLY_ILL": "serious illness",
    },
    " (not further back than {retro_limit_months} months before it was known)",
)

PAID_BY_OTHERS: Mapping[str, str] = {
    "nursing_benefit WORK_INJURY": "工伤保险生活护理费",
    "nursing_benefit DUTY_DISABILITY": "因公致残人员护理费",
    "nursing_benefit RETIRED_CADRE": "离休人员护理费",
    "nursing_benefit OLD_AGE": "老年护理补贴",
    "nursing_benefit OTHER": "其他护理费",
}
"""What other departments pay, by kind of fact and type."""
