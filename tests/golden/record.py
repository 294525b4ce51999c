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


def main(version: str) -> None:
    """Write the files of a new version."""
    texts = {name: text_of(sort) for name, sort in kept().items()}
    folder = HERE / version
    folder.mkdir()  # a version that is there is never written again
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
