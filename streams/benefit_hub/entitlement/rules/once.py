"""So much per head, once (易地搬迁): in the month from which it counts that a household was moved."""

from functools import partial

from benefit_hub.entitlement.rules.happening import days, first_day, months_after
from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing, standard_of
from benefit_hub.values.money import half_up

MOVED = "relocation"


def once(question: Question, month: int) -> Answer:
    """heads · standard, in one month for each move, for those who live and belong to the household then."""
    world = question.world
    moved = [each for each in world.standing(question.subject, MOVED, month) if each.since == month]
    if not moved:
        return nothing("not moved in the month")
    heads = len(world.living(month, question.pack.death_sources))
    found = standard_of(question, "ANY", month)
    if found is None or heads == 0:
        return nothing("no standard yet" if heads else "nobody left", counted=tuple(moved), empty=heads == 0)
    return Answer(
        status=question.programme.name.upper(),
        fen=half_up(heads * found[1]),
        formula="heads*amount once",
        numbers={"heads": str(heads), "amount": str(found[1])},
        counted=tuple(moved),
        standards=(found[0],),
    )


RULE = Rule(
    answer=once,
    reads=frozenset({MOVED, "death"}),
    needs=MOVED,
    days=partial(days, MOVED),
    marks=partial(months_after, MOVED),
    first=partial(first_day, MOVED),
)
