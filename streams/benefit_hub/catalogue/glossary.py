"""The glossary, 中文 and English, made from the docs of the schemas: `python -m benefit_hub.catalogue.glossary`."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benefit_hub.catalogue.assets import find_assets
from benefit_hub.catalogue.conventions import UNKNOWN, named_types, term_and_explanation
from benefit_hub.catalogue.opening import load
from benefit_hub.catalogue.whole import Catalogue

PLACE = Path("docs") / "glossary.md"
HEADER = """\
# Glossary 术语表

What records, fields and values of the public topics are called. Made from the `doc`s in `schemas/`, do not edit; make it again:

    .venv/bin/python -m benefit_hub.catalogue.glossary
"""


def glossary(catalogue: Catalogue) -> str:
    """The text of the glossary."""
    newest = {name: catalogue.newest(name) for name, topic in catalogue.topics.items() if topic.encoding == "avro"}
    records = [(topic, schema.definition) for topic, schema in newest.items()]
    return "\n".join(
        [
            HEADER,
            *_table("Records 记录", ("中文", "Record", "Topic", "What it is"), _records(records)),
            *_table("Fields 字段", ("Field", "中文", "What it is", "In"), _fields(records)),
            *_table("Values 取值", ("Values of", "中文", "Value", "中文"), _values(records)),
        ]
    )


def _table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield from (f"## {title}", "", _line(heads), _line(("---",) * len(heads)))
    yield from (*map(_line, rows), "")


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _records(records: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for topic, record in records:
        term, told = term_and_explanation(record["doc"])
        rows.append((term, record["name"], f"`{topic}`", told))
    return rows


def _fields(records: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    """Each field once per meaning, with the records that have it."""
    users: dict[tuple[str, str, str], set[str]] = {}
    for _, whole in records:
        for name, record in named_types(whole):
            for field in record.get("fields", ()):
                users.setdefault((field["name"], *term_and_explanation(field["doc"])), set()).add(name)
    return [(f"`{name}`", term, told, ", ".join(sorted(users[name, term, told]))) for name, term, told in sorted(users)]


def _values(records: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    enums = {
        (name, node["doc"]): node for _, whole in records for name, node in named_types(whole) if "symbols" in node
    }
    rows: list[tuple[str, ...]] = []
    for (name, doc), enum in sorted(enums.items()):
        term, told = term_and_explanation(doc)
        for symbol in enum["symbols"]:
            found = re.search(rf"\b{symbol} ([^,;]+)", told)
            if symbol != UNKNOWN and found is not None:
                rows.append((name, term, f"`{symbol}`", found[1]))
    return rows


if __name__ == "__main__":
    place = find_assets().root / PLACE
    place.parent.mkdir(exist_ok=True)
    place.write_text(glossary(load()), "utf-8")
    sys.stdout.write(f"{place}\n")
