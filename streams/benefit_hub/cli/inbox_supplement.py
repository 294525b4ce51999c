"""What a task asks to be added to a decision, the day of a notice or of a hearing: its next revision, otherwise as it was."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from msgspec import to_builtins

from benefit_hub.cli.inbox_decision import check_numbers
from benefit_hub.cli.inbox_endings import ending
from benefit_hub.cli.words import word
from benefit_hub.messages.departments import Decision, PublishedDecision
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import TaskItem
from benefit_hub.register.assignment import takes_back
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import pseudonym
from benefit_hub.values.months import partial_date

Added = Literal["NOTICE_DUE", "HEARING_MISSING"]
COMMANDS: dict[Added, str] = {"NOTICE_DUE": "serve", "HEARING_MISSING": "hear"}


def next_revision(
    task: TaskItem, asked: Added, said: Sequence[Fact], on: date, *, decided_again: date | None = None
) -> dict[str, Any]:
    """The next revision of the decision that a task names, without the people and the time of its recording.

    `said` is all that was said in the name of that decision. Raises HubError for a task of another type, one that is done, a
    decision that was not found, and days that would end nothing.
    """
    check_task(task, asked)
    newest, decision = standing(task, said)
    if asked == "NOTICE_DUE":
        check_after(on, decision)
    elif takes_back(newest):
        check_after(on, former(said))
    else:
        check_before(on, partial_date(decision.decided_on) if decided_again is None else decided_again)
    changes = {"NOTICE_DUE": {"notice_served_on": on}, "HEARING_MISSING": {"heard_on": on}}[asked]
    changes |= {} if decided_again is None else {"decided_on": decided_again}
    content = {name: getattr(decision, name) for name in PublishedDecision.__struct_fields__ if name != "id_numbers"}
    return {
        "record_id": newest.record,
        "revision": newest.revision + 1,
        "retracted": newest.retracted,
        "valid_from": newest.valid_from.isoformat(),
        "valid_to": None if newest.valid_to is None else newest.valid_to.isoformat(),
        **to_builtins(content | changes),
    }


def check_task(task: TaskItem, asked: Added) -> None:
    """Only a task that waits for this is ended by it."""
    if task.type != asked:
        instead = f"`hub inbox {COMMANDS[task.type]}`" if task.type in COMMANDS else ending(task)
        raise HubError(f"this task does not wait for that (任务类型不符): {instead}")
    if task.state not in ("OPEN", "CHANGED"):
        raise HubError(f"任务{word(task.state)}：nothing is missing any more")


def standing(task: TaskItem, said: Sequence[Fact]) -> tuple[Fact, Decision]:
    """The last word of the decision that a task names, for whomever it still speaks of."""
    last = max((fact.rank for fact in said), default=None)
    facts = [fact for fact in said if fact.rank == last]
    newest = next((fact for fact in facts if not fact.retracted), facts[0] if facts else None)
    if newest is None or not isinstance(newest.payload, Decision):
        names = ", ".join(f"{name.source} {name.record}" for name in task.facts)
        raise HubError(f"nothing is held of the decision {names}: report its next revision with `hub publish`")
    if newest.revision > max(name.revision for name in task.facts):
        raise HubError(
            f"revision {newest.revision} of this decision has come since (已有第 {newest.revision} 版): see `hub inbox list`"
        )
    return newest, newest.payload


def former(said: Sequence[Fact]) -> Decision:
    """What stood before a decision was taken back."""
    given = [fact for fact in said if not takes_back(fact)]
    found = max(given, key=lambda fact: fact.rank).payload if given else None
    if not isinstance(found, Decision):
        raise HubError("the decision that was taken back is not held here: report its next revision with `hub publish`")
    return found


def check_after(on: date, decision: Decision) -> None:
    """A notice follows its decision, and so does the hearing about taking it back."""
    if on < partial_date(decision.decided_on):
        raise HubError(
            f"{on} lies before the decision of {decision.decided_on} (早于决定日期): give the day on which it was done"
        )


def check_before(on: date, decided_on: date) -> None:
    """The hearing comes first."""
    if on > decided_on:
        raise HubError(
            f"heard on {on}, after the decision of {decided_on} (听取意见应在决定之前): decide again after the hearing, and "
            "give that day with --decided-on"
        )


def named_people(said: Sequence[Fact], numbers: Sequence[str], key: bytes) -> list[str]:
    """The numbers of exactly those whom a decision names. Raises HubError where they are others, without repeating one."""
    persons = max(said, key=lambda fact: fact.rank).payload.persons  # type: ignore[union-attr]  # they are decisions
    check_numbers(numbers)
    if {pseudonym(key, number) for number in numbers} != set(persons):
        raise HubError(
            f"this decision names {len(persons)} by identity number, which the hub does not keep: give exactly these in a "
            "file, one a line, with --id-numbers FILE (- reads them from standard input)"
            if persons
            else "this decision names nobody by identity number: leave --id-numbers out"
        )
    return list(numbers)
