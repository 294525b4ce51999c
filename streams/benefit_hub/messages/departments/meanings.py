"""What a text of a record means, by the name of its field: the same word means the same in every kind."""

from typing import Final

WHOLE_DAY_FIELDS: Final = frozenset(
    {
        "answered_on",
        "assessed_on",
        "closed_on",
        "decided_on",
        "declared_on",
        "done_on",
        "due_on",
        "ended_on",
        "filed_on",
        "found_on",
        "granted_on",
        "heard_on",
        "next_review",
        "notice_served_on",
        "offered_on",
        "outcome_on",
        "paid_on",
        "papers_on",
        "posted_on",
        "recognised_on",
        "recovered_on",
        "reported_on",
        "settled_on",
        "signed_on",
        "submitted_on",
        "until",
        "visited_on",
    }
)
"""Days YYYY-MM-DD, on or before the day of receipt but for those of `AHEAD_FIELDS`."""

AHEAD_FIELDS: Final = frozenset({"due_on", "next_review", "until"})
"""Whole days that may lie ahead."""

DAY_FIELDS: Final = frozenset({"as_of", "birth_date", "changed_on", "died_on", "issued_on"})
"""Days that may be known by the month or year only, on or before the day of receipt."""

MONTH_FIELDS: Final = frozenset({"from_month", "month", "paid_since", "pay_period", "period", "until_month"})
"""Months YYYY-MM, near the day of receipt but for those of `LONG_AGO_FIELDS`."""

LONG_AGO_FIELDS: Final = frozenset({"paid_since"})
"""Months that may lie far back."""
