"""Which pack has which programme, and how well it is known: `policies/coverage.yaml`, held against what the packs say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.documents import Document, Written, read_document, validated
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.pack_books import COVERAGE, pack_paths
from benefit_hub.catalogue.pack_layers import Families, families_of
from benefit_hub.catalogue.pack_resolving import packs_of, read_layers
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.policy.book import Pack, Programme

Known = Literal["verified", "unverified", "average", "floor", "outdated", "assumed", "local", "named"]
WRITE = "Write the file anew: hub check --coverage --write (重新写出：hub check --coverage --write)."
MEANING: Mapping[Known, str] = {
    "verified": "rule and amounts from texts at hand · 规则和数额均有原文",
    "unverified": "no text at hand for some of it · 部分内容未核对原文",
    "outdated": "raised since, nobody says to what · 其后已提高，新数额不详",
    "average": "an average only: nothing is paid by it · 只有平均数，不据以发放",
    "floor": "a floor only: nothing is paid by it · 只有最低限度，不据以发放",
    "assumed": "assumed, for demonstration only · 假定，仅供演示",
    "local": "the rule; a place sets the amount · 规则已有，数额由地方确定",
    "named": "named without rule or amount · 原文提及，未写规则或数额",
}
"""How well a programme is known in a pack; the words of the table's legend. Of several that fit the last in
`ORDER` is said."""
ORDER: Sequence[Known] = ("verified", "unverified", "outdated", "average", "floor", "assumed")


class CoverageWritten(Written):
    """`policies/coverage.yaml`."""

    packs: dict[str, dict[str, Known]]


class Coverage(Struct, frozen=True, kw_only=True):
    """By pack and programme how well it is known; what each pack leaves open, empty where somebody can be paid by it."""

    packs: Mapping[str, Mapping[str, Known]]
    left_open: Mapping[str, Sequence[str]]


def coverage(assets: Assets) -> Coverage:
    """What the installed packs cover; raises Unfit where they do not fit together."""
    layers, findings = read_layers(pack_paths([assets.policies]), assets)
    families, unfit = families_of(layers)
    files, unresolved = packs_of(layers, {})
    if findings or unfit or unresolved:
        raise Unfit([*findings, *unfit, *unresolved])
    known = {file.pack.name: _of_pack(file, families) for file in files}
    return Coverage(
        packs={name: programmes for name, programmes in known.items() if programmes},
        left_open={file.pack.name: file.missing for file in files if known[file.pack.name]},
    )


def _of_pack(file: PackFile, families: Families) -> dict[str, Known]:
    """The programmes of a pack that its own texts speak of, in the order in which they are computed, and then those that are
    only named; of what is inherited those for which it sets something."""
    found: dict[str, Known] = {}
    said = [layer.document.data for layer in families[file.pack.name]]
    own = {name for data in said for key in ("programmes", "standards") for name in data.get(key, {})}
    for name in file.pack.order:
        programme = file.pack.programmes[name]
        if own.intersection((name, *programme.uses)):
            found[name] = how_known(programme, file.pack)
    for data in said:
        for name in data.get("programmes", {}):
            found.setdefault(name, "local")
        for name in data.get("named", {}):
            found.setdefault(name, "named")
    return found


def how_known(programme: Programme, pack: Pack) -> Known:
    """The worst that is to be said of a programme's versions, and of the last values of the standards that it uses."""
    said: set[Known] = set()
    for each in (programme, *programme.earlier):
        said.add("assumed" if each.assumed else "verified" if each.verified else "unverified")
    for name in programme.uses:
        standard = pack.standards[name]
        doubt = standard.doubt(standard.values[-1].since)
        said.add("assumed" if standard.assumed else "verified" if standard.verified else "unverified")
        if doubt is not None:
            said.add(doubt)
    return max(said, key=ORDER.index)


def coverage_misfits(assets: Assets) -> Iterator[Finding]:
    """Where `policies/coverage.yaml` says more or less than the packs."""
    path = assets.policies / COVERAGE
    if not pack_paths([assets.policies]):
        return
    shown = assets.shown(path)
    try:
        document = read_document(path, shown)
        said = validated(CoverageWritten, document).packs
        true = coverage(assets).packs
    except FileNotFoundError:
        yield Finding(file=shown, message="missing", action=WRITE)
        return
    except Unfit as error:
        yield from error.findings
        return
    yield from _differences(said, true, document)


def _differences(
    said: Mapping[str, Mapping[str, Known]], true: Mapping[str, Mapping[str, Known]], document: Document
) -> Iterator[Finding]:
    for pack in sorted({*said, *true}):
        mine, theirs = said.get(pack, {}), true.get(pack, {})
        for programme in sorted({*mine, *theirs}):
            if mine.get(programme) != theirs.get(programme):
                is_so = theirs.get(programme, "nothing")
                told = f"the pack says {is_so}" if programme in mine else f"not listed, and the pack says {is_so}"
                yield document.finding(("packs", pack, programme), told, WRITE)
