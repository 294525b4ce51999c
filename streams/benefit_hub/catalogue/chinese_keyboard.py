"""What a Chinese keyboard writes where YAML and numbers want half-width: found by line, and told so that it can be mended.

Full-width marks are right in a clause or a title, so that nobody looks for them in a file that can be read.
"""

import re
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from benefit_hub.catalogue.findings import Finding

_KEY = r"[A-Za-z0-9_][A-Za-z0-9_ .*-]*"
_BEFORE = r"""\{(?:(?:[^{"']|"[^"]*"|'[^']*')*?"""
_COLON = re.compile(rf"(?:^\s*(?:- +)*|{_BEFORE}[,，])?\s*)(?P<key>{_KEY})(?P<mark>：)")
_COMMA = re.compile(rf"{_BEFORE})(?P<mark>，)\s*(?P<key>{_KEY})[:：]")
_BLANK = re.compile(r"^ *(?P<mark>\u3000)(?P<key>)")
_MARKS = ((_COLON, "冒号", ":", "colon"), (_COMMA, "逗号", ",", "comma"), (_BLANK, "空格", " ", "blank"))
_QUOTES = str.maketrans("“”‘’＂＇", "\"\"''\"'")


def slips(text: str, file: str) -> Iterator[tuple[str, Finding]]:
    """Full-width marks where YAML has marks of its own, each with the key beside it."""
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, name, half, english in _MARKS:
            for found in pattern.finditer(line):
                told = f"第{number}行有全角{name}“{found['mark']}”，请改为半角“{half}”"
                action = f"Line {number} has a full-width {english}: write a half-width one."
                yield found["key"].strip(), Finding(file=file, line=number, message=told, action=action)


def without_consequences(findings: Sequence[Finding], slipped: Sequence[tuple[str, Finding]]) -> list[Finding]:
    """The slips, and of the findings those that do not come of one: not of its line or the one before, nor of its key."""
    lines = {each.line - below for _, each in slipped if each.line is not None for below in (0, 1)}
    keys = {key for key, _ in slipped}
    rest = [each for each in findings if each.line not in lines and re.split(r"[.\]]", each.key)[-1] not in keys]
    return [*(each for _, each in slipped), *rest]


def half_width(value: str) -> str | None:
    """What a value would be in half-width, without quotes; None where it is that, or holds words in Chinese."""
    half = normalize("NFKC", value).translate(_QUOTES).replace("。", ".").replace("、", ",")
    return half.strip("\"' ") if half != value and half.isascii() else None
