"""Dibao by the actual gap, and more for members who need it."""

from collections.abc import Iterator

from benefit_hub.entitlement.rules.grace import ABOVE, OVER, with_grace
from benefit_hub.entitlement.rules.income import MEANS_READS, free_until, means_of
from benefit_hub.entitlement.rules.labels import label_days, label_months, with_top_ups
from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.refusals import with_refusals
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing
from benefit_hub.entitlement.world import Counted
from benefit_hub.values.months import Month


def top_up(question: Question, month: int) -> Answer:
    """n·S - I where I/n < S strictly, else nothing ([L2] 23; 《社会救助法》 18); with top-ups n·S - I + T (《社会救助法》 20)."""
    found = asked(question, month)
    if isinstance(found, Answer):
        return found
    application, means = found
    counted = (application, *means.counted)
    if not means.under():
        return too_much(counted, means)
    answer = Answer(
        status="DIBAO",
        fen=means.gap_fen,
        formula="n*S-I",
        counted=counted,
        standards=(means.standard,),
        means=means,
    )
    return by_member(question, month, answer, means)


def asked(question: Question, month: int) -> Answer | tuple[Counted, Means]:
    """The application by which a household has dibao, and its means; why there is nothing, where one of them is missing."""
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", counted=() if application is None else (application,), empty=True)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    return application, means


def too_much(counted: tuple[Counted, ...], means: Means) -> Answer:
    """The income per head is not under the standard."""
    return Answer(
        status="NOT_ELIGIBLE", fen=0, formula=ABOVE, counted=counted, standards=(means.standard,), means=means
    )


def by_member(question: Question, month: int, answer: Answer, means: Means) -> Answer:
    """An amount for all with what single members get more, and less the shares of those who refuse work."""
    return with_refusals(question, month, with_top_ups(question, month, answer, means), means)


def months(question: Question) -> Iterator[Month]:
    """The months in which something changes by itself: ages, and the end of what does not count."""
    yield from label_months(question)
    yield from free_until(question)


RULE = Rule(
    answer=top_up,
    reads=MEANS_READS,
    needs="residence",
    ends=frozenset({ABOVE, OVER, "nobody left"}),
    days=label_days,
    marks=months,
    follows=with_grace,
    computes="DIBAO",
    found_by="watch_list",
)
