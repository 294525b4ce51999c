"""An amount by the most severe level of the certificate."""

from benefit_hub.entitlement.rules.personal import certificate_of, personal
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of, whole
from benefit_hub.messages.departments import CertifiedCategory


def by_level(question: Question, month: int) -> Answer:
    """The amount of the standard for the level, where the programme has one for it."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    if held is None:
        return nothing("no valid certificate", counted=first)
    worst: CertifiedCategory | None = min(held[1].categories, key=lambda each: each.level, default=None)
    found = standard_of(question, str(worst.level), month) if worst else None
    if worst is None or found is None:
        return nothing("no level that is paid", {"level": str(worst.level if worst else "")}, (*first, held[0]))
    inputs = {"level": str(worst.level), "category": worst.category, "amount": str(found[1])}
    return whole(question, found, inputs, (*first, held[0]), "amount by level")


RULE = Rule(
    answer=by_level,
    reads=frozenset({"application", "residence", "death", "certificate"}),
    needs="certificate",
    ends=frozenset({"no valid certificate", "no level that is paid"}),
    found_by="certificate",
)
