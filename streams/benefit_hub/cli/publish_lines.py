"""A department's file, record by record: JSON lines, a JSON array, or CSV with a header, its cells read as the schema says."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from benefit_hub.catalogue import Schema
from benefit_hub.values.errors import HubError
from benefit_hub.values.refusal import Refusal

Format = Literal["json", "csv"]
LARGEST_FILE = 512 * 1024 * 1024

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_TRUTH = {"true": True, "false": False, "是": True, "否": False, "1": True, "0": False}
_RESEND = "Correct this line and publish it again."


class Line(NamedTuple):
    """A record, or why there is none, and where: the line of the file, in a JSON array the number of the item."""

    place: int
    said: Mapping[str, Any] | Refusal


def read_lines(file: Path, form: Format | None, schema: Schema) -> list[Line]:
    """Every record of a file; `-` is standard input. Raises HubError where it cannot be read at all."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as trouble:
        raise HubError(f"{file} cannot be read: {trouble.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise HubError(f"{file} has more than {LARGEST_FILE} bytes: publish it in parts")
    if (form or ("csv" if file.suffix.lower() == ".csv" else "json")) == "csv":
        return list(_csv(_text(raw, file, "gb18030"), schema))
    text = _text(raw, file, None)
    return list(_array(text, file) if text.lstrip()[:1] == "[" else _json_lines(text))


def _text(raw: bytes, file: Path, second: str | None) -> str:
    """UTF-8, with or without a mark at its beginning; else the second encoding, where there is one."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        place = trouble.start
    try:
        return raw.decode(second or "ascii")
    except UnicodeDecodeError:
        raise HubError(f"{file} is not UTF-8: byte {place} is the first that is not; save it as UTF-8") from None


def _unlike(expected: str, expected_zh: str) -> Refusal:
    """A line that is no record at all."""
    return Refusal("WRONG_SHAPE", "", expected, _RESEND, expected_zh, "请更正这一行后重新发送。")


def _array(text: str, file: Path) -> Iterator[Line]:
    try:
        items = json.loads(text)
    except ValueError as trouble:
        raise HubError(f"{file} is no JSON array: {_json_trouble(trouble)}") from None
    for number, item in enumerate(items, 1):
        yield Line(number, _mapping(item))


def _json_lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield Line(number, _mapping(json.loads(line)))
            except ValueError as trouble:
                expected = f"a JSON object on a line of its own ({_json_trouble(trouble)})"
                yield Line(number, _unlike(expected, "独占一行的 JSON 对象"))


def _json_trouble(trouble: ValueError) -> str:
    """What is wrong with a JSON text, without a word of it."""
    if isinstance(trouble, json.JSONDecodeError):
        return f"{trouble.msg}, line {trouble.lineno} column {trouble.colno}"
    return "a number that is too long"


def _mapping(item: Any) -> Mapping[str, Any] | Refusal:
    if isinstance(item, Mapping):
        return item
    return _unlike("a JSON object with the fields of the schema", "含有各字段的 JSON 对象")


def _csv(text: str, schema: Schema) -> Iterator[Line]:
    kinds = {field["name"]: _kind(field["type"]) for field in schema.definition["fields"]}
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in rows:
            yield Line(rows.line_num, _row(row, kinds))
    except csv.Error as trouble:
        refusal = _unlike(f"CSV ({trouble}); nothing after this was read", "CSV 格式")
        yield Line(rows.line_num, refusal)


def _row(row: Mapping[str | None, Any], kinds: Mapping[str, str]) -> Mapping[str, Any] | Refusal:
    """A row as a record: an empty cell is a field left out."""
    if None in row or None in row.values():
        expected = f"{len([name for name in row if name is not None])} cells, as the header has"
        return _unlike(expected, "与表头相同的列数")
    cells = {str(name).strip(): str(text).strip() for name, text in row.items()}
    return {name: _value(text, kinds.get(name, "string")) for name, text in cells.items() if text}


def _kind(kind: Any) -> str:
    """What an Avro type is underneath."""
    if isinstance(kind, list):
        return _kind(kind[-1])
    return str(kind["type"] if isinstance(kind, Mapping) else kind)


def _value(text: str, kind: str) -> Any:
    """A cell as its field wants it; one that does not fit stays text, which is refused by the schema, and told."""
    match kind:
        case "long" | "int":
            return int(text) if _WHOLE.fullmatch(text) else text
        case "boolean":
            return _TRUTH.get(text.lower(), text)
        case "array" | "map" | "record":
            try:
                return json.loads(text)
            except ValueError:
                return text
    return text
