"""An officer changes next April's amount in one line, and sees with `hub cases` and `hub preview` what that does."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import catalogue
from tests.cli.typed import typed

WAS = '    values: [{from: 2015-01, yuan: "645.00"}]'
NOW = '    values: [{from: 2015-01, yuan: "645.00"}, {from: 2027-04, yuan: "680.00"}]'
CASE = """title: Next April
source: "3 · 645 - 900 = 1035, 3 · 680 - 900 = 1140"
policy: demo/gz-t.yaml
households:
  H0:
    place: urban
    people: {A: {age: 45, income: 200.00}, B: {age: 43, role: spouse, income: 700.00}, C: {age: 10}}
    receives: {dibao: 2026-01-20}
expect:
  amounts:
    H0 dibao: {2026-02: 1035.00, 2027-04: 1140.00}
"""


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Data files of an officer's own, policies to be changed among them."""
    ours = catalogue().assets.root
    for name in ("schemas", "topics", "mappings"):
        (tmp_path / name).symlink_to(ours / name)
    shutil.copytree(ours / "policies", tmp_path / "policies")
    (tmp_path / "case.yaml").write_text(CASE, "utf-8")
    return tmp_path


def test_one_line(office: Path, capsys: Any) -> None:
    def hub(*arguments: object) -> Any:
        return typed(capsys, *arguments, environment={"HUB_ASSETS": str(office)})

    installed = office / "policies" / "demo" / "gz-t.yaml"
    text = installed.read_text("utf-8")
    assert text.count(WAS) == 1
    draft = office / "draft.yaml"
    draft.write_text(text.replace(WAS, NOW), "utf-8")

    before = hub("cases", office / "case.yaml")
    assert before.returncode == 1
    assert "expected 2026-02: 1035.00, 2027-04: 1140.00; got 2026-02: 1035.00" in before.stdout

    seen = hub("preview", draft, "--people", 40, "--json")
    assert seen.returncode == 0, seen.stderr
    said = json.loads(seen.stdout)
    assert said["months"][0] == "2027-04"
    assert {each["effect"] for each in said["lines"]} <= {"GAINS", "MAY_APPLY"}
    gains = [each["after_fen"] - each["before_fen"] for each in said["lines"] if each["effect"] == "GAINS"]
    assert gains
    assert all(gain % 3_500 == 0 for gain in gains)  # 35.00 for each person in town

    shutil.copy(draft, installed)
    after = hub("cases", office / "case.yaml")
    assert after.returncode == 0, after.stdout
    assert hub("preview", draft).stderr.startswith("hub: nothing is changed")
