"""An amount by what somebody cannot do himself, as an assessment found."""

from benefit_hub.entitlement.rules.by_placement import ability_of
from benefit_hub.entitlement.rules.personal import (
    PERSONAL_ENDS,
    PERSONAL_READS,
    age_days,
    age_months,
    personal,
    status_missing,
)
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of, whole


def by_ability(question: Question, month: int) -> Answer:
    """The amount of the standard for the grade of the latest assessment."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    assessed = ability_of(question, month)
    found = None if assessed is None else standard_of(question, assessed[1].grade, month)
    if assessed is None or found is None:
        numbers = {} if assessed is None else {"grade": assessed[1].grade}
        return nothing("no grade that is paid", numbers, first if assessed is None else (*first, assessed[0]))
    statuses = status_missing(question, month, (*first, assessed[0]))
    if isinstance(statuses, Answer):
        return statuses
    inputs = {**statuses, "grade": assessed[1].grade, "amount": str(found[1])}
    return whole(question, found, inputs, (*first, assessed[0]), "amount by ability")


RULE = Rule(
    answer=by_ability,
    reads=PERSONAL_READS | {"ability_assessment"},
    needs="application",
    ends=PERSONAL_ENDS | {"no grade that is paid"},
    days=age_days,
    marks=age_months,
)
