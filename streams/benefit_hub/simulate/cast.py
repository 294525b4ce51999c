"""The people of a story: labels, and the identity numbers that stand for them at the departments."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from benefit_hub.values.identity import check_character, pseudonym
from benefit_hub.values.ids import household_subject, solo_household

REGION = "990101"
"""A region code that exists nowhere, so that no number of a story can be anybody's."""

Sex = Literal["female", "male"]


class Person(Struct, frozen=True, kw_only=True):
    """Somebody in a story."""

    label: str
    number: str
    born: date
    sex: Sex


class Cast(Struct, frozen=True, kw_only=True):
    """Everybody in a story, and the people of each household, the head first; all are registered in one region."""

    people: Mapping[str, Person]
    households: Mapping[str, tuple[str, ...]]
    region: str = REGION

    def labels(self, key: bytes) -> dict[str, str]:
        """Whom a subject of the hub means: the label of each person and household, by subject."""
        persons = {pseudonym(key, person.number): label for label, person in self.people.items()}
        alone = {solo_household(subject): label for subject, label in persons.items()}
        return {**persons, **alone, **{household_subject(label): label for label in self.households}}


def identity_number(index: int, born: date, sex: Sex) -> str:
    """The number of the index-th person of a story; its 17th digit is odd for men, its check character right."""
    first = f"{REGION}{born:%Y%m%d}{(2 * index + (sex == 'male')) % 1000:03d}"
    return first + check_character(first)


def with_wrong_check(number: str) -> str:
    """The same number with a check character that does not fit."""
    return number[:17] + ("1" if number[17] == "0" else "0")
