"""Of two benefits of one kind the higher: chosen once what both come to is known."""

from collections.abc import Callable, Sequence
from operator import ge, gt

from msgspec import structs

from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.timelines import Timeline, same_segment
from benefit_hub.messages.internal import Segment
from benefit_hub.policy.book import Pack
from benefit_hub.policy.exclusions import Exclusion
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps, merge

Rows = Steps[Segment | None]


def higher_alone(units: Sequence[Unit], pack: Pack) -> list[Unit]:
    """The units with the lower of two left unpaid, month by month; of two that are equal the first is paid."""
    chosen = {(unit.beneficiary, unit.programme.name): unit for unit in units}
    for edge in pack.exclusions:
        if edge.rule != "HIGHER" or edge.paid_by_others is not None:
            continue
        for who in sorted({unit.beneficiary for unit in units}):
            first, then = chosen.get((who, edge.first)), chosen.get((who, edge.then))
            if first is not None and then is not None and first.timeline and then.timeline:
                chosen[who, edge.first] = _beside(first, then, edge, gt)
                chosen[who, edge.then] = _beside(then, first, edge, ge)
    return list(chosen.values())


def _beside(unit: Unit, other: Unit, edge: Exclusion, above: Callable[[int, int], bool]) -> Unit:
    """A unit beside another as that counts, whether or not all that is reported counts for itself: unpaid where the other is
    `above` it."""

    def lowered(timeline: Timeline) -> Timeline:
        rows = merge(_rows(timeline), _rows(other.timeline), (None, None))
        found: list[Segment] = []
        for at, mine, theirs in rows:
            if mine is None:
                continue
            segment = structs.replace(mine, since=at)
            if theirs is not None and mine.amount and above(theirs.amount, mine.amount):
                segment = _unpaid(segment, theirs, other, edge)
            if not found or not same_segment(found[-1], segment):
                found.append(segment)
        return tuple(found)

    return structs.replace(unit, timeline=lowered(unit.timeline), reported=lowered(unit.reported))


def _rows(timeline: Timeline) -> Rows:
    return tuple((Month(segment.since), segment) for segment in timeline)


def _unpaid(mine: Segment, theirs: Segment, other: Unit, edge: Exclusion) -> Segment:
    """A segment of which nothing is paid because the other is higher."""
    why = mine.reasoning
    numbers = {
        "amount": yuan_text(mine.amount),
        "other": yuan_text(theirs.amount),
        "other_title": other.programme.title,
    }
    reasoning = structs.replace(
        why,
        formula="lower than another",
        inputs={**why.inputs, **numbers},
        clause=f"{why.clause}；{edge.clause}",
        source=f"{why.source}; {edge.source}",
        assumed=why.assumed or edge.assumed,
    )
    return structs.replace(mine, amount=0, reasoning=reasoning)
