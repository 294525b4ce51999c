"""`hub explain` as it is typed, on a view that holds the adjustments of a case."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.runtime.view import Record, ViewWriter
from tests.cli.typed import typed
from tests.law.played import HERE, explained
from tests.stories.played import CODECS

SAID = explained(HERE / "demo" / "gz-t" / "dibao" / "t09-wage.yaml")
LAST = SAID[-1][0]


@pytest.fixture
def hub(tmp_path: Path, capsys: Any) -> Any:
    """The command on a data folder with these adjustments and explanations."""
    both = [("benefits.adjustments", each) for each, _ in SAID] + [("benefits.explanations", each) for _, each in SAID]
    with closing(ViewWriter(tmp_path / "view.sqlite", CODECS)) as writer:
        writer.apply(
            Record(topic, 0, place, None, CODECS.encode(topic, value)) for place, (topic, value) in enumerate(both)
        )
    environment = {"HUB_STORY_TIME": "true", "HUB_BOOTSTRAP": "nowhere:1", "HUB_DATA": str(tmp_path)}
    return lambda *arguments: typed(capsys, "explain", *arguments, environment=environment)


def test_both_languages(hub: Any) -> None:
    done = hub(LAST.adjustment_id[:12])
    assert done.returncode == 0, done.stderr
    assert "最低生活保障：自 2026-07 起每月 1035.00 元 → 555.00 元\n" in done.stdout
    assert "    工资 600.00 元，计入 480.00 元（human-resources wage wage-0-0 v1）\n" in done.stdout
    assert "    wage 600.00, counts as 480.00 (human-resources wage wage-0-0 v1)\n" in done.stdout
    assert "Some of this is assumed, for demonstration only." in done.stdout


def test_for_a_machine(hub: Any) -> None:
    told = json.loads(hub(LAST.adjustment_id, "--json").stdout)
    assert told["explanation"]["after"]["incomes"][1]["counts"] == "480"
    assert told["adjustment"]["after_fen"] == 55_500
    assert told["en"][0].startswith("dibao: from 2026-07 on 1035.00 → 555.00")


@pytest.mark.parametrize("wrong", ["ffffffffff", "*", ""])
def test_an_id_that_is_none(hub: Any, wrong: str) -> None:
    done = hub(wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no adjustment has an id that begins with" in done.stderr
