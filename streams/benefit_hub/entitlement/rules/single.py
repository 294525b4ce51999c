"""Dibao for one person of a household that has none (单人保): a share of the standard for who is ill or disabled enough."""

from fractions import Fraction
from math import ceil

from benefit_hub.entitlement.rules.personal import (
    PERSONAL_ENDS,
    PERSONAL_READS,
    age_days,
    age_months,
    certificate_of,
    personal,
    status_missing,
)
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of
from benefit_hub.entitlement.world import Counted
from benefit_hub.values.money import half_up

Ground = tuple[Counted, str, str]
"""What shows a ground, how it is called, and the share of the standard for it."""
ILL = "SERIOUSLY_ILL"


def single(question: Question, month: int) -> Answer:
    """S · share of the ground with the greatest one ([L2] 8), up to the next whole yuan where the programme says so."""
    first = personal(question, month)
    if isinstance(first, Answer):
        return first
    grounds = grounds_of(question, month)
    if not grounds:
        return nothing("no ground to apply alone", counted=first)
    placed = question.world.registered(question.subject, month)
    if placed is None:
        return nothing("no registered residence", counted=first)
    registered, home = placed
    statuses = status_missing(question, month, (*first, grounds[0][0]))
    if isinstance(statuses, Answer):
        return statuses
    found = standard_of(question, home.area, month)
    if found is None:
        return nothing("no standard yet", counted=first)
    shown, ground, share = max(grounds, key=lambda each: Fraction(each[2]))
    exact, up = found[1] * Fraction(share), question.programme.round_up
    return Answer(
        status=question.programme.name.upper(),
        fen=ceil(exact) * 100 if up else half_up(exact),
        formula="ceil(S*share)" if up else "S*share",
        numbers={**statuses, "ground": ground, "share": share, "S": str(found[1])},
        counted=(*first, shown, registered),
        standards=(found[0],),
    )


def grounds_of(question: Question, month: int) -> list[Ground]:
    """By what somebody may apply alone in a month: levels, with the category where it counts, and illness."""
    shares, found = question.programme.shares or {}, list[Ground]()
    held = certificate_of(question, month)
    for each in held[1].categories if held is not None else ():
        names = (f"{each.level} {each.category}", str(each.level))
        name = next((name for name in names if name in shares), None)
        if held is not None and name is not None:
            found.append((held[0], f"LEVEL {name}", shares[name]))
    if ILL in shares:
        ill = question.world.standing(question.subject, "serious_illness", month)
        found += [(each, ILL, shares[ILL]) for each in ill]
    return found


RULE = Rule(
    answer=single,
    reads=PERSONAL_READS | {"certificate", "serious_illness"},
    needs="application",
    ends=PERSONAL_ENDS | {"no ground to apply alone"},
    days=age_days,
    marks=age_months,
)
