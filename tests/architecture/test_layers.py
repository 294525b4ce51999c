"""The contract of import-linter, over the package and over packages that break it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.source import ROOT, layers

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


@pytest.mark.parametrize(
    ("module", "text", "told"),
    [
        ("settlement/__init__.py", "from benefit_hub.entitlement import x\n", "settlement is not allowed to import"),
        ("values/__init__.py", "import benefit_hub.cli\n", "values is not allowed to import"),
        ("topology/__init__.py", "import benefit_hub.runtime\n", "topology is not allowed to import"),
        ("sidecar.py", "", "sidecar"),
    ],
    ids=["a processor imports another", "the bottom imports the top", "pure imports I/O", "a module without a layer"],
)
def test_what_breaks_it_is_found(sample: Path, module: str, text: str, told: str) -> None:
    (sample / "benefit_hub" / module).write_text(text)
    report = lint(sample)
    assert report.returncode == 1
    assert told in report.stdout
