"""No rule at all: nothing is known but that somebody was awarded something."""

from benefit_hub.entitlement.rules.rule import Answer, Question, Rule, nothing


def as_paid(question: Question, month: int) -> Answer:
    """A status while the award stands; what is paid is what was paid when the hub went live."""
    award = question.world.applied(question.subject, question.programme.name, month, question.lapsed)
    if award is None:
        return nothing("no accepted application")
    status = question.programme.name.upper()
    return Answer(status=status, fen=0, formula="no rule", counted=(award,), standards=())


RULE = Rule(answer=as_paid, reads=frozenset({"application"}), needs="legacy_award")
