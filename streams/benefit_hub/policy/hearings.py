"""When somebody was heard before a decision, and before it was taken back ([L0] 47-48)."""

from datetime import date

from benefit_hub.messages.departments import DecisionContent
from benefit_hub.values.months import partial_date


def heard_before(decision: DecisionContent) -> bool:
    """Whether the person was heard on or before the day of the decision."""
    return decision.heard_on is not None and partial_date(decision.heard_on) <= partial_date(decision.decided_on)


def heard_again(former: DecisionContent, last: DecisionContent, received_on: date) -> bool:
    """Whether the person was heard about taking a decision back: after it was made, before the last word was received."""
    said = last.heard_on
    return said is not None and partial_date(former.decided_on) <= partial_date(said) <= received_on
