"""A case that has been played: its adjustments with their explanations, and what of these a reader cannot follow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.settlement.telling import told
from benefit_hub.simulate.stage import Stage
from tests.checkout import cases
from tests.law.recompute import CannotBeRecomputed, faults

HERE = Path(__file__).parent

Explained = tuple[Adjustment, Explanation]


def explained(path: Path) -> list[Explained]:
    """Every adjustment of a case with its explanation."""
    stage = cases().stage(path)
    stage.play()
    return explained_on(stage)


def explained_on(stage: Stage) -> list[Explained]:
    """The same, of a case that has been played."""
    why = {each.explanation_id: each for each in stage.simulation.said("benefits.explanations")}
    said = stage.simulation.said("benefits.adjustments")
    return [(each, why[each.explanation_id]) for each in said if each.kind != "PAY_RUN_MARKER"]


def published(value: msgspec.Struct) -> Any:
    """A record as a reader has it."""
    return msgspec.to_builtins(value)


def unclear(adjustment: Adjustment, why: Explanation) -> Iterator[str]:
    """What cannot be followed: amounts that do not come out again by hand, and what the words keep from the reader."""
    try:
        yield from faults(published(adjustment), published(why))
    except CannotBeRecomputed as error:
        yield str(error)
    for language in ("zh", "en"):
        words = told(adjustment, why, language)
        if any("假定" in line or "assumed" in line for line in words) != adjustment.assumed:
            yield f"{language}: whether it is assumed is told wrongly"
        if len(words) < 3 + len(why.settled):
            yield f"{language}: a month that was settled is not told"
