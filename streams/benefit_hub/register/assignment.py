"""To which household a person belongs in which month: one household per month, fixed by decisions over memberships."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Fact, Held
from benefit_hub.policy.book import MonthRule, effective_month
from benefit_hub.values.ids import household_subject, solo_household
from benefit_hub.values.months import FIRST_MONTH, Month, month, month_after, partial_date
from benefit_hub.values.steps import Steps, put_from, squeeze, value_at

RecordKey = tuple[str, str, str]


class Verdict(Struct, frozen=True):
    """Revisions of memberships that hold together from a day of decision on, or from the month that the decision names."""

    decided_on: date
    order: tuple[str, str, int]
    revisions: tuple[Fact, ...]
    from_month: Month | None


class Open(Struct, frozen=True):
    """A membership that stands: in which household, and from which month it is closed again."""

    household: str
    closes: Month | None


def greatest(facts: Iterable[Fact]) -> dict[tuple[str, str, str], Fact]:
    """The reported revision of each record."""
    found: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        known = found.get(fact.record_key)
        if known is None or fact.rank > known.rank:
            found[fact.record_key] = fact
    return found


def assignment(
    person: str, facts: Sequence[Fact], rule: MonthRule
) -> tuple[tuple[Held, ...], tuple[Held, ...], tuple[str, ...]]:
    """What holds by decision, what would hold if all that is reported were decided, and the households that overlap."""
    memberships = [fact for fact in facts if isinstance(fact.payload, Membership)]
    by_name = {fact.name: fact for fact in memberships}
    accepted, rejected = decisions_over(facts, by_name)
    named = {fact.name for verdict in accepted for fact in verdict.revisions}
    counted: dict[RecordKey, int] = {}
    for fact in memberships:
        if fact.name in named:
            counted[fact.record_key] = max(fact.revision, counted.get(fact.record_key, -1))
    waiting = [
        Verdict(fact.received_on, (fact.source, fact.record, fact.revision), (fact,), None)
        for fact in memberships
        if fact.name not in named | rejected and fact.revision > counted.get(fact.record_key, -1)
    ]
    held, overlap = timeline(person, accepted, rule)
    reported, _ = timeline(person, [*accepted, *waiting], rule)
    return held, reported, overlap


def decisions_over(
    facts: Sequence[Fact], by_name: dict[RevisionName, Fact]
) -> tuple[list[Verdict], frozenset[RevisionName]]:
    """The accepted decisions that name memberships, and the revisions that were rejected and never accepted."""
    accepted: list[Verdict] = []
    refused: set[RevisionName] = set()
    for fact in greatest(fact for fact in facts if isinstance(fact.payload, Decision)).values():
        decision = fact.payload
        if fact.retracted or not isinstance(decision, Decision):
            continue
        named = tuple(by_name[name] for name in decision.covers if name in by_name)
        if decision.outcome == "REJECT":
            refused.update(each.name for each in named)
        elif named:
            from_month = None if decision.from_month is None else month(decision.from_month)
            day = partial_date(decision.decided_on)
            accepted.append(Verdict(day, (fact.source, fact.record, fact.revision), named, from_month))
    return accepted, frozenset(refused - {each.name for verdict in accepted for each in verdict.revisions})


def timeline(person: str, verdicts: Iterable[Verdict], rule: MonthRule) -> tuple[tuple[Held, ...], tuple[str, ...]]:
    """For each month one household, and the households that overlap at the end.

    Decision by decision: where memberships of several households stand in a month, the month stays as it was before.
    """
    solo = solo_household(person)
    records: dict[RecordKey, Steps[Open | None]] = {}
    newest: dict[RecordKey, int] = {}
    holder: Steps[str] = ()
    overlap: tuple[str, ...] = ()
    for verdict in sorted(verdicts, key=lambda each: (each.decided_on, each.order)):
        for fact in sorted(verdict.revisions, key=lambda each: each.revision):
            if fact.revision > newest.get(fact.record_key, -1):
                newest[fact.record_key] = fact.revision
                records[fact.record_key] = with_revision(records.get(fact.record_key, ()), fact, verdict, rule)
        before, rows = holder, []
        for at in marks_of(records.values(), before):
            households = open_at(records.values(), at)
            overlap = tuple(sorted(households)) if len(households) > 1 else ()
            stands = value_at(before, at, solo) if overlap else next(iter(households), solo)
            rows.append((at, stands))
        holder = squeeze(rows, solo)
    if not holder:
        return (Held(FIRST_MONTH, solo, True),), overlap
    first = Held(FIRST_MONTH, holder[0][1], False)
    return (first, *(Held(at, household, True) for at, household in holder)), overlap


def marks_of(records: Iterable[Steps[Open | None]], before: Steps[str]) -> list[Month]:
    """The months in which somebody may come or go."""
    marks = {at for at, _ in before}
    for steps in records:
        for at, each in steps:
            marks.add(at)
            if each is not None and each.closes is not None:
                marks.add(each.closes)
    return sorted(marks)


def open_at(records: Iterable[Steps[Open | None]], month: Month) -> set[str]:
    """The households of the memberships that are open in a month."""
    standing = (value_at(steps, month, None) for steps in records)
    return {each.household for each in standing if each is not None and (each.closes is None or month < each.closes)}


def with_revision(steps: Steps[Open | None], fact: Fact, verdict: Verdict, rule: MonthRule) -> Steps[Open | None]:
    """A membership's timeline with one more revision: open from its month, closed again where it ends, gone if retracted.

    A revision that closes what was open, and speaks of a day that is past, closes it in the month of the decision; one that
    is known to end later is closed in the month after its last day.
    """
    if fact.retracted or not isinstance(fact.payload, Membership):
        return ()
    since = verdict.from_month or effective_month(rule, fact.valid_from, verdict.decided_on, None)
    closes: Month | None = None
    if fact.valid_to is not None:
        over = bool(steps) and fact.valid_to <= verdict.decided_on
        closes = since if over else max(since, month_after(fact.valid_to - timedelta(days=1)))
    return put_from(steps, since, Open(household_subject(fact.payload.household_id), closes), None)
