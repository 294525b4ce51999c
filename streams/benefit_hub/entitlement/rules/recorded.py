"""Help that was given already (临时救助): a status in its month, with what was given where; nothing more is paid."""

from fractions import Fraction
from functools import partial

from benefit_hub.entitlement.rules.happening import days, first_day, months_after
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing
from benefit_hub.messages.departments import TemporaryAid

AID = "temporary_aid"


def recorded(question: Question, month: int) -> Answer:
    """The status in the month in which somebody was helped, whoever was in need and wherever that was ([L8])."""
    given = [
        (each, each.fact.payload)
        for each in question.world.standing(question.subject, AID, month)
        if each.since == month and isinstance(each.fact.payload, TemporaryAid)
    ]
    if not given:
        return nothing("no aid in the month")
    places = sorted({aid.emergency_region for _, aid in given})
    return Answer(
        status=question.programme.name.upper(),
        fen=0,
        formula="recorded",
        numbers={
            "given": str(Fraction(sum(aid.amount_fen for _, aid in given), 100)),
            "times": str(len(given)),
            "places": ", ".join(places),
        },
        counted=tuple(each for each, _ in given),
        standards=(),
    )


RULE = Rule(
    answer=recorded,
    reads=frozenset({AID}),
    needs=AID,
    days=partial(days, AID),
    marks=partial(months_after, AID),
    first=partial(first_day, AID),
    pays=False,
)
