"""Every case in this folder is a test of its own."""

from functools import cache
from pathlib import Path

import pytest

from benefit_hub.simulate.cases import Cases, case_files

HERE = Path(__file__).parent


@cache
def runner() -> Cases:
    """The catalogue is read once for all cases."""
    return Cases()


@pytest.mark.parametrize("path", case_files([HERE]), ids=lambda path: path.relative_to(HERE).as_posix())
def test_case(path: Path) -> None:
    result = runner().run(path)
    assert not result.unfit, "\n".join(result.unfit)
    assert not result.differences, "\n".join([result.title, *result.differences])


def test_each_pack_of_cases_mirrors_a_pack() -> None:
    packs = {path.parent.relative_to(HERE).parts[:2] for path in case_files([HERE])}
    assert packs
    for pack in packs:
        assert HERE.parents[1].joinpath("policies", *pack).with_suffix(".yaml").is_file(), pack
