"""Two policy books to compare: the one in force, and the same with packs, or single values, that somebody thinks of."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from benefit_hub.catalogue import Assets, Unfit
from benefit_hub.catalogue.assets import find_assets
from benefit_hub.catalogue.deadlines import read_working_days
from benefit_hub.catalogue.documents import Document
from benefit_hub.catalogue.pack_books import book_of, pack_paths
from benefit_hub.catalogue.pack_layers import Families, Layer, Origins, families_of, spans_of
from benefit_hub.catalogue.pack_resolving import Overrides, above, read_layers, resolve
from benefit_hub.policy.book import Book, Pack
from benefit_hub.simulate.case_policy import put
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import Month, month_text

Values = tuple[str, Any]
"""A path in a pack, and what stands there."""


class ProposedLaw(Struct, frozen=True, kw_only=True):
    """The book before and after, and the names of the packs that are other ones after."""

    before: Book
    after: Book
    changed: tuple[str, ...]

    @property
    def pack(self) -> Pack:
        """The first pack that is another one, as it would be."""
        return next(each for each in self.after.packs if each.name == self.changed[0])


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody thinks of: packs at these places instead of those of the same name, and single values.

    A setting is a path with its value, `materiality="30.00"`, or with `+=` one more at the end of a list:
    `standards.dibao_urban.values+={from: 2027-04, yuan: "680.00"}`; `pack` says whose, where several have it. `left_open` is a
    pack that says what others leave open: then those are compared, and not the ones that say everything.
    """

    places: Sequence[Path] = ()
    settings: Sequence[str] = ()
    pack: str | None = None
    left_open: Path | None = None


def proposed(assets: Assets, wish: Wish, paths: Sequence[Path] | None = None) -> ProposedLaw:
    """The installed packs, or those at these paths, as they are and as somebody wishes them.

    Raises HubError, or Unfit with all that is wrong.
    """
    installed = _layers([assets.policies] if paths is None else paths)
    known = above(installed, assets)
    wished = _layers(wish.places)
    under = _layers([wish.left_open])[0] if wish.left_open is not None else None
    new = {each.name for each in wished}
    before = _families(installed)
    after = _families([*(each for each in installed if each.name not in new), *wished])
    books_of = partial(_book, above=known, under=under)
    values: dict[str, list[Values]] = {}
    for path, value in map(_setting, wish.settings):
        values.setdefault(wish.pack or _whose(after, known, under, path, new), []).append((path, value))
    for name in values:
        if name not in after:
            raise HubError(f"there is no pack {name}; there are {', '.join(sorted(after))}")
    before = {**{name: after[name] for name in values}, **before}  # one that is not installed is compared with its file
    books = (books_of(before, {}), books_of(after, values))
    former = {each.name: each for each in books[0].packs}
    changed = tuple(each.name for each in books[1].packs if former.get(each.name) != each)
    if not changed:
        raise HubError(
            "nothing is changed of a pack by which somebody is paid (没有改动): name a pack file that differs from the installed "
            "one, or --set a value; for a pack that leaves something open, name one that says it with --left-open"
        )
    law = ProposedLaw(before=books[0], after=books[1], changed=changed)
    if lost := "; ".join(forgotten(law)):
        raise HubError(
            f"months that have a standard would have none (原有标准丢失): {lost}. A new amount is one more line of `values`, "
            "behind those that are there"
        )
    return law


def forgotten(law: ProposedLaw) -> Iterator[str]:
    """The standards that would begin later than they do: somebody wrote over the old amount instead of adding one."""
    former = {each.name: each for each in law.before.packs}
    for pack in law.after.packs:
        for name, standard in pack.standards.items() if pack.name in former else ():
            old = former[pack.name].standards.get(name)
            if old is None or not old.values or not standard.values or standard.values[0].since <= old.values[0].since:
                continue
            began, begins = (month_text(each.values[0].since) for each in (old, standard))
            yield f"{pack.name} {name} begins in {begins} instead of {began}"


def first_turn(law: ProposedLaw) -> Month | None:
    """The first month in which a standard gives another amount; None where only something else is another."""
    former = {each.name: each for each in law.before.packs}
    turns = [
        value.since
        for pack in law.after.packs
        if pack.name in former
        for name, standard in pack.standards.items()
        if (old := former[pack.name].standards.get(name)) is not None
        for value in (*old.values, *standard.values)
        if old.per_month(value.since) != standard.per_month(value.since)
    ]
    return min(turns, default=None)


def _layers(places: Iterable[Path]) -> list[Layer]:
    layers, findings = read_layers(pack_paths(places), None)
    if findings:
        raise Unfit(findings)
    return layers


def _families(layers: Sequence[Layer]) -> Families:
    families, findings = families_of(layers)
    if findings:
        raise Unfit(findings)
    return families


def _setting(text: str) -> Values:
    """A path with its value; `+=` adds a value to the end of a list."""
    path, _, written = text.partition("=")
    if not written or not path:
        raise HubError(f"--set takes PATH=VALUE or PATH+=VALUE, not {text!r}")
    try:
        value = yaml.safe_load(written)
    except yaml.YAMLError as trouble:
        raise HubError(f"--set {path.strip()}: the value is no YAML: {trouble}") from trouble
    return (f"{path[:-1].strip()}.last", [value]) if path.endswith("+") else (path.strip(), value)


def _whose(families: Families, above: Families, under: Layer | None, path: str, named: Collection[str]) -> str:
    """The one pack with which somebody is paid that has a value at a path; of several that whose file was named."""
    parts = path.removesuffix(".last").removesuffix(".first").split(".")
    having = [
        name
        for name in _payable(families, under)
        if _has(spans_of(name, {**above, **families}, under)[-1].document.data, parts)
    ]
    if len(having) > 1:
        having = [name for name in having if name in named] or having
    if len(having) != 1:
        told = f"{', '.join(having)} have it" if having else f"no pack has it; there are {', '.join(sorted(families))}"
        raise HubError(f"--set {'.'.join(parts)}: {told}. Name one with --pack")
    return having[0]


def _payable(families: Families, under: Layer | None) -> list[str]:
    """The packs that say everything; or where another says what they leave open, those that leave something open."""
    named = {name for name, versions in families.items() if versions[-1].left_open == (under is not None)}
    return sorted(named - {under.name if under is not None else ""})


def _has(data: Any, parts: Sequence[str]) -> bool:
    for part in parts:
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True


def _book(families: Families, values: Mapping[str, Sequence[Values]], *, above: Families, under: Layer | None) -> Book:
    """The packs by which somebody can be paid, with these values."""
    files = [
        resolve(name, {**above, **families}, under, _overrides(values[name]) if name in values else None)
        for name in _payable(families, under)
    ]
    whole = [each for each in files if not each.missing]
    book, findings = book_of(whole, read_working_days(find_assets()), allow_assumed=True)
    if findings:
        raise Unfit(findings)
    return book


def _overrides(values: Sequence[Values]) -> Overrides:
    def put_all(data: Any, origins: Origins) -> None:
        for path, value in values:
            put(data, origins, path, deepcopy(value), Document("--set", {}, {}), (path,))

    return Overrides("--set", put_all)
