"""Rules for the pure layers: the same input gives the same output, to the byte, and nothing but output.

Each rule takes a `Source` and yields what it finds as `line: what, and what to do instead`.
"""

import ast
from collections.abc import Iterator

from tests.architecture.source import Source, imports, tree, used_imports

# Modules without clock, chance or I/O. What is not here is not pure until somebody has looked, and adds it.
PURE_MODULES = frozenset(
    [
        "__future__",
        "abc",
        "bisect",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "hmac",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "string",
        "struct",
        "types",
        "typing",
        "unicodedata",
        "uuid",
        "msgspec",
        "benefit_hub",
    ]
)
CLOCK_OR_CHANCE = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "uuid.uuid1",
    "uuid.uuid4",
}
CHANGING_BUILTINS = {
    "hash": "differs from process to process: take hashlib",
    "id": "differs from run to run: compare the values",
}
DOING_BUILTINS = {"open", "print", "input", "eval", "exec", "compile", "breakpoint", "__import__"}
WHOLE_NUMBERS = {"ceil", "comb", "factorial", "floor", "gcd", "isqrt", "lcm", "prod"}
GIVES_FLOAT = {"timestamp": "of an instant, divide by timedelta", "total_seconds": "of a span, divide by timedelta"}


def only_pure_imports(source: Source) -> Iterator[str]:
    """A pure module imports pure modules."""
    for line, name in imports(source.text):
        if name.split(".")[0] not in PURE_MODULES:
            yield f"{line}: imports {name}: I/O belongs into runtime; if it is pure, add it to PURE_MODULES"


def no_clock_or_chance(source: Source) -> Iterator[str]:
    """Time arrives as an event, ids come from content, and nothing depends on addresses or hash seeds."""
    for line, name in used_imports(source.text):
        if name in CLOCK_OR_CHANCE:
            yield f"{line}: {name}: time arrives as an event, ids come from content"
    for node in ast.walk(tree(source.text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CHANGING_BUILTINS:
            yield f"{node.lineno}: {node.func.id}() {CHANGING_BUILTINS[node.func.id]}"
        elif isinstance(node, ast.For | ast.ListComp | ast.DictComp) and any(map(_is_set, _iterated(node))):
            yield f"{node.lineno}: goes through a set, whose order differs from process to process: sort it"


def _iterated(node: ast.For | ast.ListComp | ast.DictComp) -> list[ast.expr]:
    return [node.iter] if isinstance(node, ast.For) else [part.iter for part in node.generators]


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_set(node.left) or _is_set(node.right)
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return isinstance(node, ast.Set | ast.SetComp) or called in {"set", "frozenset"}


def no_side_effects(source: Source) -> Iterator[str]:
    """What a pure module has to say, it returns."""
    for node in ast.walk(tree(source.text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOING_BUILTINS:
            yield f"{node.lineno}: {node.func.id}(): what a pure module has to say, it returns"
        elif isinstance(node, ast.Global):
            yield f"{node.lineno}: global: state is given and returned"


def no_float(source: Source) -> Iterator[str]:
    """Money is integer fen where paid and `Fraction` where computed.

    Stricter than "no float", so that it can be decided from the text: no float literal, no name `float`, no negative
    power, nothing of the standard library that gives a float, and `/` only beside a visible `Fraction(…)`.
    """
    for node in ast.walk(tree(source.text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{node.lineno}: {node.value}: write an int or a Fraction"
        elif isinstance(node, ast.Name) and node.id in {"float", "complex"}:
            yield f"{node.lineno}: {node.id}: fen where paid, Fraction where computed"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _is_fraction(node):
            yield f"{node.lineno}: /: write Fraction(a, b), or a // b where that is meant"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp):
            yield f"{node.lineno}: a negative power of an int is a float: write Fraction(1, n)"
        elif isinstance(node, ast.Attribute) and node.attr in GIVES_FLOAT:
            yield f"{node.lineno}: {node.attr} gives a float: {GIVES_FLOAT[node.attr]}"
    for line, name in used_imports(source.text):
        if name.startswith("math.") and name.removeprefix("math.") not in WHOLE_NUMBERS:
            yield f"{line}: {name} gives a float"


def _is_fraction(node: ast.AST) -> bool:
    """Whether an operand is spelled as a Fraction, which makes a Fraction of the whole expression."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        return _is_fraction(node.left) or _is_fraction(node.right)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fraction"
