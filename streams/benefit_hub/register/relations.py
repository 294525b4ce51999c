"""What a dependant's household may know of a parent, supporter or guardian (赡养、抚养、监护): a few kinds of facts, no more."""

from collections.abc import Iterable, Mapping

from benefit_hub.messages.departments import Relation
from benefit_hub.messages.internal import Fact, RelatedFacts, RelatedStatus
from benefit_hub.register.assignment import greatest
from benefit_hub.register.identity import TRANSFERS
from benefit_hub.task import Out

STATUS_KINDS = frozenset({"death", "custody", "missing", "contact_lost", "certificate", "serious_illness"})
"""The circumstances of parents by which a child is counted as unattended, and of supporters by which they cannot support."""


def statuses_for(subject: str, facts: tuple[Fact, ...]) -> dict[str, RelatedStatus]:
    """What every dependant of a person is to know, by dependant."""
    relations = [
        fact.payload
        for fact in greatest(each for each in facts if isinstance(each.payload, Relation)).values()
        if not fact.retracted and isinstance(fact.payload, Relation) and fact.payload.related == subject
    ]
    if not relations:
        return {}
    kept = tuple(fact for fact in facts if fact.kind in STATUS_KINDS)
    return {
        each.dependant: RelatedStatus(related=subject, relation=each.relation, facts=kept)
        for each in sorted(relations, key=lambda relation: relation.relation)
        if each.dependant != subject
    }


def told_statuses(subject: str, told: Mapping[str, RelatedStatus], wanted: Mapping[str, RelatedStatus]) -> list[Out]:
    """Messages to the dependants whose knowledge changes, or ends."""
    changed = {
        dependant: wanted.get(dependant)
        for dependant in sorted({*told, *wanted})
        if wanted.get(dependant) != told.get(dependant)
    }
    return [message(subject, dependant, status) for dependant, status in changed.items()]


def message(subject: str, dependant: str, status: RelatedStatus | None) -> Out:
    """One dependant is told."""
    return Out(topic=TRANSFERS, key=dependant, value=RelatedFacts(person=dependant, related=subject, status=status))


def standing_statuses(statuses: Iterable[RelatedStatus]) -> tuple[RelatedStatus, ...]:
    """What a snapshot says of related people, in one order."""
    return tuple(sorted(statuses, key=lambda each: (each.related, each.relation)))
