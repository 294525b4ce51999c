"""Whom something new concerns: of a household's beneficiaries only those are assessed anew whose programmes look at it.

What was said of the others stands: claims, proposals, leads, tasks. That rests on what the last assessment looked at. So where
there was none, where it was made under another law, or where the calendar came between, all are assessed.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec import Struct, structs

from benefit_hub.entitlement.household import Basis, Household, Sent
from benefit_hub.messages.departments import WatchList
from benefit_hub.messages.internal import Fact, Snapshot
from benefit_hub.policy.book import Book, Pack
from benefit_hub.policy.named_rules import BEGINS_WITH
from benefit_hub.policy.standards import Standard
from benefit_hub.values.ids import is_person
from benefit_hub.values.months import FIRST_MONTH, Month, month_of

Whom = frozenset[str] | None
"""The beneficiaries who are assessed; None: all that a household has."""

NOBODY: frozenset[str] = frozenset()
SHARED = frozenset(
    {
        "death",
        "membership",
        "decision",
        "application",
        "legacy_award",
        "watch_list",
        "data_challenge",
        *BEGINS_WITH.values(),
    }
)
"""The kinds of facts that may say something to everybody in a household: who belongs to it, what was asked for and decided, and
what happens to few, at which nobody looks before."""


def concerned(before: Household, after: Household, basis: Basis, today: date) -> Whom:
    """Whom messages concern that made one household of another."""
    if before.basis != basis or before.due(today) or not same_people(before, after):
        return None
    changes = []
    if before.facts is not after.facts:
        changes.append((after.household, changed_kinds(before.facts.values(), after.facts.values())))
    for person, snapshot in after.members.items():
        if before.members[person] is not snapshot:
            changes.append((person, changed_kinds(before.members[person].records, snapshot.records)))
    whom: set[str] = set()
    for subject, kinds in changes:
        if not kinds.isdisjoint(SHARED) or ("residence" in kinds and before.region != after.region):
            return None
        whom.update(who for who in (subject, after.household) if not kinds.isdisjoint(before.reads.get(who, ())))
    return frozenset(whom)


def same_people(before: Household, after: Household) -> bool:
    """Whether the same people belong here in the same months by the same numbers."""
    if before.gone != after.gone or before.members.keys() != after.members.keys():
        return False
    changed = ((before.members[who], each) for who, each in after.members.items() if before.members[who] is not each)
    return all(place_of(old) == place_of(new) for old, new in changed)


def place_of(snapshot: Snapshot) -> tuple[object, ...]:
    """What a snapshot says of a person beside the records."""
    return (
        snapshot.number,
        snapshot.role,
        snapshot.held,
        snapshot.reported,
        snapshot.aliases,
        snapshot.related,
        snapshot.opened,
    )


def changed_kinds(before: Iterable[Fact], after: Iterable[Fact]) -> set[str]:
    """The kinds of the facts that came, went, or are other than they were."""
    left, right = [*before], [*after]
    same = next(
        (at for at, (old, new) in enumerate(zip(left, right, strict=False)) if old != new), min(len(left), len(right))
    )
    known = {fact.name: fact for fact in left[same:]}
    new = [fact for fact in right[same:] if known.pop(fact.name, None) != fact]
    return {fact.kind for fact in (*new, *known.values())}


class NewLaw:
    """Whom a policy book concerns of those who were assessed by another: those who have asked for a programme that is another
    now, or has another standard, and those who may be found for one."""

    def __init__(self, books: Mapping[str, Book], basis: Basis, today: date) -> None:
        self._books = books
        self._basis = basis
        self._today = today
        self._known: dict[tuple[str, str], Changes | None] = {}
        self._between: dict[tuple[str, str, str], Changes | None] = {}

    def concerns(self, known: Household) -> Whom:
        """Whom of a household."""
        basis = known.basis
        if basis is None or basis.closed_at != self._basis.closed_at or known.due(self._today):
            return None
        key = (basis.book, known.region)
        if key not in self._known:
            self._known[key] = self._changes(*key)
        changes = self._known[key]
        if changes is None:
            return None
        whom = {who for who, kinds in known.reads.items() if changes.concern(who, kinds, known.sent.get(who))}
        if known.household not in whom and "HOUSEHOLD" in changes.kinds and changes.lead(known):
            whom.add(known.household)
        return frozenset(whom)

    def _changes(self, former: str, region: str) -> "Changes | None":
        """What is other in the law of a place than by a former book; None where it may be anything."""
        book, old = self._books[self._basis.book], self._books.get(former)
        if old is None or book.working_days != old.working_days:
            return None
        law, before = book.pack(region), old.pack(region)
        if law is None or before is None:
            return None
        packs = (former, law.region, before.region)  # far fewer than places
        if packs not in self._between:
            self._between[packs] = changes_between(law, before)
        return self._between[packs]


class Changes(Struct, frozen=True, gc=False, kw_only=True):
    """The programmes that are other than before or have another standard, the kinds of their beneficiaries, those of the
    programmes that are other themselves, and the first month for which the law says anything else."""

    programmes: frozenset[str]
    kinds: frozenset[str]
    defined_for: frozenset[str]
    since: Month

    def concern(self, who: str, kinds: Collection[str], sent: Sent | None) -> bool:
        """Whether they concern somebody at whose facts of these kinds was looked, and of whom this was said last: who asked for
        any, or may ask by what is new of it. Of a household that asks for nothing nothing is looked at."""
        if ("PERSON" if is_person(who) else "HOUSEHOLD") in self.defined_for:
            return True
        return bool(kinds) and (sent is None or not self.programmes.isdisjoint(sent.causes))

    def lead(self, known: Household) -> bool:
        """Whether somebody of a household may be led to apply where nobody was before: on a watch list that was received in a
        month with another standard."""
        return any(
            isinstance(fact.payload, WatchList) and month_of(fact.received_on) >= self.since
            for fact in known.every_fact()
        )


def changes_between(law: Pack, former: Pack) -> Changes | None:
    """What is other in the law of a place than before; None where it may be anything."""
    changed = law.changes(former)
    if changed is None:
        return None
    defined = {name for name in changed if law.programmes[name] != former.programmes[name]}
    return Changes(
        programmes=changed,
        kinds=frozenset(law.programmes[name].beneficiary for name in changed),
        defined_for=frozenset(law.programmes[name].beneficiary for name in defined),
        since=FIRST_MONTH if defined else first_other(law, former),
    )


def first_other(law: Pack, former: Pack) -> Month:
    """The first month for which a standard of a place is another than by its former law."""
    pairs = ((each, former.standards.get(name, each)) for name, each in law.standards.items())
    return min((parted(new, old) for new, old in pairs if new != old), default=FIRST_MONTH)


def parted(new: Standard, old: Standard) -> Month:
    """The first month for which one standard is another than the other."""
    if structs.replace(new, values=()) != structs.replace(old, values=()):
        return FIRST_MONTH
    other = set(new.values).symmetric_difference(old.values)
    return min(each.since for each in other)
