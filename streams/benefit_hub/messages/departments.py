"""What departments publish: an envelope that every record has, and one payload type per kind of fact.

An Avro record of a department topic holds the fields of `Envelope` and those of the payload side by side. Dates arrive as
text and may be partial (`2026-03`); amounts are in fen. Payloads travel on in `facts`, except that a published decision
names people by number (`PublishedDecision`) and the fact behind it by pseudonym (`Decision`).
"""

from typing import Literal

from msgspec import Struct


class Envelope(Struct, frozen=True, kw_only=True):
    """What every record of a department says: which record, which version of it, true when, known when, about whom."""

    record_id: str
    revision: int
    retracted: bool = False
    valid_from: str
    valid_to: str | None = None
    recorded_at: int
    id_number: str | None = None
    previous_id_number: str | None = None


class Payload(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What a record says beside its envelope."""


Area = Literal["URBAN", "RURAL"]
Sex = Literal["FEMALE", "MALE"]


class Residence(Payload, frozen=True, kw_only=True, tag="residence"):
    """Where somebody is registered (户籍)."""

    region: str
    area: Area
    register_number: str
    birth_date: str
    sex: Sex


class Death(Payload, frozen=True, kw_only=True, tag="death"):
    """Somebody died on `valid_from` (死亡)."""

    place: str | None = None
    certificate_number: str | None = None


class Wage(Payload, frozen=True, kw_only=True, tag="wage"):
    """What an employer paid for a period (工资), as that month's amount."""

    pay_period: str
    employer: str
    amount_fen: int


class CertifiedCategory(Struct, frozen=True):
    """One category of disability and its level, 1 the most severe."""

    category: Literal["VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL"]
    level: Literal[1, 2, 3, 4]


class Certificate(Payload, frozen=True, kw_only=True, tag="certificate"):
    """A disability certificate (残疾人证); each change of level is a new record with its own `valid_from`."""

    categories: tuple[CertifiedCategory, ...]
    status: Literal["VALID", "FROZEN", "CANCELLED"]
    issued_on: str
    previous: str | None = None


class Membership(Payload, frozen=True, kw_only=True, tag="membership"):
    """A person is a member of a household (共同生活家庭成员); closed by `valid_to`, never left out."""

    household_id: str
    role: Literal["HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER"]
    relation: str | None = None
    basis: str | None = None


class Application(Payload, frozen=True, kw_only=True, tag="application"):
    """Somebody applies for a programme (救助申请), for the household where one is named, else for himself."""

    programme: str
    household_id: str | None = None
    submitted_on: str
    received_region: str
    competent_region: str
    channel: Literal["TOWNSHIP", "ONLINE", "AGENT", "PROACTIVE"]
    officer_relative: bool = False


class VerificationResult(Payload, frozen=True, kw_only=True, tag="verification_result"):
    """What verification found of a member (家庭经济状况核对结果), per month where it is income."""

    item: Literal["WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER", "DEPOSIT", "VEHICLE", "HOUSE"]
    period: str
    amount_fen: int
    as_of: str


class WatchList(Payload, frozen=True, kw_only=True, tag="watch_list"):
    """A person's household is watched against a return to poverty (防止返贫监测对象)."""

    category: Literal["UNSTABLE", "MARGINAL", "SUDDEN"]
    income_per_head_fen: int | None = None


class RevisionName(Struct, frozen=True):
    """Names one revision of one department's record."""

    source: str
    kind: str
    record: str
    revision: int


class Shown(Struct, frozen=True):
    """What the deciding officer saw: policy book, amounts per month before and after in fen."""

    book: str
    before_fen: int
    after_fen: int


Outcome = Literal["ACCEPT", "REJECT", "MODIFY"]


class DecisionContent(Payload, frozen=True, kw_only=True, tag="decision-content"):
    """What a decision says whoever it is about; `from_month` and `until_month` (inclusive) override the policy's months."""

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


class PublishedDecision(DecisionContent, frozen=True, kw_only=True, tag="published-decision"):
    """A decision (审核确认决定) as civil affairs publishes it."""

    household_ids: tuple[str, ...] = ()
    id_numbers: tuple[str, ...] = ()


class Decision(DecisionContent, frozen=True, kw_only=True, tag="decision"):
    """A decision as a fact: the people whom it is about by pseudonym."""

    household_ids: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


class LegacyAward(Payload, frozen=True, kw_only=True, tag="legacy_award"):
    """A benefit already paid when the hub goes live (存量待遇)."""

    programme: str
    household_id: str | None = None
    amount_fen: int
    status: str
    paid_since: str


FactPayload = (
    Residence
    | Death
    | Wage
    | Certificate
    | Membership
    | Application
    | VerificationResult
    | WatchList
    | Decision
    | LegacyAward
)

PAYLOADS: dict[str, type[Payload]] = {
    "residence": Residence,
    "death": Death,
    "wage": Wage,
    "certificate": Certificate,
    "membership": Membership,
    "application": Application,
    "verification_result": VerificationResult,
    "watch_list": WatchList,
    "decision": PublishedDecision,
    "legacy_award": LegacyAward,
}
