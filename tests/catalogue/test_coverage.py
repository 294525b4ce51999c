"""policies/coverage.yaml says neither more nor less than the packs, and the table shows it."""

import json
from functools import cache
from typing import Any

import pytest
from typer.testing import CliRunner

from benefit_hub.catalogue import Assets, check, find_assets
from benefit_hub.catalogue.coverage import Coverage, coverage, coverage_misfits
from benefit_hub.catalogue.coverage_file import written
from benefit_hub.cli import app

FILE = "policies/coverage.yaml"


@cache
def covered() -> Coverage:
    """What the packs of the checkout cover."""
    return coverage(find_assets())


def test_the_register_says_what_the_packs_say() -> None:
    assert list(coverage_misfits(find_assets())) == []
    assert find_assets().policies.joinpath("coverage.yaml").read_text("utf-8") == written(covered().packs)


@pytest.mark.parametrize(
    ("pack", "programme", "known"),
    [
        ("national", "dibao", "local"),
        ("national", "margin", "local"),
        ("guizhou", "dibao", "average"),
        ("guizhou", "care_subsidy", "unverified"),
        ("henan.hebi", "dibao", "floor"),
        ("hubei", "orphan", "named"),
        ("chongqing", "dibao", "named"),
        ("demo.gz-t", "dibao", "assumed"),
    ],
)
def test_how_well_a_programme_is_known(pack: str, programme: str, known: str) -> None:
    assert covered().packs[pack][programme] == known


def test_a_programme_that_the_texts_settle_is_verified(assets: Assets) -> None:
    path = assets.policies / "guizhou" / "province.yaml"
    text = path.read_text("utf-8")
    assert text.count("basis: average") >= 2
    path.write_text(text.replace("basis: average", "basis: exact"), "utf-8")
    assert coverage(assets).packs["guizhou"]["dibao"] == "verified"


BROKEN = {
    "better known than it is": ("    dibao: average", "    dibao: verified", "packs.guizhou.dibao: the pack says average"),
    "left out": ("    care_subsidy: unverified\n", "", "packs.guizhou.care_subsidy: not listed, and the pack says unverified"),
    "more than there is": (
        "  hubei:\n", "  hubei:\n    price: named\n", "packs.hubei.price: the pack says nothing",
    ),
    "a pack too many": ("packs:\n", "packs:\n  moon:\n    dibao: verified\n", "packs.moon.dibao: the pack says nothing"),
    "a word that means nothing": ("    dibao: average", "    dibao: sure", "packs.guizhou.dibao: expected 'verified'"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_a_register_that_says_otherwise_is_refused(old: str, new: str, told: str, assets: Assets) -> None:
    path = assets.root / FILE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    findings = [str(finding) for finding in coverage_misfits(assets)]
    assert any(finding.startswith(f"{FILE}:") and told in finding for finding in findings), findings


def test_a_register_that_is_gone_is_missed(assets: Assets) -> None:
    (assets.root / FILE).unlink()
    (finding,) = check(assets)
    assert str(finding).startswith(f"{FILE}: missing. Write the file anew: hub check --coverage --write")


def test_a_new_pack_is_told_what_writes_the_register_and_then_fits(assets: Assets, monkeypatch: Any) -> None:
    monkeypatch.setenv("HUB_ASSETS", str(assets.root))
    path = assets.root / FILE
    path.write_text(path.read_text("utf-8").replace("    care_subsidy: unverified\n", "", 1), "utf-8")
    found = [str(finding) for finding in coverage_misfits(assets)]
    assert found
    assert all("Write the file anew: hub check --coverage --write" in each for each in found)
    assert CliRunner().invoke(app, ["check", "--write"]).exit_code == 1
    assert CliRunner().invoke(app, ["check", "--coverage", "--write"]).exit_code == 0
    assert list(coverage_misfits(assets)) == []
    assert path.read_text("utf-8") == written(covered().packs)


def test_the_table_shows_it_and_what_is_left_open() -> None:
    shown = CliRunner().invoke(app, ["check", "--coverage"])
    assert shown.exit_code == 0
    for said in ("guizhou", "average", "an average only: nothing is paid by it", "henan.hebi leaves open"):
        assert said in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["check", "--coverage", "--json"]).stdout)
    assert told["packs"]["henan.hebi"]["dibao"] == "floor"
    assert "wage_deduction" in told["left_open"]["henan.hebi"]
    assert told["left_open"]["demo.gz-t"] == []
