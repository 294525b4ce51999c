"""Timelines, against a plain model that spells out every month."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.values.months import Month
from benefit_hub.values.steps import Steps, merge, put_from, replaced, squeeze, value_at

SPAN = range(15)
ROWS = st.dictionaries(st.integers(1, 12), st.integers(0, 3)).map(
    lambda rows: tuple((Month(at), rows[at]) for at in sorted(rows))
)
LINES = ROWS.map(lambda rows: squeeze(rows, 0))


def by_month(steps: Steps[int], default: int = 0) -> list[int]:
    """What stands in each month, month by month."""
    rows, found = dict(steps), []
    standing = default
    for at in SPAN:
        standing = rows.get(Month(at), standing)
        found.append(standing)
    return found


def is_squeezed(steps: Steps[int]) -> bool:
    """Ascending, and no step repeats the value before it."""
    values = [0, *(value for _, value in steps)]
    months = [at for at, _ in steps]
    return months == sorted(set(months)) and all(a != b for a, b in pairwise(values))


@settings(max_examples=40)
@given(ROWS)
def test_squeezing_changes_no_month_and_leaves_no_step_that_changes_nothing(rows):
    assert by_month(squeeze(rows, 0)) == by_month(rows)
    assert is_squeezed(squeeze(rows, 0))
    assert squeeze(squeeze(rows, 0), 0) == squeeze(rows, 0)


@settings(max_examples=40)
@given(LINES, st.sampled_from(SPAN))
def test_what_stands_in_a_month(steps, at):
    assert value_at(steps, at, 0) == by_month(steps)[at]


@settings(max_examples=40)
@given(LINES, LINES)
def test_two_timelines_side_by_side(left, right):
    rows = list(merge(left, right, (0, 0)))
    assert by_month(tuple((at, a) for at, a, _ in rows)) == by_month(left)
    assert by_month(tuple((at, b) for at, _, b in rows)) == by_month(right)
    assert [at for at, _, _ in rows] == sorted({at for at, _ in (*left, *right)})


@settings(max_examples=40)
@given(LINES, st.sampled_from(SPAN), st.integers(0, 3))
def test_from_a_month_on_one_value_stands(steps, at, value):
    found = put_from(steps, Month(at), value, 0)
    assert by_month(found) == [value if each >= at else old for each, old in enumerate(by_month(steps))]
    assert is_squeezed(found)


@settings(max_examples=40)
@given(LINES, LINES, st.sets(st.integers(1, 12)))
def test_the_new_timeline_stands_in_the_months_that_are_chosen(old, new, bounds):
    """The choice changes at each bound."""

    def chosen(at: Month) -> bool:
        return sum(1 for bound in bounds if bound <= at) % 2 == 1

    found = replaced(old, new, chosen, [Month(at) for at in bounds], 0)
    expected = [
        b if chosen(Month(at)) else a for at, (a, b) in enumerate(zip(by_month(old), by_month(new), strict=True))
    ]
    assert by_month(found) == expected
    assert is_squeezed(found)
