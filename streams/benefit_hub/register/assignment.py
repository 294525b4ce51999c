"""To which household a person belongs in which month: one household per month, fixed by decisions over memberships."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct, structs

from benefit_hub.messages.departments import Decision, Membership, RevisionName
from benefit_hub.messages.internal import Fact, Held, RecordKey
from benefit_hub.policy.book import MonthRule, effective_month
from benefit_hub.policy.hearings import heard_again, heard_before
from benefit_hub.values.ids import household_subject, solo_household
from benefit_hub.values.months import FIRST_MONTH, Month, month, month_of, month_over, partial_date
from benefit_hub.values.steps import Steps, put_from, squeeze, value_at


class Verdict(Struct, frozen=True, gc=False):
    """Revisions of memberships that hold together from a day of decision on, or from the month that the decision names."""

    decided_on: date
    order: tuple[str, str, int]
    revisions: tuple[Fact, ...]
    from_month: Month | None


class Open(Struct, frozen=True, gc=False):
    """A membership that stands: in which household, and from which month it is closed again."""

    household: str
    closes: Month | None


def greatest(facts: Iterable[Fact]) -> dict[RecordKey, Fact]:
    """The reported revision of each record."""
    found: dict[RecordKey, Fact] = {}
    for fact in facts:
        key = fact.record_key
        known = found.get(key)
        if known is None or fact.rank > known.rank:
            found[key] = fact
    return found


class Assignment(Struct, frozen=True, gc=False, kw_only=True):
    """Which household holds a person in each month, by decision (`held`) and by all that is said (`reported`).

    `counted` are the memberships that decisions named or the hub was opened with, `overlap` the households that stand at once
    at the end, `unheard` the decisions that take somebody out of a household and lack the hearing before. `opened` is what held
    when the hub went live, where that is something else.
    """

    held: tuple[Held, ...]
    reported: tuple[Held, ...]
    counted: frozenset[RevisionName]
    overlap: tuple[str, ...]
    unheard: tuple[RevisionName, ...]
    opened: tuple[Held, ...] | None = None


def assignment(
    person: str,
    facts: Sequence[Fact],
    rule: MonthRule,
    needs_hearing: Callable[[date], bool],
    loaded: Callable[[Fact], bool] | None = None,
) -> Assignment:
    """The assignment of a person; `needs_hearing` tells whether whoever is taken out by a decision of a day is heard first,
    `loaded` with which facts the hub went live, if it was loaded."""
    if loaded is None:
        return assignment_of(person, facts, rule, needs_hearing, frozenset())
    known = [fact for fact in facts if loaded(fact)]
    names = frozenset(fact.name for fact in known)
    now = assignment_of(person, facts, rule, needs_hearing, names)
    if all(fact.name in names for fact in facts if isinstance(fact.payload, Membership | Decision)):
        return now
    opened = assignment_of(person, known, rule, needs_hearing, names).held
    return now if opened == now.held else structs.replace(now, opened=opened)


def assignment_of(
    person: str,
    facts: Sequence[Fact],
    rule: MonthRule,
    needs_hearing: Callable[[date], bool],
    loaded: frozenset[RevisionName],
) -> Assignment:
    """The assignment by these facts. Memberships that were loaded need no decision, and hold whatever one says that came later:
    whoever goes has a revision that says so."""
    memberships = [fact for fact in facts if isinstance(fact.payload, Membership)]
    by_name = {fact.name: fact for fact in memberships}
    accepted, rejected, unheard = decisions_over(facts, by_name, needs_hearing, loaded)
    named = {fact.name for verdict in accepted for fact in verdict.revisions}
    accepted += [
        Verdict(fact.valid_from, (fact.source, fact.record, fact.revision), (fact,), month_of(fact.valid_from))
        for fact in memberships
        if fact.name in loaded - named - rejected
    ]
    named = {fact.name for verdict in accepted for fact in verdict.revisions}
    newest: dict[RecordKey, int] = {}
    for fact in memberships:
        if fact.name in named:
            newest[fact.record_key] = max(fact.revision, newest.get(fact.record_key, -1))
    waiting = [
        Verdict(fact.received_on, (fact.source, fact.record, fact.revision), (fact,), None)
        for name, fact in by_name.items()
        if name not in named and name not in rejected and fact.revision > newest.get(fact.record_key, -1)
    ]
    held, overlap = timeline(person, accepted, rule)
    reported = timeline(person, [*accepted, *waiting], rule)[0] if waiting else held
    return Assignment(
        held=held, reported=reported, counted=frozenset(named), overlap=overlap, unheard=tuple(sorted(unheard, key=str))
    )


def decisions_over(
    facts: Sequence[Fact],
    by_name: dict[RevisionName, Fact],
    needs_hearing: Callable[[date], bool],
    loaded: frozenset[RevisionName],
) -> tuple[list[Verdict], frozenset[RevisionName], list[RevisionName]]:
    """The accepted decisions that name memberships, the revisions rejected and never accepted, the decisions unheard."""
    accepted: list[Verdict] = []
    refused: set[RevisionName] = set()
    unheard: list[RevisionName] = []
    for fact, withheld in heard_revisions(facts, needs_hearing):
        unheard += withheld
        decision = fact.payload
        if fact.retracted or not isinstance(decision, Decision):
            continue
        covers = decision.covers if fact.name in loaded else [name for name in decision.covers if name not in loaded]
        named = tuple(by_name[name] for name in covers if name in by_name)
        day = partial_date(decision.decided_on)
        if decision.outcome == "REJECT":
            refused.update(each.name for each in named)
        elif may_lower(decision, named) and needs_hearing(day) and not heard_before(decision):
            unheard.append(fact.name)
        elif named:
            from_month = None if decision.from_month is None else month(decision.from_month)
            accepted.append(Verdict(day, (fact.source, fact.record, fact.revision), named, from_month))
    return accepted, frozenset(refused - {each.name for verdict in accepted for each in verdict.revisions}), unheard


def heard_revisions(
    facts: Sequence[Fact], needs_hearing: Callable[[date], bool]
) -> list[tuple[Fact, list[RevisionName]]]:
    """The revision of each decision that stands, and the one that waits: who is taken out by taking back is heard first."""
    records: dict[RecordKey, list[Fact]] = {}
    for fact in sorted((each for each in facts if isinstance(each.payload, Decision)), key=lambda each: each.rank):
        records.setdefault(fact.record_key, []).append(fact)
    found: list[tuple[Fact, list[RevisionName]]] = []
    for revisions in records.values():
        last = revisions[-1]
        former = [each for each in revisions[:-1] if gives_membership(each)]
        if former and needs_hearing(last.received_on) and waits_for_hearing(former[-1], last):
            found.append((former[-1], [last.name]))
        else:
            found.append((last, []))
    return found


def gives_membership(fact: Fact) -> bool:
    """Whether a revision of a decision accepts memberships."""
    decision = fact.payload
    names = decision.covers if isinstance(decision, Decision) and not takes_back(fact) else ()
    return any(name.kind == "membership" for name in names)


def takes_back(fact: Fact) -> bool:
    """Whether a revision of a decision takes it back."""
    return fact.retracted or (isinstance(fact.payload, Decision) and fact.payload.outcome == "REJECT")


def waits_for_hearing(former: Fact, last: Fact) -> bool:
    """Whether the last word takes a decision back about which nobody was heard since."""
    before, after = former.payload, last.payload
    if not takes_back(last) or not isinstance(before, Decision) or not isinstance(after, Decision):
        return False
    return not heard_again(before, after, last.received_on)


def may_lower(decision: Decision, named: Sequence[Fact]) -> bool:
    """Whether a decision over memberships may lower what is paid: it takes somebody out, or also names what people have.

    One that names an application grants an award; one over a membership and nothing else brings somebody in.
    """
    kinds = {name.kind for name in decision.covers}
    leaves = any(each.retracted or each.valid_to is not None for each in named)
    return leaves or (bool(named) and "application" not in kinds and bool(kinds - {"membership", "residence"}))


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
    closes = month_over(fact.valid_to)
    if closes is not None and fact.valid_to is not None:
        past = bool(steps) and fact.valid_to <= verdict.decided_on
        closes = since if past else max(since, closes)
    return put_from(steps, since, Open(household_subject(fact.payload.household_id), closes), None)
