"""Which fact stands for what is published: numbers of people leave intake as pseudonyms only.

Almost every payload travels on as it is. One that names people beside the envelope is published with their numbers, in
fields `…_id_number` or `…_id_numbers`, and its fact has a field of the rest of that name for each; the table says which
fact that is, and what is called otherwise.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from benefit_hub.messages.departments.casework import Decision, PublishedDecision
from benefit_hub.messages.departments.envelope import Payload
from benefit_hub.messages.departments.households import (
    Divorce,
    Guardianship,
    Marriage,
    PublishedDivorce,
    PublishedGuardianship,
    PublishedMarriage,
    PublishedRelation,
    Relation,
)
from benefit_hub.messages.departments.payments import Payee, PublishedPayee
from benefit_hub.messages.departments.procedure import Authorisation, PublishedAuthorisation
from benefit_hub.messages.departments.public_security import (
    IdentityCorrection,
    IdentityMerge,
    PublishedIdentityCorrection,
    PublishedIdentityMerge,
)

NUMBER, NUMBERS = "id_number", "id_numbers"


class FactForm(Struct, frozen=True, gc=False):
    """The fact for a published payload: `people` is what field of numbers becomes which field of the fact, where the rule
    of the names does not say it, and where the person of the envelope is to be named in the fact too."""

    fact: type[Payload]
    people: Mapping[str, str] = {}


FACT_FORMS: Final[Mapping[type[Payload], FactForm]] = {
    PublishedDecision: FactForm(Decision, {"id_numbers": "persons"}),
    PublishedIdentityCorrection: FactForm(IdentityCorrection, {"id_number": "canonical", "wrong_id_number": "alias"}),
    PublishedIdentityMerge: FactForm(IdentityMerge, {"id_number": "canonical", "merged_id_number": "alias"}),
    PublishedRelation: FactForm(Relation, {"id_number": "dependant"}),
    PublishedMarriage: FactForm(Marriage, {"id_number": "person"}),
    PublishedDivorce: FactForm(Divorce, {"id_number": "person"}),
    PublishedGuardianship: FactForm(Guardianship, {"id_number": "ward"}),
    PublishedAuthorisation: FactForm(Authorisation, {"id_numbers": "persons"}),
    PublishedPayee: FactForm(Payee),
}


def names_people(field: str) -> bool:
    """Whether a field, by its name, holds an identity number or a list of them."""
    return field.endswith((NUMBER, NUMBERS))


def people_fields(published: type[Payload]) -> dict[str, str]:
    """Which field of numbers, of envelope or payload, becomes which field of the fact."""
    form = FACT_FORMS.get(published)
    if form is None:
        return {}
    by_rule = {
        name: name.removesuffix(NUMBERS).removesuffix(NUMBER).removesuffix("_")
        for name in published.__struct_fields__
        if names_people(name)
    }
    return {**by_rule, **form.people}
