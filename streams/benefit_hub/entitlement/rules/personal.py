"""What the rules for persons ask alike: whether somebody lives, has applied, and holds a certificate."""

from benefit_hub.entitlement.rules.rule import Answer, Question, nothing
from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import Certificate


def personal(question: Question, month: int) -> Answer | tuple[Counted, ...]:
    """What every personal programme asks first: the person lives, and has applied where the programme needs it."""
    world, person = question.world, question.subject
    death = world.died(person, question.pack.death_sources)
    if death is not None and death[1] <= month:
        return nothing("died", counted=(death[0],), empty=True)
    if question.programme.entry == "AUTOMATIC":
        return ()
    application = world.applied(person, question.programme.name, month, question.lapsed)
    return nothing("no accepted application") if application is None else (application,)


def certificate_of(question: Question, month: int) -> tuple[Counted, Certificate] | None:
    """The valid disability certificate of a month."""
    found = question.world.latest(question.subject, "certificate", month)
    payload = found.fact.payload if found else None
    if found is None or not isinstance(payload, Certificate) or payload.status != "VALID":
        return None
    return found, payload
