"""What civil affairs (民政) says of money: what was already paid, to whom, with what result, and what was given back."""

from typing import ClassVar, Literal

from benefit_hub.messages.departments.envelope import HOUSEHOLD, About, Payload, RevisionName


class LegacyAward(Payload, frozen=True, kw_only=True, tag="legacy_award"):
    """A benefit already paid when the hub goes live (存量待遇), to the household where one is named, else to the person."""

    about: ClassVar[About] = HOUSEHOLD

    programme: str
    household_id: str | None = None
    amount_fen: int
    status: str
    paid_since: str


class PayeeContent(Payload, frozen=True, kw_only=True, tag="payee-content"):
    """Who receives the money of a household or person (领款人); `account` tells accounts apart, and is no account number."""

    about: ClassVar[About] = HOUSEHOLD

    household_id: str | None = None
    programme: str | None = None
    bank: str
    account: str


class PublishedPayee(PayeeContent, frozen=True, kw_only=True, tag="published-payee"):
    """The holder of the account by number."""

    payee_id_number: str


class Payee(PayeeContent, frozen=True, kw_only=True, tag="payee"):
    """The holder of the account."""

    payee: str


class PaymentResult(Payload, frozen=True, kw_only=True, tag="payment_result"):
    """What became of a month's payment (发放结果)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    programme: str
    month: str
    amount_fen: int
    status: Literal["PAID", "RETURNED", "FAILED"]
    paid_on: str | None = None
    reason: str | None = None


class Recovery(Payload, frozen=True, kw_only=True, tag="recovery"):
    """What was overpaid and has been given back, or need not be (追回、减免)."""

    about: ClassVar[About] = HOUSEHOLD
    happens: ClassVar[bool] = True

    household_id: str | None = None
    programme: str
    amount_fen: int
    type: Literal["REFUND", "DEDUCTION", "WAIVER"]
    recovered_on: str
    decision: RevisionName | None = None
