"""What any version wrote, today's code reads as it was meant; and what today's code writes is kept for later versions."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.golden.filled import filled
from tests.golden.kept import differences, kept
from tests.golden.record import HERE

SORTS = kept()
VERSIONS = sorted((each.name for each in HERE.glob("v*")), key=lambda name: int(name[1:]))
FILES = [(version, file.stem) for version in VERSIONS for file in sorted((HERE / version).glob("*.yaml"))]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def pieces(version: str, name: str) -> Iterator[tuple[Any, bytes]]:
    """What a version wrote of a sort: what each piece says, and its bytes."""
    for row in yaml.load((HERE / version / f"{name}.yaml").read_text("utf-8"), LOADER):  # noqa: S506  a safe one
        yield row["says"], bytes.fromhex(row["bytes"])


@pytest.mark.parametrize(("version", "name"), FILES)
def test_what_a_version_wrote_is_read_as_it_was_meant(version: str, name: str) -> None:
    assert name in SORTS, f"{version} kept {name}: nothing reads it any more"
    read = SORTS[name].read
    found = [each for says, raw in pieces(version, name) for each in differences(says, read(raw), name)]
    assert found == []


@pytest.mark.parametrize("name", SORTS)
def test_what_is_written_today_is_kept_for_later_versions(name: str) -> None:
    newest = VERSIONS[-1]
    written = {SORTS[name].write(value) for value in filled(SORTS[name].kind)}
    held = {raw for _, raw in pieces(newest, name)} if (newest, name) in FILES else set()
    assert written == held, (
        f"{name} is written otherwise than {newest} has it. If that is meant, and what {newest} wrote is still read: "
        f"python -m tests.golden.record v{int(newest[1:]) + 1}"
    )
