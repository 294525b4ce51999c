"""Dibao by the actual gap, and more for members who need it."""

from collections.abc import Iterator

from benefit_hub.entitlement.rules.grace import ABOVE, OVER, with_grace
from benefit_hub.entitlement.rules.income import MEANS_READS, free_until, means_of
from benefit_hub.entitlement.rules.labels import label_days, label_months, with_top_ups
from benefit_hub.entitlement.rules.refusals import with_refusals
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing
from benefit_hub.values.months import Month


def top_up(question: Question, month: int) -> Answer:
    """n·S - I where I/n < S strictly, else nothing ([L2] 23; 《社会救助法》 18); with top-ups n·S - I + T (《社会救助法》 20)."""
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", counted=() if application is None else (application,), empty=True)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    poor = means.under()
    answer = Answer(
        status="DIBAO" if poor else "NOT_ELIGIBLE",
        fen=means.gap_fen if poor else 0,
        formula="n*S-I" if poor else ABOVE,
        counted=(application, *means.counted),
        standards=(means.standard,),
        means=means,
    )
    return with_refusals(question, month, with_top_ups(question, month, answer, means), means) if poor else answer


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
