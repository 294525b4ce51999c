"""The lock of schema ids grows and never changes; docs may be bettered, nothing else."""

import json

import pytest

from benefit_hub.catalogue import Assets, check
from benefit_hub.catalogue.lock import write_lock
from benefit_hub.catalogue.schemas import LOCK, read_lock, read_schemas

pytestmark = pytest.mark.slow

WAGE = "schemas/humanresources/v1/Wage.v2.avsc"


def test_writing_it_again_changes_nothing(assets: Assets) -> None:
    before = (assets.schemas / LOCK).read_text("utf-8")
    assert write_lock(assets) == 0
    assert (assets.schemas / LOCK).read_text("utf-8") == before


def test_a_new_version_gets_the_next_id_under_the_same_subject(assets: Assets) -> None:
    before = read_lock(assets)
    definition = json.loads((assets.root / WAGE).read_text("utf-8"))
    shifts = {"name": "shifts", "type": ["null", "int"], "default": None, "doc": "班次: how many shifts were worked"}
    definition["fields"].append(shifts)
    later = WAGE.replace(".v2.avsc", ".v3.avsc")
    (assets.root / later).write_text(json.dumps(definition), "utf-8")
    assert write_lock(assets) == 1
    after = read_lock(assets)
    assert after.pop(later).model_dump(exclude={"fingerprint"}) == {
        "id": max(line.id for line in before.values()) + 1,
        "subject": "human-resources.wage.v1-value",
    }
    assert after == before
    (finding,) = check(assets)
    assert (finding.file, finding.key) == (later, "Wage.shifts")
    assert finding.message == "the message type has no such field"


def test_a_changed_schema_is_not_locked_anew(assets: Assets) -> None:
    text = (assets.root / WAGE).read_text("utf-8")
    (assets.root / WAGE).write_text(text.replace('"employer"', '"employer_code"'), "utf-8")
    assert write_lock(assets) == 0
    assert any("differs from what was published" in str(finding) for finding in check(assets))


def test_docs_are_no_part_of_the_fingerprint_and_defaults_are(assets: Assets) -> None:
    def fingerprint(old: str, new: str) -> str:
        path = assets.schemas / "publicsecurity/v1/Residence.v1.avsc"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        (read,) = [schema for schema in read_schemas(assets)[0] if schema.name.endswith("Residence")]
        path.write_text(text, "utf-8")
        return read.fingerprint

    same = fingerprint("户号: ", "户号: ")
    assert fingerprint("户号: household", "户口簿编号: household") == same
    assert fingerprint('"default": false', '"default": true') != same
    assert fingerprint('"logicalType": "timestamp-millis"', '"logicalType": "timestamp-micros"') != same
    assert fingerprint('["UNKNOWN", "URBAN", "RURAL"]', '["UNKNOWN", "RURAL", "URBAN"]') != same
