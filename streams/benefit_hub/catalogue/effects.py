"""The effect table as a whole: some row fits whatever may happen, and every row is reached by something."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import get_args

from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.policy import wording
from benefit_hub.policy.book import Direction, Pack

# What may change an entitlement: a fact of a kind, its end, or what has a name of its own.
CAUSES = frozenset({*wording.CAUSES, *PAYLOADS, *(f"{kind}_end" for kind in PAYLOADS)})

Fault = tuple[tuple[int, ...], str, str]


def table_faults(pack: Pack) -> Iterator[Fault]:
    """Combinations without a row and rows without a combination: place in the table, what is wrong, what to do.

    Between two days on which a row's validity begins or ends nothing changes, so one day of each such span is tried; and of
    the causes that no row names, one stands for all.
    """
    named = CAUSES & {row.cause for row in pack.effects}
    causes = sorted({*named, *sorted(CAUSES - named)[:1]})
    reached: set[int] = set()
    gaps: set[tuple[str, str, str]] = set()
    for programme, cause, direction, day in product(sorted(pack.programmes), causes, get_args(Direction), _days(pack)):
        rows = enumerate(pack.effects)
        first = next((index for index, row in rows if row.fits(programme, cause, direction, day)), None)
        if first is not None:
            reached.add(first)
        elif (programme, cause, direction) not in gaps:
            gaps.add((programme, cause, direction))
            told = f"no row for {programme}, {cause}, {direction}" + ("" if day == date.min else f" from {day} on")
            yield (), told, 'End the table with a row for "*", "*", "*".'
    for index in range(len(pack.effects)):
        if index not in reached:
            yield (index,), "never reached: rows above it take everything", "Remove it, or move it up."


def _days(pack: Pack) -> list[date]:
    starts = {row.decided_from for row in pack.effects if row.decided_from}
    ends = {row.decided_until + timedelta(days=1) for row in pack.effects if row.decided_until}
    return sorted({date.min, *starts, *ends})
