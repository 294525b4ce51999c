"""A fact under the name of the person whose number it is: the pseudonyms in it that stand for wrong or merged numbers."""

from collections.abc import Mapping

from msgspec import structs

from benefit_hub.messages.departments import Decision, Relation
from benefit_hub.messages.internal import Fact


def renamed(fact: Fact, names: Mapping[str, str]) -> Fact:
    """The fact with every person in it that `names` knows under the other name; links between numbers stay as they are."""
    payload = fact.payload
    if isinstance(payload, Decision) and not names.keys().isdisjoint(payload.persons):
        persons = tuple(dict.fromkeys(names.get(person, person) for person in payload.persons))
        payload = structs.replace(payload, persons=persons)
    elif isinstance(payload, Relation) and (payload.dependant in names or payload.related in names):
        payload = structs.replace(
            payload,
            dependant=names.get(payload.dependant, payload.dependant),
            related=names.get(payload.related, payload.related),
        )
    subject = names.get(fact.subject, fact.subject)
    if subject == fact.subject and payload is fact.payload:
        return fact
    return structs.replace(fact, subject=subject, payload=payload)
