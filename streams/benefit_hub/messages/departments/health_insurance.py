"""What health insurance (医保) says of people."""

from typing import Literal

from benefit_hub.messages.departments.envelope import Payload


class Enrolment(Payload, frozen=True, kw_only=True, tag="enrolment"):
    """Somebody is insured (基本医疗保险参保), and who pays the contribution of the year."""

    scheme: Literal["EMPLOYEE", "RESIDENT"]
    aid: Literal["NONE", "PARTLY", "FULLY"] = "NONE"
    contribution_fen: int | None = None


class MedicalExpense(Payload, frozen=True, kw_only=True, tag="medical_expense"):
    """What treatment cost in a month, what insurance and medical aid bore of it, and what somebody paid himself (医疗费用)."""

    period: str
    total_fen: int
    reimbursed_fen: int
    self_paid_fen: int


class SeriousIllness(Payload, frozen=True, kw_only=True, tag="serious_illness"):
    """Somebody is recognised as seriously ill (重特大疾病认定); `illness` is a code, not a text."""

    illness: str
    recognised_on: str
    recognised_by: str | None = None
