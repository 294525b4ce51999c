"""Ids come from content: the same thing has the same id wherever and whenever it is computed."""

from hashlib import sha256

PERSON = "p:"
HOUSEHOLD = "h:"
SOLO = "s:"


def content_id(*parts: str | int) -> str:
    """A 128-bit id in hex from the parts, which keep their borders whatever they hold."""
    return sha256("".join([f"{len(part)}:{part}" for part in map(str, parts)]).encode()).hexdigest()[:32]


def household_subject(household_id: str) -> str:
    """The subject of a household as civil affairs numbers it."""
    return HOUSEHOLD + household_id


def solo_household(person: str) -> str:
    """The household of one of a person who counts in no other."""
    return SOLO + person.removeprefix(PERSON)


def is_person(subject: str) -> bool:
    """Whether a subject or beneficiary is a person rather than a household."""
    return subject.startswith(PERSON)


def is_solo(household: str) -> bool:
    """Whether a household is the household of one that the hub keeps for a person in no other."""
    return household.startswith(SOLO)
