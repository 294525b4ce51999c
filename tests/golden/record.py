"""Keeps what this version of the code writes, for all versions to come.

    python -m tests.golden.record v2

Needed where the test says that something is written otherwise than the newest version here has it. What comes is to be
reviewed: from then on every later version must read these bytes as the text beside them says.
"""

import sys
from pathlib import Path

import yaml

from tests.golden.filled import filled
from tests.golden.kept import Kept, kept, plain

HERE = Path(__file__).parent
WIDTH = 130


def text_of(sort: Kept) -> str:
    """All that is shown of one sort of bytes, as a file: what each piece says, and its bytes."""
    pieces = {sort.write(value): value for value in filled(sort.kind)}
    rows = [{"says": plain(value), "bytes": raw.hex()} for raw, value in pieces.items()]
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None)


def newest() -> dict[str, Path]:
    """The newest file of each sort: a version has files only of what it wrote otherwise than the one before."""
    return {file.stem: file for version in versions() for file in sorted((HERE / version).glob("*.yaml"))}


def versions() -> list[str]:
    """All versions, the oldest first."""
    return sorted((each.name for each in HERE.glob("v*")), key=lambda name: int(name[1:]))


def main(version: str) -> None:
    """Write the files of a new version: of what is written otherwise than before."""
    texts = {name: text_of(sort) for name, sort in kept().items()}
    held = {name: file.read_text("utf-8") for name, file in newest().items()}
    changed = {name: text for name, text in texts.items() if text != held.get(name)}
    folder = HERE / version
    folder.mkdir()  # a version that is there is never written again
    for name, text in changed.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
