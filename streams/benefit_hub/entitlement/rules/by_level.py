"""An amount by the level of the certificate, and where the programme says so by its category."""

from fractions import Fraction

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
from benefit_hub.messages.departments import Certificate, CertifiedCategory
from benefit_hub.policy.standards import Standard

Paid = tuple[CertifiedCategory, tuple[Standard, Fraction]]


def by_level(question: Question, month: int) -> Answer:
    """The amount of the standard for the level, the highest where somebody has several."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    held = certificate_of(question, month)
    if held is None:
        return nothing("no valid certificate", counted=first)
    paid = best_paid(question, held[1], month)
    if paid is None:
        worst = min((each.level for each in held[1].categories), default=None)
        return nothing("no level that is paid", {"level": str(worst or "")}, (*first, held[0]))
    statuses = status_missing(question, month, (*first, held[0]))
    if isinstance(statuses, Answer):
        return statuses
    each, found = paid
    inputs = {**statuses, "level": str(each.level), "category": each.category, "amount": str(found[1])}
    return whole(question, found, inputs, (*first, held[0]), "amount by level")


def best_paid(question: Question, held: Certificate, month: int) -> Paid | None:
    """Of a certificate's categories the one that is paid most, with its standard: `3 MENTAL`, or `3` whatever the category."""
    rows: list[Paid] = []
    for each in sorted(held.categories, key=lambda row: row.level):
        found = standard_of(question, f"{each.level} {each.category}", month) or standard_of(
            question, str(each.level), month
        )
        rows += [] if found is None else [(each, found)]
    return max(rows, key=lambda row: row[1][1], default=None)


RULE = Rule(
    answer=by_level,
    reads=PERSONAL_READS | {"certificate"},
    needs="certificate",
    ends=PERSONAL_ENDS | {"no valid certificate", "no level that is paid"},
    days=age_days,
    marks=age_months,
    found_by="certificate",
)
