"""The named rules as packs choose them and officers read them: for which keys one wants standards, and its words.

What a rule computes is a module of `entitlement.rules`. All else that is said of it is a row here.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from msgspec import Struct


class Said(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str


class NamedRule(Struct, frozen=True, kw_only=True):
    """What is said of a rule.

    `keys` tells whether it can do with standards for such keys, `wants` which it needs; `amounts` are sentences by formula, which
    name inputs of the calculation and `total`, what it comes to; `refusals` by formula why nothing is paid; `moved_by` by formula
    the cause where nothing was told, and the calendar or something published moved the amount; `opened_by` is the cause at the
    first look where nobody is looked at before something was published: what was known then is no news;
    `begins_with` is the kind of fact without which nobody is looked at who need not apply.
    """

    title: Said
    keys: Callable[[AbstractSet[str]], bool]
    wants: str
    amounts: Mapping[str, Said] = {}
    refusals: Mapping[str, Said] = {}
    moved_by: Mapping[str, str] = {}
    opened_by: str | None = None
    begins_with: str | None = None


GRADES = frozenset({"ABLE", "PARTLY", "LOST"})
AREAS = frozenset({"URBAN", "RURAL"})
PLACED = frozenset({"HOME", "INSTITUTION"})
LEVEL = re.compile(r"[1-4]( (VISUAL|HEARING|SPEECH|PHYSICAL|INTELLECTUAL|MENTAL))?")


def by_area(keys: AbstractSet[str]) -> bool:
    """Town and country, and nothing else."""
    return keys == AREAS


def by_any(keys: AbstractSet[str]) -> bool:
    """One standard for all."""
    return keys == {"ANY"}


def by_levels(keys: AbstractSet[str]) -> bool:
    """Levels of disability, with or without a category."""
    return bool(keys) and all(LEVEL.fullmatch(key) for key in keys)


def by_ages(keys: AbstractSet[str]) -> bool:
    """Ages in years."""
    return bool(keys) and all(key.isdigit() and 0 < int(key) < 150 for key in keys)


def by_placements(keys: AbstractSet[str]) -> bool:
    """Placements, in town and country where that counts, and grades with care of their own."""
    bare = {key.removesuffix(" URBAN").removesuffix(" RURAL") for key in keys}
    return bare >= PLACED and bare <= PLACED | GRADES


NAMED_RULES: Mapping[str, NamedRule] = {
    "top_up": NamedRule(
        title=Said("补差", "the gap to the standard"),
        keys=by_area,
        wants="URBAN and RURAL",
        refusals={
            "p >= S": Said("人均收入不低于低保标准", "the income per head is not under the standard"),
            "grace over": Said(
                "渐退期满，人均收入不低于低保标准",
                "the gradual exit is over, and the income per head is not under the standard",
            ),
        },
        moved_by={"grace over": "grace_end"},
    ),
    "graded": NamedRule(
        title=Said("分档", "an amount per head by grade"),
        keys=lambda keys: keys >= AREAS and all(key.partition(" ")[0] in AREAS for key in keys),
        wants="URBAN and RURAL, and of each grade URBAN A and RURAL A",
    ),
    "recognised": NamedRule(
        title=Said("身份", "a status without money"),
        keys=by_area,
        wants="URBAN and RURAL",
        amounts={
            "recognised": Said(
                "身份认定，不发放现金（人均收入 {p} 元）", "a status without money (income per head {p} yuan)"
            )
        },
    ),
    "flat": NamedRule(
        title=Said("持证定额", "one amount for who holds a certificate"),
        keys=by_any,
        wants="ANY",
        amounts={"flat": Said("每月 {total} 元", "{total} yuan a month")},
        refusals={"no valid certificate": Said("没有有效的残疾人证", "there is no valid disability certificate")},
        moved_by={"no valid certificate": "certificate_end"},
    ),
    "granted": NamedRule(
        title=Said("定额", "one amount for whom a decision grants it"),
        keys=by_any,
        wants="ANY",
    ),
    "by_level": NamedRule(
        title=Said("按残疾等级", "by the level of disability"),
        keys=by_levels,
        wants='levels "1" to "4", with a category where it counts, such as "3 MENTAL"',
        amounts={
            "amount by level": Said(
                "残疾等级{level_text}，每月 {total} 元", "disability level {level}: {total} yuan a month"
            )
        },
        refusals={
            "no level that is paid": Said("残疾等级不在补贴范围", "the level of the certificate is not paid"),
        },
    ),
    "by_age": NamedRule(
        title=Said("按年龄", "by age"),
        keys=by_ages,
        wants='ages such as "80"',
        amounts={
            "amount by age": Said(
                "{reached} 年满 {age} 周岁，每月 {total} 元", "{age} years old on {reached}: {total} yuan a month"
            )
        },
        refusals={
            "no registered residence": Said("没有户籍登记", "there is no registered residence"),
            "before it was known": Said(
                "超过登记之前的追溯期限，不补发", "further back than is paid for before the registration was known"
            ),
        },
        moved_by={"amount by age": "age"},
    ),
    "by_placement": NamedRule(
        title=Said("按安置方式", "by placement"),
        keys=by_placements,
        wants="HOME and INSTITUTION, or HOME RURAL …, and of ABLE, PARTLY, LOST those with care of their own",
        amounts={
            "amount by placement": Said(
                "{placement_text}，每月 {total} 元", "provided for {placement_text}: {total} yuan a month"
            ),
            "amount by placement and care": Said(
                "{placement_text}基本标准 {basic} 元 + 照料护理标准（{grade_text}）{care} 元 = {total} 元",
                "provided for {placement_text}: basic standard {basic} + care ({grade_text}) {care} = {total} yuan",
            ),
        },
    ),
    "by_ability": NamedRule(
        title=Said("按能力", "by ability"),
        keys=lambda keys: bool(keys) and keys <= GRADES,
        wants="of ABLE, PARTLY, LOST",
        amounts={
            "amount by ability": Said("能力评估为{grade_text}，每月 {total} 元", "{grade_text}: {total} yuan a month")
        },
        refusals={"no grade that is paid": Said("能力评估等级不在补贴范围", "the grade of ability is not paid")},
    ),
    "rigid": NamedRule(
        title=Said("刚性支出", "a status for expenses, for some months"),
        keys=by_area,
        wants="URBAN and RURAL",
        amounts={
            "recognised for expenses": Said(
                "身份认定，不发放现金（月收入 {I} 元，刚性支出 {E} 元，有效期至 {valid_to}）",
                "a status without money (monthly income {I} yuan, necessary expenses {E}, valid to {valid_to})",
            )
        },
        refusals={"validity over": Said("有效期届满", "its validity is over")},
        moved_by={"validity over": "application_end"},
    ),
    "recorded": NamedRule(
        title=Said("记录", "help that was given already"),
        keys=lambda keys: not keys,
        wants="none",
        begins_with="temporary_aid",
        amounts={
            "recorded": Said(
                "已发放临时救助 {given} 元（{times} 次，急难发生地 {places}），本项不另行发放",
                "{given} yuan of temporary aid were given ({times} times, for emergencies in {places}): nothing more is paid",
            )
        },
        refusals={"no aid in the month": Said("当月没有临时救助", "no temporary aid in the month")},
    ),
    "once": NamedRule(
        title=Said("一次性", "so much per head, once"),
        keys=by_any,
        wants="ANY",
        begins_with="relocation",
        amounts={
            "heads*amount once": Said(
                "{heads} 人 × {amount} 元，一次性发放 {total} 元", "{heads} people × {amount}, once: {total} yuan"
            )
        },
        refusals={"not moved in the month": Said("一次性待遇，只发放一个月", "it is paid once, in one month")},
    ),
    "single": NamedRule(
        title=Said("单人保", "dibao for one person of a household that has none"),
        keys=by_area,
        wants="URBAN and RURAL",
        amounts={
            "S*share": Said(
                "单人保（{ground_text}）：标准 {S} 元 × {share} = {total} 元",
                "dibao alone ({ground_text}): standard {S} × {share} = {total} yuan",
            ),
            "ceil(S*share)": Said(
                "单人保（{ground_text}）：标准 {S} 元 × {share}，进位到元 = {total} 元",
                "dibao alone ({ground_text}): standard {S} × {share}, up to the next whole yuan = {total} yuan",
            ),
        },
        refusals={
            "no ground to apply alone": Said(
                "残疾等级、病种不符合单人保条件", "neither level of disability nor illness is a ground to apply alone"
            )
        },
    ),
    "price_linked": NamedRule(
        title=Said("价格联动", "follows prices"),
        keys=by_area,
        wants="URBAN and RURAL",
        amounts={
            "heads*max(S*percent,floor)": Said(
                "{heads} 人 × 标准 {S} 元 × {percent}%（每人不低于 {floor} 元）= {total} 元（{trigger}）",
                "{heads} people × standard {S} × {percent} % (at least {floor} each) = {total} yuan ({trigger})",
            )
        },
        refusals={
            "prices under the trigger": Said(
                "上月价格指数未达到启动条件", "prices of the month before are under the trigger"
            ),
            "in no group that is paid": Said("不属于发放对象", "in no group that is paid"),
        },
        moved_by={"heads*max(S*percent,floor)": "price_index", "prices under the trigger": "price_index"},
        opened_by="price_index",
    ),
}

WHATEVER_THE_RULE = NamedRule(
    title=Said("", ""),
    keys=lambda _: True,
    wants="",
    amounts={
        "as paid": Said("按上线前已核定的金额，每月 {total} 元", "as it was paid: {total} yuan a month"),
        "decided": Said("按决定确定为每月 {total} 元", "set by decision: {total} yuan a month"),
        "another benefit": Said(
            "已享受{other_title}，不再发放", "the person already has {other_title}: nothing is paid"
        ),
        "lower than another": Said(
            "{other_title}每月 {other} 元，不低于本项 {amount} 元，择高发放，本项不发放",
            "{other_title} is {other} yuan a month, not less than {amount}: only the higher is paid",
        ),
        "difference": Said(
            "标准 {amount} 元 − 已享受{other_title} {other} 元 ÷ {heads} 人 = {total} 元（补差，不足零元不发放）",
            "standard {amount} − {other_title} {other} ÷ {heads} people = {total} yuan (nothing where below zero)",
        ),
        "ended by decision": Said("按决定终止，不再发放", "ended by decision: nothing is paid"),
        "came of age": Said("{reached} 年满 {age} 周岁，不再发放", "{age} years old on {reached}: nothing is paid"),
    },
    refusals={
        "nobody left": Said("家庭已无在册成员", "nobody is left in the household"),
        "no accepted application": Said("没有经确认的申请", "there is no accepted application"),
        "died": Said("本人已死亡", "the person has died"),
        "status missing": Said("家庭没有所要求的待遇", "the household has no longer the status that is needed"),
        "too young": Said("未达到规定年龄", "the age is not reached yet"),
        "not awarded": Said(
            "上线前没有发放，须先申请或核定", "it was not paid before going live, and has to be applied for"
        ),
        "ended by its facts": Said("出现终止情形", "something has happened that ends it"),
        "no standard yet": Said("当月没有标准", "there is no standard of the month"),
        "no rule": Said("政策包中没有对应规则", "the policy pack has no rule for it"),
    },
    moved_by={"came of age": "age", "no accepted application": "application_end"},
)
"""The same of what any rule may come to."""

DIBAO = frozenset({"top_up", "graded"})
"""The rules of dibao, with gradual exit and top-ups."""

EVERY = (WHATEVER_THE_RULE, *NAMED_RULES.values())
AMOUNTS = {formula: said for each in EVERY for formula, said in each.amounts.items()}
REFUSALS = {formula: said for each in EVERY for formula, said in each.refusals.items()}
MOVED_BY = {formula: cause for each in EVERY for formula, cause in each.moved_by.items()}
OPENED_BY = {name: each.opened_by for name, each in NAMED_RULES.items() if each.opened_by is not None}
BEGINS_WITH = {name: each.begins_with for name, each in NAMED_RULES.items() if each.begins_with is not None}
OF_FEW = frozenset({*BEGINS_WITH, "rigid"})
"""The rules of which nothing is kept for a household that did not ask."""
