"""The comparison itself: what it must notice."""

from typing import Any

import pytest
from msgspec import Struct

from tests.golden.filled import filled
from tests.golden.kept import differences, plain


class Old(Struct, tag="row/1"):
    """A row as it was."""

    name: str
    months: tuple[int, ...] = ()


class New(Struct, tag="row/1"):
    """The same, later."""

    name: str
    months: tuple[int, ...] = ()
    more: dict[str, int] = {}


class Without(Struct, tag="row/1"):
    """The same, with a field less."""

    name: str


SAYS: dict[str, Any] = {"tag": "row/1", "name": "a", "months": [1, 2]}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Old("a", (1, 2)), []),
        (New("a", (1, 2)), []),
        (New("a", (1, 2), {"x": 1}), [".more is new, and not at its default: {'x': 1}"]),
        (Old("b", (1, 2)), [".name: 'b', expected 'a'"]),
        (Old("a", (1, 3)), [".months[1]: 3, expected 2"]),
        (Old("a", (1,)), [".months: [1], expected [1, 2]"]),
        (Without("a"), [".months is not there any more"]),
        ("a", [": 'a', expected {'tag': 'row/1', 'name': 'a', 'months': [1, 2]}"]),
    ],
)
def test_a_difference_is_told_with_its_place(value: Any, told: list[str]) -> None:
    assert differences(SAYS, value) == told


def test_another_type_with_the_same_fields_is_a_difference() -> None:
    assert differences({**SAYS, "tag": "row/2"}, Old("a", (1, 2))) == [" is a row/1, expected a row/2"]


def test_true_is_not_one() -> None:
    assert differences(1, True) == [": True, expected 1"]


def test_a_type_is_shown_full_bare_and_in_every_alternative() -> None:
    shown = [plain(value) for value in filled(New)]
    assert [set(each) for each in shown] == [{"tag", "name", "months", "more"}] * len(shown)
    assert any(each["more"] and each["months"] for each in shown)
    assert any(not each["more"] and not each["months"] for each in shown)
