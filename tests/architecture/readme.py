"""The tree in the README: a fenced block marked `tree`, a path per line, folders indented under their folder, then two
or more spaces and what it is. A line may name several paths of one folder, parted by one space."""

import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r"^```tree\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def told_paths(readme: str) -> Iterator[str]:
    """The paths that a README's trees name, relative to the repository, folders without their slash."""
    for block in _FENCE.findall(readme):
        above: list[tuple[int, str]] = []
        for line in filter(str.strip, block.splitlines()):
            indent = len(line) - len(line.lstrip())
            above = [(depth, folder) for depth, folder in above if depth < indent]
            parent = above[-1][1] if above else ""
            names = re.split(r" {2,}", line.strip())[0].split()
            yield from (parent + name.rstrip("/") for name in names)
            above.append((indent, f"{parent}{names[-1].rstrip('/')}/"))


def untrue_tree(readme: str, paths: Iterable[str], must_tell: Iterable[str]) -> Iterator[str]:
    """Findings: paths told that are not there, and folders that are there and are not told."""
    told = list(told_paths(readme))
    there = set(paths)
    yield from (f"README's tree names {path}, which is not there" for path in told if path not in there)
    yield from (f"README's tree does not name {folder}" for folder in must_tell if folder not in told)
