"""docs/packs.md is for people who write packs: it names every key, and its examples are true."""

import re
from pathlib import Path

import pytest
import yaml

from benefit_hub.catalogue import find_assets, load_book
from benefit_hub.catalogue.documents import keys_of
from benefit_hub.catalogue.packs import PackWritten, StandardWritten, standard_of
from benefit_hub.policy.sources import MEANING, explained
from benefit_hub.values.months import month
from tests.simulation.telling import run_text

TYPES = {"T", "R", "M", "S", "K", "V", "A", "B"}
"""Parameters of types, which Python writes in brackets, too."""
TEXT = find_assets().root.joinpath("docs", "packs.md").read_text("utf-8")


def example(kind: str) -> str:
    """The one example of a kind."""
    (found,) = re.findall(rf"```yaml {kind}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


@pytest.mark.parametrize("key", sorted({*keys_of(PackWritten)}))
def test_every_key_is_described(key: str) -> None:
    coded = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    assert any(re.search(rf"(?<!\w){key}(?!\w)", said) for said in coded), key


def test_no_row_of_a_table_stands_apart_from_its_head() -> None:
    lines = TEXT.splitlines()
    tops = [
        number for number, line in enumerate(lines) if line.startswith("| ") and not lines[number - 1].startswith("|")
    ]
    assert tops
    assert [lines[number] for number in tops if not lines[number + 1].startswith("| ---")] == []


def test_next_aprils_amount_is_one_line() -> None:
    ((name, said),) = yaml.safe_load(example("standard")).items()
    standard = standard_of(name, StandardWritten.model_validate(said))
    assert [standard.per_month(month(at)) for at in ("2027-03", "2027-04")] == [645, 680]


def test_the_case_is_true(tmp_path: Path) -> None:
    result = run_text(tmp_path, example("case"))
    assert result.passed, [*result.differences, *result.unfit]


def test_the_pack_of_a_place_pays_by_its_own_standards(tmp_path: Path) -> None:
    (tmp_path / "place.yaml").write_text(example("pack"), "utf-8")
    (pack,) = load_book(tmp_path).packs
    at = month("2026-08")
    assert pack.standards["dibao_urban"].per_month(at) == 700
    assert pack.standards["dibao_rural"].per_month(at) == 450
    assert [pack.standards[name].doubt(at) for name in ("dibao_urban", "dibao_rural")] == [None, None]
    assert pack.standards["care_1"].per_month(at) == 70, "the province's"


def test_every_mark_of_a_source_is_explained() -> None:
    described = dict(re.findall(r"^\| `\[([A-Z]+\d*)\]` \| (.+) \|$", TEXT, re.MULTILINE))
    assert described == MEANING
    root = find_assets().root
    written = [
        path.read_text("utf-8") for folder in ("policies", "tests/law") for path in (root / folder).rglob("*.yaml")
    ]
    written += [path.read_text("utf-8") for path in (root / "streams").rglob("*.py")]
    marks = {
        mark for text in written for mark in re.findall(r"\[(L\d+|D\d|[A-Z]\d?|MEM)(?:-\d+)?\](?!\()", text)
    } - TYPES
    assert marks - described.keys() == set()
    assert {"L0", "L2", "D4", "MEM"} <= marks


def test_marks_are_explained_each_once_in_their_order() -> None:
    said = ["《…》（[L2] 21; [D4-15]）", "[MEM] 国发〔2015〕52号", "[L2] 23"]
    assert [line.partition(" ")[0] for line in explained(said)] == ["[L2]", "[D4]", "[MEM]"]
    assert explained(["list[0], [T], [l2]"]) == []
