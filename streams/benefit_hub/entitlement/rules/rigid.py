"""A household whose necessary expenses eat up its income (刚性支出困难家庭): a status by decision ([L5], [L0] 22).

Its standard is last year's disposable income per head of the place, its money what other departments give by the status.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import get_args

from benefit_hub.entitlement.rules.income import MEANS_READS, free_until, means_of
from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing
from benefit_hub.entitlement.world import ENTRIES, Counted, is_application
from benefit_hub.messages.departments import LegacyAward, VerificationResult
from benefit_hub.messages.internal import Fact
from benefit_hub.policy.book import Pack, Programme
from benefit_hub.policy.terms import ExpenseItem, ExpenseTerms
from benefit_hub.values.money import ratio_text
from benefit_hub.values.months import Month, add_months, first_day, month_after

OVER = "validity over"


def rigid(question: Question, month: int) -> Answer:
    """The status from its decision on until its validity ends; whoever still needs it applies again ([L5] 10)."""
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", empty=True)
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    valid_to = last_day(application, question.programme)
    over = month_after(valid_to)
    if month >= over and question.world.seen(first_day(over)):
        return nothing(OVER, {"valid_to": valid_to.isoformat()}, (application,))
    found = [*spent_by(question, means, month)]
    return Answer(
        status=question.programme.name.upper(),
        fen=0,
        formula="recognised for expenses",
        counted=(application, *means.counted, *found),
        standards=(means.standard,),
        means=means,
        numbers={"E": ratio_text(fen_of(each.fact for each in found), 100), "valid_to": valid_to.isoformat()},
        until=over,
    )


def last_day(application: Counted, programme: Programme) -> date:
    """The last day on which an application or award is valid."""
    return add_months(application.decided_on, terms_of(programme).valid_months)


def terms_of(programme: Programme) -> ExpenseTerms:
    """What the pack says of expenses; a pack without it is refused."""
    if programme.expenses is None:
        raise LookupError(f"{programme.name}: the pack says nothing of expenses")
    return programme.expenses


def award_ends(programme: Programme, _pack: Pack, fact: Fact) -> Iterator[date]:
    """The day on which the validity of an award that was paid before the hub went live is over: it was decided when it began."""
    if isinstance(fact.payload, LegacyAward):
        yield first_day(month_after(add_months(fact.valid_from, terms_of(programme).valid_months)))


def validity_ends(question: Question) -> Iterator[Month]:
    """The months in which a validity is over, and those in which a pension begins to count."""
    yield from free_until(question)
    for kind in ENTRIES:
        for each in question.world.all(question.subject, kind):
            if is_application(each.fact, question.programme.name):
                yield month_after(last_day(each, question.programme))


def spent_by(question: Question, means: Means, month: int) -> Iterator[Counted]:
    """What verification found of the necessary expenses of those who count."""
    for person in means.people:
        standing = question.world.standing(person, "verification_result", month)
        latest = latest_expenses(each.fact for each in standing)
        yield from (each for each in standing if each.fact in latest)


def latest_expenses(facts: Iterable[Fact]) -> list[Fact]:
    """Of what verification found of one person's necessary expenses the latest of each kind."""
    in_order = sorted(facts, key=lambda fact: (fact.valid_from, fact.record))
    latest = {fact.payload.item: fact for fact in in_order if isinstance(fact.payload, VerificationResult)}
    return [latest[item] for item in get_args(ExpenseItem) if item in latest]


def fen_of(facts: Iterable[Fact]) -> int:
    """So much together, per month, in fen."""
    return sum(fact.payload.amount_fen for fact in facts if isinstance(fact.payload, VerificationResult))


def gross(means: Means) -> Fraction:
    """What a household earns in a month before expenses are deducted, in yuan."""
    return Fraction(sum(each.counts for each in means.earned if each.counts > 0), means.parts)


def fits(terms: ExpenseTerms, means: Means, spent_fen: int, limit: Fraction) -> bool:
    """Whether the income per head is under the limit of a month, and more than the share of it is spent ([L5] 4).

    Who has no income and spends anything spends more than any share.
    """
    if terms.over is None or gross(means) >= limit * len(means.people):
        return False
    return Fraction(spent_fen, 100) > Fraction(terms.over) * gross(means)


RULE = Rule(
    answer=rigid,
    reads=MEANS_READS,
    needs="residence",
    days=award_ends,
    marks=validity_ends,
    ends=frozenset({"nobody left", OVER}),
    pays=False,
    computes="RIGID",
    found_by="verification_result",
)
