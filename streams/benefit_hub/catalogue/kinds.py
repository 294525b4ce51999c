"""What each kind of fact can cause and has to hold, as rules, packs and types have it: what a newcomer chooses by."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from msgspec import Struct

from benefit_hub.catalogue.mapping_targets import targets
from benefit_hub.catalogue.onboarding_columns import terms_of, unspeakable
from benefit_hub.catalogue.whole import Catalogue
from benefit_hub.entitlement.assessor import looked_at
from benefit_hub.entitlement.due import VERIFIED_AS
from benefit_hub.entitlement.rules import RULES
from benefit_hub.messages.departments import PAYLOADS, Envelope
from benefit_hub.policy.book import DIRECTIONS, Pack

Acts = Literal["AUTOMATIC", "PROPOSED", "DEPENDS"]

BELONGING = frozenset({"membership", "identity_correction", "identity_merge"})
"""The kinds by which register tells who is whom and who belongs where: every programme follows."""


class Kind(Struct, frozen=True, kw_only=True):
    """A kind that a department can say: its Chinese title, the fields of its own that there have to be, what it can cause.

    `moves` are the titles of the programmes whose amounts it may change: by itself, by a decision, or the one or the other
    by direction or place. `finds`: somebody who may be helped to apply is found by it; `warns`: it makes
    a task to verify what somebody owns.
    """

    name: str
    title: str
    needed: tuple[str, ...]
    moves: dict[Acts, tuple[str, ...]]
    finds: bool
    warns: bool


def kinds_of(catalogue: Catalogue) -> list[Kind]:
    """Every kind that a mapping can make, in the order of the types."""
    packs = packs_of(catalogue)
    finding = {RULES[programme.rule].found_by for pack in packs for programme in pack.programmes.values()}
    return [
        Kind(
            name=kind,
            title=re.sub(r"（.*?）", "", terms_of(catalogue, kind).get("", "")),
            needed=tuple(needed_fields(kind)),
            moves=moved_by(kind, packs),
            finds=kind in finding,
            warns=kind in VERIFIED_AS,
        )
        for kind in PAYLOADS
        if not unspeakable(targets(kind))
    ]


def packs_of(catalogue: Catalogue) -> list[Pack]:
    """Every pack of every book."""
    return [pack for book in catalogue.books.values() for pack in book.packs]


def titles(catalogue: Catalogue) -> set[str]:
    """What all the programmes are called."""
    return {programme.title for pack in packs_of(catalogue) for programme in pack.programmes.values()}


def needed_fields(kind: str) -> Iterator[str]:
    """The fields without which a record of a kind is refused, beside those that every record has."""
    either = PAYLOADS[kind].either
    for name, target in targets(kind).items():
        if name in either[:1]:
            yield " | ".join(either)
        elif target.needed and name not in Envelope.__struct_fields__:
            yield name


def moved_by(kind: str, packs: list[Pack]) -> dict[Acts, tuple[str, ...]]:
    """The titles of the programmes that a kind may move, by how; as the effect tables have it in the end."""
    modes: dict[str, set[str]] = {}
    for pack in packs:
        for name in pack.order:
            programme = pack.programmes[name]
            if kind in looked_at(pack, programme) or kind in BELONGING:
                rows = (pack.effect(name, kind, direction, date.max) for direction in DIRECTIONS)
                modes.setdefault(programme.title, set()).update(row.mode for row in rows)
    acts = {title: how(said) for title, said in modes.items()}
    return {each: tuple(title for title in acts if acts[title] == each) for each in sorted({*acts.values()})}


def how(modes: set[str]) -> Acts:
    """How something acts that has these modes, by direction and by pack."""
    return "DEPENDS" if len(modes) > 1 else "AUTOMATIC" if "AUTOMATIC" in modes else "PROPOSED"
