"""What the rules look at: the repository's files, their syntax trees, and the names that code means."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "streams" / "benefit_hub"
MADE_BY_TOOLS = {"__pycache__", "node_modules", "target"}


class Source(NamedTuple):
    """One Python file. `path` is relative to the repository, so that a rule can ask where the code lives."""

    path: str
    text: str

    @property
    def layer(self) -> str:
        """The layer of the package that the file belongs to; empty outside of the package."""
        parts = self.path.split("/")
        return Path(parts[2]).stem if parts[:2] == ["streams", "benefit_hub"] and len(parts) > 2 else ""


@cache
def tree(text: str) -> ast.Module:
    """The syntax tree of a source text."""
    return ast.parse(text)


def files() -> Iterator[Path]:
    """Every file of the repository that people wrote, whether committed yet or not."""
    for top in sorted(ROOT.iterdir()):
        if top.name == ".ci" or not top.name.startswith("."):
            yield from ([top] if top.is_file() else _files_below(top))


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not MADE_BY_TOOLS.intersection(path.parts) and not path.name.startswith("."):
            yield path


@cache
def python_sources() -> tuple[Source, ...]:
    """Every Python file of the repository."""
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in files() if path.suffix == ".py"
    )


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """The layers of the package from the top down, siblings together, as import-linter is told."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in told if one["type"] == "layers")
    return tuple(tuple(name.strip() for name in layer.split("|")) for layer in contract["layers"])


@cache
def pure_layers() -> frozenset[str]:
    """`topology` and everything below it."""
    names = [name for layer in layers() for name in layer]
    return frozenset(names[names.index("topology") :])


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is imported, wherever in the file."""
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def used_imports(text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of every use of something imported: `d.now` after `from datetime import datetime as d` is
    `datetime.datetime.now`."""
    known = dict(_bound_by_imports(text))
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.Attribute | ast.Name):
            head, *rest = _dotted(node)
            if head in known:
                yield node.lineno, ".".join([known[head], *rest])


def _bound_by_imports(text: str) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _dotted(node: ast.expr) -> list[str]:
    """The parts of `a.b.c`; an empty head where the expression starts with something else than a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]
