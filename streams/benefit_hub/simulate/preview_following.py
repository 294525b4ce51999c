"""What changes because another benefit of the household changes: a status that is needed, a benefit that goes first."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from benefit_hub.policy.book import Pack
from benefit_hub.simulate.preview_lines import Line

STATUS_TURNS = frozenset({"BEGINS", "ENDS", "STATUS_BEGINS", "STATUS_ENDS"})
"""The effects by which somebody comes to a benefit, or comes to be without it."""


def with_followers(lines: Sequence[Line], packs: Sequence[Pack]) -> Iterator[Line]:
    """The lines of one household, each with the programmes by whose change it changes, by either law."""
    for each in lines:
        firsts = [other for other in lines if touches(other, each) and any(leads(other, each, pack) for pack in packs)]
        titles = list(dict.fromkeys(other.title for other in firsts))
        told = f"连带：因本户「{'」「'.join(titles)}」变化。" if titles else ""
        names = tuple(dict.fromkeys(other.programme for other in firsts))
        yield structs.replace(each, follows=names, why=told + each.why) if names else each


def touches(first: Line, then: Line) -> bool:
    """Whether one benefit may go before another: that of the same person, or one of either is the household's."""
    return first is not then and (
        first.beneficiary == then.beneficiary or first.household in (first.beneficiary, then.beneficiary)
    )


def leads(first: Line, then: Line, pack: Pack) -> bool:
    """Whether by a pack a benefit looks at what has changed of the first."""
    programme = pack.programmes.get(then.programme)
    if programme is None:
        return False
    if first.effect in STATUS_TURNS and first.programme in (*programme.needs_status, *programme.follows):
        return True
    return any(moves(first, rule) for rule in rules_between(first.programme, then.programme, pack))


def rules_between(first: str, then: str, pack: Pack) -> Iterable[str]:
    """How two programmes stand to each other; of the higher of two, either may give way."""
    return (
        edge.rule
        for edge in pack.exclusions
        if (edge.first, edge.then) == (first, then)
        or (edge.rule == "HIGHER" and (edge.first, edge.then) == (then, first))
    )


def moves(first: Line, rule: str) -> bool:
    """Whether a change of the first moves what stands beside it."""
    if rule == "NONE":
        return first.effect in STATUS_TURNS
    return rule in ("DIFFERENCE", "HIGHER")
