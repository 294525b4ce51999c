"""An amount by where somebody is provided for, and where the programme says so another for care by what he cannot do himself."""

from fractions import Fraction

from benefit_hub.entitlement.rules.personal import PERSONAL_ENDS, PERSONAL_READS, age_days, age_months, personal
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of
from benefit_hub.entitlement.world import Counted, recency
from benefit_hub.messages.departments import AbilityAssessment, Placement
from benefit_hub.values.money import half_up

AT_HOME = "HOME"


def by_placement(question: Question, month: int) -> Answer:
    """The basic standard of the placement, at home unless another is decided, and the care tier of the assessment.

    A standard for a placement in town or country goes before one for the placement wherever it is.
    """
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    placed = placement_of(question, month)
    type_ = AT_HOME if placed is None else placed[1].type
    home = question.world.home(question.subject, month)
    basic = None if home is None else standard_of(question, f"{type_} {home.area}", month)
    basic = basic or standard_of(question, type_, month)
    if basic is None:
        return nothing("no standard yet", {"placement": type_}, first)
    assessed = ability_of(question, month)
    care = None if assessed is None else standard_of(question, assessed[1].grade, month)
    total = basic[1] + (Fraction(0) if care is None else care[1])
    numbers = {"placement": type_, "basic": str(basic[1]), "amount": str(total)}
    counted = (*first, *(each[0] for each in (placed, assessed) if each is not None))
    if care is not None and assessed is not None:
        numbers |= {"grade": assessed[1].grade, "care": str(care[1])}
    return Answer(
        status=question.programme.name.upper(),
        fen=half_up(total),
        formula="amount by placement" if care is None else "amount by placement and care",
        numbers=numbers,
        counted=counted,
        standards=(basic[0],) if care is None else (basic[0], care[0]),
    )


def placement_of(question: Question, month: int) -> tuple[Counted, Placement] | None:
    """Where somebody is provided for under this programme in a month: of placements that stand the latest."""
    found = [
        (each, each.fact.payload)
        for each in question.world.standing(question.subject, "placement", month)
        if isinstance(each.fact.payload, Placement) and each.fact.payload.programme == question.programme.name
    ]
    return max(found, key=lambda row: recency(row[0]), default=None)


def ability_of(question: Question, month: int) -> tuple[Counted, AbilityAssessment] | None:
    """The latest assessment of a month for the purpose of the programme."""
    found = [
        (each, each.fact.payload)
        for each in question.world.standing(question.subject, "ability_assessment", month)
        if isinstance(each.fact.payload, AbilityAssessment) and each.fact.payload.purpose == question.programme.ability
    ]
    return max(found, key=lambda row: recency(row[0]), default=None)


RULE = Rule(
    answer=by_placement,
    reads=PERSONAL_READS | {"placement", "ability_assessment"},
    needs="application",
    ends=PERSONAL_ENDS,
    days=age_days,
    marks=age_months,
)
