"""What the demo shows, as lines: what was sent, what the subscriber told, what waits for people. Long lists are shortened."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from benefit_hub.catalogue import Topic
from benefit_hub.cli.demo_story import Publication
from benefit_hub.cli.words import word
from benefit_hub.client import Sent
from benefit_hub.entitlement.proposing import SHORT
from benefit_hub.messages.public import Lead, PersonEntry, Proposal, Receipt, TaskItem
from benefit_hub.values.ids import is_person

NAMED_MOST = 4
WAITS = ("OPEN", "CHANGED")
HEADS = ("  ●", "  ■", "  !!")
"""How the subscriber's lines about adjustments, pay runs and complaints begin; the lines below them are their reasons."""


def sent_lines(publications: Sequence[Publication], sent: Sequence[Sent], topics: Mapping[str, Topic]) -> list[str]:
    """What the departments sent, and where it lies."""
    if len(sent) > NAMED_MOST:
        counts = Counter(topics[each.topic].title for each in sent)
        return [f"    → {len(sent)} 条记录：" + "，".join(f"{title} {count}" for title, count in counts.items())]
    return [
        f"    → {topics[each.topic].title} {publication.about} 第 {publication.body['revision']} 版"
        f"  {each.topic} 分区 {each.partition} 位置 {each.offset}"
        for publication, each in zip(publications, sent, strict=True)
    ]


def told_lines(lines: Iterable[str]) -> Iterator[str]:
    """What the subscriber told; of many adjustments at once the reasons of the first ones only."""
    told = left_out = 0
    for line in lines:
        told += line.startswith("  ●")
        if line.startswith(HEADS) or told <= NAMED_MOST:
            yield line
        else:
            left_out += 1
    if left_out:
        yield f"      （其余 {told - NAMED_MOST} 项的原因、计算和依据同样都有，此处从略）"


def named(text: str, names: Mapping[str, str]) -> str:
    """A text in which people are called by their names in the story, not by the beginnings of their pseudonyms."""
    for subject, name in names.items():
        text = text.replace(subject[:SHORT], name) if is_person(subject) else text
    return text


def waiting_lines(messages: Iterable[msgspec.Struct], names: Mapping[str, str]) -> list[str]:
    """What departments were told, and what people have to do after it: each item as it stands at last."""
    found: dict[str, dict[str, str | None]] = {"回执": {}, "建议": {}, "线索": {}, "任务": {}, "登记": {}}

    def note(what: str, identity: str, who: str | None, text: str, *, stands: bool) -> None:
        found[what][identity] = f"{names.get(who or '', who or '')} {named(text, names)}".strip() if stands else None

    for number, one in enumerate(messages):
        match one:
            case Receipt():
                text = f"{one.source} {one.record} 第 {one.revision} 版 {word(one.status)}：{one.text_zh}"
                note("回执", str(number), None, text, stands=one.status != "ACCEPTED")
            case Proposal():
                note("建议", one.proposal_id, one.beneficiary, one.text_zh, stands=one.state in WAITS)
            case Lead():
                note("线索", one.lead_id, one.household, one.text_zh, stands=one.state in WAITS)
            case TaskItem():
                note("任务", one.task_id, one.household or one.subject, one.text_zh, stands=one.state in WAITS)
            case PersonEntry():
                text = f"的死亡有 {one.death_confirmed_by} 个来源"
                note("登记", one.person, one.person, text, stands=one.death_confirmed_by > 1)
    lines = []
    for what, items in found.items():
        standing = [text for text in items.values() if text is not None]
        if len(standing) > NAMED_MOST:
            lines.append(f"  ▷ {what} {len(standing)} 件")
        else:
            lines += [f"  ▷ {what}：{text}" for text in standing]
    return lines
