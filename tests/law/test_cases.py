"""Every case in this folder is a test of its own, of what it expects and of every explanation that it brings forth."""

from pathlib import Path

import pytest

from benefit_hub.simulate.cases import case_files
from tests.checkout import cases
from tests.law.played import HERE, explained_on, unclear


@pytest.mark.parametrize("path", case_files([HERE]), ids=lambda path: path.relative_to(HERE).as_posix())
def test_case(path: Path) -> None:
    """What it expects comes out; and every adjustment can be computed again, before and after, from its explanation alone."""
    result, stage = cases().played(path)
    assert stage, "\n".join(result.unfit)
    by_hand = [f"by hand: {each} ({why.text_zh})" for said, why in explained_on(stage) for each in unclear(said, why)]
    found = [*result.differences, *by_hand]
    assert not found, "\n".join([result.title, *found])


def test_each_pack_of_cases_mirrors_a_pack() -> None:
    packs = {path.parent.relative_to(HERE).parts[:2] for path in case_files([HERE])}
    assert packs
    for pack in packs:
        assert HERE.parents[1].joinpath("policies", *pack).with_suffix(".yaml").is_file(), pack
