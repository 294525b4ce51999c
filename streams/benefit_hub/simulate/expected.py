"""What a case expects, as it is written. A list that is given is complete: anything else of its kind is a difference."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from benefit_hub.catalogue.documents import Written
from benefit_hub.simulate.sentences import Amount, MonthText, Name


class Headed(Written):
    """A line that opens with whom it is about: `{H0 dibao: decrease, from: 2026-06}`."""

    of: Name
    what: Name

    @model_validator(mode="before")
    @classmethod
    def _opened(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError("a line such as `{H0 dibao: decrease, from: 2026-06}`")  # noqa: TRY004
        known = {field.alias or name for name, field in cls.model_fields.items()} - {"of", "what"}
        heads = [key for key in value if key not in known]
        if len(heads) != 1:
            told = ", ".join(map(str, heads)) or "none"
            raise ValueError(f"one key that says whom the line is about, beside {', '.join(sorted(known))}; got {told}")
        rest = {key: said for key, said in value.items() if key != heads[0]}
        return {**rest, "of": heads[0], "what": value[heads[0]]}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class ExpectedAdjustment(Headed):
    """`{H0 dibao: decrease, from: 2026-06, before: 1035.00, after: 590.00, receivable: 890.00, cause: death}`.

    `from` is the first month that is paid so, `reaches back to` the first whose entitlement changed.
    """

    since: MonthText | None = Field(None, alias="from")
    back_to: MonthText | None = Field(None, alias="reaches back to")
    before: Amount | None = None
    after: Amount | None = None
    arrears: Amount = 0
    receivable: Amount = 0
    execution: Literal["automatic", "decided"] | None = None
    cause: Name | None = None
    overpayment: Name | None = None
    decided: date | None = None
    heard: date | None = None
    says: Annotated[list[Name], BeforeValidator(_listed)] = Field(default_factory=list)


class ExpectedProposal(Headed):
    """`{H0 dibao: open, from: 2026-09, before: 1035.00, after: 590.00, due: 2026-11-15}`."""

    since: MonthText | None = Field(None, alias="from")
    before: Amount | None = None
    after: Amount | None = None
    due: date | None = None


class ExpectedLead(Headed):
    """`{H0 dibao: open, reason: watch list}`."""

    reason: Name | None = None


class ExpectedTask(Headed):
    """`{H0: verify after death, due: 2026-06-15}`; `state` is open unless it is said."""

    due: date | None = None
    state: Literal["open", "withdrawn", "decided"] = "open"


class ExpectedReconciliation(Headed):
    """`{H0 dibao: computed higher, paid: 1000.00, computed: 1035.00, stands: true}`: what going live found."""

    paid: Amount | None = None
    computed: Amount | None = None
    stands: bool | None = None


class ExpectedReceipt(Headed):
    """`{death of A: refused, code: BAD_IDENTITY, field: id_number}`: what a department is told, where it is not `accepted`."""

    code: Name | None = None
    field: Name | None = None


class ExpectedPerson(Written):
    """What the register holds of a person."""

    alive: bool | None = None
    died: date | None = None
    confirmed_by: int | None = Field(None, alias="confirmed by")
    household: Name | None = None


def _nothing(value: object) -> object:
    return {} if value == "nothing" else value


AmountsByMonth = Annotated[dict[MonthText, Amount], BeforeValidator(_nothing)]
StatusByMonth = Annotated[dict[MonthText, Name], BeforeValidator(_nothing)]


class Expected(Written):
    """What is expected. Amounts and statuses stand from their month until the next; `pay_runs` are what was paid."""

    amounts: dict[Name, AmountsByMonth] | None = None
    pay_runs: dict[Name, AmountsByMonth] | None = Field(None, alias="pay runs")
    adjustments: list[ExpectedAdjustment] | None = None
    proposals: list[ExpectedProposal] | None = None
    leads: list[ExpectedLead] | None = None
    tasks: list[ExpectedTask] | None = None
    receipts: list[ExpectedReceipt] | None = None
    reconciliation: list[ExpectedReconciliation] | None = None
    computed_class: dict[Name, Name] = Field(default_factory=dict, alias="class")
    status: dict[Name, StatusByMonth] = Field(default_factory=dict)
    persons: dict[Name, ExpectedPerson] = Field(default_factory=dict)
    nothing_happens: Literal[True] | None = Field(None, alias="nothing happens")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("at least one expectation: what cannot fail says nothing")
        return self
