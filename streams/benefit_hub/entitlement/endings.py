"""Leads where a benefit has ended beside which another was not paid: whoever may fit the other again is helped to apply."""

from collections.abc import Iterator, Mapping
from datetime import date

from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.rules.beside import EXCLUDED
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE
from benefit_hub.entitlement.shares import NO_STATUSES, Statuses
from benefit_hub.entitlement.timelines import Timeline
from benefit_hub.entitlement.world import ENTRIES
from benefit_hub.messages.departments import NursingBenefit
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.sentences import PAID_BY_OTHERS
from benefit_hub.values.ids import is_person
from benefit_hub.values.months import month_of

INACTIVE = (NONE, NOT_ELIGIBLE)


def ended_beside(units: list[Unit], statuses: Mapping[str, Statuses], pack: Pack) -> Iterator[tuple[Unit, Programme]]:
    """What has ended, and the programmes that are to be looked at then, by edges that ask for a review."""
    known = {(unit.beneficiary, unit.programme.name): unit for unit in units}
    for unit in units:
        ended = ended_in(unit.timeline)
        if ended is None or not is_person(unit.beneficiary):
            continue
        for edge in pack.exclusions:
            programme = pack.programmes[edge.then]
            if edge.first != unit.programme.name or edge.on_loss != "REVIEW" or programme.entry != "APPLICATION":
                continue
            other = known.get((unit.beneficiary, edge.then))
            if programme.beneficiary == "HOUSEHOLD":
                lost = household_lost(statuses.get(edge.then, NO_STATUSES), ended)
            else:
                lost = other is not None and person_lost(other, ended)
            if lost:
                yield unit, programme


def ended_elsewhere(units: list[Unit], pack: Pack, today: date) -> Iterator[tuple[Unit, str]]:
    """The benefits lost to what another department paid, where that has ended: with what it was."""
    for unit in units:
        for edge in pack.beside(unit.programme.name):
            kind = edge.paid_by_others
            if kind is None or edge.on_loss != "REVIEW" or unit.programme.entry != "APPLICATION":
                continue
            ends = [
                fact.valid_to
                for fact in (each.fact for each in unit.counting.verdicts.values())
                if isinstance(fact.payload, NursingBenefit) and not fact.retracted and fact.payload.type == kind[1]
            ]
            last = max((day or date.max for day in ends), default=date.max)
            if last <= today and person_lost(unit, month_of(last)):
                yield unit, PAID_BY_OTHERS[edge.first]


def ended_in(timeline: Timeline) -> int | None:
    """The month from which somebody who lives has a benefit no more."""
    if not timeline or timeline[-1].status not in INACTIVE or timeline[-1].reasoning.formula == "died":
        return None
    had = [segment.status not in INACTIVE for segment in timeline]
    return timeline[len(had) - had[::-1].index(True)].since if any(had) else None


def household_lost(there: Statuses, ended: int) -> bool:
    """Whether a household had its benefit, and nobody has decided upon it again since a member lost another."""
    return bool(there.shares) and all(share.known < ended - 1 for _, share in there.shares)


def person_lost(other: Unit, ended: int) -> bool:
    """Whether somebody lost a benefit to one that goes first, and has not applied for it again."""
    again = any(each.fact.kind in ENTRIES and each.since >= ended for each in other.counting.verdicts.values())
    excluded = any(segment.reasoning.formula == EXCLUDED for segment in other.timeline)
    return excluded and not again and not other.counting.waiting
