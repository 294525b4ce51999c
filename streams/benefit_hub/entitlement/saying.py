"""What an assessment says of a household beside what was said before: claims, open items, its line of the register."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from msgspec import structs

from benefit_hub.entitlement import findings, leading, proposing, reconciling
from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.claiming import claims_of
from benefit_hub.entitlement.household import Basis, Household
from benefit_hub.messages.public import Proposal, Reconciliation
from benefit_hub.task import Out, changed_items
from benefit_hub.values.ids import is_solo

T = TypeVar("T")
ByBook = TypeVar("ByBook", Proposal, Reconciliation)


def said_of(known: Household, found: Assessment, basis: Basis, today: date) -> tuple[Household, list[Out]]:
    """The household as it stands after an assessment, and what has to be said. Of beneficiaries who were not assessed that
    stands which was said before."""
    book, household = basis.book, known.household
    sent, outs = claims_of(known, found, book, today)

    def parted(items: Mapping[str, T], whose: Callable[[T], str | None]) -> tuple[dict[str, T], dict[str, T]]:
        """Items of those who were assessed, and of others."""
        if not items:
            return {}, {}
        mine = {key: item for key, item in items.items() if found.about(whose(item), household)}
        return mine, {key: item for key, item in items.items() if key not in mine} if len(mine) < len(items) else {}

    proposed = standing(known.proposals, found, household, book) | proposing.proposals(known, found, book)
    proposals, said = changed_items(known.proposals, in_order(proposed), proposing.closed_by_decision(known))
    lines = reconciling.reconciled(known, found, book)
    reconciled = in_order(standing(known.reconciled, found, household, book) | lines)
    outs += reconciling.changed_lines(known.reconciled, reconciled)
    led, other_leads = parted(known.leads, lambda each: each.person)
    leads, told = changed_items(led, {**leading.leads(known, found, today), **reconciling.leads(known, found, lines)})
    asked, other_tasks = parted(known.tasks, lambda each: each.subject)
    tasks, wanted = changed_items(asked, {**findings.tasks(known, found, today), **reconciling.tasks(known, lines)})
    entry = None if is_solo(household) else findings.household_entry(known, found, book)
    if entry is not None and entry != known.entry:
        outs.append(Out(topic="register.households", key=household, value=entry))
    settled = structs.replace(
        known,
        sent=sent,
        proposals=proposals,
        leads={**other_leads, **leads},
        tasks={**other_tasks, **tasks},
        entry=entry,
        reconciled=reconciled,
        wakes=earliest(found.wakes, None if found.only is None else known.wakes),
        basis=basis,
        reads={**(known.reads if found.only is not None else {}), **found.reads},
        statuses=found.statuses,
        answered={person: each.number for person, each in known.gone.items() if each.canonical is not None},
    )
    return settled, [*outs, *said, *told, *wanted]


def standing(items: Mapping[str, ByBook], found: Assessment | None, household: str, book: str) -> dict[str, ByBook]:
    """What was said of beneficiaries who were not assessed, by the book that is in force: it says the same of them."""
    return {
        key: item if item.book == book else structs.replace(item, book=book)
        for key, item in items.items()
        if found is None or not found.about(item.beneficiary, household)
    }


def in_order(items: dict[str, T]) -> dict[str, T]:
    """Items in the order of their keys: whatever was assessed when, they are said in one order."""
    return dict(sorted(items.items())) if len(items) > 1 else items


def unconcerned(known: Household, basis: Basis) -> tuple[Household, list[Out]]:
    """A household of which nobody was assessed: what was said stands, by the law that is in force now."""
    if known.basis == basis:
        return known, []
    book, household = basis.book, known.household
    sent = {who: structs.replace(each, book=book) for who, each in known.sent.items()}
    reconciled = in_order(standing(known.reconciled, None, household, book))
    outs = reconciling.changed_lines(known.reconciled, reconciled)
    entry = None if known.entry is None else structs.replace(known.entry, book=book)
    if entry is not None and entry != known.entry:
        outs.append(Out(topic="register.households", key=household, value=entry))
    proposals, said = changed_items(known.proposals, in_order(standing(known.proposals, None, household, book)))
    return (
        structs.replace(known, sent=sent, entry=entry, basis=basis, proposals=proposals, reconciled=reconciled),
        [*outs, *said],
    )


def earliest(left: date | None, right: date | None) -> date | None:
    """The earlier of two days that may be none."""
    return min((day for day in (left, right) if day is not None), default=None)
