"""The price-linked temporary subsidy: for a month after one in which prices had risen enough, and for no other."""

from collections.abc import Iterator
from fractions import Fraction

from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of
from benefit_hub.entitlement.shares import NOTHING
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import Residence
from benefit_hub.policy.prices import PriceLink
from benefit_hub.task.indices import percent_of
from benefit_hub.values.ids import is_person
from benefit_hub.values.money import half_up
from benefit_hub.values.months import Month
from benefit_hub.values.steps import value_at

UNDER, NOBODY = "prices under the trigger", "in no group that is paid"


def price_linked(question: Question, month: int) -> Answer:
    """heads · max(S · rate, floor), where any index of the month before has reached its trigger."""
    link = question.programme.price
    placed = home_of(question, month)
    if link is None or placed is None:
        return nothing(NOBODY)
    found, home = placed
    heads = heads_of(question, link, month)
    if heads == 0:
        return nothing(NOBODY, counted=(found,))
    reached = triggered(question, link, home.region, month - 1)
    rate = percent_of(question.region_values, link.rate, home.region, month - 1)
    standard = standard_of(question, home.area, month)
    if reached is None or rate is None or standard is None:
        return nothing(UNDER, counted=(found,))
    per_head = standard[1] * Fraction(rate) / 100
    floor = Fraction(link.floor or "0")
    numbers = {
        "heads": str(heads),
        "S": str(standard[1]),
        "percent": rate,
        "trigger": reached,
        "floor": str(floor),
    }
    return Answer(
        status=question.programme.name.upper(),
        fen=half_up(heads * max(per_head, floor)),
        formula="heads*max(S*percent,floor)",
        numbers=numbers,
        counted=(found,),
        standards=(standard[0],),
    )


def home_of(question: Question, month: int) -> tuple[Counted, Residence] | None:
    """Where somebody, or the first of a household who lives, is registered in a month."""
    world, ranked = question.world, question.pack.death_sources
    people = [question.subject] if is_person(question.subject) else world.everybody(month)
    for person in people:
        found = world.registered(person, month) if world.lives(person, month, ranked) else None
        if found is not None:
            return found
    return None


def heads_of(question: Question, link: PriceLink, month: int) -> int:
    """How many are paid for: those who have a programme of a group, each once."""
    for name in link.groups:
        had = value_at(question.shares(name, question.subject), month, NOTHING)
        if had.heads and not counted_elsewhere(question, link, name, month):
            return had.heads
    return 0


def counted_elsewhere(question: Question, link: PriceLink, name: str, month: int) -> bool:
    """Whether somebody is counted in the household's programme: but for who is out of it because of what he has himself."""
    if link.once_with is None or not question.world.is_member(question.subject, month):
        return False
    out = any(edge.first == name and edge.rule == "NONE" and edge.member_share for edge in question.pack.exclusions)
    there = value_at(question.shares(link.once_with, question.world.household), month, NOTHING)
    return there.heads > 0 and not out


def triggered(question: Question, link: PriceLink, region: str, month: int) -> str | None:
    """The index that has reached its trigger in a month, as `CPI 3.6 >= 3.5`."""
    for measure in sorted(link.triggers):
        risen = percent_of(question.region_values, measure, region, month)
        if risen is not None and Fraction(risen) >= Fraction(link.triggers[measure]):
            return f"{measure} {risen} >= {link.triggers[measure]}"
    return None


def published(question: Question) -> Iterator[Month]:
    """The months after those of which something was published, in which it is paid, and the months after these."""
    for each in question.region_values:
        yield Month(each.month + 1)
        yield Month(each.month + 2)


RULE = Rule(
    answer=price_linked,
    reads=frozenset({"residence", "death"}),
    needs="residence",
    marks=published,
)
