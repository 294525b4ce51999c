"""The same amount for everybody to whom a decision grants it: what it goes by is known to those who decide."""

from benefit_hub.entitlement.rules.personal import (
    PERSONAL_ENDS,
    PERSONAL_READS,
    age_days,
    age_months,
    personal,
    status_missing,
)
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of, whole


def granted(question: Question, month: int) -> Answer:
    """The whole amount while an accepted application stands."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    statuses = status_missing(question, month, first)
    if isinstance(statuses, Answer):
        return statuses
    found = standard_of(question, "ANY", month)
    if found is None:
        return nothing("no standard yet", counted=first)
    return whole(question, found, {**statuses, "amount": str(found[1])}, first, "flat")


RULE = Rule(
    answer=granted,
    reads=PERSONAL_READS,
    needs="application",
    ends=PERSONAL_ENDS,
    days=age_days,
    marks=age_months,
)
