"""What entitlement keeps of a household, and the claims that it has sent."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property

from msgspec import Struct, structs

from benefit_hub.entitlement.aliases import agreed
from benefit_hub.entitlement.inputs import region_of
from benefit_hub.entitlement.shares import Statuses
from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Cause, Fact, Gone, HouseholdFact, RecordKey, Snapshot
from benefit_hub.messages.public import HouseholdEntry, Lead, Proposal, Reconciliation, TaskItem
from benefit_hub.task import Table
from benefit_hub.values.ids import household_subject
from benefit_hub.values.months import partial_date


class Sent(Struct, frozen=True, gc=False, kw_only=True):
    """What was claimed last for a beneficiary: a hash of it, for which programmes, and what counted for each."""

    digest: str
    causes: dict[str, dict[str, Cause]]
    programmes: tuple[str, ...]
    book: str


class Basis(Struct, frozen=True, gc=False, array_like=True):
    """The law by which a household was assessed: the book, and when the hub went live (milliseconds since 1970)."""

    book: str
    closed_at: int | None


class Household(Struct, frozen=True, kw_only=True, dict=True):
    """Everything kept of one household; `answered` are the numbers of other people whose ledgers were let go, and as of when.

    `basis` is the law by which it was assessed last, None where it was not, or not since something came that all has to be
    assessed for; `reads` are by beneficiary the kinds of facts that were looked at, `statuses` those of the household.
    """

    household: str
    members: dict[str, Snapshot] = {}
    facts: dict[str, Fact] = {}
    gone: dict[str, Gone] = {}
    sent: dict[str, Sent] = {}
    proposals: dict[str, Proposal] = {}
    leads: dict[str, Lead] = {}
    tasks: dict[str, TaskItem] = {}
    entry: HouseholdEntry | None = None
    wakes: date | None = None
    answered: dict[str, int] = {}
    reconciled: dict[str, Reconciliation] = {}
    basis: Basis | None = None
    reads: dict[str, tuple[str, ...]] = {}
    statuses: dict[str, Statuses] = {}

    @property
    def told(self) -> dict[str, Snapshot | Gone]:
        """The newest message about each person."""
        return {**self.gone, **self.members}

    def every_fact(self) -> Iterator[Fact]:
        """All that is known here: about the household, and about its people."""
        yield from self.facts.values()
        for snapshot in self.members.values():
            yield from snapshot.records

    def due(self, today: date) -> bool:
        """Whether the calendar has something for it."""
        return self.wakes is not None and self.wakes <= today

    @cached_property
    def region(self) -> str:
        """The place whose law applies."""
        return region_of(self.household, self.members)

    @cached_property
    def decisions(self) -> list[tuple[str, Fact, Decision]]:
        """Every revision of a decision, with the subject by whose way it came here."""
        ways = [(self.household, self.facts.values()), *((who, each.records) for who, each in self.members.items())]
        return [
            (subject, fact, fact.payload)
            for subject, facts in ways
            for fact in facts
            if isinstance(fact.payload, Decision)
        ]

    @cached_property
    def decided(self) -> frozenset[RevisionName]:
        """Every revision that any decision known here names, whatever its outcome."""
        return frozenset(name for _, fact, said in self.decisions if not fact.retracted for name in said.covers)

    @cached_property
    def membership_causes(self) -> dict[str, dict[str, Cause]]:
        """The memberships that were decided, as causes, by person."""
        return {who: causes for who in self.members if (causes := dict(membership_causes(self, who)))}


class Wake(Struct, frozen=True, gc=False):
    """A household that something happens to on a day, by itself; the key is day and household."""

    household: str


HOUSEHOLDS: Table[Household] = Table("households", Household)
CALENDAR: Table[Wake] = Table("calendar", Wake)


def wake_key(day: date, household: str) -> str:
    """The key of the calendar, which sorts by day."""
    return f"{day.isoformat()}/{household}"


def take_message(known: Household, message: Snapshot | Gone | HouseholdFact) -> Household:
    """The household with one more message; of a person's versions only the newest is kept."""
    if isinstance(message, HouseholdFact):
        name = message.fact.name
        key = f"{name.source}|{name.kind}|{name.record}|{name.revision}"
        return structs.replace(known, facts={**known.facts, key: message.fact})
    if isinstance(message, Snapshot):
        gone = {person: each for person, each in known.gone.items() if person != message.person}
        return structs.replace(known, members={**known.members, message.person: message}, gone=gone)
    members = {person: each for person, each in known.members.items() if person != message.person}
    return structs.replace(known, members=members, gone={**known.gone, message.person: message})


def complete(known: Household) -> bool:
    """Whether every decision known here has reached all whom it is about here, and people's numbers agree.

    A decision travels to each of its subjects by itself. Until it has come by all of them, what stands stays, so that nobody
    is shown an amount for half of a decision. All copies were written together, so the rest is always on its way.
    """
    if not agreed(known.told):
        return False
    if not known.decisions:
        return True
    newest: dict[tuple[str, RecordKey], int] = {}
    for way, fact, _ in known.decisions:
        key = (way, fact.record_key)
        newest[key] = max(fact.revision, newest.get(key, -1))
    return all(
        newest.get((subject, fact.record_key), -1) >= fact.revision
        for _, fact, decision in known.decisions
        for subject in (*map(household_subject, decision.household_ids), *decision.persons)
        if subject in known.members or subject == known.household
    )


def membership_causes(known: Household, who: str) -> Iterator[tuple[str, Cause]]:
    """The memberships of one of a household's people that accepted decisions about that person name."""
    for way, fact, decision in known.decisions:
        named = [name for name in decision.covers if name.kind == "membership"]
        if way == who and named and not fact.retracted and decision.outcome != "REJECT":
            memberships = {
                each.name: each for each in known.members[way].records if isinstance(each.payload, Membership)
            }
            for name in named:
                if name in memberships:
                    key = f"membership|{name.record}|{name.revision}"
                    yield key, membership_cause(memberships[name], fact, decision)


def membership_cause(membership: Fact, fact: Fact, decision: Decision) -> Cause:
    """A decided membership as a cause: it happened when the membership began or ended."""
    return Cause(
        cause="membership",
        name=membership.name,
        event_day=membership.valid_to or membership.valid_from,
        received_on=membership.received_on,
        execution="DECIDED",
        outcome=decision.outcome,
        decision=fact.name,
        authority=decision.authority,
        decided_on=partial_date(decision.decided_on),
        heard_on=None if decision.heard_on is None else partial_date(decision.heard_on),
        notice_served_on=None,
    )
