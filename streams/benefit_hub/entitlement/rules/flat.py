"""The same amount for everybody who holds a certificate and the status that the programme needs."""

from benefit_hub.entitlement.rules.personal import certificate_of, personal
from benefit_hub.entitlement.rules.rule import NONE, Answer, Question, Rule, nothing, standard_of, whole


def flat(question: Question, month: int) -> Answer:
    """The whole amount while certificate and status stand."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    found = standard_of(question, "ANY", month)
    if held is None or found is None:
        return nothing("no valid certificate", counted=first)
    member = question.world.is_member(question.subject, month)
    statuses = {name: question.status_of(name, month) if member else NONE for name in question.programme.needs_status}
    if not all(statuses[name] == name.upper() for name in statuses):
        return nothing("status missing", statuses, (*first, held[0]))
    inputs = {**statuses, "amount": str(found[1])}
    return whole(question, found, inputs, (*first, held[0]), "flat")


RULE = Rule(
    answer=flat,
    reads=frozenset({"application", "residence", "death", "certificate"}),
    needs="certificate",
    ends=frozenset({"no valid certificate"}),
)
