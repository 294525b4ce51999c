"""What human resources and social security (人社) say of people: work, and what is paid for it or instead of it."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import Payload

JobClass = Literal[
    "CIVIL_SERVANT",
    "PUBLIC_INSTITUTION",
    "ENTERPRISE",
    "MIGRANT_WORK",
    "FLEXIBLE",
    "PUBLIC_WELFARE_POST",
    "INDUSTRY_SUPPORT",
]
"""What kind of work it is, as packs tell it apart for the gradual exit."""
NursingType = Literal["WORK_INJURY", "DUTY_DISABILITY", "RETIRED_CADRE", "OLD_AGE", "OTHER"]
"""Why somebody has a nursing benefit, as packs tell it apart for what it excludes."""


class Employment(Payload, frozen=True, kw_only=True, tag="employment"):
    """Somebody works for an employer from `valid_from` to `valid_to` (就业); `employer` tells one from another, no more."""

    employer: str
    job_class: JobClass


class Wage(Payload, frozen=True, kw_only=True, tag="wage"):
    """What an employer paid for a period (工资): that month's amount, or all from January to that month."""

    either: ClassVar[tuple[str, ...]] = ("amount_fen", "year_to_date_fen")

    pay_period: str
    employer: str
    amount_fen: int = 0
    year_to_date_fen: int | None = None


class Pension(Payload, frozen=True, kw_only=True, tag="pension"):
    """What somebody is paid a month for his age (养老金), and how much of it is the centrally set basic part."""

    scheme: Literal["EMPLOYEE", "RESIDENT", "PUBLIC_INSTITUTION"]
    amount_fen: int
    basic_part_fen: int = 0


class UnemploymentBenefit(Payload, frozen=True, kw_only=True, tag="unemployment_benefit"):
    """What somebody is paid a month while out of work (失业保险金、失业补助金)."""

    type: Literal["INSURANCE", "SUBSIDY"]
    amount_fen: int


class NursingBenefit(Payload, frozen=True, kw_only=True, tag="nursing_benefit"):
    """What somebody is paid a month for being cared for (生活护理费), after a work injury or on another ground."""

    type: NursingType
    amount_fen: int


class JobOffer(Payload, frozen=True, kw_only=True, tag="job_offer"):
    """Somebody was offered work (岗位推荐), and what came of it."""

    happens: ClassVar[bool] = True

    offered_on: str
    suitable: bool
    outcome: Literal["PENDING", "ACCEPTED", "REFUSED", "NOT_TAKEN_ON"]
    good_reason: bool = False
    reason: str | None = None
