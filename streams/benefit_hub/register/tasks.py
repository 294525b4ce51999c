"""The tasks that register opens about a subject: what only a person can tell."""

from collections.abc import Iterable

from benefit_hub.messages.departments import Death, Decision, RevisionName
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import TaskItem
from benefit_hub.register.identity import Links
from benefit_hub.register.subjects import Subject, standing
from benefit_hub.values.ids import content_id
from benefit_hub.values.months import month_of


def conflicts(known: Subject) -> dict[str, TaskItem]:
    """A task for every revision that was sent with different contents, until its record has a greater one."""
    if not known.conflicts:
        return {}
    newest: dict[tuple[str, str, str], int] = {}
    for fact in known.facts:
        newest[fact.record_key] = max(fact.revision, newest.get(fact.record_key, -1))
    found = (
        task(
            known,
            "REVISION_CONFLICT",
            (name,),
            f"同一版本（{name.source} {name.kind} {name.record} 第 {name.revision} 版）内容不一致，请与来源部门核实。",
        )
        for name in sorted(known.conflicts)
        if name.revision == newest.get((name.source, name.kind, name.record))
    )
    return {each.task_id: each for each in found}


def deaths(known: Subject) -> dict[str, TaskItem]:
    """A task where sources put a death into different months."""
    told = sorted(standing(known, Death), key=lambda fact: fact.record_key)
    if len({month_of(fact.valid_from) for fact in told}) < 2:
        return {}
    each = task(
        known, "DEATH_DATES_DIFFER", tuple(fact.name for fact in told), "各部门登记的死亡日期不在同一月份，请核实。"
    )
    return {each.task_id: each}


def hearings(known: Subject, unheard: tuple[RevisionName, ...]) -> dict[str, TaskItem]:
    """A task for every decision that takes somebody out of a household and lacks the hearing before it."""
    text = "成员退出家庭的决定缺少听取意见日期，暂不执行：请先听取意见并补录（社会救助法第四十七、四十八条）。"
    found = (task(known, "HEARING_MISSING", (name,), text) for name in unheard)
    return {each.task_id: each for each in found}


def overlaps(known: Subject, overlap: tuple[str, ...]) -> dict[str, TaskItem]:
    """A task where memberships of several households stand at once; the assignment stays as it is meanwhile."""
    if not overlap:
        return {}
    text = f"同一人同时登记在多个家庭（{'、'.join(each[2:] for each in overlap)}），请核实并作出决定。"
    each = task(known, "MEMBERSHIP_OVERLAP", (), text)
    return {each.task_id: each}


def identity(known: Subject, links: Links) -> dict[str, TaskItem]:
    """Tasks about numbers: a circle, several right numbers for one wrong one, two numbers that both have awards."""
    found = []
    if links.root is None:
        text = "身份号码的更正（合并）记录首尾相接，无法确定正确号码，暂不合并，请与公安部门核实。"
        found.append(task(known, "IDENTITY_CIRCLE", links.facts, text))
    if links.rivals:
        text = "同一错误号码被更正（合并）到不同的号码，暂不合并，请与公安部门核实。"
        found.append(task(known, "IDENTITY_AMBIGUOUS", links.rivals, text))
    lent = [each for _, each in sorted(known.borrowed.items()) if each.lent]
    if awarded(known.facts) and any(awarded(each.facts) for each in lent):
        text = "两个身份号码合并为一人，两个号码均有已确认的待遇，请核实是否同一人、有无重复发放。"
        found.append(task(known, "IDENTITY_BOTH_AWARDED", (), text))
    return {each.task_id: each for each in found}


def awarded(facts: Iterable[Fact]) -> bool:
    """Whether something was decided in somebody's favour under a number."""
    return any(
        isinstance(fact.payload, Decision) and fact.payload.outcome != "REJECT" and not fact.retracted for fact in facts
    )


def task(known: Subject, kind: str, facts: tuple[RevisionName, ...], text: str) -> TaskItem:
    """A task about a subject; the same trouble has the same id."""
    names = [f"{name.source}/{name.kind}/{name.record}/{name.revision}" for name in facts]
    return TaskItem(
        task_id=content_id("task", kind, known.subject, *names),
        state="OPEN",
        type=kind,
        subject=known.subject,
        household=None,
        due_on=None,
        facts=facts,
        text_zh=text,
    )
