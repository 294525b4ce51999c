"""Benefits beside each other: what becomes of an answer while the same person, or the household, has what goes first."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from msgspec import structs

from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE, Answer, Question
from benefit_hub.entitlement.shares import NOTHING, Share
from benefit_hub.entitlement.world import ENTRIES, NEVER, Counted
from benefit_hub.messages.departments import NursingBenefit
from benefit_hub.policy.exclusions import Exclusion
from benefit_hub.policy.sentences import PAID_BY_OTHERS
from benefit_hub.values.ids import is_person
from benefit_hub.values.money import half_up
from benefit_hub.values.months import Month, month_of
from benefit_hub.values.steps import Steps, value_at

ENDLESS = (NEVER, NOTHING)
EXCLUDED = "another benefit"
DIFFERENCE = "difference"


def beside_others(question: Question, answer: Answer, month: int) -> Answer:
    """The answer as it stands beside other benefits of the month, in the order in which they go first."""
    for edge in question.pack.lowering(question.programme.name):
        if answer.status in (NONE, NOT_ELIGIBLE):
            break
        answer = _beside(edge, question, answer, month)
    return answer


def share_of(answer: Answer) -> Share:
    """What an answer gives, as others see it."""
    if answer.status in (NONE, NOT_ELIGIBLE):
        return NOTHING
    heads = len(answer.means.people) if answer.means is not None else 1
    known = max((month_of(each.decided_on) for each in answer.counted if each.fact.kind in ENTRIES), default=0)
    return Share(answer.fen, heads, known)


def left_out(question: Question, month: int) -> frozenset[str]:
    """The people who do not count in a household's benefit, because each has, or has had since its award, what goes first.

    Who lost it again is not taken in by that alone: the household has to apply.
    """
    given = [
        (person, edge, shares)
        for edge in question.pack.taking_out(question.programme.name)
        for person in question.world.people
        if (shares := question.shares(edge.first, person))
    ]
    if not given:
        return frozenset()
    award = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    since = month if award is None else award.since
    return frozenset(
        person
        for person, edge, shares in given
        for ends, share in begun(shares, month)
        if share.heads and ends > since and edge.reaches(month, share.known)
    )


def begun(steps: Steps[Share], month: int) -> Iterator[tuple[int, Share]]:
    """The steps that have begun by a month, each with the month in which the next begins."""
    return ((end, share) for (since, share), (end, _) in pairwise((*steps, ENDLESS)) if since <= month)


def turns_beside(question: Question) -> Iterator[Month]:
    """The months in which something may change because of what goes first."""
    for edge in question.pack.beside(question.programme.name):
        rows = [
            (at, share.known) for whose in _whose(edge, question) for at, share in question.shares(edge.first, whose)
        ]
        kind = edge.paid_by_others
        if kind is not None:
            rows += [(each.since, month_of(each.decided_on)) for each in question.world.all(question.subject, kind[0])]
        yield from (Month(at) for at, _ in rows)
        if edge.retro_limit_months is not None:
            yield from (Month(known - edge.retro_limit_months) for at, known in rows if known)


def _whose(edge: Exclusion, question: Question) -> list[str]:
    """Whose benefit goes first: that of the household, or of its people; a person is asked about with nobody else."""
    first = question.pack.programmes.get(edge.first)
    if first is None:
        return []
    return question.world.people if first.beneficiary == "PERSON" else [question.world.household]


def _beside(edge: Exclusion, question: Question, answer: Answer, month: int) -> Answer:
    """An answer beside one benefit that goes first."""
    if edge.paid_by_others is not None:
        return _beside_fact(edge, edge.paid_by_others, question, answer, month)
    for whose in _whose(edge, question):
        had = value_at(question.shares(edge.first, whose), month, NOTHING)
        if had.heads and edge.reaches(month, had.known):
            member, of_household = is_person(question.subject), not is_person(whose)
            if member and of_household and not question.world.is_member(question.subject, month):
                return answer
            heads = had.heads if edge.member_share else 1
            return _lowered(edge, question, answer, (Fraction(had.fen, 100), heads), ())
    return answer


def _beside_fact(edge: Exclusion, paid: tuple[str, str], question: Question, answer: Answer, month: int) -> Answer:
    """An answer beside what another department pays."""
    for each in question.world.standing(question.subject, paid[0], month):
        found = each.fact.payload
        if isinstance(found, NursingBenefit) and found.type == paid[1]:
            yuan = Fraction(found.amount_fen, 100)
            higher = edge.rule == "HIGHER" and own_of(answer) > yuan
            if not higher and edge.reaches(month, month_of(each.decided_on)):
                return _lowered(edge, question, answer, (yuan, 1), (each,))
    return answer


def own_of(answer: Answer) -> Fraction:
    """What an answer comes to by itself, in yuan, exact."""
    exact = None if answer.formula == "decided" else answer.numbers.get("amount")
    return Fraction(answer.fen, 100) if exact is None else Fraction(exact)


def _lowered(
    edge: Exclusion, question: Question, answer: Answer, other: tuple[Fraction, int], counted: tuple[Counted, ...]
) -> Answer:
    """The answer less the other benefit: nothing, or where it is more than the person's share of the other, the difference."""
    yuan, heads = other
    first = question.pack.programmes.get(edge.first)
    numbers = {
        **answer.numbers,
        "amount": str(own_of(answer)),
        "other": str(yuan),
        "heads": str(heads),
        "other_title": first.title if first is not None else PAID_BY_OTHERS[edge.first],
    }
    if edge.retro_limit_months is not None:
        numbers["retro_limit_months"] = str(edge.retro_limit_months)
    answer = structs.replace(
        answer,
        numbers=numbers,
        counted=(*answer.counted, *counted),
        clauses=(*answer.clauses, edge.clause),
        sources=(*answer.sources, edge.source),
        assumed=answer.assumed or edge.assumed,
        verified=answer.verified and edge.verified,
    )
    if edge.rule == "DIFFERENCE":
        fen = max(0, half_up(own_of(answer) - yuan * Fraction(1, heads)))
        return structs.replace(answer, fen=fen, formula=DIFFERENCE)
    return structs.replace(answer, status=NOT_ELIGIBLE, fen=0, formula=EXCLUDED)
