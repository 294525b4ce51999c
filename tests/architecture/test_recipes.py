"""CI, pre-commit and people run the same recipes, and CI never passes for want of a Kafka."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.architecture.source import ROOT

pytestmark = pytest.mark.slow


def recipes() -> set[str]:
    """The recipes that a bare `make` lists."""
    make = shutil.which("make") or "make"
    listed = subprocess.run([make, "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"^  make (\w+)", listed.stdout, re.MULTILINE))


def test_a_bare_make_lists_the_recipes() -> None:
    assert recipes() == {"list", "demo", "test", "soak", "bench", "quick", "mutants", "check", "fmt", "clean"}


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
    ci = ROOT / ".ci" / "run"
    assert os.access(ci, os.X_OK)
    assert re.findall(r"\bmake .*?(?=$| <)", ci.read_text("utf-8"), re.MULTILINE) == ["make test"]


def test_pre_commit_runs_recipes_only() -> None:
    told = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    entries = {hook["entry"] for repo in told["repos"] for hook in repo["hooks"]}
    assert entries == {"make check", "make quick"}
    assert {repo["repo"] for repo in told["repos"]} == {"local"}


@pytest.mark.parametrize(
    ("in_ci", "outcome"), [("true", "1 failed"), pytest.param("", "1 skipped", marks=pytest.mark.slow)]
)
def test_a_kafka_test_that_skips_fails_in_ci(tmp_path: Path, in_ci: str, outcome: str) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "test_sample.py").write_text("import pytest\n\ndef test_it():\n    pytest.skip('no Kafka')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = kafka: needs a broker\n")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=os.environ | {"CI": in_ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in told.stdout
