"""Timelines by month as steps: `((month, value), …)`, ascending, each value standing until the next step.

Before the first step the default of the caller stands. A timeline is kept squeezed: no step repeats the value before it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from benefit_hub.values.months import Month

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

Steps = tuple[tuple[Month, T], ...]


def squeeze(steps: Iterable[tuple[Month, T]], default: T) -> Steps[T]:
    """Drop the steps that change nothing."""
    kept: list[tuple[Month, T]] = []
    last = default
    for at, value in steps:
        if value != last:
            kept.append((at, value))
            last = value
    return tuple(kept)


def value_at(steps: Steps[T], month: int, default: T) -> T:
    """What stands in a month."""
    standing = default
    for at, value in steps:
        if at > month:
            break
        standing = value
    return standing


def merge(left: Steps[A], right: Steps[B], defaults: tuple[A, B]) -> Iterator[tuple[Month, A, B]]:
    """Both timelines side by side, one row per month in which either changes."""
    mine, others = dict(left), dict(right)
    one, other = defaults
    for at in sorted(mine.keys() | others.keys()):
        one, other = mine.get(at, one), others.get(at, other)
        yield at, one, other


def put_from(steps: Steps[T], month: Month, value: T, default: T) -> Steps[T]:
    """From a month on one value stands, whatever stood there before."""
    return squeeze([*(step for step in steps if step[0] < month), (month, value)], default)


def replaced(
    old: Steps[T], new: Steps[T], chosen: Callable[[Month], bool], bounds: Iterable[Month], default: T
) -> Steps[T]:
    """The new timeline in the months that `chosen` names, the old one in the others.

    `bounds` are the months in which `chosen` may change its answer.
    """
    marks = sorted({month for month, _ in old} | {month for month, _ in new} | set(bounds))
    rows = ((at, value_at(new if chosen(at) else old, at, default)) for at in marks)
    return squeeze(rows, default)
