"""Writes `policies/coverage.yaml` from the packs: `python -m benefit_hub.catalogue.coverage_file`."""

import sys
from collections.abc import Mapping

from benefit_hub.catalogue.assets import find_assets
from benefit_hub.catalogue.coverage import Known, coverage
from benefit_hub.catalogue.pack_books import COVERAGE


def written(packs: Mapping[str, Mapping[str, Known]]) -> str:
    """The lines of `policies/coverage.yaml`."""
    lines = [
        "# Which pack has which programme, and how well it is known: `hub check --coverage` shows it with a legend.",
        "# Written by `python -m benefit_hub.catalogue.coverage_file`, and held against the packs by `hub check`.",
        "packs:",
    ]
    for pack, programmes in packs.items():
        lines.append(f"  {pack}:")
        lines += [f"    {programme}: {known}" for programme, known in programmes.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    here = find_assets()
    (here.policies / COVERAGE).write_text(written(coverage(here).packs), "utf-8")
    sys.stdout.write(f"{here.policies / COVERAGE}\n")
