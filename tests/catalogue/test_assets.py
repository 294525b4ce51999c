"""Where the data files are found."""

from pathlib import Path

import pytest

from benefit_hub.catalogue import Assets, find_assets
from benefit_hub.catalogue.assets import FOLDERS, VARIABLE
from benefit_hub.values.errors import CatalogueError


def test_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert (find_assets().root / "pyproject.toml").is_file()


def test_where_the_variable_says(assets: Assets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(assets.root))
    assert find_assets() == assets


def test_in_the_wheel_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "streams" / "benefit_hub"
    for root in (tmp_path, package / "_assets"):
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("benefit_hub.catalogue.assets.__file__", str(package / "catalogue" / "assets.py"))
    assert find_assets().root == package / "_assets"


def test_a_folder_that_lacks_something_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemas").mkdir()
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(
        CatalogueError, match=f"no folder with schemas, topics, mappings, policies at {tmp_path}. Correct {VARIABLE}."
    ):
        find_assets()
