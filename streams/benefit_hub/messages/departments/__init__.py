"""What departments publish: an envelope that every record has, and one payload type per kind of fact.

An Avro record of a department topic holds the fields of `Envelope` and those of the payload side by side. Dates arrive as
text and may be partial (`2026-03`); amounts are in fen. Payloads travel on in `facts`, those that name people by number in
a form of their own (`FACT_FORMS`). A kind is what its fact type is tagged with; several departments may publish it.
"""

from typing import get_args

from benefit_hub.messages.departments.casework import (
    Application,
    Decision,
    DecisionContent,
    LegacyAward,
    Outcome,
    PublishedDecision,
    Shown,
    VerificationResult,
)
from benefit_hub.messages.departments.disability import Certificate, CertifiedCategory
from benefit_hub.messages.departments.envelope import HOUSEHOLD, PERSON, About, Envelope, Payload, RevisionName
from benefit_hub.messages.departments.forms import FACT_FORMS, FactForm, names_people, people_fields
from benefit_hub.messages.departments.households import Membership, PublishedRelation, Relation, RelationKind
from benefit_hub.messages.departments.poverty_watch import WatchList
from benefit_hub.messages.departments.public_security import (
    Area,
    Death,
    IdentityCorrection,
    IdentityMerge,
    PublishedIdentityCorrection,
    PublishedIdentityMerge,
    Residence,
    Sex,
)
from benefit_hub.messages.departments.work import Wage

FactPayload = (
    Residence
    | Death
    | IdentityCorrection
    | IdentityMerge
    | Wage
    | Certificate
    | Membership
    | Relation
    | Application
    | VerificationResult
    | WatchList
    | Decision
    | LegacyAward
)


def kind_of(payload: type[Payload]) -> str:
    """The kind of a fact type."""
    return str(payload.__struct_config__.tag)


_PUBLISHED = {form.fact: published for published, form in FACT_FORMS.items()}

PAYLOADS: dict[str, type[Payload]] = {kind_of(fact): _PUBLISHED.get(fact, fact) for fact in get_args(FactPayload)}
"""By kind, the type of what departments publish."""

__all__ = [
    "FACT_FORMS",
    "HOUSEHOLD",
    "PAYLOADS",
    "PERSON",
    "About",
    "Application",
    "Area",
    "Certificate",
    "CertifiedCategory",
    "Death",
    "Decision",
    "DecisionContent",
    "Envelope",
    "FactForm",
    "FactPayload",
    "IdentityCorrection",
    "IdentityMerge",
    "LegacyAward",
    "Membership",
    "Outcome",
    "Payload",
    "PublishedDecision",
    "PublishedIdentityCorrection",
    "PublishedIdentityMerge",
    "PublishedRelation",
    "Relation",
    "RelationKind",
    "Residence",
    "RevisionName",
    "Sex",
    "Shown",
    "VerificationResult",
    "Wage",
    "WatchList",
    "kind_of",
    "names_people",
    "people_fields",
]
