"""What the processors tell each other, as msgpack with the version in the tag (`fact/1`).

`facts` carries `Fact` and `ControlCopy`; `household-facts` carries `Snapshot`, `Gone`, `HouseholdFact` and `ControlCopy`;
`claims` carries `Claims` and `ControlCopy`. Register tells itself `PersonTransfer`, `IdentityChain` and `RelatedFacts` over
`person-transfers`, settlement itself `LedgerTransfer` over `ledger-transfers`.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from benefit_hub.messages.departments import KINDS, FactPayload, Outcome, RevisionName
from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps

RecordKey = tuple[str, str, str]
"""A department's record: source, kind, record id."""


class Fact(Struct, frozen=True, gc=False, kw_only=True, tag="fact/1"):
    """One revision of one department's record about one subject (a person, or a household).

    `received_on` is the day of its first arrival in Asia/Shanghai, the decision day of automatic causes; `content` is a
    hash by which equal revisions are told from conflicting ones.
    """

    subject: str
    source: str
    record: str
    revision: int
    mapping: int
    recorded_at: int
    content: str
    received_at: int
    received_on: date
    retracted: bool
    valid_from: date
    valid_to: date | None
    event_id: str
    payload: FactPayload

    @property
    def kind(self) -> str:
        """The kind of fact, as in the tag of its payload."""
        return KINDS[type(self.payload)]

    @property
    def record_key(self) -> RecordKey:
        """Which record this is a revision of."""
        return (self.source, KINDS[type(self.payload)], self.record)

    @property
    def own_key(self) -> tuple[str, str, str, str]:
        """Which record about which subject: a record that changed person is one for each of them."""
        return (self.source, KINDS[type(self.payload)], self.record, self.subject)

    @property
    def name(self) -> RevisionName:
        """How a decision names this revision."""
        return RevisionName(self.source, KINDS[type(self.payload)], self.record, self.revision)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """The total order of what was said about one record; the greatest wins, so arrival does not matter."""
        return (self.revision, self.mapping, self.recorded_at, self.content)


ControlType = Literal[
    "DAY_OPENED",
    "PAY_RUN_CLOSED",
    "POLICY_ACTIVATED",
    "REGION_VALUE",
    "EMERGENCY",
    "CUT",
    "SETTLE_REQUESTED",
    "KEY_DECLARED",
    "BOOTSTRAP_OPENED",
    "BOOTSTRAP_CLOSED",
]


class ControlEvent(Struct, frozen=True, gc=False, kw_only=True):
    """Something that happens to all: a day opens, a pay run closes, a policy book is activated, a hub goes live."""

    type: ControlType
    day: str | None = None
    month: str | None = None
    book: str | None = None
    engine: str | None = None
    check: str | None = None
    region: str | None = None
    measure: str | None = None
    value: str | None = None
    run: str | None = None
    reason: str | None = None
    operator: str | None = None


class ControlCopy(Struct, frozen=True, gc=False, kw_only=True, tag="control-copy/1"):
    """A copy of a control event on its way through the partitions: its place in the sequence, and who copied it.

    `received_at` is when the hub received the event, in milliseconds since 1970.
    """

    sequence: int
    origin: int
    event: ControlEvent
    received_at: int = 0


class Held(Struct, frozen=True, gc=False, array_like=True):
    """From a month on a person belongs to a household; `member` tells whether it counts the person among its members."""

    since: Month
    household: str
    member: bool


class Alias(Struct, frozen=True, gc=False, array_like=True):
    """A wrong or merged number of a person: as of which of its own assignments, and whether it is lent to this person then."""

    person: str
    number: int
    lent: bool


class RelatedStatus(Struct, frozen=True, gc=False, kw_only=True):
    """What a dependant's household may know of a parent, supporter or guardian: facts of a few kinds, nothing else."""

    related: str
    relation: str
    facts: tuple[Fact, ...]


class Snapshot(Struct, frozen=True, gc=False, kw_only=True, tag="snapshot/1"):
    """All that is known of a person, for one household of the person's membership history.

    `number` and `held` are the assignment: for each month exactly one household; `reported` is the same by what is said but
    not decided. `role` is the person's role in this household. `aliases` are the numbers whose records are, or were, this
    person's too; they belong to the assignment. `opened` is the assignment with which the hub went live, where it is another.
    """

    person: str
    household: str
    version: int
    number: int
    held: tuple[Held, ...]
    reported: tuple[Held, ...]
    role: str
    records: tuple[Fact, ...]
    aliases: tuple[Alias, ...] = ()
    related: tuple[RelatedStatus, ...] = ()
    opened: tuple[Held, ...] | None = None


class Gone(Struct, frozen=True, gc=False, kw_only=True, tag="gone/1"):
    """A person has nothing to do with a household any more; with `canonical`, because that person stands for this one.

    `decided` are the revisions that decisions about the person name: they may have decided what waits there.
    """

    person: str
    household: str
    version: int
    number: int
    held: tuple[Held, ...]
    aliases: tuple[Alias, ...] = ()
    canonical: str | None = None
    decided: tuple[RevisionName, ...] = ()


class HouseholdFact(Struct, frozen=True, gc=False, kw_only=True, tag="household-fact/1"):
    """A fact about a household itself, kept and ordered by register."""

    household: str
    fact: Fact


Execution = Literal["AUTOMATIC", "DECIDED"]
Pay = Literal["PAY", "HOLD"]


MonthWay = Literal["RULE", "NAMED", "CORRECTED", "TOGETHER", "ENDED"]


class HoldsFrom(Struct, frozen=True, gc=False, kw_only=True):
    """From which month something counts, and why from that one: by which month rule, from which days, by which clause.

    `happened` is the day on which it happened, for `APPLICATION_MONTH` that on which it was applied for; `decided` that of the
    decision, or of the receipt where nobody decided. `way` tells what else there is than the rule of the effect table: the
    decision names the month itself, it is that of the record that is corrected, deaths count together, or it is the month
    after the last day (`happened`) for which something was told.
    """

    since: Month
    rule: str
    way: MonthWay
    happened: date
    decided: date
    clause: str
    source: str
    assumed: bool
    unverified: bool


class Cause(Struct, frozen=True, gc=False, kw_only=True):
    """Why something counts: the revision or the happening behind it, and who decided it when somebody did.

    `holds` is told where an amount is claimed anew; a cause is the same from whatever month it counts.
    """

    cause: str
    name: RevisionName | None
    event_day: date
    received_on: date
    execution: Execution
    outcome: Outcome | None = None
    decision: RevisionName | None = None
    authority: str | None = None
    decided_on: date | None = None
    heard_on: date | None = None
    notice_served_on: date | None = None
    holds: HoldsFrom | None = None


class CountedIncome(Struct, frozen=True, gc=False, array_like=True):
    """An income of a month: what the record tells, in fen, and as how many yuan it counts, exact as text (`480`, `1799/2`)."""

    fact: RevisionName
    item: str
    told_fen: int
    counts: str


class Reasoning(Struct, frozen=True, gc=False, kw_only=True):
    """How an amount came about, as structure: from it alone the amount can be recomputed.

    `inputs` holds exact numbers as text (`645`, `12954/36`); `facts` the revisions that went in; `incomes` what I comes from.
    """

    rule: str
    formula: str
    inputs: dict[str, str]
    facts: tuple[RevisionName, ...]
    clause: str
    source: str
    assumed: bool
    incomes: tuple[CountedIncome, ...] = ()
    unverified: bool = False


class Segment(Struct, frozen=True, gc=False, kw_only=True):
    """What a beneficiary is owed of one programme from a month on.

    `until_then`, of the first one, is why nothing was owed before, where no fact begins to count in its month.
    """

    since: Month
    status: str
    amount: int
    pay: Pay
    reasoning: Reasoning
    until_then: Reasoning | None = None


class Claims(Struct, frozen=True, gc=False, kw_only=True, tag="claims/1"):
    """What a household claims for one beneficiary: a timeline per programme, with the reasons.

    For personal programmes `number` and `held` name the assignment that this answers. `facts_hash` is over the revisions
    that were looked at, `causes` are those that began or ceased to count since the last claim, per programme. `paid` is what
    was paid before the hub went live, in fen, as if it were paid on.
    """

    beneficiary: str
    household: str
    number: int
    held: tuple[Held, ...]
    book: str
    facts_hash: str
    region: str
    programmes: dict[str, tuple[Segment, ...]]
    causes: dict[str, tuple[Cause, ...]]
    gone: bool = False
    aliases: tuple[Alias, ...] = ()
    canonical: str | None = None
    paid: dict[str, Steps[int]] = {}


class PersonTransfer(Struct, frozen=True, gc=False, kw_only=True, tag="person-transfer/1"):
    """A number lends all that is known under it to the person whose number it is, or (`lent` false) takes it back.

    `number` is the assignment of the alias from which on this holds, `told` the households that knew the alias.
    """

    person: str
    alias: str
    number: int
    lent: bool
    facts: tuple[Fact, ...]
    statuses: tuple[RelatedStatus, ...]
    told: tuple[str, ...]


class IdentityChain(Struct, frozen=True, gc=False, kw_only=True, tag="identity-chain/1"):
    """Tells an alias how the number that it points to goes on: the numbers in turn, ending with one that stands for itself,
    or with the first that comes again."""

    person: str
    via: str
    chain: tuple[str, ...]


class RelatedFacts(Struct, frozen=True, gc=False, kw_only=True, tag="related-facts/1"):
    """Tells a dependant's record what concerns it of a parent, supporter or guardian; no status: the relation is over."""

    person: str
    related: str
    status: RelatedStatus | None


class Columns(Struct, frozen=True, gc=False, array_like=True):
    """The columns of one ledger by month, in fen: due, instructed, receivable, recovered."""

    due: Steps[int]
    instructed: Steps[int]
    receivable: Steps[int]
    recovered: Steps[int]


class LedgerTransfer(Struct, frozen=True, gc=False, kw_only=True, tag="ledger-transfer/1"):
    """The ledgers of `other` by programme: lent to the person whose number it is, or `returned` as they were lent."""

    beneficiary: str
    other: str
    number: int
    returned: bool
    ledgers: dict[str, Columns]


FactsMessage = Fact | ControlCopy
HouseholdFactsMessage = Snapshot | Gone | HouseholdFact | ControlCopy
ClaimsMessage = Claims | ControlCopy
PersonTransfersMessage = PersonTransfer | IdentityChain | RelatedFacts
LedgerTransfersMessage = LedgerTransfer
