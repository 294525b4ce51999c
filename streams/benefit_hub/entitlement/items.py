"""Leads and tasks of a household, each with an id of its own: the same trouble has the same one."""

from datetime import date

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.household import Household
from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.public import Lead, TaskItem
from benefit_hub.policy.book import Programme
from benefit_hub.values.ids import content_id


def lead(
    known: Household,
    assessment: Assessment,
    person: str | None,
    programme: Programme,
    reason: str,
    text: str,
    about: str,
) -> Lead:
    """A lead with an id of its own per household, person and programme."""
    return Lead(
        lead_id=content_id("lead", known.household, about, programme.name, reason),
        state="OPEN",
        household=known.household,
        person=person,
        programme=programme.name,
        reason=reason,
        region=assessment.region,
        text_zh=text,
    )


def task(
    known: Household, kind: str, subject: str, due: date | None, facts: tuple[RevisionName, ...], text: str
) -> TaskItem:
    """A task; the same trouble has the same id."""
    names = [f"{name.source}/{name.kind}/{name.record}/{name.revision}" for name in facts]
    return TaskItem(
        task_id=content_id("task", kind, subject, *names),
        state="OPEN",
        type=kind,
        subject=subject,
        household=known.household,
        due_on=due,
        facts=facts,
        text_zh=text,
    )
