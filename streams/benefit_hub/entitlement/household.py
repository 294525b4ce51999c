"""What entitlement keeps of a household, and the claims that it has sent."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

import msgspec
from msgspec import Struct, structs

from benefit_hub.entitlement.aliases import agreed
from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.inputs import region_of
from benefit_hub.entitlement.rules.grace import IN_GRACE, OVER
from benefit_hub.entitlement.shares import Statuses
from benefit_hub.entitlement.world import LOADED
from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Cause, Claims, Fact, Gone, Held, HouseholdFact, RecordKey, Segment, Snapshot
from benefit_hub.messages.public import HouseholdEntry, Lead, Proposal, Reconciliation, TaskItem
from benefit_hub.policy.named_rules import MOVED_BY
from benefit_hub.task import Out, Table
from benefit_hub.values.ids import content_id, household_subject, is_person
from benefit_hub.values.months import partial_date
from benefit_hub.values.steps import Steps


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
    def membership_causes(self) -> dict[str, Cause]:
        """The memberships of its people that were decided, as causes."""
        return dict(membership_causes(self))


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


def claims_of(known: Household, assessment: Assessment, book: str, today: date) -> tuple[dict[str, Sent], list[Out]]:
    """What is claimed now, per beneficiary, and the claims that have to be sent because something in them changed."""
    sent: dict[str, Sent] = {}
    if assessment.only is not None:
        sent = {
            who: each if each.book == book else structs.replace(each, book=book) for who, each in known.sent.items()
        }
    outs: list[Out] = []
    everyone = assessment.reads.keys()
    for beneficiary in sorted(everyone):
        units = [unit for unit in assessment.units if unit.beneficiary == beneficiary]
        now, claims = claim(known, beneficiary, units, assessment.region, book, today)
        sent[beneficiary] = now
        if claims is not None:
            outs.append(Out(topic="claims", key=beneficiary, value=claims))
    outs += [
        Out(topic="claims", key=beneficiary, value=farewell(known, beneficiary, assessment.region, book))
        for beneficiary in (sorted({*known.sent, *unanswered(known)} - everyone) if assessment.only is None else ())
    ]
    return sent, outs


def unanswered(known: Household) -> list[str]:
    """The numbers of other people whose ledgers settlement must be told to let go, even where nothing was ever claimed."""
    return [
        person
        for person, gone in known.gone.items()
        if gone.canonical is not None and known.answered.get(person) != gone.number
    ]


def claim(
    known: Household, beneficiary: str, units: list[Unit], region: str, book: str, today: date
) -> tuple[Sent, Claims | None]:
    """One beneficiary's claims over all programmes; None where there is nothing new to say.

    An empty claim is sent too where it answers an assignment, because settlement waits for the answer.
    """
    before = known.sent.get(beneficiary)
    number, held = assignment_of(known, beneficiary)
    by_name = {unit.programme.name: unit for unit in units}
    programmes = {unit.programme.name: unit.timeline for unit in units if unit.timeline}
    causes = {unit.programme.name: causes_of(known, unit) for unit in units}
    paid = {unit.programme.name: unit.paid for unit in units if unit.paid}
    digest = digest_of(number, held, programmes, paid)
    now = Sent(
        digest=digest,
        causes=causes,
        programmes=tuple(programmes),
        book=book,
    )
    silent = before is None and not programmes and not paid and number == 0
    if (before is not None and before.digest == digest) or silent:
        return now, None
    names = sorted({*programmes, *(before.programmes if before else ())})
    claims = Claims(
        beneficiary=beneficiary,
        household=known.household,
        number=number,
        held=held,
        book=book,
        facts_hash=facts_hash(known, beneficiary),
        region=region,
        programmes=programmes,
        causes={name: new_causes(known, before, now, by_name.get(name), name, today) for name in names},
        aliases=known.members[beneficiary].aliases if is_person(beneficiary) else (),
        paid=paid,
    )
    return now, claims


def farewell(known: Household, beneficiary: str, region: str, book: str) -> Claims:
    """A household that holds a beneficiary no more claims nothing."""
    number, held = assignment_of(known, beneficiary)
    about = known.told.get(beneficiary)
    return Claims(
        beneficiary=beneficiary,
        household=known.household,
        number=number,
        held=held,
        book=book,
        facts_hash="",
        region=region,
        programmes={},
        causes={},
        gone=True,
        aliases=about.aliases if about else (),
        canonical=about.canonical if isinstance(about, Gone) else None,
    )


def assignment_of(known: Household, beneficiary: str) -> tuple[int, tuple[Held, ...]]:
    """The assignment that a claim answers; households have none."""
    source = known.members.get(beneficiary) or known.gone.get(beneficiary)
    return (source.number, source.held) if is_person(beneficiary) and source is not None else (0, ())


def digest_of(
    number: int, held: tuple[Held, ...], programmes: dict[str, tuple[Segment, ...]], paid: dict[str, Steps[int]]
) -> str:
    """A hash of what is claimed."""
    return content_id(msgspec.msgpack.encode((number, held, programmes, paid), order="sorted").hex())


def facts_hash(known: Household, beneficiary: str) -> str:
    """A hash over every revision that was looked at."""
    members = [known.members[beneficiary]] if is_person(beneficiary) else list(known.members.values())
    every = [*known.facts.values(), *(fact for snapshot in members for fact in snapshot.records)]
    said = {f"{fact.subject}|{fact.source}|{fact.kind}|{fact.record}|{fact.revision}|{fact.content}" for fact in every}
    return content_id(*sorted(said))


def causes_of(known: Household, unit: Unit) -> dict[str, Cause]:
    """Why a unit is as it is: what counts, by record, and the memberships that were decided."""
    counted = unit.counting.verdicts.items()
    causes = {"|".join(key): each.cause for key, each in counted if each.cause.cause != LOADED}
    return causes if is_person(unit.beneficiary) else {**causes, **known.membership_causes}


def membership_causes(known: Household) -> Iterator[tuple[str, Cause]]:
    """The memberships of a household's people that accepted decisions about them name."""
    for way, fact, decision in known.decisions:
        named = [name for name in decision.covers if name.kind == "membership"]
        if way in known.members and named and not fact.retracted and decision.outcome != "REJECT":
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


def ceased(known: Household, cause: Cause) -> Cause:
    """Why something counts no more: the decision behind it was taken back, or else what had made it count."""
    for fact in known.every_fact():
        decision = cause.decision
        if (
            decision is not None
            and fact.retracted
            and fact.record_key == (decision.source, decision.kind, decision.record)
        ):
            return Cause(
                cause="decision_withdrawn",
                name=fact.name,
                event_day=fact.valid_from,
                received_on=fact.received_on,
                execution="AUTOMATIC",
            )
    return cause


PUBLISHED = "price_index"


def new_causes(
    known: Household, before: Sent | None, now: Sent, unit: Unit | None, programme: str, today: date
) -> tuple[Cause, ...]:
    """What began to count, or changed, or ceased, since the last claim, latest first; else what moved the amount by itself."""
    old = before.causes.get(programme, {}) if before else {}
    new = now.causes.get(programme, {})
    changed = [cause for key, cause in new.items() if old.get(key) != cause]
    changed += [ceased(known, cause) for key, cause in old.items() if key not in new]
    by_itself = itself(unit)
    if by_itself == PUBLISHED:  # somebody is registered long before prices rise, and is looked at only then
        changed = [each for each in changed if each.cause != "registration"]
    if changed:
        return tuple(sorted(changed, key=cause_order))
    name = "standard" if before is not None and before.book != now.book else by_itself
    return (Cause(cause=name, name=None, event_day=today, received_on=today, execution="AUTOMATIC"),)


def itself(unit: Unit | None) -> str:
    """What happens without a message: somebody reaches an age, a certificate ends, another programme changes."""
    if unit is None or not unit.timeline:
        return "other_programme"
    *before, last = (segment.reasoning for segment in unit.timeline)
    label = changed_label(before[-1].inputs, last.inputs) if before else None
    if label is not None:
        return LABELS_BY_THEMSELVES[label]
    return MOVED_BY.get(OVER if before and before[-1].formula == IN_GRACE else last.formula, "other_programme")


LABELS_BY_THEMSELVES = {
    "T_MINOR": "age",
    "T_OLD": "age",
    "T_STUDENT": "school_enrolment_end",
    "T_DISABLED": "certificate_end",
    "T_SERIOUSLY_ILL": "serious_illness_end",
}


def changed_label(before: Mapping[str, str], after: Mapping[str, str]) -> str | None:
    """The label of a top-up that other members have than before."""
    return next((each for each in LABELS_BY_THEMSELVES if before.get(each) != after.get(each)), None)


def cause_order(cause: Cause) -> tuple[int, str, str]:
    """Latest decision or receipt first."""
    return (-(cause.decided_on or cause.received_on).toordinal(), cause.cause, str(cause.name))
