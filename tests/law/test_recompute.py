"""The recomputation by hand finds what does not come out; whether everything does is asked of each case (`test_cases.py`)."""

import ast
from functools import cache
from typing import Any

import pytest

from tests.law import played
from tests.law.played import HERE, Explained, explained, published, unclear
from tests.law.recompute import CannotBeRecomputed, faults


def test_the_recomputation_shares_nothing_with_the_product() -> None:
    tree = ast.parse(HERE.joinpath("recompute.py").read_text("utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert modules == {"collections.abc", "fractions", "typing"}


@cache
def t25() -> Explained:
    """The adjustment of T25: from 2026-06 590.00, April and May overpaid by 890.00."""
    played = explained(HERE / "demo" / "gz-t" / "dibao" / "t25-late-death.yaml")
    return next(row for row in played if row[0].receivable_fen)


def late_death() -> tuple[Any, Any]:
    """The same, as a reader has it."""
    adjustment, why = t25()
    return published(adjustment), published(why)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("after", "inputs", "n"), "3"),
        (("before", "inputs", "S"), "646"),
        (("after", "amount_fen"), 59001),
        (("settled", 0, "receivable_fen"), 1),
        (("settled", 1, "unpaid_fen"), 100),
    ],
)
def test_a_number_that_was_changed_is_found(place: tuple[Any, ...], value: object) -> None:
    adjustment, why = late_death()
    assert faults(adjustment, why) == []
    inner = why
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    assert faults(adjustment, why) != []


def test_incomes_that_do_not_add_up_are_found() -> None:
    adjustment, why = late_death()
    why["after"]["incomes"][0]["counts"] = "1"
    with pytest.raises(CannotBeRecomputed, match="is not the sum of the incomes"):
        faults(adjustment, why)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"since": "2026-05"}, "NEXT_MONTH_OF_EVENT, RULE: 2026-05 was told, 2026-04 comes out"),
        ({"happened": "2026-04-30"}, "NEXT_MONTH_OF_EVENT, RULE: 2026-04 was told, 2026-05 comes out"),
        ({"rule": "SAME_MONTH"}, "SAME_MONTH, RULE: 2026-04 was told, 2026-05 comes out"),
        ({"way": "ENDED", "happened": "2026-04-01"}, "NEXT_MONTH_OF_EVENT, ENDED: 2026-04 was told, 2026-05 comes out"),
        ({"source": ""}, "死亡次月停发或重新核算（假定）: no source"),
    ],
)
def test_a_month_that_does_not_come_out_is_found(change: dict[str, str], said: str) -> None:
    adjustment, why = late_death()
    assert why["reasons"][0]["month"] | {"since": "2026-04", "happened": "2026-03-15"} == why["reasons"][0]["month"]
    why["reasons"][0]["month"] |= change
    assert faults(adjustment, why)[0] == said


def test_a_month_of_which_nothing_tells_why_is_found() -> None:
    adjustment, why = late_death()
    why["reasons"][0]["month"] = None
    assert faults(adjustment, why) == ["nothing tells why it is 2026-04: [], None"]
    why["eve"] = {"since": "2026-03", "before": why["before"], "after": why["after"]}
    assert faults(adjustment, why) == ["nothing is computed otherwise for 2026-04 than for 2026-03"]
    why["eve"]["after"] = why["before"]
    assert faults(adjustment, why) == []


def test_a_new_formula_has_to_be_told() -> None:
    adjustment, why = late_death()
    why["after"]["formula"] = "n*S-I+X"
    with pytest.raises(CannotBeRecomputed, match="a new formula"):
        faults(adjustment, why)


def test_words_that_keep_something_from_the_reader_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    adjustment, why = t25()
    assert list(unclear(adjustment, why)) == []
    monkeypatch.setattr(played, "told", lambda *_: ["Less is paid."])
    assert list(unclear(adjustment, why)) == [
        "zh: whether it is assumed is told wrongly",
        "zh: a month that was settled is not told",
        "en: whether it is assumed is told wrongly",
        "en: a month that was settled is not told",
    ]
