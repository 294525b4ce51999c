"""Gradual exit (渐退) from dibao: who has found work keeps the last amount for some months ([L6]; months by the pack).

It begins with the month in which earnings, and nothing else, bring the income per head to the standard; a second raise does
not prolong it, an income that falls under the standard ends it, and so does a decision that names fewer months. A raise of the
standard over the income takes nothing away: nobody was heard about less ([L0] 47-48), so the last amount stays to its end
where it is more.
"""

from msgspec import structs

from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.rule import Answer, Question
from benefit_hub.messages.departments import Cohort, Decision, Employment, Wage
from benefit_hub.policy.terms import Grace
from benefit_hub.values.months import Month, first_day, month, month_text

ABOVE = "p >= S"
IN_GRACE = "grace"
OVER = "grace over"


def with_grace(question: Question, at: Month, answer: Answer, before: Answer | None) -> Answer:
    """What holds in a month of which the rule says `answer`, after what held before it."""
    terms = question.programme.at(at).grace
    if terms is None or before is None or answer.means is None:
        return answer
    kept = outgrown(answer, answer.means, before)
    if answer.formula != ABOVE and not kept:
        return answer
    if before.formula == IN_GRACE:
        since, months = month(before.numbers["grace_from"]), int(before.numbers["grace_months"])
    elif before.status == "DIBAO" and before.means is not None and by_work(answer.means, before.means):
        since, months = at, terms.months(job_classes(question, answer.means, before.means, at), cohorts(question, at))
    else:
        return answer
    decided = decided_months(question, at)
    months = months if decided is None else min(decided, terms.cap)
    until = Month(since + months)
    if until == since and before.formula != IN_GRACE:
        return answer
    if at >= until and question.world.seen(first_day(until)):
        return answer if kept else structs.replace(answer, formula=OVER)
    return in_grace(answer, before, terms, (since, months))


def outgrown(answer: Answer, means: Means, before: Answer) -> bool:
    """Whether the standard has grown over the income of a household that keeps a greater amount: the income per head fell not."""
    if before.formula != IN_GRACE or before.means is None or answer.status != "DIBAO" or answer.fen >= before.fen:
        return False
    then = before.means
    return means.income * then.parts * len(then.people) >= then.income * means.parts * len(means.people)


def in_grace(answer: Answer, before: Answer, terms: Grace, span: tuple[Month, int]) -> Answer:
    """The last amount, until the calendar has come to the end."""
    since, months = span
    until = Month(since + months)
    return structs.replace(
        answer,
        status="DIBAO",
        fen=before.fen,
        formula=IN_GRACE,
        numbers={
            **answer.numbers,
            "last_fen": str(before.fen),
            "grace_from": month_text(since),
            "grace_to": month_text(Month(until - 1)),
            "grace_months": str(months),
            **({} if answer.formula == ABOVE else {"gap_fen": str(answer.fen)}),
        },
        until=until,
        clauses=(terms.clause,),
        sources=(terms.source,),
        assumed=terms.assumed,
    )


def by_work(now: Means, before: Means) -> bool:
    """Whether the income would be under the standard if those who were here before earned what they did then."""
    earned, then = now.by_work, before.by_work
    rise = sum(amount - then[who] for who, amount in earned.items() if who in before.people)
    rise -= sum(amount for who, amount in then.items() if who in now.people and who not in earned)
    return structs.replace(now, income=now.income - rise).under()


def job_classes(question: Question, now: Means, before: Means, at: Month) -> set[str]:
    """The classes of the jobs of those who earn more than before."""
    then = before.by_work
    more = {who for who, amount in now.by_work.items() if amount > then[who]}
    employers = {
        (each.fact.subject, each.fact.payload.employer) for each in now.counted if isinstance(each.fact.payload, Wage)
    }
    jobs = [each.fact for who in sorted(more) for each in question.world.standing(who, "employment", at)]
    return {
        fact.payload.job_class
        for fact in jobs
        if isinstance(fact.payload, Employment) and (fact.subject, fact.payload.employer) in employers
    }


def cohorts(question: Question, at: Month) -> set[str]:
    """The groups that a policy names to which the household belongs."""
    standing = (each.fact.payload for each in question.world.standing(question.subject, "cohort", at))
    return {each.cohort for each in standing if isinstance(each, Cohort)}


def decided_months(question: Question, at: Month) -> int | None:
    """For how many months by the latest decision that says so."""
    said = [
        (each.decided_on, each.fact.record, each.fact.payload.grace_months)
        for each in question.world.decisions(at)
        if isinstance(each.fact.payload, Decision) and each.fact.payload.grace_months is not None
    ]
    return max(said)[2] if said else None
