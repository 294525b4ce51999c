"""Who refuses suitable work again and again loses the own share of dibao, and nobody else's ([L1] 45, [L2] 34)."""

from fractions import Fraction

from msgspec import structs

from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.rule import Answer, Question
from benefit_hub.entitlement.world import Counted, World
from benefit_hub.messages.departments import JobOffer
from benefit_hub.values.money import half_up


def with_refusals(question: Question, month: int, answer: Answer, means: Means) -> Answer:
    """The amount without R: of what there is before top-ups one share of n for everybody who refused often enough in a row."""
    terms = question.pack.means
    if terms is None or not terms.refusals:
        return answer
    refused = [said for who in means.people if len(said := last_refusals(question.world, who, month)) >= terms.refusals]
    if not refused:
        return answer
    basic = means.basic(answer.numbers)
    less = basic * Fraction(len(refused), len(means.people))
    return structs.replace(
        answer,
        fen=half_up(basic + Fraction(answer.numbers.get("T", "0")) - less),
        formula=f"{answer.formula}-R",
        numbers={**answer.numbers, "R": str(less), "refused": str(len(refused)), "times": str(terms.refusals)},
        counted=(*answer.counted, *(each for said in refused for each in said)),
        clauses=(*answer.clauses, terms.clause),
        sources=(*answer.sources, terms.source),
        assumed=answer.assumed or terms.assumed,
    )


def last_refusals(world: World, person: str, month: int) -> list[Counted]:
    """The offers of suitable work that somebody refused last without a good reason, none taken or excused between them."""
    offers = [
        (each, each.fact.payload)
        for each in world.standing(person, "job_offer", month)
        if isinstance(each.fact.payload, JobOffer) and each.fact.payload.suitable
    ]
    found: list[Counted] = []
    for each, offer in sorted(offers, key=lambda row: (row[1].offered_on, row[0].fact.record), reverse=True):
        if offer.outcome == "PENDING":
            continue
        if offer.outcome != "REFUSED" or offer.good_reason:
            break
        found.append(each)
    return found
