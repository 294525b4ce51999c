"""What no test notices when a rule is changed: `make mutants`, in a folder with a copy of the last commit.

mutmut writes each change of a function beside it, with a switch before them; to its changes this adds that a condition always
holds, or never. One run of pytest collects the tests, runs them once to learn which lines each comes by, and then, where it would
run them, forks a child for each change, in which those tests run that come by it, until one fails: first those that noticed
others there, and those that come by little else. What was noticed stays so until its function changes; what lives is tried again
whenever this is run.
"""

import ast
import gc
import json
import os
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any, NamedTuple

import libcst as cst
import pytest
import yaml
from _pytest.runner import runtestprotocol
from libcst import matchers
from mutmut.configuration import config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.mutators import mutation_operators

KNOWN = Path("../known.json")
EQUIVALENT = Path("tests/mutants.yaml")
TESTS = ("tests/law", "tests/entitlement", "tests/settlement", "tests/policy", "tests/values")
SWITCH = "MUTANT_UNDER_TEST"
SECONDS, BYTES = 10, 3 << 30
"""What a test may use before its change counts as one that never ends."""
AT_FIRST = (12, 48)
"""How many tests are tried for every change, and then for those that live, before these are tried by all the others."""
AROUND = 2
"""How many words are shown around those that differ."""
NEVER_ENDS, LIVES = "never ends", ""
Place = tuple[str, int]
"""A line of a file."""
ASKED: list[tuple[Any, str]] = []
"""Whose properties were kept, and which. Packs are shared by tests: who finds an answer there does not come by its lines."""


class Change(NamedTuple):
    """A change: as which it is known while its function stays as it is, where, what it changes in words, and at which lines."""

    key: str
    function: str
    words: str
    places: tuple[Place, ...]


def always_or_never(node: Any) -> Iterator[Any]:
    """A condition that never holds, or always; what only tells a type to who checks types always does."""
    inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.BooleanOperation(left=inner, operator=cst.And(), right=cst.Name("False")))
    if not matchers.matches(node.test, matchers.Call(func=matchers.Name("isinstance"))):
        yield node.with_changes(test=cst.BooleanOperation(left=inner, operator=cst.Or(), right=cst.Name("True")))


def noted(ask: Callable[..., Any]) -> Callable[..., Any]:
    """How a property is asked that keeps its answer, but for noting that it does."""

    def asked(kept: Any, of: Any, owner: Any = None) -> Any:
        if of is not None:
            ASKED.append((of, kept.attrname))
        return ask(kept, of, owner)

    return asked


def forget() -> None:
    """What properties kept."""
    for of, name in ASKED:
        of.__dict__.pop(name, None)
    ASKED.clear()


class Methods(cst.CSTTransformer):  # type: ignore[misc]  # libcst is not there to be looked at
    """Properties as methods that properties ask: what is decorated mutmut leaves alone."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> Any:  # noqa: N802
        """Libcst's name for it."""
        name = original_node.name.value
        for each in original_node.decorators:
            if isinstance(each.decorator, cst.Name) and each.decorator.value in ("property", "cached_property"):
                method = updated_node.with_changes(name=cst.Name(f"{name}_asked"), decorators=())
                asks = cst.parse_statement(f"{name} = {each.decorator.value}(lambda self: self.{name}_asked())")
                return cst.FlattenSentinel([method, asks])
        return updated_node


def changed(file: Path) -> dict[str, Change]:
    """Writes the changes of a module into it; by their names, what they are."""
    made = mutate_file_contents(str(file), cst.parse_module(file.read_text("utf-8")).visit(Methods()).code)
    file.write_text(made.code, "utf-8")
    module = ".".join(file.with_suffix("").parts[1:])
    code = {each.name: each for each in ast.walk(ast.parse(made.code)) if isinstance(each, ast.FunctionDef)}
    found = {}
    for name in made.mutant_names:
        mangled = name.rpartition("__mutmut_")[0]
        before, after = code[f"{mangled}__mutmut_orig"], code[name]
        found[f"{module}.{name}"] = Change(
            f"{module}.{name} {made.hash_by_function_name[mangled]}",
            f"{module.removeprefix('benefit_hub.')}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}",
            difference(before, after),
            tuple((str(file.resolve()), line) for line in changed_lines(before, after)),
        )
    return found


def difference(before: ast.FunctionDef, after: ast.FunctionDef) -> str:
    """The words that differ, with some around them."""
    one, other = (ast.unparse(ast.Module(each.body, [])).split() for each in (before, after))
    start = max(shared(one, other) - AROUND, 0)
    ends = max(shared(one[start:][::-1], other[start:][::-1]) - AROUND, 0)
    return " → ".join(" ".join(words[start : len(words) - ends]) for words in (one, other))


def shared(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def changed_lines(before: ast.FunctionDef, after: ast.FunctionDef) -> range:
    """The lines of the innermost statement in which two differ, of a compound one those before its body."""
    one, other = ([each for each in ast.walk(function) if isinstance(each, ast.stmt)] for function in (before, after))
    inner: Any = before
    if len(one) == len(other):
        inner = [pair[0] for pair in zip(one, other, strict=True) if ast.dump(pair[0]) != ast.dump(pair[1])][-1]
    if isinstance(inner, ast.If | ast.For | ast.While):
        return range(inner.lineno, inner.body[0].lineno)
    return range(inner.lineno, inner.end_lineno + 1)


def neighbourhood(change: Change) -> tuple[object, ...]:
    """Its line, its function, its module."""
    return change.places[0], change.function, change.function.rpartition(".")[0]


class Trying:
    """A run of pytest that tries changes by the tests that it collected."""

    def __init__(self, changes: Mapping[str, Change], known: dict[str, str]) -> None:
        self.changes, self.known = changes, known
        self.items: dict[str, pytest.Item] = {}
        self.came_by: dict[Place, set[str]] = {place: set() for each in changes.values() for place in each.places}
        self.lines: Counter[str] = Counter()
        self.noticed: dict[object, Counter[str]] = defaultdict(Counter)
        self.had: dict[str, set[str]] = defaultdict(set)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of one run of all tests."""
        self.items = {item.nodeid: item for item in session.items}
        self.trace()
        for change in self.changes.values():
            self.remember(change)
        gc.freeze()
        for most in (*AT_FIRST, len(self.items)):
            left = [name for name, change in self.changes.items() if not self.known.get(change.key)]
            for count, name in enumerate(left, 1):
                self.known[self.changes[name].key] = self.tried(name, most)
                self.remember(self.changes[name])
                if count % 50 == 0 or count == len(left):
                    sys.stderr.write(f"{count} of {len(left)}\n")
                    KNOWN.write_text(json.dumps(self.known, indent=1), "utf-8")
        return True

    def trace(self) -> None:
        """Every test once, unchanged: it passes, and which lines does it come by?"""
        files, seen = {file for file, _ in self.came_by}, set[Place]()

        def line(frame: FrameType, event: str, _: object) -> Any:
            if event == "line":
                seen.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, _event: str, _: object) -> Any:
            return line if frame.f_code.co_filename in files else None

        for name, item in self.items.items():
            seen.clear()
            forget()
            sys.settrace(call)
            failed = [report for report in runtestprotocol(item, log=False) if report.failed]
            sys.settrace(None)
            if failed:
                pytest.exit(f"{name} fails without any change:\n{failed[0].longreprtext}", 1)
            for place in seen & self.came_by.keys():
                self.came_by[place].add(name)
                self.lines[name] += 1
        forget()

    def remember(self, change: Change) -> None:
        """Which tests notice what: the best to begin with."""
        for place in neighbourhood(change):
            self.noticed[place][self.known.get(change.key, LIVES)] += 1

    def tried(self, name: str, most: int) -> str:
        """The test that notices a change, of so many that were not tried yet: those that noticed others near it, those that
        come by little else, and then some of every kind."""
        change = self.changes[name]
        left = sorted(set().union(*(self.came_by[place] for place in change.places)) - self.had[name])
        near = [self.noticed[place] for place in neighbourhood(change)]
        best = sorted(left, key=lambda test: [-each[test] for each in near])[:most]
        known = [test for test in best if any(each[test] for each in near)][: most // 2 + 1]
        own = sorted(left, key=lambda test: self.lines[test])[: most // 4]
        tests = list(dict.fromkeys([*known, *own, *left[:: max(1, len(left) // most)]]))[:most]
        self.had[name].update(tests)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            os.environ[SWITCH] = name
            os.write(writing, self.failing(tests).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            test = said.read().decode()
        _, status = os.waitpid(child, 0)
        return NEVER_ENDS if status else test

    def failing(self, tests: Iterable[str]) -> str:
        """The first that fails, within bounds, and in silence."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        for test in tests:
            resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + SECONDS, resource.RLIM_INFINITY))
            if any(report.failed for report in runtestprotocol(self.items[test], log=False)):
                return test
        return LIVES


def report(changes: Mapping[str, Change], known: Mapping[str, str]) -> str:
    """A table by module, and what lives."""
    equivalent = {(row["in"], row["change"]) for row in yaml.safe_load(EQUIVALENT.read_text("utf-8"))}
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    living = []
    for change in changes.values():
        alike = (change.function, change.words) in equivalent
        found = "noticed" if known[change.key] else "equivalent" if alike else "living"
        for row in (rows[change.function.rpartition(".")[0]], rows["together"]):
            row[found] += 1
        if found == "living":
            living.append(f"- in: {change.function}\n  change: {json.dumps(change.words, ensure_ascii=False)}")
    head = ("module", "tried", "noticed", "equivalent", "living")
    table = [(module, row.total(), *(row[kind] for kind in head[2:])) for module, row in rows.items()]
    lines = [" | ".join(map(str, ("", *row, ""))).strip() for row in (head, ("---",) * len(head), *table)]
    return "\n".join([*lines, "", *living])


def main() -> None:
    """Make the changes, try them, say what lives."""
    mutation_operators.extend((kind, always_or_never) for kind in (cst.If, cst.CompIf, cst.While))
    setattr(cached_property, "__get__", noted(cached_property.__get__))  # noqa: B010  # mypy lets nobody assign a method
    known: dict[str, str] = json.loads(KNOWN.read_text("utf-8")) if KNOWN.exists() else {}
    files = [file for pattern in config().only_mutate for file in sorted(Path().glob(pattern))]
    every = {name: change for file in files for name, change in changed(file).items()}
    wanted = {name: change for name, change in every.items() if fnmatch(name, os.environ.get("HUB_MUTANTS", "*"))}
    keys = {change.key for change in every.values()}
    trying = Trying(wanted, {key: test for key, test in known.items() if key in keys})
    ended = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=no", *TESTS], plugins=[trying])
    if ended:
        sys.exit(ended)
    sys.stdout.write(report(wanted, trying.known) + "\n")


if __name__ == "__main__":
    main()
