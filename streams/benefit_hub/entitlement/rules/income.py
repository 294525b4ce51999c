"""What a household has in a month: who counts, which incomes, and the standard of its place."""

from collections.abc import Iterable, Iterator
from datetime import date

from benefit_hub.entitlement.rules.beside import left_out
from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.rules.rule import Question, standard_of
from benefit_hub.entitlement.wages import paid
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.departments import Custody, Missing, Pension, Residence, VerificationResult, Wage
from benefit_hub.policy.book import Pack
from benefit_hub.policy.terms import MeansTerms
from benefit_hub.values.months import Month

INCOME_ITEMS = ("WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER")
MEANS_READS = frozenset({"application", "residence", "death", "wage", "verification_result"})
"""The kinds of facts at which every rule looks that goes by a household's means."""


def incomes(world: World, pack: Pack, person: str, month: int) -> list[Earned]:
    """A person's countable income of a month, fact by fact; what counts is in fen, times a denominator.

    Verified items as found; a wage less the necessary cost of employment. Of each item, and of each employer, the latest
    stands. Records that were needed only to know an amount stand at the end, with nothing.
    """
    items: dict[tuple[str, str], Earned] = {}
    needed: list[Earned] = []
    share, terms = pack.wage_left, pack.means
    verified, wages = world.standing(person, "verification_result", month), world.standing(person, "wage", month)
    pensions = world.standing(person, "pension", month) if terms is not None and terms.pensions else ()
    if not verified and not wages and not pensions:
        return []
    for each in sorted(verified, key=began):
        found = each.fact.payload
        if isinstance(found, VerificationResult) and found.item in INCOME_ITEMS:
            items["verified", found.item] = Earned(each, found.amount_fen, found.amount_fen * share.denominator)
    for each in sorted(wages, key=began):
        wage = each.fact.payload
        if isinstance(wage, Wage):
            fen, before = paid(each, wage, world.all(person, "wage"), month)
            items[each.fact.source, wage.employer] = Earned(each, fen, fen * share.numerator)
            needed += [] if before is None else [Earned(before, 0, 0)]
    known = items.get(("verified", "WAGE"))
    replaces = known is not None and terms is not None and terms.wage_replaces_verified
    if known is not None and replaces and any(began(each) >= began(known.record) for each in wages):
        items["verified", "WAGE"] = Earned(known.record, known.fen, 0)
    for each in sorted(pensions, key=began):
        pension = each.fact.payload
        if isinstance(pension, Pension) and terms is not None:
            counts = (pension.amount_fen - free_part(terms, pension, month)) * share.denominator
            items[each.fact.source, f"pension {pension.scheme}"] = Earned(each, pension.amount_fen, counts)
    return [*(items[key] for key in sorted(items)), *needed]


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
    found: dict[str, Counted] = {}
    for person in people if terms is not None else ():
        for kind in ("custody", "missing"):
            for each in world.standing(person, kind, month):
                fact = each.fact.payload
                why = fact.type if isinstance(fact, Custody | Missing) else ""
                if terms is not None and why in terms.left_out:
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
    placed = None
    for person in (*people, *everybody):
        placed = world.latest(person, "residence", month)
        if placed is not None:
            break
    home = None if placed is None else placed.fact.payload
    found = standard_of(question, home.area, month) if isinstance(home, Residence) else None
    if placed is None or not isinstance(home, Residence) or found is None:
        return None
    earned = [each for person in people for each in incomes(world, pack, person, month)]
    return Means(
        people=tuple(people),
        area=home.area,
        income=sum(each.counts for each in earned),
        parts=100 * pack.wage_left.denominator,
        standard=found[0],
        per_month=found[1],
        counted=(placed, *(each.record for each in earned), *away.values()),
        earned=tuple(earned),
        left_out=len(away),
    )
