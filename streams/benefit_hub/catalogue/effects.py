"""The effect table as a whole: some row fits whatever may happen, and every row is reached by something."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import get_args

from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.policy import wording
from benefit_hub.policy.book import Direction, Effect, Pack

# What may change an entitlement: a fact of a kind, its end, or what has a name of its own.
CAUSES = frozenset({*wording.CAUSES, *PAYLOADS, *(f"{kind}_end" for kind in PAYLOADS)})

Fault = tuple[tuple[int, ...], str, str]


def table_faults(pack: Pack) -> tuple[Fault, ...]:
    """Combinations without a row and rows without a combination: place in the table, what is wrong, what to do."""
    return _faults(tuple(sorted(pack.programmes)), pack.effects)


@lru_cache(maxsize=256)  # packs that differ in an amount, and the times of one pack, have the same table
def _faults(programmes: tuple[str, ...], effects: tuple[Effect, ...]) -> tuple[Fault, ...]:
    """The faults of a table.

    Between two days on which a row's validity begins or ends nothing changes, so one day of each such span is tried; and of
    the causes that no row names, one stands for all.
    """
    named = CAUSES & {row.cause for row in effects}
    causes = sorted({*named, *sorted(CAUSES - named)[:1]})
    reached: set[int] = set()
    gaps: dict[tuple[str, str, str], Fault] = {}
    for programme, cause, direction, day in product(programmes, causes, get_args(Direction), _days(effects)):
        rows = enumerate(effects)
        first = next((index for index, row in rows if row.fits(programme, cause, direction, day)), None)
        if first is not None:
            reached.add(first)
        elif (programme, cause, direction) not in gaps:
            told = f"no row for {programme}, {cause}, {direction}" + ("" if day == date.min else f" from {day} on")
            gaps[programme, cause, direction] = (), told, 'End the table with a row for "*", "*", "*".'
    unreached = (place for place in range(len(effects)) if place not in reached)
    told = "never reached: rows above it take everything"
    return (*gaps.values(), *(((place,), told, "Remove it, or move it up.") for place in unreached))


def _days(effects: Iterable[Effect]) -> list[date]:
    starts = {row.decided_from for row in effects if row.decided_from}
    ends = {row.decided_until + timedelta(days=1) for row in effects if row.decided_until}
    return sorted({date.min, *starts, *ends})
