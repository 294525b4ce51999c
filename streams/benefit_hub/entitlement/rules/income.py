"""What a household has in a month: who counts, which incomes, and the standard of its place."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from benefit_hub.entitlement.rules.beside import left_out
from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.rules.rule import Question, standard_of
from benefit_hub.entitlement.wages import paid
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.departments import (
    Custody,
    Missing,
    NursingBenefit,
    Pension,
    UnemploymentBenefit,
    VerificationResult,
    Wage,
)
from benefit_hub.policy.book import Pack
from benefit_hub.policy.terms import Expense, MeansTerms
from benefit_hub.values.months import Month

INCOME_ITEMS = ("WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER")
MEANS_READS = frozenset({"application", "residence", "death", "wage", "verification_result"})
"""The kinds of facts at which every rule looks that goes by a household's means."""


def incomes(world: World, pack: Pack, person: str, month: int) -> list[Earned]:
    """A person's countable income of a month, fact by fact; what counts is in fen, times a denominator.

    Verified items as found; a wage less the necessary cost of employment; what departments pay regularly. Of each item, and
    of each employer, the latest stands. Records that were needed only to know an amount stand at the end, with nothing.
    """
    items: dict[tuple[str, str], Earned] = {}
    needed: list[Earned] = []
    parts, terms = pack.fen_parts, pack.means
    verified, wages = world.standing(person, "verification_result", month), world.standing(person, "wage", month)
    regular = paid_regularly(world, terms, person, month) if terms is not None else []
    if not verified and not wages and not regular:
        return []
    for each in sorted(verified, key=began):
        found = each.fact.payload
        if isinstance(found, VerificationResult) and found.item in INCOME_ITEMS:
            items["verified", f"{found.item} {found.employer or ''}"] = Earned(
                each, found.amount_fen, found.amount_fen * parts
            )
    if terms is not None and terms.wage_replaces_verified and wages:
        items |= {key: Earned(each.record, each.fen, 0) for key, each in items.items() if replaced(each, wages)}
    for each in sorted(wages, key=began):
        wage = each.fact.payload
        if isinstance(wage, Wage):
            fen, before = paid(each, wage, world.all(person, "wage"), month)
            items[each.fact.source, wage.employer] = Earned(each, fen, fen * pack.wage_parts)
            needed += [] if before is None else [Earned(before, 0, 0)]
    for name, each, fen, counts in regular:
        items[each.fact.source, name] = Earned(each, fen, counts * parts)
    return [*(items[key] for key in sorted(items)), *needed]


def replaced(known: Earned, wages: Iterable[Counted]) -> bool:
    """Whether a department has told the wage since that verification had found: of the employer whom it found, if it did."""
    found = known.record.fact.payload
    return (
        isinstance(found, VerificationResult)
        and found.item == "WAGE"
        and any(
            began(each) >= began(known.record)
            for each in wages
            if isinstance(each.fact.payload, Wage) and found.employer in (None, each.fact.payload.employer)
        )
    )


def paid_regularly(world: World, terms: MeansTerms, person: str, month: int) -> list[tuple[str, Counted, int, int]]:
    """What departments pay somebody a month and counts as income, by its name: the record, what it tells in fen, and what of it
    counts. Of each the latest stands last."""
    found: list[tuple[str, Counted, int, int]] = []
    for kind in terms.paid_regularly:
        standing = world.standing(person, kind, month)
        for each in sorted(standing, key=began) if standing else ():
            match each.fact.payload:
                case Pension(scheme=scheme, amount_fen=fen) as pension:
                    found.append((f"pension {scheme}", each, fen, fen - free_part(terms, pension, month)))
                case UnemploymentBenefit(type=what, amount_fen=fen):
                    found.append((f"unemployment {what}", each, fen, fen))
                case NursingBenefit(type=what, amount_fen=fen) if what in terms.nursing_benefits:
                    found.append((f"nursing {what}", each, fen, fen))
    return found


def expenses(world: World, pack: Pack, person: str, month: int) -> Iterator[Earned]:
    """What a person's necessary expenses of a month take off the income, below zero.

    Only what verification found, where the place says how much of it is deducted; of each kind the latest stands.
    """
    rows: dict[str, Expense] = {row.item: row for row in pack.deductions}
    found: dict[str, Counted] = {}
    for each in sorted(world.standing(person, "verification_result", month), key=began):
        said = each.fact.payload
        if isinstance(said, VerificationResult) and said.item in rows:
            found[said.item] = each
    for item, each in sorted(found.items()):
        said, row = each.fact.payload, rows[item]
        if isinstance(said, VerificationResult):
            less = Fraction(row.share) * said.amount_fen
            less = less if row.at_most_fen is None else min(less, Fraction(row.at_most_fen))
            yield Earned(each, said.amount_fen, -int(less * pack.fen_parts))


def used(rows: Iterable[Expense], less: Iterable[Earned]) -> tuple[Expense, ...]:
    """The rows by which something of these was taken off."""
    found = {each.record.fact.payload.item for each in less if isinstance(each.record.fact.payload, VerificationResult)}
    return tuple(row for row in rows if row.item in found)


def deducted(earned: list[Earned], expenses: Iterable[Earned]) -> list[Earned]:
    """Incomes and what is taken off them: an income falls to nothing, and not below."""
    left, found = sum(each.counts for each in earned), [*earned]
    for each in expenses:
        less = min(-each.counts, left)
        left -= less
        found.append(each._replace(counts=-less))
    return found


def free_part(terms: MeansTerms, pension: Pension, month: int) -> int:
    """What of a pension does not count in a month, in fen: the basic part that the state sets, as long as the law says so."""
    until = terms.basic_pension_free_until
    return pension.basic_part_fen if until is not None and month <= until else 0


def free_until(question: Question) -> Iterator[Month]:
    """The month in which the basic part of a pension begins to count."""
    world, terms = question.world, question.pack.means
    until = None if terms is None else terms.basic_pension_free_until
    if until is not None and any(world.all(person, "pension") for person in world.people):
        yield Month(until + 1)


def absences(world: World, terms: MeansTerms | None, people: Iterable[str], month: int) -> dict[str, Counted]:
    """Who is no member in a month though he belongs here, and what shows it: in prison, declared missing ([L2] 7)."""
    if terms is None:
        return {}
    found: dict[str, Counted] = {}
    for person in people:
        for kind in ("custody", "missing"):
            for each in world.standing(person, kind, month):
                fact = each.fact.payload
                if isinstance(fact, Custody | Missing) and fact.type in terms.left_out:
                    found[person] = each
    return found


def began(each: Counted) -> date:
    """Since when a fact is true."""
    return each.fact.valid_from


def means_of(question: Question, month: int) -> Means | None:
    """A household's means in a month; None where nobody is left, or nobody has a place there."""
    world, pack = question.world, question.pack
    everybody = world.everybody(month)
    people = world.living(month, pack.death_sources)
    away = absences(world, pack.means, people, month)
    if away:
        people = [person for person in people if person not in away]
    if pack.beside(question.programme.name):
        out = left_out(question, month)
        people = [person for person in people if person not in out]
    if not people:
        return None
    # the place is that of the first of the living whose residence is known; of a dead member where nobody else's is
    placed = next((home for who in (*people, *everybody) if (home := world.registered(who, month)) is not None), None)
    found = None if placed is None else standard_of(question, placed[1].area, month)
    if placed is None or found is None:
        return None
    earned = [each for person in people for each in incomes(world, pack, person, month)]
    less = [each for person in people for each in expenses(world, pack, person, month)] if pack.deductions else []
    if less:
        earned = deducted(earned, less)
    return Means(
        people=tuple(people),
        area=placed[1].area,
        income=sum(each.counts for each in earned),
        parts=100 * pack.fen_parts,
        standard=found[0],
        per_month=found[1],
        counted=(placed[0], *(each.record for each in earned), *away.values()),
        earned=tuple(earned),
        left_out=len(away),
        deductions=used(pack.deductions, less),
    )
