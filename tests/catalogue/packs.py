"""The demonstration pack as a text, and what becomes of it where somebody writes something wrong."""

from pathlib import Path

import pytest

from benefit_hub.catalogue import find_assets, load_book
from benefit_hub.values.errors import CatalogueError

DEMO = find_assets().policies / "demo"
PACK = (DEMO / "gz-t.yaml").read_text("utf-8")


def refuses(folder: Path, old: str, new: str, key: str, told: str) -> None:
    """The pack with `new` in the place of `old` is not loaded, and a line names the file and the key, and says what is wrong."""
    assert old in PACK
    (folder / "pack.yaml").write_text(PACK.replace(old, new, 1), "utf-8")
    not_loaded(folder, "pack.yaml", key, told, allow_assumed=True)


def not_loaded(folder: Path, *told: str, allow_assumed: bool = False) -> None:
    """Packs that are not loaded, and one line says all of that."""
    with pytest.raises(CatalogueError) as caught:
        load_book(folder, allow_assumed=allow_assumed)
    lines = str(caught.value).splitlines()
    assert any(all(each in line for each in told) for line in lines), caught.value
