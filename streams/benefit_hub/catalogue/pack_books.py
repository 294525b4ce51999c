"""Packs together: where their files are, and the book that they make."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from benefit_hub.catalogue.deadlines import CALENDAR
from benefit_hub.catalogue.findings import Finding
from benefit_hub.catalogue.packs import PackFile
from benefit_hub.policy.book import Book
from benefit_hub.policy.deadlines import WorkingDays

COVERAGE = "coverage.yaml"
"""No pack: which pack has which programme."""


def book_of(files: Iterable[PackFile], working_days: WorkingDays, *, allow_assumed: bool) -> tuple[Book, list[Finding]]:
    """The book of these packs, and what speaks against putting them together."""
    known = sorted(files, key=lambda file: (file.pack.region, file.pack.name))
    findings: list[Finding] = []
    for file in known:
        if file.pack.assumed and not allow_assumed:
            told = "this pack is assumed, not law"
            findings.append(file.document.finding(("assumed",), told, "Use it in demo and tests only."))
    for earlier, later in pairwise(known):
        if earlier.pack.region == later.pack.region:
            told = f"{earlier.pack.name} is for the same region"
            findings.append(later.document.finding(("region",), told, "Keep one of the packs."))
        for key in ("membership_month", "horizon_months"):
            if getattr(earlier, key) != getattr(later, key):
                said = getattr(earlier, key)
                told = f"{earlier.pack.name} says {said}; people move between places, so all packs agree"
                findings.append(later.document.finding((key,), told, "Settle on one."))
    return Book(
        packs=tuple(file.pack for file in known),
        membership_month=known[0].membership_month if known else "SAME_MONTH",
        horizon_months=known[0].horizon_months if known else 1_200,
        working_days=working_days,
    ), findings


def pack_paths(places: Iterable[Path]) -> list[Path]:
    """The pack files at these places: files as they are, folders with all that is below them."""
    found = [path for place in places for path in (sorted(place.rglob("*.yaml")) if place.is_dir() else [place])]
    return [path for path in found if path.name not in (COVERAGE, CALENDAR)]
