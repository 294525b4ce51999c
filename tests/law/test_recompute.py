"""Every adjustment of every case can be computed again, before and after, from its explanation alone."""

import ast
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.settlement.telling import told
from benefit_hub.simulate.cases import case_files
from tests.law.recompute import CannotBeRecomputed, faults
from tests.law.test_cases import HERE, runner


def explained(path: Path) -> list[tuple[Adjustment, Explanation]]:
    """Every adjustment of a case with its explanation."""
    stage = runner().stage(path)
    stage.play()
    why = {each.explanation_id: each for each in stage.simulation.said("benefits.explanations")}
    said = stage.simulation.said("benefits.adjustments")
    return [(each, why[each.explanation_id]) for each in said if each.kind != "PAY_RUN_MARKER"]


def published(value: msgspec.Struct) -> Any:
    """A record as a reader has it."""
    return msgspec.to_builtins(value)


@pytest.mark.parametrize("path", case_files([HERE]), ids=lambda path: path.relative_to(HERE).as_posix())
def test_by_hand(path: Path) -> None:
    for adjustment, why in explained(path):
        assert faults(published(adjustment), published(why)) == [], why.text_zh
        for words in (told(adjustment, why, "zh"), told(adjustment, why, "en")):
            shown = any("假定" in line or "assumed" in line for line in words)
            assert shown == adjustment.assumed
            assert len(words) >= 3 + len(why.settled)


def test_the_recomputation_shares_nothing_with_the_product() -> None:
    tree = ast.parse(HERE.joinpath("recompute.py").read_text("utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert modules == {"collections.abc", "fractions", "typing"}


LATE_DEATH = HERE / "demo" / "gz-t" / "dibao" / "t25-late-death.yaml"


def late_death() -> tuple[Any, Any]:
    """The adjustment of T25: from 2026-06 590.00, April and May overpaid by 890.00."""
    adjustment, why = next(row for row in explained(LATE_DEATH) if row[0].receivable_fen)
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


def test_a_new_formula_has_to_be_told() -> None:
    adjustment, why = late_death()
    why["after"]["formula"] = "n*S-I+X"
    with pytest.raises(CannotBeRecomputed, match="a new formula"):
        faults(adjustment, why)
