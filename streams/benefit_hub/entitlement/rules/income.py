"""What a household has in a month: who counts, which incomes, and the standard of its place."""

from datetime import date
from fractions import Fraction

from benefit_hub.entitlement.rules.beside import left_out
from benefit_hub.entitlement.rules.means import Earned, Means
from benefit_hub.entitlement.rules.rule import Question, standard_of
from benefit_hub.entitlement.wages import paid
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.departments import Residence, VerificationResult, Wage

INCOME_ITEMS = ("WAGE", "BUSINESS", "PROPERTY", "TRANSFER", "OTHER")
MEANS_READS = frozenset({"application", "residence", "death", "wage", "verification_result"})
"""The kinds of facts at which every rule looks that goes by a household's means."""


def incomes(world: World, share: Fraction, person: str, month: int) -> list[Earned]:
    """A person's countable income of a month, fact by fact; what counts is in fen, times the denominator of `share`.

    Verified items as found; a wage less the necessary cost of employment, of which `share` is left. Of each item, and of each
    employer, the latest stands. Records that were needed only to know an amount stand at the end, with nothing.
    """
    items: dict[tuple[str, str], Earned] = {}
    needed: list[Earned] = []
    verified, wages = world.standing(person, "verification_result", month), world.standing(person, "wage", month)
    if not verified and not wages:
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
    return [*(items[key] for key in sorted(items)), *needed]


def began(each: Counted) -> date:
    """Since when a fact is true."""
    return each.fact.valid_from


def means_of(question: Question, month: int) -> Means | None:
    """A household's means in a month; None where nobody is left, or nobody has a place there."""
    world, pack = question.world, question.pack
    everybody = world.everybody(month)
    people = world.living(month, pack.death_sources)
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
    earned = [each for person in people for each in incomes(world, pack.wage_left, person, month)]
    return Means(
        people=tuple(people),
        area=home.area,
        income=sum(each.counts for each in earned),
        parts=100 * pack.wage_left.denominator,
        standard=found[0],
        per_month=found[1],
        counted=(placed, *(each.record for each in earned)),
        earned=tuple(earned),
    )
