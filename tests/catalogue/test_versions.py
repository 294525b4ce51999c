"""Versions of one schema, held against each other by `check`."""

import json

import pytest

from benefit_hub.catalogue import Assets, check
from benefit_hub.catalogue.lock import write_lock

PLACE = "schemas/publicsecurity/v1/Residence.v{}.avsc"
NATION = {"name": "nation", "doc": "民族: as registered"}


def add_version(assets: Assets, field: dict[str, object]) -> list[str]:
    """Publish the next version of residences, with this field, and say what is found."""
    versions = sorted((assets.root / PLACE).parent.glob("Residence.v*.avsc"))
    schema = json.loads(versions[-1].read_text("utf-8"))
    schema["fields"].append(field)
    file = assets.root / PLACE.format(len(versions) + 1)
    file.write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    write_lock(assets)
    return [str(finding) for finding in check(assets) if finding.file == PLACE.format(len(versions) + 1)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            {"type": "string"},
            "cannot read what was written with version 1: reader_field_missing_default_value at /fields/",
        ),
        ({"type": ["null", "string"], "default": None}, None),
    ],
    ids=["without default", "with default"],
)
def test_a_version_that_does_not_go_together_with_the_one_before(
    said: dict[str, object], found: str | None, assets: Assets
) -> None:
    findings = [each for each in add_version(assets, NATION | said) if "not FULL_TRANSITIVE" in each]
    assert len(findings) == (0 if found is None else 1)
    assert all(found is not None and found in each and "Make a compatible change" in each for each in findings)
