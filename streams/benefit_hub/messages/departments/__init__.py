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
    Outcome,
    PublishedDecision,
    Shown,
    VerificationResult,
)
from benefit_hub.messages.departments.disability import Certificate, CertifiedCategory
from benefit_hub.messages.departments.envelope import HOUSEHOLD, PERSON, About, Envelope, Payload, RevisionName
from benefit_hub.messages.departments.forms import FACT_FORMS, FactForm, names_people, people_fields
from benefit_hub.messages.departments.further import (
    Disaster,
    Enterprise,
    FinancialAsset,
    HousingAid,
    MentalDisorder,
    ProvidentFund,
    RealEstate,
    SchoolEnrolment,
    SelfEmployed,
    SocialOrganisation,
    TaxIncome,
    Veteran,
)
from benefit_hub.messages.departments.health_insurance import Enrolment, MedicalExpense, SeriousIllness
from benefit_hub.messages.departments.households import (
    AbilityAssessment,
    Cohort,
    Cremation,
    Divorce,
    Guardianship,
    GuardianshipContent,
    Marriage,
    Membership,
    Placement,
    PublishedDivorce,
    PublishedGuardianship,
    PublishedMarriage,
    PublishedRelation,
    Relation,
    RelationKind,
    Relocation,
)
from benefit_hub.messages.departments.meanings import (
    AHEAD_FIELDS,
    DAY_FIELDS,
    LONG_AGO_FIELDS,
    MONTH_FIELDS,
    WHOLE_DAY_FIELDS,
)
from benefit_hub.messages.departments.payments import (
    LegacyAward,
    Payee,
    PayeeContent,
    PaymentResult,
    PublishedPayee,
    Recovery,
)
from benefit_hub.messages.departments.poverty_watch import WatchList
from benefit_hub.messages.departments.procedure import (
    Appeal,
    Authorisation,
    AuthorisationContent,
    Complaint,
    DataChallenge,
    Objection,
    Publicity,
    PublishedAuthorisation,
    Report,
    Review,
    Scope,
    TemporaryAid,
    VisitResult,
)
from benefit_hub.messages.departments.public_security import (
    Area,
    ContactLost,
    Custody,
    Death,
    IdentityCorrection,
    IdentityMerge,
    Missing,
    PublishedIdentityCorrection,
    PublishedIdentityMerge,
    Residence,
    Sex,
    Vehicle,
)
from benefit_hub.messages.departments.work import (
    Employment,
    JobClass,
    JobOffer,
    NursingBenefit,
    NursingType,
    Pension,
    UnemploymentBenefit,
    Wage,
)

FactPayload = (
    Residence
    | Death
    | IdentityCorrection
    | IdentityMerge
    | Custody
    | Vehicle
    | Missing
    | ContactLost
    | Enrolment
    | MedicalExpense
    | SeriousIllness
    | Employment
    | Wage
    | Pension
    | UnemploymentBenefit
    | NursingBenefit
    | JobOffer
    | Certificate
    | Membership
    | Relation
    | Marriage
    | Divorce
    | Guardianship
    | Cremation
    | Placement
    | AbilityAssessment
    | Relocation
    | Cohort
    | Application
    | VerificationResult
    | Decision
    | Authorisation
    | Publicity
    | Objection
    | Appeal
    | TemporaryAid
    | Review
    | Report
    | VisitResult
    | Complaint
    | DataChallenge
    | LegacyAward
    | Payee
    | PaymentResult
    | Recovery
    | WatchList
    | SchoolEnrolment
    | RealEstate
    | HousingAid
    | Enterprise
    | SelfEmployed
    | ProvidentFund
    | SocialOrganisation
    | Veteran
    | TaxIncome
    | Disaster
    | MentalDisorder
    | FinancialAsset
)


def kind_of(payload: type[Payload]) -> str:
    """The kind of a fact type."""
    return str(payload.__struct_config__.tag)


KINDS: dict[type[Payload], str] = {fact: kind_of(fact) for fact in get_args(FactPayload)}
"""The kind of each fact type."""

_PUBLISHED = {form.fact: published for published, form in FACT_FORMS.items()}

PAYLOADS: dict[str, type[Payload]] = {kind: _PUBLISHED.get(fact, fact) for fact, kind in KINDS.items()}
"""By kind, the type of what departments publish."""

__all__ = [
    "AHEAD_FIELDS",
    "DAY_FIELDS",
    "FACT_FORMS",
    "HOUSEHOLD",
    "KINDS",
    "LONG_AGO_FIELDS",
    "MONTH_FIELDS",
    "PAYLOADS",
    "PERSON",
    "WHOLE_DAY_FIELDS",
    "AbilityAssessment",
    "About",
    "Appeal",
    "Application",
    "Area",
    "Authorisation",
    "AuthorisationContent",
    "Certificate",
    "CertifiedCategory",
    "Cohort",
    "Complaint",
    "ContactLost",
    "Cremation",
    "Custody",
    "DataChallenge",
    "Death",
    "Decision",
    "DecisionContent",
    "Disaster",
    "Divorce",
    "Employment",
    "Enrolment",
    "Enterprise",
    "Envelope",
    "FactForm",
    "FactPayload",
    "FinancialAsset",
    "Guardianship",
    "GuardianshipContent",
    "HousingAid",
    "IdentityCorrection",
    "IdentityMerge",
    "JobClass",
    "JobOffer",
    "LegacyAward",
    "Marriage",
    "MedicalExpense",
    "Membership",
    "MentalDisorder",
    "Missing",
    "NursingBenefit",
    "NursingType",
    "Objection",
    "Outcome",
    "Payee",
    "PayeeContent",
    "Payload",
    "PaymentResult",
    "Pension",
    "Placement",
    "ProvidentFund",
    "Publicity",
    "PublishedAuthorisation",
    "PublishedDecision",
    "PublishedDivorce",
    "PublishedGuardianship",
    "PublishedIdentityCorrection",
    "PublishedIdentityMerge",
    "PublishedMarriage",
    "PublishedPayee",
    "PublishedRelation",
    "RealEstate",
    "Recovery",
    "Relation",
    "RelationKind",
    "Relocation",
    "Report",
    "Residence",
    "Review",
    "RevisionName",
    "SchoolEnrolment",
    "Scope",
    "SelfEmployed",
    "SeriousIllness",
    "Sex",
    "Shown",
    "SocialOrganisation",
    "TaxIncome",
    "TemporaryAid",
    "UnemploymentBenefit",
    "Vehicle",
    "VerificationResult",
    "Veteran",
    "VisitResult",
    "Wage",
    "WatchList",
    "kind_of",
    "names_people",
    "people_fields",
]
