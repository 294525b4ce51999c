"""What the processors tell each other, as msgpack with the version in the tag (`fact/1`).

`facts` carries `Fact` and `ControlCopy`; `household-facts` carries `Snapshot`, `Gone`, `HouseholdFact` and `ControlCopy`;
`claims` carries `Claims` and `ControlCopy`. Nothing is said yet on `person-transfers` and `ledger-transfers`, over which tasks
of register and of settlement tell each other; their readers refuse whatever comes.
"""

from datetime import date
from typing import Literal

from msgspec import Raw, Struct

from benefit_hub.messages.departments import KINDS, FactPayload, Outcome, RevisionName
from benefit_hub.values.months import Month

RecordKey = tuple[str, str, str]
"""A department's record: source, kind, record id."""


class Fact(Struct, frozen=True, kw_only=True, tag="fact/1"):
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
        return (self.source, self.kind, self.record)

    @property
    def own_key(self) -> tuple[str, str, str, str]:
        """Which record about which subject: a record that changed person is one for each of them."""
        return (*self.record_key, self.subject)

    @property
    def name(self) -> RevisionName:
        """How a decision names this revision."""
        return RevisionName(self.source, self.kind, self.record, self.revision)

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
]


class ControlEvent(Struct, frozen=True, kw_only=True):
    """Something that happens to all: a day opens, a pay run closes, a policy book is activated."""

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


class ControlCopy(Struct, frozen=True, kw_only=True, tag="control-copy/1"):
    """A copy of a control event on its way through the partitions: its place in the sequence, and who copied it."""

    sequence: int
    origin: int
    event: ControlEvent


class Held(Struct, frozen=True, array_like=True):
    """From a month on a person belongs to a household; `member` tells whether it counts the person among its members."""

    since: Month
    household: str
    member: bool


class Snapshot(Struct, frozen=True, kw_only=True, tag="snapshot/1"):
    """All that is known of a person, for one household of the person's membership history.

    `number` and `held` are the assignment: for each month exactly one household; `reported` is the same by what is said but
    not decided. `role` is the person's role in this household.
    """

    person: str
    household: str
    version: int
    number: int
    held: tuple[Held, ...]
    reported: tuple[Held, ...]
    role: str
    records: tuple[Fact, ...]


class Gone(Struct, frozen=True, kw_only=True, tag="gone/1"):
    """A person has nothing to do with a household any more."""

    person: str
    household: str
    version: int
    number: int
    held: tuple[Held, ...]


class HouseholdFact(Struct, frozen=True, kw_only=True, tag="household-fact/1"):
    """A fact about a household itself, kept and ordered by register."""

    household: str
    fact: Fact


Execution = Literal["AUTOMATIC", "DECIDED"]
Pay = Literal["PAY", "HOLD"]


class Cause(Struct, frozen=True, kw_only=True):
    """Why something counts: the revision or the happening behind it, and who decided it when somebody did."""

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


class Reasoning(Struct, frozen=True, kw_only=True):
    """How an amount came about, as structure: from it alone the amount can be recomputed.

    `inputs` holds exact numbers as text (`645`, `12954/36`); `facts` the revisions that went in.
    """

    rule: str
    formula: str
    inputs: dict[str, str]
    facts: tuple[RevisionName, ...]
    clause: str
    source: str
    assumed: bool


class Segment(Struct, frozen=True, kw_only=True):
    """What a beneficiary is owed of one programme from a month on."""

    since: Month
    status: str
    amount: int
    pay: Pay
    reasoning: Reasoning


class Claims(Struct, frozen=True, kw_only=True, tag="claims/1"):
    """What a household claims for one beneficiary: a timeline per programme, with the reasons.

    For personal programmes `number` and `held` name the assignment that this answers. `facts_hash` is over the revisions
    that were looked at, `causes` are those that began or ceased to count since the last claim, per programme.
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


FactsMessage = Fact | ControlCopy
HouseholdFactsMessage = Snapshot | Gone | HouseholdFact | ControlCopy
ClaimsMessage = Claims | ControlCopy
PersonTransfersMessage = Raw
LedgerTransfersMessage = Raw
