"""`hub onboard`: a new department from nothing to files that fit, with a test that passes and that can fail."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from benefit_hub.catalogue import Assets
from benefit_hub.catalogue.examples import example_faults
from benefit_hub.catalogue.mapping_files import read_mappings
from benefit_hub.catalogue.mapping_targets import targets
from benefit_hub.catalogue.mappings import resolved
from benefit_hub.catalogue.onboarding import files_of, newcomer, write_files
from benefit_hub.catalogue.onboarding_columns import unspeakable
from benefit_hub.catalogue.schemas import Schema, read_schemas
from benefit_hub.catalogue.topics import read_topics
from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.task import SourceTopic
from tests.checkout import catalogue
from tests.cli.typed import typed
from tests.intake.records import record, take

CATALOGUE = catalogue()
KINDS = sorted(kind for kind in PAYLOADS if not unspeakable(targets(kind)))
HOSPITAL = "county-hospital.death"


@pytest.fixture
def hub(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command in an empty folder, without the environment of this machine's hub."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUB_", "KAFKA_"))]:
        monkeypatch.delenv(name)
    return lambda *arguments, **environment: typed(capsys, *arguments, environment=environment)


def everything(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_department_begins_in_an_empty_folder(hub: Any, tmp_path: Path) -> None:
    done = hub("onboard", "county-hospital", "--kind", "death", "--to", "ours")
    assert (done.returncode, done.stderr) == (0, "")
    for file in (
        "schemas/countyhospital/v1/Death.v1.avsc",
        "topics/county-hospital.death.v1.yaml",
        "topics/quarantine.county-hospital.v1.yaml",
        "mappings/county-hospital.death.yaml",
        "mappings/examples/county-hospital.death.yaml",
    ):
        assert f"wrote {file}" in done.stdout
        assert (tmp_path / "ours" / file).is_file()
    assert "everything fits together" in done.stdout
    assert f"export HUB_ASSETS={tmp_path / 'ours'}" in done.stdout
    ours = {"HUB_ASSETS": str(tmp_path / "ours")}
    assert hub("check", **ours).returncode == 0

    before = everything(tmp_path / "ours")
    again = hub("onboard", "county-hospital", "--kind", "death", **ours)
    assert again.returncode == 1
    assert "nothing is overwritten" in again.stderr
    assert everything(tmp_path / "ours") == before

    second = hub("onboard", "county-hospital.birth-place", "--kind", "residence", "--rows", "overwritten", **ours)
    assert (second.returncode, second.stderr) == (0, "")
    assert "wrote topics/quarantine.county-hospital.v1.yaml" not in second.stdout
    assert "HUB_ASSETS" not in second.stdout

    schema = tmp_path / "ours" / "schemas" / "countyhospital" / "v1" / "Death.v1.avsc"
    schema.write_text(schema.read_text("utf-8").replace('"begins"', '"swrq"'), "utf-8")
    changed = hub("check", **ours)
    assert changed.returncode == 2
    assert "hub onboard county-hospital.death --relock" in changed.stdout
    for place in (tmp_path / "ours" / "mappings").rglob("county-hospital.death.yaml"):
        place.write_text(place.read_text("utf-8").replace("begins", "swrq"), "utf-8")
    mended = hub("onboard", "county-hospital.death", "--relock", **ours)
    assert (mended.returncode, mended.stderr) == (0, "")
    assert hub("check", **ours).returncode == 0


@pytest.mark.slow
def test_mistakes_of_others_are_told_apart_and_end_no_onboarding(hub: Any, tmp_path: Path) -> None:
    assert hub("onboard", "county-hospital", "--kind", "death", "--to", "ours").returncode == 0
    ours = {"HUB_ASSETS": str(tmp_path / "ours")}
    example = tmp_path / "ours" / "mappings" / "examples" / f"{HOSPITAL}.yaml"
    right = example.read_text("utf-8")
    example.write_text(right.replace("A-7", "B-8", 1), "utf-8")
    good = hub("onboard", "harbour-office", "--kind", "wage", **ours)
    assert (good.returncode, good.stderr) == (0, "")
    assert f"not of harbour-office, for others to mend:\n  mappings/examples/{HOSPITAL}.yaml:" in good.stdout
    assert "everything of harbour-office fits together, and the examples come to what they say\n" in good.stdout
    assert "\nnext:\n" in good.stdout

    own = hub("onboard", HOSPITAL, "--relock", **ours)
    assert (own.returncode, own.stderr) == (1, "hub: 1 thing to mend; then run `hub check`\n")
    assert "for others" not in own.stdout

    example.write_text(right, "utf-8")
    mapping = tmp_path / "ours" / "mappings" / f"{HOSPITAL}.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("version: 1", "version: 2"), "utf-8")
    half = hub("onboard", "harbour-office.wage", "--relock", **ours)
    assert half.returncode == 0
    assert "the examples are tried once the others' files fit, too" in half.stdout
    before = everything(tmp_path / "ours")
    none = hub("onboard", "port-authority", "--kind", "wage", **ours)
    assert none.returncode == 1
    assert "nothing was written, since something did not fit before; mend it first:\nmappings/county-hos" in none.stderr
    assert everything(tmp_path / "ours") == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("onboard",), "name the department and say what its records are"),
        (("onboard", "county-hospital"), "name the department and say what its records are"),
        (("onboard", "County Hospital", "--kind", "death", "--to", "x"), "cannot be the name of a topic"),
        (("onboard", "county_hospital", "--kind", "death", "--to", "x"), "cannot be the name of a topic"),
        (("onboard", "a.b.c", "--kind", "death", "--to", "x"), "cannot be the name of a topic"),
        (("onboard", "county-hospital", "--kind", "deth", "--to", "x"), "there is no kind 'deth' to be mapped"),
        (("onboard", "county-hospital", "--kind", "decision", "--to", "x"), "there is no kind 'decision' to be mapped"),
        (("onboard", "public-security.death", "--kind", "death", "--to", "x"), "nothing is overwritten"),
        (("onboard", "county-hospital.death", "--relock", "--to", "x"), "has 0 versions"),
    ],
)
def test_what_cannot_be_done_is_said(hub: Any, arguments: tuple[str, ...], told: str) -> None:
    done = hub(*arguments)
    assert done.returncode == 1
    assert told in done.stderr


def test_half_a_tree_is_not_filled(hub: Any, tmp_path: Path) -> None:
    (tmp_path / "half" / "topics").mkdir(parents=True)
    done = hub("onboard", "county-hospital", "--kind", "death", "--to", "half")
    assert done.returncode == 1
    assert "half has topics and not the others" in done.stderr
    assert list((tmp_path / "half").rglob("*")) == [tmp_path / "half" / "topics"]


def test_the_files_of_an_installed_package_are_left_alone(
    hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages" / "_assets"
    installed.mkdir(parents=True)
    monkeypatch.setattr("benefit_hub.cli.onboarding.find_assets", lambda: Assets(installed))
    done = hub("onboard", "county-hospital", "--kind", "death")
    assert done.returncode == 1
    assert "--to FOLDER" in done.stderr
    assert list(installed.iterdir()) == []


def test_the_kinds_are_listed(hub: Any) -> None:
    told, _, meaning = hub("onboard", "--kinds").stdout.partition("\n\n")
    rows = {line.split()[0]: line for line in told.splitlines()[1:] if line[0] != " "}
    assert sorted(rows) == KINDS
    assert {"death", "wage", "certificate", "real_estate"} <= rows.keys()
    assert not {"decision", "authorisation"} & rows.keys()
    assert "工资收入" in rows["wage"]
    assert "经决定：最低生活保障" in rows["wage"]
    assert "pay_period, employer, amount_fen | year_to_date_fen" in rows["wage"]
    assert "核查任务" in rows["vehicle"]
    assert "仅登记" in rows["contact_lost"]
    assert list(rows).index("wage") < list(rows).index("contact_lost"), "what moves money stands first"
    assert "仅登记 is held, and moves no money" in meaning


def brought(root: Path) -> tuple[SourceTopic, Schema]:
    """The new department's topic and schema, as its files say."""
    assets = Assets(root)
    topics, _ = read_topics(assets)
    schemas, _ = read_schemas(assets)
    files, unread = read_mappings(assets)
    mappings, findings = resolved(files, topics, schemas)
    assert [*unread, *findings] == []
    (name,) = [name for name in mappings if name not in CATALOGUE.topics]
    topic, origin = topics[name], topics[name].origin
    assert origin is not None
    file = next(schema for schema in schemas if schema.name == topic.schema)
    schema = Schema(
        id=0, subject="", name=file.name, version=1, file=file.file, text=file.text, definition=file.definition
    )
    return (
        SourceTopic(
            topic=name, kind=origin.kind, source=origin.source, department=topic.owner, mapping=1, rules=mappings[name]
        ),
        schema,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "rows"), [*((kind, "added") for kind in KINDS), ("residence", "overwritten"), ("death", "overwritten")]
)
def test_every_kind_begins_with_a_test_that_passes(kind: str, rows: Any, tmp_path: Path) -> None:
    new = newcomer("newcomer", kind, rows=rows)
    write_files(tmp_path, files_of(new, CATALOGUE))
    source, schema = brought(tmp_path)
    assert [str(fault) for fault in example_faults(Assets(tmp_path), source, schema)] == []
    (example, *_) = yaml.safe_load((tmp_path / "mappings" / "examples" / f"{new.topic}.yaml").read_text("utf-8"))
    facts = take(record(new.topic, example["record"], timestamp_ms=at("2026-03-16T12:00")), mapped=source.rules).facts
    assert {fact.kind for fact in facts} == {kind}
    joined = rows == "overwritten" and not PAYLOADS[kind].happens
    assert {fact.record for fact in facts} == {"R-1001/2026-03-01" if joined else "R-1001"}


def at(text: str) -> int:
    """A local time in Asia/Shanghai in milliseconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


def test_the_sample_is_recorded_when_it_says() -> None:
    files = files_of(newcomer("newcomer", "wage"), CATALOGUE)
    (first, *_) = yaml.safe_load(files["mappings/examples/newcomer.wage.yaml"])
    assert first["fact"]["recorded_at"] == at("2026-03-16T09:30:00")
    assert first["record"]["updated"] == "2026-03-16 09:30:00"


BREAKS = {
    "another date": ("{from: begins, date: yyyyMMdd}", "{from: begins, date: yyyyddMM}"),
    "a flag upside down": ("{'0': false, '1': true}", "{'0': true, '1': false}"),
    "another field": ("{from: place, optional: true}", "{from: certificate_number, optional: true}"),
    "another time": ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd ss:mm:HH"),
    "a looser table": ("{'0': false, '1': true}", "{'0': false, '1': true}\n    otherwise: false"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), BREAKS.values(), ids=BREAKS)
def test_its_test_fails_where_the_mapping_is_broken(old: str, new: str, tmp_path: Path) -> None:
    write_files(tmp_path, files_of(newcomer("county-hospital", "death"), CATALOGUE))
    path = tmp_path / "mappings" / f"{HOSPITAL}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    if new.startswith("{from: certificate_number"):
        path.write_text(path.read_text("utf-8").replace("unused: []", "unused: [place]"), "utf-8")
        example = tmp_path / "mappings" / "examples" / f"{HOSPITAL}.yaml"
        example.write_text(example.read_text("utf-8").replace("place: A-7", "place: B-8"), "utf-8")
    source, schema = brought(tmp_path)
    assert list(example_faults(Assets(tmp_path), source, schema)) != []
