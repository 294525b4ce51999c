"""What holds of awards whatever their rule: when one can begin, what ends it, and the amount that a decision sets itself."""

from msgspec import structs

from benefit_hub.entitlement.rules.beside import EXCLUDED
from benefit_hub.entitlement.rules.rule import NONE, NOT_ELIGIBLE, Answer, Question, Rule, nothing
from benefit_hub.entitlement.world import ENTRIES, Counted
from benefit_hub.values.months import FIRST_MONTH, Month, month_of

BY_DECISION = "ended by decision"


def ends_for_good(rule: Rule, answer: Answer, granted: bool) -> bool:
    """Whether an award ends here and uses its applications up: it does not begin again by itself."""
    ends = answer.formula in rule.ends or answer.formula in (EXCLUDED, BY_DECISION)
    return ends and (granted or answer.status == NOT_ELIGIBLE)


def with_decided_amount(rule: Rule, answer: Answer, question: Question, month: int) -> Answer:
    """The answer with the amount that a decision sets itself (MODIFY), where one stands in the month and there is a status.

    An amount of nothing, and no last month of it: the award ends, until an application is accepted by a later decision. A
    programme that only recognises pays nothing, whatever other amount a decision says.
    """
    decided = question.world.decided_amount(month)
    if decided is None or answer.status == NONE:
        return answer
    counted, fen = decided
    if fen == 0 and counted.until is None:
        if awarded_since(question, month, counted):
            return answer
        ended = (*answer.counted, counted)
        return nothing(BY_DECISION, answer.numbers, ended, means=answer.means)
    if not rule.pays:
        return answer
    return structs.replace(
        answer,
        status=question.programme.name.upper(),
        fen=fen,
        formula="decided",
        numbers={**answer.numbers, "decided_fen": str(fen)},
        counted=(*answer.counted, counted),
    )


def awarded_since(question: Question, month: int, decision: Counted) -> bool:
    """Whether an application stands in a month that was accepted after a decision."""
    again = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    return again is not None and again.decided_on > decision.decided_on


def opens(rule: Rule, question: Question) -> Month | None:
    """A month before which a programme can give a subject no status; None where it gives none at all, as far as is seen."""
    world, subject = question.world, question.subject
    months = [each.since for kind in ENTRIES for each in world.all(subject, kind)]
    if question.programme.entry == "APPLICATION":
        return min(months, default=None)
    if rule.first is None:
        return FIRST_MONTH
    facts = (each.fact for kind in sorted(rule.reads) for each in world.all(subject, kind))
    day = rule.first(question.programme, facts)
    return min([*months, *(() if day is None or not world.seen(day) else (month_of(day),))], default=None)
