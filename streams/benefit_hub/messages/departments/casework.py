"""What civil affairs (民政) says of a case: application, verification, decision."""

from typing import ClassVar, Literal

from msgspec import Struct

from benefit_hub.messages.departments.envelope import HOUSEHOLD, About, Payload, RevisionName


class Application(Payload, frozen=True, kw_only=True, tag="application"):
    """Somebody applies for a programme (救助申请), for the household where one is named, else for himself."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    programme: str
    household_id: str | None = None
    submitted_on: str
    received_region: str
    competent_region: str
    channel: Literal["TOWNSHIP", "ONLINE", "AGENT", "PROACTIVE"]
    officer_relative: bool = False


class VerificationResult(Payload, frozen=True, kw_only=True, tag="verification_result"):
    """What verification found of a member (家庭经济状况核对结果), per month where it is income or necessary expense; `employer`
    pays the wage that was found."""

    item: Literal[
        "WAGE",
        "BUSINESS",
        "PROPERTY",
        "TRANSFER",
        "OTHER",
        "DEPOSIT",
        "VEHICLE",
        "HOUSE",
        "MEDICAL_EXPENSE",
        "EDUCATION_EXPENSE",
        "DISABILITY_EXPENSE",
    ]
    period: str
    amount_fen: int
    as_of: str
    employer: str | None = None


class Shown(Struct, frozen=True, gc=False):
    """What the deciding officer saw: policy book, amounts per month before and after in fen."""

    book: str
    before_fen: int
    after_fen: int


Outcome = Literal["ACCEPT", "REJECT", "MODIFY"]


class DecisionContent(Payload, frozen=True, kw_only=True, tag="decision-content"):
    """What a decision says whoever it is about; `from_month` and `until_month` (inclusive) override the policy's months."""

    about: ClassVar[About] = About(("household_ids", "id_numbers"))
    happens: ClassVar[bool] = True

    programme: str
    outcome: Outcome
    covers: tuple[RevisionName, ...]
    amount_fen: int | None = None
    grade: str | None = None
    from_month: str | None = None
    until_month: str | None = None
    next_review: str | None = None
    grace_months: int | None = None
    meeting_ref: str | None = None
    decided_on: str
    authority: str
    heard_on: str | None = None
    statement: str | None = None
    notice_served_on: str | None = None
    shown: Shown | None = None
    household_ids: tuple[str, ...] = ()

    @property
    def counts_itself(self) -> bool:
        """Whether it says something of its own, an amount or a gradual exit, beside what it lets count."""
        return self.outcome == "MODIFY" or (self.outcome == "ACCEPT" and self.grace_months is not None)

    @property
    def moves_people(self) -> bool:
        """Whether it says who belongs to a household; only those whom it names by number learn of that."""
        return any(name.kind == "membership" for name in self.covers)


class PublishedDecision(DecisionContent, frozen=True, kw_only=True, tag="published-decision"):
    """A decision (审核确认决定) as civil affairs publishes it."""

    id_numbers: tuple[str, ...] = ()


class Decision(DecisionContent, frozen=True, kw_only=True, tag="decision"):
    """A decision as a fact: the people whom it is about by pseudonym."""

    persons: tuple[str, ...] = ()
