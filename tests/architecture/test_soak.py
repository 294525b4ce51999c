"""What takes minutes is left out of `make test`, without counting as skipped, and runs where somebody soaks."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


@pytest.mark.slow
@pytest.mark.parametrize(("soaking", "ran"), [({}, "1 passed, 1 deselected"), ({"HUB_SOAK_ROUNDS": "1"}, "2 passed")])
def test_soaking_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soaking: dict[str, str], ran: str
) -> None:
    monkeypatch.delenv("HUB_SOAK_ROUNDS", raising=False)
    monkeypatch.delenv("HUB_SOAK_MINUTES", raising=False)
    for name, value in soaking.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text("utf-8"), "utf-8")
    (tmp_path / "test_sample.py").write_text(
        "import pytest\n\ndef test_quick(): pass\n\n@pytest.mark.soak\ndef test_long(): pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran in done.stdout, done.stdout + done.stderr
