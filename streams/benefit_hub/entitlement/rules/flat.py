"""The same amount for everybody who holds a certificate and the status that the programme needs."""

from benefit_hub.entitlement.rules.personal import (
    PERSONAL_ENDS,
    PERSONAL_READS,
    age_days,
    age_months,
    certificate_of,
    personal,
    status_missing,
)
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of, whole


def flat(question: Question, month: int) -> Answer:
    """The whole amount while certificate and status stand."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    if held is None:
        return nothing("no valid certificate", counted=first)
    found = standard_of(question, "ANY", month)
    if found is None:
        return nothing("no standard yet", counted=(*first, held[0]))
    statuses = status_missing(question, month, (*first, held[0]))
    if isinstance(statuses, Answer):
        return statuses
    inputs = {**statuses, "amount": str(found[1])}
    return whole(question, found, inputs, (*first, held[0]), "flat")


RULE = Rule(
    answer=flat,
    reads=PERSONAL_READS | {"certificate"},
    needs="certificate",
    ends=PERSONAL_ENDS | {"no valid certificate"},
    days=age_days,
    marks=age_months,
)
