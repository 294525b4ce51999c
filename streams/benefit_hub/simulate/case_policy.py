"""The policy of a case: the packs that it names, with the values that it puts in their place."""

from collections.abc import Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from benefit_hub.catalogue import Assets, Unfit
from benefit_hub.catalogue.documents import Document, read_document
from benefit_hub.catalogue.packs import PackFile, book_of, pack_of, pack_paths
from benefit_hub.policy.book import Book


class Policies:
    """Packs by the name that cases give them, `demo` or `demo/gz-t.yaml`, each file read once."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._documents: dict[str, list[Document]] = {}
        self._books: dict[str, Book] = {}

    def book(self, policy: str, overrides: list[Mapping[str, Any]], case: Document) -> Book:
        """The book of a policy with overrides, one upon the other; assumed packs are allowed here."""
        if policy not in self._documents:
            self._documents[policy] = self._read(policy, case)
        if not any(overrides):
            if policy not in self._books:
                self._books[policy] = _book([pack_of(document) for document in self._documents[policy]])
            return self._books[policy]
        if len(self._documents[policy]) != 1:
            told = f"{policy} has several packs"
            raise Unfit([case.finding(("policy",), told, "Name the file whose values are overridden.")])
        document = self._documents[policy][0]
        data = deepcopy(document.data)
        for override in overrides:
            for path, value in override.items():
                _put(data, path, deepcopy(value), case)
        return _book([pack_of(Document(f"{case.file} over {document.file}", data, {}))])

    def _read(self, policy: str, case: Document) -> list[Document]:
        place = self._assets.policies / policy
        if not place.exists():
            told = f"there is no {policy} in {self._assets.policies}"
            raise Unfit([case.finding(("policy",), told, "Name a pack, or a folder of packs.")])
        return [read_document(path, self._assets.shown(path)) for path in pack_paths([place])]


def _book(packs: list[PackFile]) -> Book:
    book, findings = book_of(packs, allow_assumed=True)
    if findings:
        raise Unfit(findings)
    return book


def _put(data: Any, path: str, value: Any, case: Document) -> None:
    """Put a value at a path such as `standards.dibao_urban.values`; `.first` and `.last` add to a list."""
    *way, end = path.split(".")
    inner = data
    for index, key in enumerate(way):
        if not isinstance(inner, dict) or key not in inner:
            _lost(path, ".".join(way[:index]), inner, key, case)
        inner = inner[key]
    if isinstance(inner, list) and end in ("first", "last") and isinstance(value, list):
        inner[:] = [*value, *inner] if end == "first" else [*inner, *value]
    elif isinstance(inner, dict) and end in inner:
        inner[end] = value
    else:
        _lost(path, ".".join(way), inner, end, case)


def _lost(path: str, at: str, inner: Any, key: str, case: Document) -> None:
    known = sorted(inner) if isinstance(inner, dict) else ["first", "last"]
    close = get_close_matches(key, known, n=1)
    action = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
    raise Unfit([case.finding(("override", path), f"the policy has no {key} {'at ' + at if at else 'there'}", action)])
