"""A household where one of a person's numbers stands: alias and person change places at once, or not yet.

The alias and the person whose number it is are told by two records of register, in whatever order they arrive. Until both
say the same, what stands stays: nobody is counted twice, and nobody is missing for a moment.
"""

from collections.abc import Mapping

from benefit_hub.messages.internal import Fact, Gone, Snapshot
from benefit_hub.messages.naming import renamed

Told = Mapping[str, Snapshot | Gone]
"""The newest message about each person."""


def agreed(told: Told) -> bool:
    """Whether every alias and the person who has, or had, its records speak of the same assignment of the alias."""
    for message in told.values():
        for each in message.aliases:
            alias = told.get(each.person)
            if alias is None:
                continue
            if alias.number < each.number or (each.lent and alias.number > each.number):
                return False
        if isinstance(message, Gone) and message.canonical is not None:
            root = told.get(message.canonical)
            if root is None or not any(lends(each.person, each.number, message) for each in root.aliases):
                return False
    return True


def lends(person: str, number: int, alias: Gone) -> bool:
    """Whether this is how a person knows an alias by its newest assignment."""
    return person == alias.person and number == alias.number


def lent_names(told: Told) -> dict[str, str]:
    """Alias to person, for every number that is lent to somebody here."""
    return {each.person: message.person for message in told.values() for each in message.aliases if each.lent}


def under_right_names(facts: dict[str, Fact], told: Told) -> dict[str, Fact]:
    """The household's own facts, naming people by the number that stands for them; the same facts where no number is lent."""
    names = lent_names(told)
    return {key: renamed(fact, names) for key, fact in facts.items()} if names else facts
