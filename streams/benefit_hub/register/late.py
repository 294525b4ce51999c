"""Revisions that come too late: what they say was over for longer than the horizon when they were received.

Such a revision is not taken. Its sender gets a receipt, and a person a task, which stands until the record has a greater
revision that came in time. Whether it is too late depends on the revision alone, so the order of arrival decides nothing.
"""

from collections.abc import Iterable

from msgspec import Struct

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import TaskItem
from benefit_hub.register.subjects import Subject, receipt
from benefit_hub.register.tasks import task
from benefit_hub.task import Out, State, Table, changed_items
from benefit_hub.values.months import month_of


class Late(Struct, frozen=True):
    """What came too late about one subject, and the tasks that stand because of it."""

    revisions: tuple[RevisionName, ...] = ()
    tasks: dict[str, TaskItem] = {}


LATE: Table[Late] = Table("late", Late)


def too_late(fact: Fact, horizon_months: int) -> bool:
    """Whether the interval of a fact was closed more than so many months before it was received."""
    return fact.valid_to is not None and month_of(fact.received_on) - month_of(fact.valid_to) > horizon_months


def take_late(state: State, known: Subject, fact: Fact, horizon_months: int) -> list[Out]:
    """Note a revision that came too late: a receipt for its sender, and a task."""
    late = state.get(LATE, fact.subject) or Late()
    revisions = late.revisions if fact.name in late.revisions else (*late.revisions, fact.name)
    return [receipt(fact, "TOO_LATE"), *_settle(state, known, revisions, late, horizon_months)]


def take_in_time(state: State, known: Subject, fact: Fact, horizon_months: int) -> list[Out]:
    """After a fact was taken: what came too late of the same record before needs nobody any more."""
    late = state.get(LATE, fact.subject)
    return [] if late is None else _settle(state, known, late.revisions, late, horizon_months)


def _settle(
    state: State, known: Subject, revisions: tuple[RevisionName, ...], before: Late, horizon_months: int
) -> list[Out]:
    wanted = {each.task_id: each for each in _tasks(known, revisions, horizon_months)}
    tasks, outs = changed_items(before.tasks, wanted)
    settled = Late(revisions, tasks)
    if settled != before:
        state.put(LATE, known.subject, settled)
    return outs


def _tasks(known: Subject, revisions: Iterable[RevisionName], horizon_months: int) -> Iterable[TaskItem]:
    """A task for the greatest late revision of each record that no revision which came in time has overtaken."""
    taken: dict[tuple[str, str, str], int] = {}
    for fact in known.facts:
        taken[fact.record_key] = max(fact.revision, taken.get(fact.record_key, -1))
    greatest: dict[tuple[str, str, str], RevisionName] = {}
    for name in sorted(revisions, key=lambda each: each.revision):
        greatest[name.source, name.kind, name.record] = name
    for key, name in sorted(greatest.items()):
        if name.revision > taken.get(key, -1):
            text = (
                f"记录（{name.source} {name.kind} {name.record} 第 {name.revision} 版）收到时已失效超过 {horizon_months} 个月，"
                "未予采用。请核实是否影响已发待遇。"
            )
            yield task(known, "TOO_LATE", (name,), text)
