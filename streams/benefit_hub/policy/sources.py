"""What the marks in brackets mean by which packs, cases and findings name their sources: `[L2] 21`, `[D4-15]`, `[MEM]`."""

import re
from collections.abc import Iterable, Mapping

MEANING: Mapping[str, str] = {
    "L0": "《中华人民共和国社会救助法》（2026-04-30 通过，2026-07-01 起施行）",
    "L1": "《社会救助暂行办法》（国务院令第 649 号）",
    "L2": "《最低生活保障审核确认办法》（2021-07-01 起施行）",
    "L3": "国办发〔2023〕39 号（低收入人口动态监测和分层分类社会救助）",
    "L4": "《特困人员认定办法》（2021-07-01 起施行）",
    "L5": "《刚性支出困难家庭认定办法》（2025-01-01 起施行）",
    "L6": "《关于进一步做好最低生活保障等社会救助兜底工作的通知》（2022-10-20）",
    "L7": "《关于进一步加强事实无人抚养儿童保障工作的意见》",
    "L8": "《关于进一步加强和改进临时救助工作的意见》（2018-01-23）",
    "L9": "《最低生活保障审核审批办法（试行）》（2012，2021 年废止）",
    "L10": "《中华人民共和国个人信息保护法》第二十四条",
    "L11": "《中华人民共和国行政复议法》（2023）",
    "L12": "《重庆市城乡居民最低生活保障条例》（2016）",
    "L13": "关于价格联动机制的新闻报道（2016 四川、2021 福建、2022 全国、武汉）",
    "L14": "《政务数据共享条例》（2025-08-01 起施行）",
    "D0": "河南省 2023 年情况材料",
    "D1": "鹤壁市 2012—2022 年情况材料",
    "D2": "湖北省情况材料",
    "D3": "山西省 2021 年情况材料",
    "D4": "贵州省 2020 年情况材料",
    "MEM": "凭记忆写下，未核对原文（verified: false）",
}
"""By the mark. A number behind it is the article; after a hyphen, the numbered statement of that text."""

MARK = re.compile(r"\[([A-Z]+\d*)(?:-\d+)?\]")


def explained(texts: Iterable[str]) -> list[str]:
    """What the marks in these texts mean, a line for each, in the order of the list above: `[L2] 《…》`."""
    used = {mark for text in texts for mark in MARK.findall(text)}
    return [f"[{mark}] {meaning}" for mark, meaning in MEANING.items() if mark in used]
