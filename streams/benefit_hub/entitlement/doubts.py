"""Figures from which nothing may be paid: an average or a floor is nobody's standard, and one of long ago stands no more.

A text may say that standards of a province come to 645 yuan *on average*, or are *not below* 630. A place sets its own
([L0] 17, 19), so such a figure never becomes an amount by itself: the status is what was decided, what a decision sets is
paid, and a task says which standard is missing. An amount that was raised since, nobody told to what, is still owed: it is paid,
and the task asks for the new one. A pack that is assumed may take the figure for the standard, and says so.
"""

from collections.abc import Iterator

from msgspec import structs

from benefit_hub.entitlement.rules import RULES
from benefit_hub.entitlement.rules.rule import NONE, Answer, Question, nothing
from benefit_hub.entitlement.timelines import Timeline
from benefit_hub.messages.public import TaskItem
from benefit_hub.policy.book import Programme
from benefit_hub.policy.wording import doubt_text
from benefit_hub.values.ids import content_id

WITHOUT_STANDARDS = frozenset({"as_paid", "recorded"})
UNPAYABLE = "no payable standard"


def answered(question: Question, month: int) -> Answer:
    """What the rule of the programme's version of a month says; no amount where it would come from such a figure."""
    programme = question.programme.at(month)
    if programme is not question.programme:
        question = structs.replace(question, programme=programme)
    if not programme.standards and programme.rule not in WITHOUT_STANDARDS:
        return nothing("no rule")
    rule = RULES[programme.rule]
    found = rule.answer(question, month)
    doubt = next((doubt for each in found.standards if (doubt := each.doubt(month)) is not None), None)
    if doubt is None or found.status == NONE or not rule.pays:
        return found
    numbers = {**found.numbers, "doubt": doubt}
    if doubt == "outdated" and found.fen > 0:
        return structs.replace(found, numbers=numbers)
    return structs.replace(found, status=programme.name.upper(), fen=0, formula=UNPAYABLE, numbers=numbers)


def standards_missing(programme: Programme, said: Timeline, beneficiary: str, household: str) -> Iterator[TaskItem]:
    """A task where the benefit of some month comes from such a figure, or would have to; it speaks of the last of them."""
    doubts = [segment.reasoning.inputs["doubt"] for segment in said if "doubt" in segment.reasoning.inputs]
    if doubts:
        yield TaskItem(
            task_id=content_id("task", "STANDARD_MISSING", beneficiary, programme.name),
            state="OPEN",
            type="STANDARD_MISSING",
            subject=beneficiary,
            household=household,
            due_on=None,
            facts=(),
            text_zh=f"{programme.title}：{doubt_text(doubts[-1])}。",
        )
