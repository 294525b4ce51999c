"""From pack files to the packs of places: read, put upon each other, trimmed to what a place's texts say, joined over time.

A programme of the nation whose amounts or factor a place has to set, and has not, is no programme there. What no text says and
the hub needs, such as the month in which a change takes effect, is *left open*: such a pack (`left_open: true`) is read, checked
and counted, others may rest on it, and nobody is paid by it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Document, Place, Written, faults_of_part, read_document
from benefit_hub.catalogue.effects import table_faults
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.pack_books import pack_paths
from benefit_hub.catalogue.pack_layers import (
    OWN,
    ROWS,
    WORDED,
    Families,
    Layer,
    Merged,
    Origins,
    Span,
    Traced,
    families_of,
    origins_of,
    spans_of,
)
from benefit_hub.catalogue.pack_terms import MeansWritten
from benefit_hub.catalogue.pack_versions import joined
from benefit_hub.catalogue.packs import PackFile, PackWritten, pack_of, untabled
from benefit_hub.policy.book import Effect


class Overrides(Struct, frozen=True):
    """Changes what a pack says, and where each part of it was said, in place; `said_in` is the file that says so."""

    said_in: str
    put: Callable[[Any, Origins], None]


OPEN: Mapping[str, Any] = {
    "order": [],
    "membership_month": "NEXT_MONTH_OF_DECISION",
    "horizon_months": 12,
    "wage_deduction": "0",
    "materiality": "0.00",
    "death_sources": ["public-security"],
    "death_verification_months": 1,
    "adjust_effective": "NEXT_MONTH_OF_DECISION",
    "standards": {},
    "programmes": {},
    "effects": [],
}
"""What stands for what is left open while a pack is looked at; nobody is paid by such a pack."""
OPEN_MEANS: Mapping[str, Any] = {"left_out": [], "pensions": False, "wage_replaces_verified": False, "refusals": 0}
"""The same of `means`, where a pack says something of them."""
OPEN_ROW = Effect(
    programme="*",
    cause="*",
    direction="*",
    mode="PROPOSED",
    month="NEXT_MONTH_OF_DECISION",
    clause="",
    source="left open",
    assumed=True,
)


def read_layer(path: Path, file: str) -> Layer:
    """Read a pack file and check what it says by itself; raises Unfit with all that is wrong."""
    document = read_document(path, file)
    data = document.data if isinstance(document.data, dict) else {}
    if "extends" not in data and not data.get("left_open"):
        pack_of(document)
    else:
        faults = faults_of_part(PackWritten, document, _inherited)
        if faults:
            raise Unfit(faults)
    return Layer(
        document=document,
        name=data["pack"],
        region=data["region"],
        extends=data.get("extends"),
        valid_from=data.get("valid_from"),
        valid_until=data.get("valid_until"),
        assumed=data.get("assumed", False),
        left_open=data.get("left_open", False),
    )


def read_layers(paths: Iterable[Path], assets: Assets | None) -> tuple[list[Layer], list[Finding]]:
    """The pack files at these paths, and what is wrong with them; `assets` shortens their names in messages."""
    layers: list[Layer] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            layers.append(read_layer(path, path.as_posix() if assets is None else assets.shown(path)))
        except Unfit as error:
            findings += error.findings
        except OSError as error:
            findings.append(Finding(file=path.as_posix(), message=str(error.strerror), action="Correct the path."))
    return layers, findings


def above(layers: Sequence[Layer], assets: Assets) -> Families:
    """The installed packs on which these may rest; none are read where none is needed."""
    return installed(assets) if rest_on_others(layers) else {}


def rest_on_others(layers: Sequence[Layer]) -> bool:
    """Whether one of these extends a pack that is not among them."""
    known = {layer.name for layer in layers}
    return any(layer.extends is not None and layer.extends not in known for layer in layers)


def installed(assets: Assets) -> Families:
    """The installed packs."""
    layers, _ = read_layers(pack_paths([assets.policies]), assets)  # what is wrong with them is said elsewhere
    return families_of(layers)[0]


def _inherited(place: Place) -> bool:
    """Whether a key that a pack does not say may come from another pack."""
    if place[0] == "means" and len(place) == 2:
        return place[1] not in WORDED
    return (len(place) == 1 and place[0] not in OWN) or (place[0] == "programmes" and len(place) == 3)


def packs_of(layers: Sequence[Layer], above: Families) -> tuple[list[PackFile], list[Finding]]:
    """The packs of these layers, resting on each other and on those `above`, and what is wrong with them."""
    families, findings = families_of(layers)
    if findings:
        return [], findings
    files: list[PackFile] = []
    for name in sorted(families):
        try:
            files.append(resolve(name, {**above, **families}))
        except Unfit as error:
            findings += error.findings
    return files, list(dict.fromkeys(findings))


def resolve(name: str, families: Families, under: Layer | None = None, overrides: Overrides | None = None) -> PackFile:
    """The pack of this name, of all times; raises Unfit.

    `under` is a pack that says what the others leave open; `overrides` changes what they say together.
    """
    spans = spans_of(name, families, under)
    last = families[name][-1]
    if overrides is not None:
        spans = [Span(span.since, _overridden(span.document, overrides)) for span in spans]
    if len(spans) == 1 and not isinstance(spans[0].document, Merged):
        return pack_of(spans[0].document)
    file = joined([(span.since, _looked_at(span.document, last)) for span in spans], last.document)
    if under is None and last.left_open and not file.missing:
        raise Unfit([last.document.finding(("left_open",), "nothing is left open", "Remove it.")])
    if file.missing and not last.left_open:
        told = [last.document.finding((key,), "missing", f"Add {key}.") for key in file.missing]
        raise Unfit(told)
    assumed = file.pack.assumed or _rests_on_assumed(name, families) or (under is not None and under.assumed)
    return structs.replace(file, pack=structs.replace(file.pack, assumed=assumed), document=last.document)


def _overridden(document: Document, overrides: Overrides) -> Document:
    """A document with other values; what is wrong with these is told of the file that says them."""
    data, origins = deepcopy(document.data), origins_of(document)
    overrides.put(data, origins)
    kind = Merged if isinstance(document, Merged) else Traced
    return kind(f"{overrides.said_in} over {document.file}", data, {}, origins=origins)


def _rests_on_assumed(name: str, families: Families) -> bool:
    layers: Sequence[Layer] = families[name]
    above = layers[0].extends
    return any(layer.assumed for layer in layers) or (above is not None and _rests_on_assumed(above, families))


def _looked_at(document: Document, last: Layer) -> PackFile:
    """A pack of one time, with something in the place of what it leaves open."""
    data, origins = trimmed(document)
    missing = _required(PackWritten) - data.keys()
    if "adjust_effective" not in data and any("month" not in row for row in data.get("effects", ())):
        missing.add("adjust_effective")
    filled = {**data, **{key: OPEN[key] for key in missing}}
    if "means" in data:
        unsaid = _required(MeansWritten) - data["means"].keys()
        filled["means"] = {**data["means"], **{key: OPEN_MEANS[key] for key in unsaid}}
        missing |= {f"means.{key}" for key in unsaid}
    if "order" in missing:
        filled["order"] = list(filled["programmes"])
    if not filled["programmes"]:
        missing.add("programmes")
    file = untabled(Merged(last.document.file, filled, {}, origins=origins))
    _own_rows(file, origins, last)
    faults = list(table_faults(file.pack))
    unreached = {place[0] for place, _, _ in faults if place}
    effects = tuple(row for at, row in enumerate(file.pack.effects) if at not in unreached)
    if any(not place for place, _, _ in faults):
        missing.add("effects")
        effects = (*effects, OPEN_ROW)
    pack = structs.replace(file.pack, effects=effects)
    return structs.replace(file, pack=pack, missing=tuple(sorted(missing)))


def _required(model: type[Written]) -> set[str]:
    return {key for key, field in model.model_fields.items() if field.is_required()}


def _own_rows(file: PackFile, origins: Origins, last: Layer) -> None:
    """Refuse rows of the last layer that other rows of it hide; hiding those of a larger place is what it may do."""
    own = {at: was for at in range(len(file.pack.effects)) for was in _place_in(last.document, origins, at)}
    alone = structs.replace(file.pack, effects=tuple(file.pack.effects[at] for at in own))
    hidden = [(place, told, action) for place, told, action in table_faults(alone) if place]
    if hidden and file.pack.programmes:
        was = list(own.values())
        raise Unfit([last.document.finding(("effects", was[place[0]]), told, act) for place, told, act in hidden])


def _place_in(document: Document, origins: Origins, at: int) -> list[int | str]:
    """The place of a row of the table in a document, if it comes from there."""
    said_by, place = origins.get(("effects", at), (None, ()))
    return [place[1]] if said_by is document else []


def trimmed(document: Document) -> tuple[dict[str, Any], Origins]:
    """What a document says, without programmes for which a place has to set something and has not."""
    data = dict(document.data)
    programmes: dict[str, Any] = data.get("programmes", {})
    standards = data.get("standards", {})
    local = data.get("set_locally", {}).keys() - standards.keys()
    gone: set[str] = set()
    for name in data.get("order", list(programmes)):
        said = programmes.get(name, {})
        unset = local.intersection(said.get("standards", {}).values())
        if unset or gone.intersection(said.get("needs_status", ())):
            gone.add(name)
    kept = {name: said for name, said in programmes.items() if name not in gone}
    unused = _used(programmes, gone) - _used(programmes, kept)
    data["programmes"] = kept
    if "standards" in data:
        data["standards"] = {name: said for name, said in standards.items() if name not in unused}
    if "order" in data:
        data["order"] = [name for name in data["order"] if name not in gone]
    origins = dict(document.origins) if isinstance(document, Merged) else {}
    for key in ROWS:
        rows = [(at, row) for at, row in enumerate(data.get(key, ())) if gone.isdisjoint(_programmes_in(row))]
        places = [origins.pop((key, at), (document, (key, at))) for at, _ in enumerate(data.get(key, ()))]
        if key in data:
            data[key] = [row for _, row in rows]
        origins |= {(key, now): places[at] for now, (at, _) in enumerate(rows)}
    return data, origins


def _programmes_in(row: Any) -> list[Any]:
    """What a row of a list speaks of: a pair of programmes, or a table's columns that name some."""
    return [row.get(key) for key in ("programme", "first", "then")] if isinstance(row, dict) else list(row)


def _used(programmes: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    return {standard for name in names for standard in programmes[name].get("standards", {}).values()}
