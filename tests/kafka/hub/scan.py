"""Looks for identity numbers in everything that a hub leaves behind: topics, stores, view, files, what was said."""

import re
import sqlite3
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from rocksdict import AccessType, Options, Rdict

Found = dict[str, int]
"""By place, how many things in it hold a number."""

_SOMEBODY = re.compile(r"99[0-9]{4}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
_FULL_WIDTH = re.compile(rb"\xef\xbc([\x90-\x99])")
_PLAIN = re.compile(rb"(?=(99[0-9]{15}))")
_HEX = re.compile(rb"(?=(3939(?:3[0-9]){15}))")
_BASE64 = re.compile(rb"(?=((?:[MNO][A-Za-z0-9+/]{3}){5}))")


def numbers_in(text: str) -> list[str]:
    """Whatever looks like an identity number of a region that begins with 99, its digits in ASCII or full width."""
    return _SOMEBODY.findall("".join(chr(ord(each) - 0xFEE0) if "０" <= each <= "９" else each for each in text))


class Numbers:
    """Numbers that are looked for: by their 17 digits, so whatever stands after them; in full width, in hex, in base64."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._digits = {number[:17].encode() for number in numbers}
        # three digits are four letters, and where the first one falls in these is chance
        self._base64 = {b64encode(digits[at : at + 15]) for digits in self._digits for at in range(3)}

    def __contains__(self, content: object) -> bool:
        assert isinstance(content, bytes)
        plain = _FULL_WIDTH.sub(_narrow, content) if b"\xef\xbc" in content else content
        return (
            any(found[1] in self._digits for found in _PLAIN.finditer(plain))
            or any(bytes.fromhex(found[1].decode()) in self._digits for found in _HEX.finditer(plain))
            or any(found[1] in self._base64 for found in _BASE64.finditer(plain))
        )

    def places(self, things: Iterable[tuple[str, bytes]]) -> Found:
        """Where they are found, and in how many things."""
        found: Found = {}
        for place, content in things:
            if content in self:
                found[place] = found.get(place, 0) + 1
        return found


def _narrow(found: re.Match[bytes]) -> bytes:
    return bytes([found[1][0] - 0x60])


def records(found: Iterable[Any]) -> Iterator[tuple[str, bytes]]:
    """Each record of Kafka by its topic: key, value, names and values of its headers."""
    for record in found:
        headers = (part for name, value in record.headers for part in (name.encode(), value or b""))
        yield record.topic, b"\0".join([record.key or b"", record.value or b"", *headers])


def stores(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each row of every RocksDB below a folder, of all column families; nobody may have it open."""
    for current in sorted(folder.rglob("CURRENT")):
        path = str(current.parent)
        families = {name: Options(raw_mode=True) for name in Rdict.list_cf(path, Options(raw_mode=True))}
        database = Rdict(path, Options(raw_mode=True), families, AccessType.read_only())
        try:
            for name in families:
                for key, value in database.get_column_family(name).items():
                    assert isinstance(key, bytes)
                    assert isinstance(value, bytes)
                    yield f"{path} {name}", key + b"\0" + value
        finally:
            database.close()


def rows(file: Path) -> Iterator[tuple[str, bytes]]:
    """Each row of every table of an SQLite file."""
    with closing(sqlite3.connect(file)) as base:
        for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in base.execute(f'select * from "{table}"'):  # noqa: S608  a name that SQLite gave
                cells = (cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
                yield f"{file.name} {table}", b"\0".join(cells)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file below a folder as its bytes, and its name."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes() + b"\0" + file.name.encode()
