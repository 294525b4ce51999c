"""What a person has to look into where a department's full list and the hub differ, as a task and in words."""

from benefit_hub.catalogue import Topic
from benefit_hub.client.sides import Difference, Part, Sort
from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import TaskItem
from benefit_hub.task import SourceTopic
from benefit_hub.values.ids import content_id

TYPES: dict[Sort, str] = {
    "MISSING": "full_list_missing",
    "EXTRA": "full_list_extra",
    "DIFFERENT": "full_list_different",
}
PARTS: dict[Part, tuple[str, str]] = {
    "REVISION": ("版本", "revision"),
    "CONTENT": ("内容", "content"),
    "SUBJECT": ("所涉人员或家庭", "whom it is about"),
    "RETRACTED": ("是否撤销", "whether it is retracted"),
}


def is_ours(item: TaskItem, source: SourceTopic) -> bool:
    """Whether a task came from a list of this source and kind."""
    ours = item.type in TYPES.values() and len(item.facts) == 1
    return ours and (item.facts[0].source, item.facts[0].kind) == (source.source, source.kind)


def task_of(difference: Difference, topic: Topic, source: SourceTopic) -> TaskItem:
    """The task about a difference. Its id is that of the record; the day of the list is not in it, so that the same difference
    in a later list is the same task."""
    revision = difference.listed if difference.held is None else difference.held
    return TaskItem(
        task_id=content_id("full-list", source.source, source.kind, difference.record),
        state="OPEN",
        type=TYPES[difference.sort],
        subject=difference.subject,
        household=None,
        due_on=None,
        facts=(RevisionName(source.source, source.kind, difference.record, revision or 0),),
        text_zh=f"{topic.title}：{in_chinese(difference)}请与 {topic.contact} 核实。",
    )


def in_chinese(difference: Difference) -> str:
    """A difference in a sentence."""
    record = difference.record
    match difference.sort:
        case "MISSING":
            return f"全量清单中没有记录 {record}，本系统持有其第 {difference.held} 版且仍有效。"
        case "EXTRA":
            return f"全量清单中的记录 {record}（第 {difference.listed} 版）本系统从未收到。"
    parts = "、".join(PARTS[part][0] for part in difference.parts)
    versions = f"清单为第 {difference.listed} 版，本系统为第 {difference.held} 版"
    return f"记录 {record} 在全量清单与本系统中不一致（{versions}；不同之处：{parts}）。"


def in_english(difference: Difference) -> str:
    """The same in English."""
    record = difference.record
    match difference.sort:
        case "MISSING":
            return f"record {record} is not in the list; the hub holds revision {difference.held}, and it stands"
        case "EXTRA":
            return f"record {record} (revision {difference.listed}) is in the list, and the hub never got it"
    parts = ", ".join(PARTS[part][1] for part in difference.parts)
    return f"record {record}: revision {difference.listed} in the list, {difference.held} in the hub; other: {parts}"
