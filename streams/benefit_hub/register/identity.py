"""Numbers that are the same person's: a corrected or merged number lends what is known under it to the right one.

Nothing moves for good: the alias keeps its records and lends them, so a correction or merge that is taken back is undone by
asking for them back. Links are followed to the number that stands for itself; in a circle nobody lends, and a task asks.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from benefit_hub.messages.departments import IdentityCorrection, IdentityMerge, RevisionName
from benefit_hub.messages.internal import Alias, Fact, IdentityChain, PersonTransfer
from benefit_hub.messages.naming import renamed
from benefit_hub.register.assignment import greatest
from benefit_hub.task import Out

TRANSFERS = "person-transfers"


class Links(Struct, frozen=True):
    """Where a number points to, by which facts, and which numbers point to it.

    `chain` begins with the number itself; `root` is None where the chain runs in a circle. A number that is said to be that of
    several others points nowhere until somebody decides; `rivals` are the facts that say so.
    """

    chain: tuple[str, ...]
    root: str | None
    facts: tuple[RevisionName, ...]
    rivals: tuple[RevisionName, ...]
    incoming: tuple[str, ...]


def links_of(subject: str, facts: Iterable[Fact], chains: Mapping[str, tuple[str, ...]]) -> Links:
    """The links of a number by its own facts, and by what the number that it points to told of its own."""
    targets: dict[str, list[RevisionName]] = {}
    incoming: set[str] = set()
    said = (fact for fact in facts if isinstance(fact.payload, IdentityCorrection | IdentityMerge))
    for fact in greatest(said).values():
        link = fact.payload
        if fact.retracted or not isinstance(link, IdentityCorrection | IdentityMerge):
            continue
        if link.alias == subject:
            targets.setdefault(link.canonical, []).append(fact.name)
        elif link.canonical == subject:
            incoming.add(link.alias)
    names = tuple(sorted((name for found in targets.values() for name in found), key=str))
    aliases = tuple(sorted(incoming))
    if len(targets) != 1:
        return Links((subject,), subject, (), names, aliases)
    (target,) = targets
    chain = up_to_repetition((subject, *chains.get(target, (target,))))
    circle = len(set(chain)) < len(chain)
    return Links(chain, None if circle else chain[-1], names, (), aliases)


def up_to_repetition(chain: tuple[str, ...]) -> tuple[str, ...]:
    """The chain as far as the first number that comes again, which is kept as its end."""
    seen: list[str] = []
    for number in chain:
        seen.append(number)
        if seen.count(number) > 1:
            break
    return tuple(seen)


def told_chains(
    subject: str, links: Links, told: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], list[Out]]:
    """What every number that points here has been told of how it goes on; they take it to end here until told otherwise."""
    outs = [
        Out(topic=TRANSFERS, key=alias, value=IdentityChain(person=alias, via=subject, chain=links.chain))
        for alias in links.incoming
        if links.chain != told.get(alias, (subject,))
    ]
    return {**told, **dict.fromkeys(links.incoming, links.chain)}, outs


def aliases_of(borrowed: Mapping[str, PersonTransfer]) -> tuple[Alias, ...]:
    """The numbers that lend to a person, or did."""
    return tuple(Alias(each.alias, each.number, each.lent) for _, each in sorted(borrowed.items()))


def united(subject: str, own: tuple[Fact, ...], borrowed: Mapping[str, PersonTransfer]) -> tuple[Fact, ...]:
    """All that is known of a person under every number, each revision once.

    A record that was moved from one of the numbers to another is retracted for the first: that is no retraction here.
    """
    names = {each.alias: subject for each in borrowed.values() if each.lent}
    if not names:
        return own
    found: dict[RevisionName, Fact] = {}
    lent = [fact for _, each in sorted(borrowed.items()) if each.lent for fact in each.facts]
    for each in (*own, *lent):
        fact = renamed(each, names)
        other = found.get(fact.name)
        if other is None or (other.rank, not other.retracted) < (fact.rank, not fact.retracted):
            found[fact.name] = fact
    return tuple(found.values())
