"""The values of a standard beside each other: a new one may be a slip, or be explained by words of the old."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from benefit_hub.catalogue.documents import Document
from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.packs import UNKNOWN
from benefit_hub.values.months import month

LEAP = Fraction(3, 2)
"""A rise beyond this is looked at twice."""
FAR = 15 * 12
"""So many months after the value before it a month is looked at twice: standards are set anew every year or two."""
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")

Value = Mapping[str, Any]


def value_doubts(document: Document) -> Iterator[Finding]:
    """What is doubtful of the values of each standard that a pack says."""
    for name, said in document.data.get("standards", {}).items():
        known = [(at, each) for at, each in enumerate(said["values"]) if each["yuan"] != UNKNOWN]
        for (before_at, before), (at, after) in pairwise(known):
            place = ("standards", name, "values", at)
            yield from _amount(document, (*place, "yuan"), before, after, next_to_it=at == before_at + 1)
            yield from _month(document, (*place, "from"), before, after)
        yield from _words(document, name, said, known)


def _amount(
    document: Document, place: tuple[str | int, ...], before: Value, after: Value, *, next_to_it: bool
) -> Iterator[Finding]:
    """A standard that falls lowers everybody who is paid by it, and one that leaps may be a slip of the hand."""
    old, new = Fraction(before["yuan"]), Fraction(after["yuan"])
    if new < old:
        told = (
            f"less than the {before['yuan']} before: it lowers at once whoever is paid by it, and nobody is heard"
            f"（低于此前的 {before['yuan']}：按它发放的当月即减少，也不经听取意见）"
        )
        action = "Look at the text again; where it says so, tell them before (请再核对原文)."
        yield document.warning(place, told, action)
    elif next_to_it and new > LEAP * old:
        zeros = len(str(int(new))) - len(str(int(old)))
        slip = f"是否多写了 {zeros} 个 0" if new >= 10 * old else "请核对数字"
        told = (
            f"more than half as much again as the {before['yuan']} before"
            f"（{after['yuan']} 是此前 {before['yuan']} 的 {_times(new / old)} 倍，{slip}？）"
        )
        yield document.warning(place, told, "Look whether a digit is one too many.")


def _times(times: Fraction) -> str:
    """How many times, whole from ten on, below with one decimal."""
    return str(round(times)) if times >= 10 else f"{int(times * 10) // 10}.{int(times * 10) % 10}"


def _month(document: Document, place: tuple[str | int, ...], before: Value, after: Value) -> Iterator[Finding]:
    """2072 for 2027."""
    months = month(after["from"]) - month(before["from"])
    if months > FAR:
        told = (
            f"{months // 12} years after {before['from']}, the value before it"
            f"（比前一个数额晚 {months // 12} 年，年份是否写错？）"
        )
        yield document.warning(place, told, "Look at the year.")


def _words(document: Document, name: str, said: Value, known: Sequence[tuple[int, Value]]) -> Iterator[Finding]:
    """A new amount would be explained by a clause, or a source, that names the old one or its year."""
    words = {key: str(said[key]) for key in ("clause", "source")}
    for place_before, (at, value) in zip([None, *known], known, strict=False):
        own = {key: str(value[key]) for key in words if value.get(key)}
        if place_before is not None and not own and _of_before(words, place_before[1], value):
            told = (
                f"新数额 {value['yuan']} 没有自己的 clause：说明将写“{words['clause']}”，请写新文号"
                " (the new amount would be explained by the clause of the old one)"
            )
            action = "Write the clause and the source of the new amount beside it."
            yield document.warning(("standards", name, "values", at), told, action)
        words |= own


def _of_before(words: Mapping[str, str], before: Value, after: Value) -> bool:
    """Whether words are those of the value before: they name its amount and not the new one, or no year that fits the new."""
    if _names(words["clause"], after["yuan"]):
        return False
    years = [int(year) for text in words.values() for year in _YEAR.findall(text)]
    begins, stood = int(after["from"][:4]), int(before["from"][:4])
    return _names(words["clause"], before["yuan"]) or (bool(years) and max(years) < max(begins - 1, stood + 1))


def _names(text: str, yuan: str) -> bool:
    """Whether a text names an amount, with or without its fen."""
    return re.search(rf"(?<![0-9.]){re.escape(yuan.removesuffix('.00'))}(?![0-9])", text.replace(",", "")) is not None
