"""What people install: the wheel holds all data, and the command works from it, without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
ASSETS = ("schemas", "topics", "mappings", "policies", "demo", "benchmarks/peers")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of the environment that could point back at the checkout."""
    lead_back = ("HUB_", "PYTHON", "UV_PROJECT", "VIRTUAL_ENV", "KAFKA_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(lead_back)}
    done = subprocess.run(
        command, cwd=cwd, env=clean, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def not_packed(files: Iterable[str], packed: Iterable[str]) -> list[str]:
    """The data and code files of the checkout that are not where the package looks for them in the wheel."""
    there = set(packed)
    return sorted(name for name in files if _place_in_wheel(name) not in there)


def _place_in_wheel(name: str) -> str:
    if name.startswith("streams/"):
        return name.removeprefix("streams/")
    return f"benefit_hub/_assets/{name}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be released."""
    out = tmp_path_factory.mktemp("dist")
    run([UV, "build", "--system-certs", "--wheel", "--out-dir", out, ROOT], cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment that holds the wheel and what uv.lock says it needs, nothing else."""
    home = tmp_path_factory.mktemp("installed")
    versions = home / "versions.txt"
    run(
        [
            UV,
            "export",
            "--project",
            ROOT,
            "--locked",
            "--no-dev",
            "--no-emit-project",
            "--no-hashes",
            "--output-file",
            versions,
        ],
        cwd=home,
    )
    run([UV, "venv", "--python", sys.executable, home / "venv"], cwd=home)
    run([UV, "pip", "install", "--system-certs", "--python", home / "venv", "--constraint", versions, wheel], cwd=home)
    return home / "venv" / "bin"


def test_every_data_file_is_in_the_wheel(wheel: Path) -> None:
    files = [
        path for folder in (*ASSETS, "streams/benefit_hub") for path in (ROOT / folder).rglob("*") if path.is_file()
    ]
    names = [path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts]
    with zipfile.ZipFile(wheel) as opened:
        packed = opened.namelist()
    assert not_packed(names, packed) == []
    assert not_packed(["topics/lost.yaml", *names], packed) == ["topics/lost.yaml"]


def test_the_package_comes_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    told = run([installed / "python", "-c", "import benefit_hub; print(benefit_hub.__file__)"], cwd=tmp_path).stdout
    assert Path(told.strip()).is_relative_to(installed.parent)


def test_hub_check_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    run([installed / "hub", "check"], cwd=tmp_path)


def test_a_department_is_onboarded_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The installed files are left alone; the department begins in a copy of them."""
    told = run([installed / "hub", "onboard", "county-hospital", "--kind", "death", "--to", "ours"], cwd=tmp_path)
    assert "everything fits together" in told.stdout
    assert (tmp_path / "ours" / "mappings" / "county-hospital.death.yaml").is_file()
    assert not list(installed.parent.rglob("county-hospital*"))


def test_hub_cases_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests" / "law", tmp_path / "law")
    told = run([installed / "hub", "cases", "law"], cwd=tmp_path).stdout
    assert any(character.isdigit() for character in told), told
