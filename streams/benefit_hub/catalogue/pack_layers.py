"""Packs upon packs: a city's over its province's over the nation's, and in each the version of the law of the time.

A pack file that says `extends` says only what is its own. A pack may come in several files, one for each time in which another
law holds (`valid_from`, `valid_until`). `spans_of` puts the layers of a place upon each other, once for each such time, into
documents that are read as if they had been written in one file: whoever uses a pack need not know of any of this.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from msgspec import Struct

from benefit_hub.catalogue.documents import Document, Place, dotted
from benefit_hub.catalogue.findings import Finding, Unfit

OWN = frozenset({"pack", "title", "region", "extends", "valid_from", "valid_until", "source", "left_open", "named"})
"""What a pack says of itself: nobody inherits it."""
BY_NAME = frozenset({"standards", "set_locally"})
"""Of these a pack replaces single entries, whole."""
ROWS = ("effects", "exclusions")
"""Lists whose rows add up. Of effects those of the smaller place stand first: the first that fits counts."""
ADDED = ("left_out", "nursing_benefits", "assets")
"""Lists of `means` that add up: a place names others beside those of the larger place ([L2] 7)."""
WORDED = {"clause": "；", "source": "; "}
"""What means rest on is told of all who say something of them, with this between two."""
FLAGGED = frozenset({"standards", "programmes", "effects", "exclusions"})
"""What carries the mark of a pack that is assumed."""


Origins = dict[Place, tuple[Document, Place]]
"""Where each part of several documents upon each other was said."""


class Layer(Struct, frozen=True, kw_only=True):
    """A pack file. `region` is a prefix of administrative codes, empty for the nation."""

    document: Document
    name: str
    region: str
    extends: str | None
    valid_from: date | None
    valid_until: date | None
    assumed: bool
    left_open: bool


Families = Mapping[str, Sequence[Layer]]
"""The versions of each pack by its name, the first first."""


class Traced(Document, frozen=True, kw_only=True):
    """A document put together from others; a finding names the file and line that said it, of what nobody said its own file."""

    origins: Origins

    def finding(self, place: Place, message: str, action: str) -> Finding:
        """A finding about a place, in the file from which it came."""
        said = origin_of(self.origins, place)
        if said is not None:
            return said[0].finding(said[1], message, action)
        return Finding(file=self.file, line=1, key=dotted(place), message=message, action=action)


class Merged(Traced, frozen=True, kw_only=True):
    """Layers upon each other as one document, that of the smallest place giving it its name."""


def origins_of(document: Document) -> Origins:
    """Where each part of a document was said, by its keys and rows."""
    if isinstance(document, Traced):
        return dict(document.origins)
    rows = [(key, at) for key in ROWS for at in range(len(document.data.get(key, ())))]
    return {place: (document, place) for place in [*((key,) for key in document.data), *rows]}


def origin_of(origins: Origins, place: Place) -> tuple[Document, Place] | None:
    """Where a part of a document was said; None where nobody said it."""
    for length in range(len(place), 0, -1):
        if place[:length] in origins:
            document, at = origins[place[:length]]
            return document, (*at, *place[length:])
    return None


class Span(Struct, frozen=True):
    """The law of a place as one document, from a day on."""

    since: date | None
    document: Document


def families_of(layers: Iterable[Layer]) -> tuple[dict[str, list[Layer]], list[Finding]]:
    """The layers by pack, in the order of time, and where two say the same time or none says it."""
    found: dict[str, list[Layer]] = {}
    for layer in sorted(layers, key=lambda each: (each.valid_from or date.min, each.document.file)):
        found.setdefault(layer.name, []).append(layer)
    return found, [finding for versions in found.values() for finding in _seams(versions)]


def _seams(versions: Sequence[Layer]) -> Iterator[Finding]:
    first, last = versions[0], versions[-1]
    for at, earlier, later in ((layer.document, layer.valid_from, layer.valid_until) for layer in versions):
        if earlier is not None and earlier.day != 1:
            yield at.finding(("valid_from",), "not the first of a month", "Months have one law: begin on a first.")
        if later is not None and (later + timedelta(days=1)).day != 1:
            yield at.finding(("valid_until",), "not the last of a month", "Months have one law: end on a last day.")
    if first.valid_from is not None:
        told = f"a gap: no version of {first.name} holds before {first.valid_from}"
        yield first.document.finding(("valid_from",), told, "Add the version before it, or leave valid_from out.")
    if last.valid_until is not None:
        told = f"a gap: no version of {last.name} holds after {last.valid_until}"
        yield last.document.finding(("valid_until",), told, "Add the version after it, or leave valid_until out.")
    for before, after in pairwise(versions):
        begins, ends = after.valid_from, before.valid_until
        if begins is None or ends is None or begins <= ends:
            told = f"an overlap with {before.document.file}, which holds until {ends or 'further notice'}"
            action = "Let one version end on the day before the next begins."
            yield after.document.finding(("valid_from" if begins else "pack",), told, action)
        elif begins > ends + timedelta(days=1):
            told = f"a gap: {before.document.file} ends on {ends}"
            yield after.document.finding(("valid_from",), told, "Begin on the day after.")


def ancestry(name: str, families: Families) -> list[str]:
    """The packs on which a pack rests, the nation's first, itself last; raises Unfit where they are not there."""
    names, layer = [name], families[name][0]
    while layer.extends is not None:
        above = families.get(layer.extends)
        if above is None:
            told = f"there is no pack {layer.extends}"
            known = ", ".join(sorted(each for each in families if each != layer.name))
            raise Unfit([layer.document.finding(("extends",), told, f"There are {known or 'no others'}.")])
        if layer.extends in names:
            told = f"{' on '.join([*names, layer.extends])} rests on itself"
            raise Unfit([layer.document.finding(("extends",), told, "Let it rest on a pack of a larger place.")])
        if not layer.region.startswith(above[0].region):
            told = f"{layer.region} does not lie in {above[0].region}, the region of {layer.extends}"
            raise Unfit([layer.document.finding(("region",), told, "Correct the region, or extends.")])
        names.append(layer.extends)
        layer = above[0]
    return names[::-1]


def spans_of(name: str, families: Families, under: Layer | None = None) -> list[Span]:
    """The law of a pack, a document for each time between two changes of it or of what it rests on.

    `under` is a pack that says what all others leave open.
    """
    lines = [families[each] for each in ancestry(name, families)]
    starts = sorted({layer.valid_from for versions in lines for layer in versions if layer.valid_from is not None})
    spans = []
    for since in (None, *starts):
        chosen = [version_on(versions, since) for versions in lines]
        spans.append(Span(since, merged([under, *chosen] if under is not None else chosen)))
    return spans


def version_on(versions: Sequence[Layer], day: date | None) -> Layer:
    """The version of a day; None is the beginning of time."""
    begun = [each for each in versions if each.valid_from is None or (day is not None and each.valid_from <= day)]
    return begun[-1]


def merged(layers: Sequence[Layer]) -> Document:
    """One document of layers, the larger place first."""
    if len(layers) == 1 and not layers[0].left_open:
        return layers[0].document
    data: dict[str, Any] = {}
    origins: Origins = {}
    rows: dict[str, list[tuple[Any, Document, int]]] = {}
    for layer in layers:
        document, said = layer.document, _flagged(layer)
        for key in ROWS:
            mine = [(row, document, at) for at, row in enumerate(said.pop(key, ()))]
            before = rows.get(key, [])
            rows[key] = [*mine, *before] if key == "effects" else [*before, *mine]
        for key, value in said.items():
            if key in BY_NAME or key == "programmes":
                _lay_by_name(data.setdefault(key, {}), key, value, document, origins)
            elif key == "means":
                _lay_means(data.setdefault(key, {}), value, document, origins)
            elif key not in OWN or layer is layers[-1]:
                data[key], origins[key,] = value, (document, (key,))
    for key, listed in rows.items():
        if listed:
            data[key] = [row for row, _, _ in listed]
            origins |= {(key, at): (document, (key, was)) for at, (_, document, was) in enumerate(listed)}
    return Merged(layers[-1].document.file, data, {}, origins=origins)


def _flagged(layer: Layer) -> dict[str, Any]:
    """What a layer says; if it is assumed, each of its rules by itself."""
    said = dict(layer.document.data)
    if not layer.assumed:
        return said
    del said["assumed"]
    if "means" in said:
        rows = said["means"].get("deductions", {})
        flagged = {name: {**row, "assumed": True} for name, row in rows.items()}
        said["means"] = {**said["means"], "deductions": flagged, "assumed": True}
    for key in FLAGGED & said.keys():
        rows = said[key]
        named = isinstance(rows, dict)
        said[key] = (
            {name: {**row, "assumed": True} for name, row in rows.items()}
            if named
            else [{**row, "assumed": True} for row in rows]
        )
    return said


def _lay_by_name(
    into: dict[str, Any],
    key: str,
    entries: Mapping[str, Any],
    document: Document,
    origins: Origins,
) -> None:
    """Entries over those of the same name: programmes key by key, all else whole."""
    for name, entry in entries.items():
        place = (key, name)
        if key == "programmes" and name in into:
            into[name] = {**into[name], **entry}
            origins |= {(*place, part): (document, (*place, part)) for part in entry}
        else:
            into[name] = dict(entry)
            origins[place] = (document, place)


def _lay_means(into: dict[str, Any], said: Mapping[str, Any], document: Document, origins: Origins) -> None:
    """What counts over what a larger place says of it: key by key; lists add up, deductions stand by their names, each whole."""
    for key, value in said.items():
        place = ("means", key)
        if key in ADDED:
            before = into.get(key, [])
            new = [(each, at) for at, each in enumerate(value) if each not in before]
            origins |= {(*place, len(before) + now): (document, (*place, was)) for now, (_, was) in enumerate(new)}
            into[key] = [*before, *(each for each, _ in new)]
        elif key == "deductions":
            into[key] = {**into.get(key, {}), **value}
            origins |= {(*place, name): (document, (*place, name)) for name in value}
        elif key in WORDED:
            into[key] = WORDED[key].join(dict.fromkeys([*filter(None, [into.get(key)]), value]))
        else:
            into[key] = value
            origins[place] = (document, place)
