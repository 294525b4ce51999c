"""YAML files with the line of every key, and their way into pydantic models."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from msgspec import Struct, structs
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from benefit_hub.catalogue.chinese_keyboard import half_width, slips, without_consequences
from benefit_hub.catalogue.findings import Finding, Unfit

_YAML = (
    "Look at indentation, colons, commas and brackets here and a line above (检查此处及上一行的缩进、冒号、逗号、括号)."
)
_PLAIN = {
    "dict_type": "expected keys with values, as in {2026-04: 1035.00} (应写成 键: 值；检查缩进)",
    "model_type": "expected keys with values, as in {age: 45} (应写成 键: 值；检查缩进)",
    "list_type": "expected a list: lines that begin with a hyphen, or [ ] (应写成列表)",
    "date_type": "expected a day such as 2026-03-20 (应写日期)",
}
"""What pydantic says in words of its own, in those of people who write."""
_IN_CHINESE = {
    "expected a month like": "应写月份，如 2027-04",
    "expected an amount in yuan like": "应写数额，如 680.00，不写“元”和千位逗号",
}
"""How what we say ourselves of values begins, and the same in Chinese."""
_MEANT = {"amount": "yuan", "month": "from", "date": "from"}
"""Words that people write for a key that is called otherwise and looks otherwise."""
_QUOTED = re.compile(r"[“”‘’＂＇]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Place = tuple[str | int, ...]
Loading = Callable[[str], yaml.CSafeLoader]
M = TypeVar("M", bound=BaseModel)
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Some words."""


class Written(BaseModel):
    """What people write: nothing unknown, nothing coerced, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Document(Struct, frozen=True):
    """A YAML file as data, and the line of each place in it."""

    file: str
    data: Any
    lines: Mapping[Place, int]
    text: str = ""
    """As it is written; empty where it was put together."""

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest place around it."""
        for length in range(len(place), -1, -1):
            for found in (place[:length], (*place[: length - 1], str(place[length - 1])) if length else ()):
                if found in self.lines:
                    return self.lines[found]
        return None

    def finding(self, place: Place, message: str, action: str) -> Finding:
        """A finding about a place in this file."""
        return Finding(file=self.file, line=self.line(place), key=dotted(place), message=message, action=action)

    def warning(self, place: Place, message: str, action: str) -> Finding:
        """The same where something is doubtful, not wrong."""
        return structs.replace(self.finding(place, message, action), severity="warning")


def dotted(place: Place) -> str:
    """`effects[3].month`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def read_document(path: Path, file: str, loading: Loading = yaml.CSafeLoader) -> Document:
    """Read a YAML file; `file` is its name in messages. Raises Unfit where it is no YAML, or says one key twice.

    Nobody changes what was read: who reads the same again is given the same.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit([Finding(file=file, message="not UTF-8", action="Save the file as UTF-8.")]) from error
    return _document(text, file, loading)


@lru_cache(maxsize=512)  # packs are read for books and for coverage, and once more by each pack that rests upon them
def _document(text: str, file: str, loading: Loading) -> Document:
    try:
        loader = loading(text)  # libyaml reads three times as fast
        node = loader.get_single_node()
        lines = dict(_lines(node)) if node is not None else {}
        wrong = [*_twice(node, file), *_no_days(node, file)] if node is not None else []
        data = None if node is None or wrong else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        problem = getattr(error, "problem", None) or "no YAML"
        if line is not None and "\t" in "".join(text.splitlines()[line - 1 : line]):
            problem = f"{problem}: a tab (有制表符 Tab，请改为空格)"
        slipped = [slip for _, slip in slips(text, file)]  # YAML notices them later, on another line
        raise Unfit(slipped or [Finding(file=file, line=line, message=str(problem), action=_YAML)]) from error
    if wrong:
        raise Unfit(wrong)
    return Document(file, data, lines, text)


def _lines(node: yaml.Node, place: Place = (), line: int | None = None) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1 if line is None else line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*place, key.value), key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*place, index))


def _twice(node: yaml.Node, file: str, place: Place = ()) -> Iterator[Finding]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = (*place, key.value)
            if key.value in seen:
                line = key.start_mark.line + 1
                yield Finding(file=file, line=line, key=dotted(here), message="said twice", action="Keep one of them.")
            seen.add(key.value)
            yield from _twice(value, file, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _twice(value, file, (*place, index))


def _no_days(node: yaml.Node, file: str, place: Place = ()) -> Iterator[Finding]:
    """Days that no calendar has, as keys and as values."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, key.value)
            yield from _no_days(key, file, here)
            yield from _no_days(value, file, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _no_days(value, file, (*place, index))
    elif node.tag == "tag:yaml.org,2002:timestamp" and _DAY.fullmatch(node.value):
        try:
            date.fromisoformat(node.value)
        except ValueError:
            told = f"there is no day {node.value} (没有这一天)"
            yield Finding(
                file=file, line=node.start_mark.line + 1, key=dotted(place), message=told, action="Correct the day."
            )


def validated(model: type[M], document: Document) -> M:
    """The document as a model; raises Unfit with everything that does not fit."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise Unfit(_findings(document, model, error.errors())) from error


def faults_of_part(model: type[BaseModel], document: Document, optional: Callable[[Place], bool]) -> list[Finding]:
    """What does not fit of a document that says only a part of a model: all but missing keys that are `optional` in it."""
    try:
        model.model_validate(document.data)
    except ValidationError as error:
        said = [each for each in error.errors() if each["type"] != "missing" or not optional(each["loc"])]
        return _findings(document, model, said)
    return []


def _findings(document: Document, model: type[BaseModel], details: Sequence[ErrorDetails]) -> list[Finding]:
    found = [_finding(document, model, detail) for detail in details]
    return without_consequences(found, list(slips(document.text, document.file))) if found else []


def _finding(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Finding:
    place = tuple(part for part in detail["loc"] if part != "[key]")
    match detail["type"]:
        case "missing":
            return document.finding(place, "missing", f"Add {place[-1]}.")
        case "extra_forbidden":
            return document.finding(place, "unknown key", _key_meant(model, place))
        case "string_too_short":
            return document.finding(place, "empty (不能为空)", _to_fill(place))
        case "string_type" if detail["input"] is None:
            return document.finding(place, "empty (不能为空)", _to_fill(place))
    message = _PLAIN.get(detail["type"]) or _lower(detail["msg"])
    half = half_width(detail["input"]) if isinstance(detail["input"], str) else None
    if half is not None and _QUOTED.search(detail["input"]):
        written = f'{place[-1]}: "{half}"' if isinstance(place[-1], str) else f'"{half}"'
        return document.finding(place, f"用了中文引号，请写成 {written}", f"These quotes are Chinese: write {written}.")
    if half is not None:
        width = f"有全角字符“{detail['input']}”，请改为半角“{half}”"
        line = document.line(place)
        told = width if line is None else f"第{line}行{width}"
        return document.finding(
            place, told, f"It is written in full-width characters: write {half} in half-width ones."
        )
    got = _shown(detail["input"])
    message = message if not got or got in message else f"{message}, got {got if len(got) <= 60 else got[:60] + '…'}"
    message += next((f"（{zh}）" for begins, zh in _IN_CHINESE.items() if message.startswith(begins)), "")
    action = "请加半角引号 Put it in quotes." if detail["type"] == "string_type" else "Correct it."
    return document.finding(place, message, action)


def _key_meant(model: type[BaseModel], place: Place) -> str:
    """What to do with a key that nobody knows there: which one may be meant, first of those that may stand there."""
    written = str(place[-1])
    known, anywhere = _keys_at(model, place[:-1]) - {written}, set(keys_of(model)) - {written}
    close = get_close_matches(written, sorted(known), n=1) or sorted({_MEANT.get(written, "")} & known)
    close = close or get_close_matches(written, sorted(anywhere), n=1)
    return f"Did you mean {close[0]}?" if close else "Remove it, or spell it as the other files do."


def _keys_at(model: type[BaseModel], place: Place) -> set[str]:
    """The keys that may stand at a place; indexes, names that people give, and words that tell a kind lead no further."""
    here = [model]
    for part in place:
        fields = [field for each in here for name, field in each.model_fields.items() if part in (name, field.alias)]
        here = [inner for field in fields for inner in _models(field.annotation)] or here
    return {field.alias or name for each in here for name, field in each.model_fields.items()}


def _to_fill(place: Place) -> str:
    """What is expected where nothing was written."""
    match place[-1]:
        case "source":
            return "Say where it comes from, such as the notice and its number (写明出处)."
        case "clause":
            return "Write the clause that officers read (写明条款)."
    return "Write some words (写明内容)."


def _shown(value: object) -> str:
    """A value as it is written; nothing for keys with values, and lists: their line is told."""
    if isinstance(value, Mapping | list):
        return ""
    return value.isoformat() if isinstance(value, date) else repr(value)


def _lower(text: str) -> str:
    text = text.removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("expected ")
    return f"expected {text}" if text[:1].islower() or text[:1] == "'" else text


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a model and of the models in it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in _models(field.annotation):
            yield from keys_of(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)
