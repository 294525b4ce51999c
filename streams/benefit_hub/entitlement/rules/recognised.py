"""A status that is decided and pays nothing by itself, such as margin ([L2] 8)."""

from benefit_hub.entitlement.rules.income import MEANS_READS, free_until, means_of
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing


def recognised(question: Question, month: int) -> Answer:
    """The status while an accepted application stands, with the numbers of the month."""
    means = means_of(question, month)
    if means is None:
        return nothing("nobody left", empty=True)
    application = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    if application is None:
        return nothing("no accepted application", counted=means.counted, means=means)
    return Answer(
        status=question.programme.name.upper(),
        fen=0,
        formula="recognised",
        counted=(application, *means.counted),
        standards=(means.standard,),
        means=means,
        numbers={"factor": question.programme.factor or "1"},
    )


RULE = Rule(
    answer=recognised,
    reads=MEANS_READS,
    needs="residence",
    marks=free_until,
    ends=frozenset({"nobody left"}),
    pays=False,
    computes="MARGIN",
)
