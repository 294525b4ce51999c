"""What any version wrote, today's code reads as it was meant; and what today's code writes is kept for later versions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.golden.filled import filled
from tests.golden.kept import differences, kept
from tests.golden.record import HERE, newest, versions

SORTS = kept()
FILES = [(version, file.stem) for version in versions() for file in sorted((HERE / version).glob("*.yaml"))]
NEWEST = newest()
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def pieces(file: Path) -> Iterator[tuple[Any, bytes]]:
    """What a version wrote of a sort: what each piece says, and its bytes."""
    for row in yaml.load(file.read_text("utf-8"), LOADER):  # noqa: S506  a safe one
        yield row["says"], bytes.fromhex(row["bytes"])


@pytest.mark.parametrize(("version", "name"), FILES)
def test_what_a_version_wrote_is_read_as_it_was_meant(version: str, name: str) -> None:
    assert name in SORTS, f"{version} kept {name}: nothing reads it any more"
    read = SORTS[name].read
    found = [
        each for says, raw in pieces(HERE / version / f"{name}.yaml") for each in differences(says, read(raw), name)
    ]
    assert found == []


@pytest.mark.parametrize("name", SORTS)
def test_what_is_written_today_is_kept_for_later_versions(name: str) -> None:
    written = {SORTS[name].write(value) for value in filled(SORTS[name].kind)}
    held = {raw for _, raw in pieces(NEWEST[name])} if name in NEWEST else set()
    assert written == held, (
        f"{name} is written otherwise than before. If that is meant, and what was written before is still read: "
        f"python -m tests.golden.record v{int(versions()[-1][1:]) + 1}"
    )
