"""A copy of the data files that a test may break."""

import shutil
from pathlib import Path

import pytest

from benefit_hub.catalogue import Assets, find_assets
from benefit_hub.catalogue.assets import FOLDERS


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """Schemas, topics and policies as they are in the repository."""
    for folder in FOLDERS:
        shutil.copytree(find_assets().root / folder, tmp_path / folder)
    return Assets(tmp_path)
