"""The policy of a case: the packs that it names, with the values that it puts in their place."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from benefit_hub.catalogue import Assets, Unfit
from benefit_hub.catalogue.deadlines import read_working_days
from benefit_hub.catalogue.documents import Document, Place
from benefit_hub.catalogue.pack_books import book_of, pack_paths
from benefit_hub.catalogue.pack_layers import Families, Layer, Origins, families_of, origin_of
from benefit_hub.catalogue.pack_resolving import Overrides, installed, read_layers, resolve, rest_on_others
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.policy.book import Book

Named = tuple[str, str | None]
"""A policy, and the pack from which it takes what it leaves open."""


class Override(NamedTuple):
    """Values that a case puts over those of its policy, and where in the case."""

    place: Place
    values: Mapping[str, Any]


class Policies:
    """Packs by the name that cases give them, `demo` or `demo/gz-t.yaml`, each file read once; changed `copies` (files, or
    folders of them) stand each for the installed one of its name. Raises Unfit where these cannot be read."""

    def __init__(self, assets: Assets, copies: Sequence[Path] = ()) -> None:
        self._assets = assets
        layers, findings = read_layers(pack_paths(copies), None)
        changed, seams = families_of(layers)
        if findings or seams:
            raise Unfit([*findings, *seams])
        self._copies: Families = changed
        self.unused = set(changed)
        """The copies that no case has used yet."""
        self._layers: dict[str, list[Layer]] = {}
        self._books: dict[Named, Book] = {}
        self._installed: Families | None = None

    def book(self, policy: str, overrides: Sequence[Override], case: Document, left_open: str | None = None) -> Book:
        """The book of a policy with overrides, one upon the other; assumed packs are allowed here."""
        if not any(override.values for override in overrides):
            if (policy, left_open) not in self._books:
                self._books[policy, left_open] = _book(self._packs(policy, left_open, case), self._assets)
            return self._books[policy, left_open]

        def override_all(data: Any, origins: Origins) -> None:
            for override in overrides:
                for path, value in override.values.items():
                    put(data, origins, path, deepcopy(value), case, (*override.place, path))

        packs = self._packs(policy, left_open, case, Overrides(case.file, override_all))
        if len(packs) != 1:
            told = f"{policy} has several packs"
            raise Unfit([case.finding(("policy",), told, "Name the file whose values are overridden.")])
        return _book(packs, self._assets)

    def _packs(
        self, policy: str, left_open: str | None, case: Document, overrides: Overrides | None = None
    ) -> list[PackFile]:
        """The packs of a policy by which somebody can be paid, or the one that it names."""
        layers = self._read("policy", policy, case)
        under = None if left_open is None else self._read("left open", left_open, case)[0]
        families, findings = families_of(layers)
        if findings:
            raise Unfit(findings)
        known = {**(self._above() if rest_on_others(layers) else {}), **families}
        payable = [name for name in families if not families[name][-1].left_open]
        files = [resolve(name, known, under, overrides) for name in payable or families]
        whole = [file for file in files if not file.missing]
        if not whole:
            told = f"{policy} leaves open: {', '.join(key for file in files for key in file.missing)}"
            action = "Name a pack that says it: `left open: demo/left-open.yaml`."
            raise Unfit([case.finding(("policy",), told, action)])
        return whole

    def _above(self) -> Families:
        if self._installed is None:
            self._installed = {**installed(self._assets), **self._copies}
        return self._installed

    def _read(self, key: str, policy: str, case: Document) -> Sequence[Layer]:
        place = self._assets.policies / policy
        if not place.exists():
            told = f"there is no {policy} in {self._assets.policies}"
            raise Unfit([case.finding((key,), told, "Name a pack, or a folder of packs.")])
        if policy not in self._layers:
            layers, findings = read_layers(pack_paths([place]), self._assets)
            if findings:
                raise Unfit(findings)
            names = dict.fromkeys(layer.name for layer in layers)
            self.unused -= names.keys()
            self._layers[policy] = [
                layer
                for name in names
                for layer in self._copies.get(name, [each for each in layers if each.name == name])
            ]
        return self._layers[policy]


def _book(packs: list[PackFile], assets: Assets) -> Book:
    book, findings = book_of(packs, read_working_days(assets), allow_assumed=True)
    if findings:
        raise Unfit(findings)
    return book


def put(data: Any, origins: Origins, path: str, value: Any, said_by: Document, place: Place) -> None:
    """Put a value at a path such as `standards.dibao_urban.values`; `.first` and `.last` add one, or several, to a list.

    `place` is where a document says so; `origins` is told of it. A new standard is used by some programme, and a new key of a
    programme is known, or the pack is refused.
    """
    *way, end = path.split(".")
    inner = data
    for index, key in enumerate(way):
        if not isinstance(inner, dict) or key not in inner:
            _lost(".".join(way[:index]), inner, key, said_by, place)
        inner = inner[key]
    here: Place = tuple(way)
    if isinstance(inner, list) and end in ("first", "last"):
        if not isinstance(value, list):
            told = f"{end} adds to a list, and this is none"
            raise Unfit([said_by.finding(place, told, "Put it into [ ], as in `[{from: 2027-04, ...}]`.")])
        _add(inner, origins, here, value, said_by, place, before=end == "first")
    elif isinstance(inner, dict) and (end in inner or _open(way)):
        inner[end] = value
        for known in [known for known in origins if known[: len(way) + 1] == (*here, end)]:
            del origins[known]
        origins[*here, end] = (said_by, place)
    else:
        _lost(".".join(way), inner, end, said_by, place)


def _add(
    into: list[Any], origins: Origins, here: Place, added: list[Any], said_by: Document, place: Place, *, before: bool
) -> None:
    """More for a list, before or behind what is there; what is there was said where it was."""
    shift, begin = (len(added), 0) if before else (0, len(into))
    stood = [origin_of(origins, (*here, index)) for index in range(len(into))]
    origins |= {(*here, index + shift): origin for index, origin in enumerate(stood) if origin is not None}
    origins |= {(*here, begin + index): (said_by, (*place, index)) for index in range(len(added))}
    into[:] = [*added, *into] if before else [*into, *added]


def _open(way: Sequence[str]) -> bool:
    """Whether a case may put something new there: a standard, a programme, or a key that a programme may leave out."""
    return 0 < len(way) <= 2 and way[0] in ("standards", "programmes")


def _lost(at: str, inner: Any, key: str, said_by: Document, place: Place) -> None:
    known = sorted(inner) if isinstance(inner, dict) else ["first", "last"] if isinstance(inner, list) else []
    close = get_close_matches(key, known, n=1)
    action = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known) or 'no keys there'}."
    raise Unfit([said_by.finding(place, f"the policy has no {key} {'at ' + at if at else 'there'}", action)])
