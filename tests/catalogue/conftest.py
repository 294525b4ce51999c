"""A copy of the data files that a test may break."""

import shutil
from pathlib import Path

import pytest

from benefit_hub.catalogue import Assets, find_assets
from benefit_hub.catalogue.assets import FOLDERS


def copy_to(root: Path) -> Assets:
    """Schemas, topics, mappings and policies as they are in the repository."""
    for folder in FOLDERS:
        shutil.copytree(find_assets().root / folder, root / folder)
    return Assets(root)


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """A copy for this test alone."""
    return copy_to(tmp_path)


@pytest.fixture(scope="module")
def shared_assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """A copy for tests that mend what they break, without the packs, whose reading takes half the time of a check."""
    shared = copy_to(tmp_path_factory.mktemp("shared"))
    for path in shared.policies.rglob("*.yaml"):
        path.unlink()
    return shared
