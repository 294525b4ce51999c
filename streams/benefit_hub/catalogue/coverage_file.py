"""Writes `policies/coverage.yaml` from the packs: `hub check --coverage --write`."""

from collections.abc import Mapping
from pathlib import Path

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.coverage import Coverage, Known
from benefit_hub.catalogue.pack_books import COVERAGE


def written(packs: Mapping[str, Mapping[str, Known]]) -> str:
    """The lines of `policies/coverage.yaml`."""
    lines = [
        "# Which pack has which programme, and how well it is known: `hub check --coverage` shows it with a legend.",
        "# Written by `hub check --coverage --write`, and held against the packs by `hub check`.",
        "packs:",
    ]
    for pack, programmes in packs.items():
        lines.append(f"  {pack}:")
        lines += [f"    {programme}: {known}" for programme, known in programmes.items()]
    return "\n".join(lines) + "\n"


def write_coverage(assets: Assets, covered: Coverage) -> Path:
    """Write it in the place of the one that is there; raises OSError where that may not be written."""
    path = assets.policies / COVERAGE
    path.write_text(written(covered.packs), "utf-8")
    return path
