"""What the hub says to others, as Avro: adjustments, entitlements, explanations, registers, proposals, leads, tasks, receipts,
alarms.

Months are text (`2026-04`), amounts are fen, days are dates, instants are milliseconds since 1970.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from benefit_hub.messages.departments import RevisionName

AdjustmentKind = Literal[
    "START",
    "INCREASE",
    "DECREASE",
    "HOLD",
    "RELEASE",
    "STOP",
    "ARREARS",
    "OVERPAYMENT",
    "ARREARS_CANCELLED",
    "OVERPAYMENT_CANCELLED",
    "TRANSFER_IN",
    "TRANSFER_OUT",
    "PAY_RUN_MARKER",
]


class SettledMonth(Struct, frozen=True, gc=False):
    """A month already paid, and by how much what is owed for it changed."""

    month: str
    difference_fen: int


class Adjustment(Struct, frozen=True, gc=False, kw_only=True):
    """A change of what a beneficiary is paid, or the marker of a closed pay run.

    From `payable_from` on the monthly amount is `after_fen`, for all later months until a later adjustment of the same
    beneficiary and programme says otherwise; `arrears_fen` is added once to the next pay run; `receivable_fen` is overpaid
    and under review, never recovered by itself, and less than zero where an overpayment is cancelled.
    `effective_month` is the first month for which the entitlement changed. A transfer changes under which number somebody is
    paid and nothing else: `TRANSFER_OUT` of a wrong or merged number and `TRANSFER_IN` of the right one belong together.
    """

    adjustment_id: str
    beneficiary: str
    household: str
    sequence: int
    programme: str
    kind: AdjustmentKind
    effective_month: str
    payable_from: str
    before_fen: int
    after_fen: int
    settled: tuple[SettledMonth, ...]
    arrears_fen: int
    receivable_fen: int
    execution: Literal["AUTOMATIC", "DECIDED"]
    authority: str | None
    decided_on: date | None
    heard_on: date | None
    cause_class: str
    overpayment_class: str | None
    book: str
    engine: str
    explanation_id: str
    assumed: bool
    origin: int


class EntitledMonths(Struct, frozen=True, gc=False):
    """What is owed per month from a month on."""

    since: str
    amount_fen: int
    status: str


class Entitlement(Struct, frozen=True, gc=False, kw_only=True):
    """What a beneficiary is owed of one programme, as a whole; compacted, the newest stands."""

    beneficiary: str
    household: str
    programme: str
    region: str
    months: tuple[EntitledMonths, ...]
    outstanding_receivable_fen: int
    paid_through: str | None
    book: str


class ExplainedIncome(Struct, frozen=True, gc=False):
    """An income of a month: what the record tells, and as how many yuan it counts, exact as text."""

    fact: RevisionName
    item: str
    told_fen: int
    counts: str


class ExplainedAmount(Struct, frozen=True, gc=False):
    """How one amount was computed; `inputs` are exact numbers as text, `incomes` what the household's income comes from.

    What is on `HOLD` is owed and not paid for now. `unverified`: nobody has held a rule or amount in it against its text.
    """

    amount_fen: int
    rule: str
    formula: str
    inputs: dict[str, str]
    facts: tuple[RevisionName, ...]
    clause: str
    source: str
    assumed: bool
    pay: Literal["PAY", "HOLD"] = "PAY"
    incomes: tuple[ExplainedIncome, ...] = ()
    unverified: bool = False


class ExplainedMonths(Struct, frozen=True, gc=False):
    """From a month on, as long as nothing later is told: the computation that stood, and the one that stands now."""

    since: str
    before: ExplainedAmount | None
    after: ExplainedAmount | None


class ExplainedSettlement(Struct, frozen=True, gc=False):
    """How the difference of a month already paid became arrears and receivable.

    `overpaid_fen` was a receivable of that month before; `unpaid_fen` arrears of it that no pay run had closed yet. What is owed
    more cancels the first and is arrears beyond it; what is owed less undoes the second and is a receivable beyond it.
    """

    month: str
    difference_fen: int
    overpaid_fen: int
    unpaid_fen: int
    arrears_fen: int
    receivable_fen: int


class ExplainedMonthRule(Struct, frozen=True, gc=False):
    """From which month a cause counts, and how that month is found.

    The month rule, of the effect table of the policy pack, counts from the day on which it `happened` (for `APPLICATION_MONTH` it
    was applied for) or was `decided` (received, where nobody decided). `way` tells what else there is: `NAMED` the decision
    names the month, `CORRECTED` it is the month of the record that is corrected, `TOGETHER` the deaths of a household count
    with the last of them, `ENDED` it is the month after the last day, the one on which it happened.
    """

    since: str
    rule: str
    way: Literal["RULE", "NAMED", "CORRECTED", "TOGETHER", "ENDED"]
    happened: date
    decided: date
    clause: str
    source: str
    assumed: bool
    unverified: bool


class ExplainedCause(Struct, frozen=True, gc=False):
    """Why something changed: what happened, when, when the hub received it, and who decided after hearing whom."""

    cause: str
    fact: RevisionName | None
    event_day: date | None
    received_on: date | None
    execution: Literal["AUTOMATIC", "DECIDED"]
    authority: str | None
    decided_on: date | None
    heard_on: date | None
    month: ExplainedMonthRule | None = None


class Explanation(Struct, frozen=True, gc=False, kw_only=True):
    """Why an adjustment was made (restricted): facts, numbers, clause, and the sentence for people.

    `before` and `after` are of the effective month; `months` tells later ones up to that from which the new amount is paid,
    where anything in them is another. `eve` is the month before the effective one, told where no cause counts from that month
    on: what differs between the two is why it is that month. From these, `settled` and `reasons` the whole adjustment can be
    computed again.
    """

    explanation_id: str
    adjustment_id: str
    beneficiary: str
    programme: str
    effective_month: str
    before: ExplainedAmount | None
    after: ExplainedAmount | None
    causes: tuple[str, ...]
    cause_facts: tuple[RevisionName, ...]
    book: str
    text_zh: str
    title: str = ""
    months: tuple[ExplainedMonths, ...] = ()
    settled: tuple[ExplainedSettlement, ...] = ()
    reasons: tuple[ExplainedCause, ...] = ()
    eve: ExplainedMonths | None = None


class PersonEntry(Struct, frozen=True, gc=False, kw_only=True):
    """What the register holds of a person: no more than other departments need.

    `canonical` is the person whose wrong or merged number this is; everything else is said under that one then.
    """

    person: str
    alive: bool
    died_on: date | None
    death_confirmed_by: int
    region: str | None
    area: str | None
    household: str
    records: int
    canonical: str | None = None


class RecognisedStatus(Struct, frozen=True, gc=False):
    """A status that was decided, from a month on."""

    programme: str
    since: str
    status: str


class HouseholdEntry(Struct, frozen=True, gc=False, kw_only=True):
    """What the register holds of a household: recognised statuses (decided) and the computed class (arithmetic)."""

    household: str
    region: str | None
    area: str | None
    members: int
    statuses: tuple[RecognisedStatus, ...]
    computed_class: str
    book: str


ItemState = Literal["OPEN", "CHANGED", "WITHDRAWN", "DECIDED"]


class Proposal(Struct, frozen=True, gc=False, kw_only=True):
    """A change that only a person may make: what would become of an amount, from when, because of which facts."""

    proposal_id: str
    state: ItemState
    beneficiary: str
    household: str
    programme: str
    effective_month: str
    before_fen: int
    after_fen: int
    covers: tuple[RevisionName, ...]
    causes: tuple[str, ...]
    due_on: date | None
    region: str
    book: str
    text_zh: str


class Lead(Struct, frozen=True, gc=False, kw_only=True):
    """Somebody may be entitled and has not applied: help to apply (告知、启动救助程序)."""

    lead_id: str
    state: ItemState
    household: str
    person: str | None
    programme: str
    reason: str
    region: str
    text_zh: str


class TaskItem(Struct, frozen=True, gc=False, kw_only=True):
    """Something that a person has to do: verify, hear, serve a notice, settle a conflict."""

    task_id: str
    state: ItemState
    type: str
    subject: str
    household: str | None
    due_on: date | None
    facts: tuple[RevisionName, ...]
    text_zh: str


AlarmKind = Literal["SILENCE", "VOLUME"]
AlarmState = Literal["OPEN", "ENDED"]


class Alarm(Struct, frozen=True, gc=False, kw_only=True):
    """A department's topic is not as usual: silent, or far too full, in a window of broker time; or it is so no longer.

    `records` came from `began_at` on, the beginning of the first such window, within `window_s` seconds; `usual` is how many
    do. `ended_at` is the beginning of the first window that was as usual again.
    """

    alarm_id: str
    state: AlarmState
    topic: str
    department: str
    kind: AlarmKind
    began_at: int
    window_s: int
    records: int
    usual: int
    ended_at: int | None
    text_en: str
    text_zh: str


ReconciliationFinding = Literal[
    "EQUAL", "COMPUTED_HIGHER", "COMPUTED_LOWER", "NOT_ELIGIBLE", "DEAD", "DOUBLE", "EXCLUSIVE", "NO_RULE", "UNKNOWN_BENEFICIARY",
    "NO_AWARD",
]  # fmt: skip


class Reconciliation(Struct, frozen=True, kw_only=True):
    """What was paid when the hub went live, and what the rule says of the facts that were loaded with it; compacted.

    Both are per month, from `first_month` on, the first for which the hub answers. `stands`: it is still paid so, and nobody has
    decided otherwise.
    """

    beneficiary: str
    household: str
    programme: str
    region: str
    first_month: str
    paid_fen: int
    computed_fen: int
    finding: ReconciliationFinding
    stands: bool
    awards: tuple[RevisionName, ...]
    book: str
    text_zh: str


ReceiptStatus = Literal["ACCEPTED", "REFUSED", "REPEATED", "CONFLICT", "TOO_LATE"]


class Receipt(Struct, frozen=True, gc=False, kw_only=True):
    """What became of a department's record, for that department, and for its batch where its publisher sends batches."""

    source: str
    event_id: str
    kind: str
    record: str
    revision: int
    status: ReceiptStatus
    code: str | None = None
    field: str | None = None
    expected: str | None = None
    text_en: str | None = None
    text_zh: str | None = None
    batch: str | None = None
    batch_size: int | None = None
