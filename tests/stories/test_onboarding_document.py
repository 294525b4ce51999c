"""What docs/onboarding.md tells a newcomer to type, done as it says: it fits, and its first event moves money."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from benefit_hub.catalogue import Assets, Catalogue, check, find_assets, load
from benefit_hub.catalogue.lock import relock, write_lock
from benefit_hub.catalogue.onboarding import files_of, newcomer, write_files
from benefit_hub.cli import inbox
from benefit_hub.client import Sent
from benefit_hub.client.letters import Desk
from benefit_hub.messages.public import Adjustment
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.keys import make_key
from benefit_hub.runtime.view import Record, ViewWriter
from benefit_hub.simulate.run import Simulation
from benefit_hub.task import Env
from benefit_hub.topology import hub_topology
from tests.cli.typed import typed
from tests.intake.records import record, take

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "onboarding.md").read_text("utf-8")
TOPIC = "county-hospital.death"
RECEIVED_MS = 1_780_282_800_000
"""The 1st of June 2026, some days after the death in the document."""
OFFICE_MS = 1_795_312_800_000
"""The 22nd of November 2026, the day on which section 6 was written."""


def block(called: str) -> str:
    """The fenced block of the document that is marked with these words."""
    (found,) = re.findall(rf"^```{called}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    """The tree after step 2 of the document."""
    root = tmp_path_factory.mktemp("hospital-hub")
    for folder in ("schemas", "topics", "mappings", "policies", "demo"):
        shutil.copytree(find_assets().root / folder, root / folder)
    assets = Assets(root)
    write_files(root, files_of(newcomer("county-hospital", "death"), load(assets=assets, allow_assumed=True)))
    write_lock(assets)
    (root / "schemas/countyhospital/v1/Death.v1.avsc").write_text(block("json schema"), "utf-8")
    relock(assets, f"{TOPIC}.v1-value")
    (root / "mappings" / f"{TOPIC}.yaml").write_text(block("yaml mapping"), "utf-8")
    (root / "mappings" / "examples" / f"{TOPIC}.yaml").write_text(block("yaml example"), "utf-8")
    topic = root / "topics" / f"{TOPIC}.v1.yaml"
    assert "key: [row_no]" in topic.read_text("utf-8")
    topic.write_text(topic.read_text("utf-8").replace("key: [row_no]", "key: [zmbh]"), "utf-8")
    return assets


def test_the_files_of_the_document_fit(begun: Assets) -> None:
    assert [str(finding) for finding in check(begun)] == []


def publish(
    simulation: Simulation, catalogue: Catalogue, topic: str, record: Mapping[str, Any], at_ms: int = RECEIVED_MS
) -> None:
    """A record on its way as the publishers' library makes it."""
    letter = Desk(catalogue).letter(topic, record, at_ms=at_ms)
    body = Codecs(catalogue).decode(topic, letter.value)
    source = catalogue.sources[topic].source
    simulation.publish(topic, body, key=letter.key.decode(), event_id=letter.event_id, source=source, at_ms=at_ms)


def publish_files(
    simulation: Simulation, catalogue: Catalogue, files: Iterable[Path], at_ms: int = RECEIVED_MS
) -> None:
    """What `hub publish $(basename $file .jsonl) $file` sends of each file."""
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            publish(simulation, catalogue, path.stem, json.loads(line), at_ms)


def new_hub(catalogue: Catalogue) -> Simulation:
    """A hub in which nobody receives anything yet."""
    env = Env(
        books=catalogue.books,
        first_book=next(iter(catalogue.books)),
        engine="test",
        sources=catalogue.sources,
        pseudonym_key=b"newcomer" * 4,
    )
    return Simulation(hub_topology(catalogue.sources, catalogue.quarantines), env)


def files_named(begun: Assets, section: str) -> list[Path]:
    """The files over which the loop of a section goes."""
    told = TEXT.partition(f"\n## {section}. ")[2].partition("\n## ")[0]
    (folder,) = re.findall(r"^    for file in hospital-hub/(\S+)/\*\.jsonl; do hub publish", told, re.MULTILINE)
    return sorted((begun.root / folder).glob("*.jsonl"))


def test_its_first_event_stops_a_subsidy(begun: Assets) -> None:
    catalogue = load(assets=begun, allow_assumed=True)
    simulation = new_hub(catalogue)
    recipient = files_named(begun, "5")
    assert len(recipient) == 4
    publish_files(simulation, catalogue, recipient)
    simulation.run()
    publish(simulation, catalogue, TOPIC, json.loads(block("json record")))
    simulation.run()
    told: list[Adjustment] = simulation.said("benefits.adjustments")
    assert [(one.kind, one.programme, one.payable_from, one.after_fen) for one in told] == [
        ("START", "care_subsidy", "2026-02", 7000),
        ("STOP", "care_subsidy", "2026-06", 0),
    ]
    assert told[1].execution == "AUTOMATIC"
    assert {receipt.status for receipt in simulation.said("receipts")} == {"ACCEPTED"}
    assert "示例" not in str(simulation.outputs)


def test_a_wage_is_proposed_to_an_officer_who_decides(
    begun: Assets, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Section 6, with its commands: 645 - 0.8 x 600 = 165."""
    catalogue = load(assets=begun, allow_assumed=True)
    simulation = new_hub(catalogue)
    household = files_named(begun, "6")
    assert len(household) == 4
    publish_files(simulation, catalogue, household, OFFICE_MS)
    (wage,) = re.findall(r"^    \$ hub publish human-resources\.wage hospital-hub/(\S+) --wait$", TEXT, re.MULTILINE)
    publish(
        simulation, catalogue, "human-resources.wage", json.loads((begun.root / wage).read_text("utf-8")), OFFICE_MS
    )
    simulation.run()
    (proposal,) = [each for each in simulation.said("proposals") if each.before_fen]
    told = "".join(line.strip() for line in TEXT.splitlines())
    assert proposal.proposal_id[:8] in told
    assert proposal.text_zh in told

    show(tmp_path, catalogue, "proposals", proposal)
    ours = {
        "HUB_ASSETS": str(begun.root),
        "HUB_STORY_TIME": "true",
        "HUB_DATA": str(tmp_path),
        "HUB_BOOTSTRAP": "none:1",
    }
    shown = typed(capsys, "inbox", "show", proposal.proposal_id[:4], environment=ours)
    assert "--heard-on" in shown.stdout
    decided = office(capsys, "accept", proposal.proposal_id, ours)
    publish(simulation, catalogue, *decided, OFFICE_MS)
    simulation.run()
    changes: list[Adjustment] = simulation.said("benefits.adjustments")
    assert [(one.kind, one.payable_from, one.before_fen, one.after_fen) for one in changes] == [
        ("START", "2026-03", 0, 64_500),
        ("DECREASE", "2026-12", 64_500, 16_500),
    ]
    assert changes[1].execution == "DECIDED"
    (task,) = simulation.said("tasks")
    assert task.type == "NOTICE_DUE"
    assert task.text_zh in told

    show(tmp_path, catalogue, "tasks", task)
    make_key(tmp_path / "pseudonym.key")
    with mock.patch.object(inbox, "facts_of", return_value=take(record(*decided, timestamp_ms=OFFICE_MS)).facts):
        publish(simulation, catalogue, *office(capsys, "serve", task.task_id, ours), OFFICE_MS)
    simulation.run()
    assert [each.state for each in simulation.said("tasks")] == ["OPEN", "WITHDRAWN"]
    assert len(simulation.said("benefits.adjustments")) == len(changes), "a notice moves no money"


def show(folder: Path, catalogue: Catalogue, topic: str, item: Any) -> None:
    """Put an item into the view of the inbox."""
    with closing(ViewWriter(folder / "view.sqlite", Codecs(catalogue))) as view:
        view.apply([Record(topic, 0, 0, None, Codecs(catalogue).encode(topic, item))])


def office(
    capsys: pytest.CaptureFixture[str], command: str, identity: str, environment: Mapping[str, str]
) -> tuple[str, Mapping[str, Any]]:
    """What the only command of this name in the document publishes, with this id in place of its own: topic and record."""
    (options,) = re.findall(rf"^    \$ hub inbox {command} \w{{4}} (.*)$", TEXT, re.MULTILINE)
    with mock.patch.object(inbox, "Publisher") as publisher:
        sent = publisher.return_value.__enter__.return_value.publish
        sent.return_value.sent.return_value = Sent("civil-affairs.decision", 0, 0)
        assert typed(capsys, "inbox", command, identity, *options.split(), environment=environment).returncode == 0
    topic, record = sent.call_args.args
    return topic, record


def test_the_sandbox_tells_it_before_anything_is_sent(
    begun: Assets, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "first.jsonl").write_text(block("json record"), "utf-8")
    (tmp_path / "wrong.jsonl").write_text(block("json record").replace('"swdd": "1"', '"swdd": "3"'), "utf-8")
    ours = {"HUB_ASSETS": str(begun.root), "HUB_STORY_TIME": "true"}
    done = typed(capsys, "publish", TOPIC, tmp_path / "first.jsonl", "--sandbox", environment=ours)
    assert done.returncode == 0
    for line in (
        "待遇变化 赵七 重度残疾人护理补贴（care_subsidy） 停发（STOP）：自 2026-06 起每月 70.00 → 0.00 元",
        "死亡（2026-05-28 发生",
    ):
        assert line in done.stdout
        assert line in TEXT
    wrong = typed(capsys, "publish", TOPIC, tmp_path / "wrong.jsonl", environment=ours)
    assert wrong.returncode == 2
    assert "字段 swdd：应为下列之一：1, 2, 9。" in wrong.stdout
    assert "字段 swdd：应为下列之一：1, 2, 9。" in TEXT


def test_the_document_shows_what_a_broken_example_says(begun: Assets, tmp_path: Path) -> None:
    root = tmp_path / "broken"
    shutil.copytree(begun.root, root)
    path = root / "mappings" / "examples" / f"{TOPIC}.yaml"
    path.write_text(path.read_text("utf-8").replace("swdd: '1'", "swdd: '2'"), "utf-8")
    (finding,) = check(Assets(root))
    assert f"    {finding}\n" in TEXT


def test_the_mapping_of_the_document_leaves_the_name_behind() -> None:
    assert yaml.safe_load(block("yaml mapping"))["unused"] == ["xm", "gbsy"]
