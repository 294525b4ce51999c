"""docs/preview.md names every effect and every column of the spreadsheet as they are printed."""

from typing import get_args

import pytest

from benefit_hub.catalogue import find_assets
from benefit_hub.cli.preview_csv import HEADS
from benefit_hub.cli.preview_words import SAID
from benefit_hub.simulate.preview_lines import EFFECTS, Effect

TEXT = find_assets().root.joinpath("docs", "preview.md").read_text("utf-8")


@pytest.mark.parametrize("effect", get_args(Effect))
def test_each_effect_is_told_with_its_sign(effect: Effect) -> None:
    assert f"`{effect}`" in TEXT
    assert f"{SAID[effect].sign} {SAID[effect].name}" in TEXT
    assert effect in EFFECTS


@pytest.mark.parametrize("head", HEADS)
def test_each_column_is_told(head: str) -> None:
    assert head.format(month="2027-04", count=12) in TEXT
