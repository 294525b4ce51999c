"""What somebody was paid for a month, where the payroll tells that month's amount, and where it tells the year's total."""

from collections.abc import Iterable

from benefit_hub.entitlement.world import Counted
from benefit_hub.messages.departments import Wage


def paid(each: Counted, wage: Wage, others: Iterable[Counted], month: int) -> tuple[int, Counted | None]:
    """The amount in fen, and the record before it that was needed to know it.

    A total since January is the month's amount above the last total that the same employer told for an earlier month of
    that year. Where none was told, nothing was paid before. `others` may have ended: what they said stays true.
    """
    if wage.year_to_date_fen is None:
        return wage.amount_fen, None
    before: list[tuple[str, int, int, Counted]] = []
    for other in others:
        told = other.fact.payload
        if (
            isinstance(told, Wage)
            and told.year_to_date_fen is not None
            and (other.fact.source, told.employer) == (each.fact.source, wage.employer)
            and told.pay_period[:4] == wage.pay_period[:4]
            and told.pay_period < wage.pay_period
            and other.since <= month
            and (other.ends is None or other.ends > month)
        ):
            before.append((told.pay_period, other.since, told.year_to_date_fen, other))
    if not before:
        return wage.year_to_date_fen, None
    last = max(before, key=lambda row: row[:3])
    return max(0, wage.year_to_date_fen - last[2]), last[3]
