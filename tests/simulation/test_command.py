"""`hub cases` as it is typed."""

import json
from pathlib import Path

from typer.testing import CliRunner

from benefit_hub.cli import app
from tests.simulation.telling import PEOPLE, case_path

RIGHT = PEOPLE + "expect: {amounts: {H0 dibao: {2026-02: 1035.00}}}\n"
WRONG = PEOPLE + "expect: {amounts: {H0 dibao: {2026-02: 1035.01}}}\n"


def test_all_as_expected(tmp_path: Path) -> None:
    tmp_path.joinpath("right.yaml").write_text(RIGHT, "utf-8")
    done = CliRunner().invoke(app, ["cases", str(tmp_path)])
    assert done.exit_code == 0
    assert "right.yaml: a household in town" in done.stdout
    assert "1 case, all as expected. Policy demo is assumed, for demonstration only" in done.stdout


def test_a_difference_and_an_unreadable_case(tmp_path: Path) -> None:
    tmp_path.joinpath("wrong.yaml").write_text(WRONG, "utf-8")
    tmp_path.joinpath("zzz.yaml").write_text("title: 1\n", "utf-8")
    done = CliRunner().invoke(app, ["cases", str(tmp_path), str(case_path("margin/t03b-recognised.yaml"))])
    assert done.exit_code == 1
    assert "amounts of H0 dibao: expected 2026-02: 1035.01; got 2026-02: 1035.00" in done.stdout
    assert "UNREADABLE" in done.stdout
    assert "zzz.yaml:1: title: expected a valid string" in done.stdout
    assert "3 cases, 2 not as expected." in done.stdout


def test_for_a_machine(tmp_path: Path) -> None:
    tmp_path.joinpath("wrong.yaml").write_text(WRONG, "utf-8")
    done = CliRunner().invoke(app, ["cases", "--json", str(tmp_path)])
    assert done.exit_code == 1
    (told,) = json.loads(done.stdout)
    assert (told["passed"], told["title"]) == (False, "a household in town")
    assert len(told["differences"]) == 1
