"""What civil affairs (民政) says of its procedure: consent, publicity, objections, reviews, reports, visits, complaints."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import HOUSEHOLD, About, Payload, RevisionName

Scope = Literal[
    "HOUSEHOLD_REGISTER",
    "TAX",
    "SOCIAL_INSURANCE",
    "REAL_ESTATE",
    "MARKET_REGULATION",
    "PROVIDENT_FUND",
    "VEHICLES",
    "BANKS",
    "INSURERS",
    "SECURITIES",
    "PAYMENT",
]


class AuthorisationContent(Payload, frozen=True, kw_only=True, tag="authorisation-content"):
    """Consent to verification (核对授权): what may be looked into, and until which day."""

    about: ClassVar[About] = About(("id_numbers",))

    scope: tuple[Scope, ...]
    signed_on: str
    until: str | None = None
    household_id: str | None = None


class PublishedAuthorisation(AuthorisationContent, frozen=True, kw_only=True, tag="published-authorisation"):
    """Who consents, by number."""

    id_numbers: tuple[str, ...]


class Authorisation(AuthorisationContent, frozen=True, kw_only=True, tag="authorisation"):
    """Everybody who consents, members and supporters outside the household."""

    persons: tuple[str, ...]


class Publicity(Payload, frozen=True, kw_only=True, tag="publicity"):
    """A case is made public where the household lives (公示)."""

    about: ClassVar[About] = HOUSEHOLD

    household_id: str | None = None
    programme: str
    stage: Literal["BEFORE_DECISION", "AFTER_DECISION"]
    place: str
    posted_on: str
    until: str | None = None


class Objection(Payload, frozen=True, kw_only=True, tag="objection"):
    """Somebody objects to what was published or proposed (异议)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    programme: str
    filed_on: str
    outcome: Literal["PENDING", "UPHELD", "DISMISSED", "WITHDRAWN"]
    closed_on: str | None = None
    text: str | None = None


class Appeal(Payload, frozen=True, kw_only=True, tag="appeal"):
    """A decision is taken to review or court (行政复议、行政诉讼); `stay`: it may not be executed meanwhile."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    decision: RevisionName
    forum: Literal["REVIEW", "COURT"]
    filed_on: str
    outcome: Literal["PENDING", "UPHELD", "REVOKED", "CHANGED", "REMANDED", "WITHDRAWN"]
    outcome_on: str | None = None
    stay: bool = False


class TemporaryAid(Payload, frozen=True, kw_only=True, tag="temporary_aid"):
    """Help in an emergency or with great expenses (临时救助), paid where the emergency is, its papers perhaps later."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    type: Literal["EMERGENCY", "EXPENDITURE"]
    emergency_region: str
    amount_fen: int
    granted_on: str
    prepaid: bool = False
    papers_on: str | None = None
    meeting_ref: str | None = None


class Review(Payload, frozen=True, kw_only=True, tag="review"):
    """A case is looked at again (定期核查): when it is due, and what came of it."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    programme: str
    due_on: str
    done_on: str | None = None
    outcome: Literal["PENDING", "UNCHANGED", "CHANGED"]


class Report(Payload, frozen=True, kw_only=True, tag="report"):
    """Somebody tells that something changed in a household (变化报告), and when it did."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    by: Literal["HOUSEHOLD", "VILLAGE", "OTHER"]
    matter: Literal["INCOME", "ASSETS", "MEMBERS", "HEALTH", "RESIDENCE", "OTHER"]
    reported_on: str
    changed_on: str
    text: str | None = None


class VisitResult(Payload, frozen=True, kw_only=True, tag="visit_result"):
    """What officers found at home (入户调查结果)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    purpose: Literal["APPLICATION", "REVIEW", "COMPLAINT", "CARE"]
    visited_on: str
    visitors: str
    finding: Literal["AS_DECLARED", "DIFFERENT", "NOBODY_THERE"]
    text: str | None = None


class Complaint(Payload, frozen=True, kw_only=True, tag="complaint"):
    """Somebody complains about a case, by hotline, letter or in person (投诉、举报、信访)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    channel: Literal["HOTLINE", "LETTER", "VISIT", "ONLINE"]
    filed_on: str
    closed_on: str | None = None
    outcome: Literal["PENDING", "CONFIRMED", "UNFOUNDED", "REFERRED"]
    text: str | None = None


class DataChallenge(Payload, frozen=True, kw_only=True, tag="data_challenge"):
    """A record of a department is said to be wrong (数据校核申请), which the department answers within ten working days."""

    happens: ClassVar[bool] = True

    challenged: RevisionName
    filed_on: str
    answered_on: str | None = None
    outcome: Literal["PENDING", "CORRECTED", "CONFIRMED"]
    text: str | None = None
