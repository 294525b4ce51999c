"""Who is told of less is heard first ([L0] 47-48): no later than on the day of the decision."""

from datetime import date

import pytest

from benefit_hub.messages.departments import DecisionContent
from benefit_hub.policy.hearings import heard_again, heard_before


def decision(decided_on: str, heard_on: str | None = None) -> DecisionContent:
    """A decision of a day, and when the person was heard."""
    return DecisionContent(
        programme="dibao", outcome="ACCEPT", covers=(), decided_on=decided_on, authority="county", heard_on=heard_on
    )


@pytest.mark.parametrize(
    ("heard_on", "before"),
    [
        (None, False),
        ("2026-08-19", True),
        ("2026-08-20", True),
        ("2026-08-21", False),
        ("2026-08", True),  # of a month its first day
        ("2026-09", False),
    ],
)
def test_a_decision_of_20_august_needs_a_hearing_no_later(heard_on, before):
    assert heard_before(decision("2026-08-20", heard_on)) is before


@pytest.mark.parametrize(
    ("heard_on", "again"),
    [
        (None, False),
        ("2026-08-19", False),  # about the decision itself
        ("2026-08-20", True),
        ("2026-09-01", True),
        ("2026-09-10", True),
        ("2026-09-11", False),  # nobody knows yet that it will have been
    ],
)
def test_taking_back_a_decision_of_20_august_by_what_came_on_10_september_needs_a_hearing_between(heard_on, again):
    former, last = decision("2026-08-20", "2026-08-19"), decision("2026-09-05", heard_on)
    assert heard_again(former, last, date(2026, 9, 10)) is again
