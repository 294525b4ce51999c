"""Whom a record is about, and what of it travels on: people by pseudonym, one fact for each subject.

What the types of `messages.departments` declare is prepared once per type, so that nothing is worked out per record that
is known before.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from benefit_hub.messages.departments import (
    FACT_FORMS,
    PAYLOADS,
    PERSON,
    Envelope,
    FactPayload,
    Payload,
    PublishedDecision,
    people_fields,
)
from benefit_hub.values.identity import pseudonym
from benefit_hub.values.ids import household_subject
from benefit_hub.values.refusal import Refusal

_NUMBER = "id_number"
_HOUSEHOLDS = "household_ids"


class Reading(Struct, frozen=True):
    """How the people of a published payload are read.

    `fact` is what it becomes, None where it travels on as it is; `shared` are the fields that both have, `people` what field
    of numbers becomes which field of the fact. `simple`: there is one subject, the person of the envelope. `distinct` is
    the field that may not name the person of the envelope again.
    """

    fact: type[Payload] | None
    shared: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    or_household: bool
    simple: bool
    distinct: str | None


def _reading(published: type[Payload]) -> Reading:
    form, about = FACT_FORMS.get(published), published.about
    people = people_fields(published)
    others = [name for name in about.fields if name != _NUMBER]
    return Reading(
        fact=None if form is None else form.fact,
        shared=() if form is None else tuple(set(form.fact.__struct_fields__) - set(people.values())),
        people=tuple(people.items()),
        about=about.fields,
        or_household=about.or_household,
        simple=form is None and about == PERSON,
        distinct=next((name for name in others if name.endswith(_NUMBER)), None),
    )


_READINGS: Mapping[type[Payload], Reading] = {published: _reading(published) for published in PAYLOADS.values()}


_NOBODY_MOVED = Refusal(
    "MISSING_SUBJECT",
    "id_numbers",
    "the numbers of all whose membership is covered: named by household alone, the decision reaches none of them",
    "Name everybody about whom it decides, then send a new revision.",
    "决定所涉人员的公民身份号码：covers 中有家庭成员（membership）记录，只写家庭编号的决定到不了这些人",
)


class Named(Struct, frozen=True):
    """What of a record travels on, and to whom; `left` is a person whom earlier versions were about and this one is not."""

    content: FactPayload
    subjects: tuple[str, ...]
    left: str | None


def check_people(envelope: Envelope, payload: Payload) -> Refusal | None:
    """A record says whom it is about, does not name one person as two, and knows the month where money hangs on it."""
    reading = _READINGS[type(payload)]
    if payload.by_month and len(envelope.valid_from) == 4:
        return Refusal("BAD_DATE", "valid_from", "a date YYYY-MM-DD, or YYYY-MM", "Find out the month of it.")
    if _NUMBER in reading.about:
        if envelope.id_number is None:
            told = "an identity number on every revision"
            return Refusal("MISSING_SUBJECT", _NUMBER, told, "Name whom the record is about.")
    elif not any(getattr(payload, name) for name in reading.about):
        return Refusal("MISSING_SUBJECT", reading.about[0], "a household or a person", "Name whom the record is about.")
    elif isinstance(payload, PublishedDecision) and payload.moves_people and not payload.id_numbers:
        return _NOBODY_MOVED
    if reading.distinct is not None and getattr(payload, reading.distinct) == envelope.id_number:
        action = "Check both numbers against the documents, then send a new revision."
        return Refusal("SAME_PERSON", reading.distinct, "another number than that in id_number", action)
    return None


def with_pseudonyms(envelope: Envelope, payload: Payload, key: bytes) -> Named:
    """The record with people by pseudonym, and its subjects, each once."""
    reading = _READINGS[type(payload)]
    person = _hidden(envelope.id_number, key)
    content = payload
    subjects: tuple[str, ...] = (person,)
    if not reading.simple:
        known = {_NUMBER: person} | {
            name: _hidden(getattr(payload, name), key) for name, _ in reading.people if name != _NUMBER
        }
        subjects = _subjects(reading, payload, known)
        if reading.fact is not None:
            said = {name: getattr(payload, name) for name in reading.shared}
            content = reading.fact(**said, **{called: known[name] for name, called in reading.people})
    left = _hidden(envelope.previous_id_number, key)
    # every type that is published is a fact type, or its form is
    return Named(content, subjects, None if left in subjects else left)  # type: ignore[arg-type]


def _hidden(numbers: Any, key: bytes) -> Any:
    """The pseudonym of a number, or those of several; None of none."""
    if numbers is None:
        return None
    return pseudonym(key, numbers) if isinstance(numbers, str) else tuple(pseudonym(key, each) for each in numbers)


def _subjects(reading: Reading, payload: Payload, known: Mapping[str, Any]) -> tuple[str, ...]:
    """The household where the kind is about one and it is named, else everybody whom the record is about."""
    household: str | None = getattr(payload, "household_id", None) if reading.or_household else None
    if household is not None:
        return (household_subject(household),)
    found: list[str] = []
    for name in reading.about:
        if name == _HOUSEHOLDS:
            found += map(household_subject, getattr(payload, name))
        elif (said := known[name]) is not None:
            found += (said,) if isinstance(said, str) else said
    return tuple(dict.fromkeys(found))
