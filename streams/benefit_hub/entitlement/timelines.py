"""Timelines: the segments of a beneficiary's programme, each with the reasons that it gives."""

from collections.abc import Iterable
from functools import partial

from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.rules.rule import NONE, Answer
from benefit_hub.messages.departments import VerificationResult
from benefit_hub.messages.internal import CountedIncome, Reasoning, Segment
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.standards import LOWERED
from benefit_hub.values.money import ratio_text
from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps, value_at

Timeline = tuple[Segment, ...]
Answers = Steps[Answer]


def timeline_of(answers: Iterable[tuple[Month, Answer]], programme: Programme, pack: Pack) -> Timeline:
    """Segments from the first month with a status on; a segment begins where anything that is shown changes."""
    segments: list[Segment] = []
    nothing: tuple[Month, Answer] | None = None
    for at, answer in answers:
        if not segments and answer.status == NONE:
            nothing = at, answer
            continue
        why = reasoning(at, answer, programme.at(at), pack)
        until_then = None
        if nothing is not None and not segments and all(each.since != at for each in answer.counted):
            until_then = reasoning(*nothing, programme.at(nothing[0]), pack)
        segment = Segment(
            since=at, status=answer.status, amount=answer.fen, pay="PAY", reasoning=why, until_then=until_then
        )
        if not segments or not same_segment(segments[-1], segment):
            segments.append(segment)
    return tuple(segments)


def reasoning(at: Month, answer: Answer, programme: Programme, pack: Pack) -> Reasoning:
    """How the answer of a month came about."""
    lowered = any(each.lowered(at) for each in answer.standards)
    assumed = programme.assumed or any(s.assumed for s in answer.standards) or any(c.assumed for c in answer.counted)
    beyond = () if answer.means is None else answer.means.deductions
    assumed = assumed or answer.assumed or lowered or any(each.assumed for each in beyond)
    return Reasoning(
        rule=programme.rule,
        formula=answer.formula,
        inputs=answer.inputs,
        facts=tuple(sorted(each.fact.name for each in answer.counted)),
        clause="；".join(
            [
                programme.clause,
                *(standard.clause for standard in answer.standards),
                *dict.fromkeys(each.clause for each in beyond),
                *answer.clauses,
                *([LOWERED] if lowered else ()),
            ]
        ),
        source="; ".join(
            [
                programme.source,
                *(standard.source for standard in answer.standards),
                *dict.fromkeys(each.source for each in beyond),
                *answer.sources,
                *(["assumed"] if lowered else ()),
            ]
        ),
        assumed=assumed or pack.assumed,
        incomes=() if answer.means is None else tuple(map(partial(income, answer.means), answer.means.earned)),
        unverified=not (answer.verified and programme.verified and all(each.verified for each in answer.standards)),
    )


def income(means: Means, earned: Earned) -> CountedIncome:
    """An income as it is told: what the record says, and as how many yuan it counts."""
    said = earned.record.fact
    item = said.payload.item if isinstance(said.payload, VerificationResult) else said.kind.upper()
    return CountedIncome(said.name, item, earned.fen, ratio_text(earned.counts, means.parts))


def same_segment(left: Segment, right: Segment) -> bool:
    """Whether two segments say the same, whenever they begin."""
    return (left.status, left.amount, left.pay, left.reasoning) == (
        right.status,
        right.amount,
        right.pay,
        right.reasoning,
    )


def amounts(timeline: Timeline) -> tuple[tuple[Month, int], ...]:
    """The payable fen by month."""
    return tuple((segment.since, payable(segment)) for segment in timeline)


def payable(segment: Segment | None) -> int:
    """What a segment pays, in fen."""
    return segment.amount if segment is not None and segment.pay == "PAY" else 0


def amount_at(timeline: Timeline, at: int) -> int:
    """The payable fen of a month."""
    return value_at(amounts(timeline), at, 0)
