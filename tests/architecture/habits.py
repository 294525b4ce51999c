"""Rules for all code of the repository: where libraries are imported, how long things are, what nobody may swallow."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.architecture.source import Source, imports, tree

LAYERS_OF_LIBRARY = {
    "confluent_kafka": {"runtime", "bench"},  # what measures asks the brokers itself
    "faust": {"runtime"},
    "mode": {"runtime"},
    "aiokafka": {"runtime"},
    "rocksdict": {"runtime"},
    "kafka": {"runtime", "client"},
}
MODULE_LINES = 400
FUNCTION_LINES = 70
NAMES_THAT_SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

# What belongs to a tracker, to somebody's working place, or to later. Written so that they do not find themselves.
WORDS_OF_THE_WORKSHOP = re.compile(
    r"\bissues? #?\d+\b|\(#\d+\)|\b(fix(es)?|closes?|refs?|see|PR) #\d+\b"
    r"|\b(this|previous|next|earlier|a later) [s]ession\b|\.\./[s]hared\b|/[w]ork/|\bTO[D]O\b|\bFIX[M]E\b|\bX{3}\b",
    re.IGNORECASE,
)


def libraries_in_their_layer(source: Source) -> Iterator[str]:
    """Each transport and store can be thrown away in a week, because it is imported in one place."""
    for line, name in imports(source.text):
        allowed = LAYERS_OF_LIBRARY.get(name.split(".")[0])
        if source.layer and allowed is not None and source.layer not in allowed:
            yield f"{line}: imports {name}, which belongs to {' and '.join(sorted(allowed))} only"


def imports_faust(source: Source) -> Iterator[str]:
    """Faust and its service library: found in exactly one module of the package."""
    for line, name in imports(source.text):
        if name.split(".")[0] in {"faust", "mode"}:
            yield f"{line}: imports {name}"


def nothing_swallowed(source: Source) -> Iterator[str]:
    """An error is handled, raised or named: no handler that does nothing, no `suppress` of everything.

    A narrow `suppress(FileNotFoundError)` says what is expected, and is right.
    """
    for node in ast.walk(tree(source.text)):
        if isinstance(node, ast.ExceptHandler) and all(map(_does_nothing, node.body)):
            yield f"{node.lineno}: except … without handling: handle it, or say suppress(the error expected)"
        elif isinstance(node, ast.Call) and _suppresses_everything(node):
            yield f"{node.lineno}: suppress of everything: name the error expected"


def _does_nothing(statement: ast.stmt) -> bool:
    says_nothing = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return says_nothing or isinstance(statement, ast.Pass | ast.Continue | ast.Break)


def _suppresses_everything(call: ast.Call) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    everything = {"Exception", "BaseException"}
    return called == "suppress" and any(isinstance(arg, ast.Name) and arg.id in everything for arg in call.args)


def no_long_module(source: Source) -> Iterator[str]:
    """A module can be read in one go."""
    lines = source.text.count("\n")
    if lines > MODULE_LINES:
        yield f"{lines} lines: split what is more than {MODULE_LINES}"


def no_long_function(source: Source) -> Iterator[str]:
    """A function fits a screen."""
    for node in ast.walk(tree(source.text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.lineno}: {node.name} has {lines} lines: split what is more than {FUNCTION_LINES}"


def name_says_something(source: Source) -> Iterator[str]:
    """A module is named after what it is about."""
    parts = {PurePosixPath(part).stem for part in source.path.split("/")}
    for name in sorted(parts & NAMES_THAT_SAY_NOTHING):
        yield f"{name} says nothing: name it after what it is about"


def no_words_of_the_workshop(source: Source) -> Iterator[str]:
    """Code and documents stand alone: no tracker numbers, no paths of somebody's machine, nothing for later."""
    for number, line in enumerate(source.text.splitlines(), 1):
        for found in WORDS_OF_THE_WORKSHOP.finditer(line):
            yield f"{number}: {found[0]!r} means nothing to a reader of the repository"
