"""The contract of import-linter, over the package and over packages that break it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, layers

pytestmark = pytest.mark.slow

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the package that is imported from a folder against the contract in the folder's pyproject.toml."""
    return subprocess.run([LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A package of the same name with all layers, empty, beside the repository's pyproject.toml."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in [name for layer in layers() for name in layer]:
        (tmp_path / "benefit_hub" / name).mkdir(parents=True)
        (tmp_path / "benefit_hub" / name / "__init__.py").touch()
    (tmp_path / "benefit_hub" / "__init__.py").touch()
    return tmp_path


def test_the_contract_is_kept() -> None:
    report = lint(ROOT)
    assert report.returncode == 0, report.stdout


def test_empty_layers_keep_it(sample: Path) -> None:
    assert lint(sample).returncode == 0


def test_what_breaks_it_is_found(sample: Path) -> None:
    breaks = {
        "settlement": ("from benefit_hub.entitlement import x", "settlement is not allowed to import"),
        "topology": ("import benefit_hub.runtime", "topology is not allowed to import"),
        "values": ("import benefit_hub.cli", "values is not allowed to import"),
    }
    for layer, (text, _) in breaks.items():
        (sample / "benefit_hub" / layer / "__init__.py").write_text(text + "\n")
    report = lint(sample)
    assert report.returncode == 1
    assert [told for _, told in breaks.values() if told not in report.stdout] == []


def test_a_module_without_a_layer_is_found(sample: Path) -> None:
    (sample / "benefit_hub" / "sidecar.py").touch()
    report = lint(sample)
    assert report.returncode == 1
    assert "sidecar" in report.stdout
