"""`hub explain` as it is typed, on a view that holds the adjustments of a case."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from benefit_hub.messages.public import Adjustment, Explanation
from benefit_hub.runtime.view import Record, ViewWriter
from tests.cli.typed import typed
from tests.law.played import HERE, explained
from tests.stories.played import CODECS

pytestmark = pytest.mark.slow

SAID = explained(HERE / "demo" / "gz-t" / "dibao" / "t09-wage.yaml")
LAST = SAID[-1][0]


@pytest.fixture
def hub_of(tmp_path: Path, capsys: Any) -> Any:
    """The command on a data folder with such adjustments and explanations."""

    def begun(said: Sequence[tuple[Adjustment, Explanation]]) -> Any:
        both = [("benefits.adjustments", each) for each, _ in said] + [
            ("benefits.explanations", each) for _, each in said
        ]
        with closing(ViewWriter(tmp_path / "view.sqlite", CODECS)) as writer:
            writer.apply(
                Record(topic, 0, place, None, CODECS.encode(topic, value)) for place, (topic, value) in enumerate(both)
            )
        environment = {"HUB_STORY_TIME": "true", "HUB_BOOTSTRAP": "nowhere:1", "HUB_DATA": str(tmp_path)}
        return lambda *arguments: typed(capsys, "explain", *arguments, environment=environment)

    return begun


@pytest.fixture
def hub(hub_of: Any) -> Any:
    """The command on those of the case."""
    return hub_of(SAID)


def test_both_languages(hub: Any) -> None:
    done = hub(LAST.adjustment_id[:12])
    assert done.returncode == 0, done.stderr
    assert "最低生活保障：自 2026-07 起每月 1035.00 元 → 555.00 元\n" in done.stdout
    assert "    工资 600.00 元，扣除就业成本 1/5 后计入 480.00 元（human-resources wage wage-0-0 v1）\n" in done.stdout
    assert (
        "    wage 600.00, less 1/5 as cost of working, counts as 480.00 (human-resources wage wage-0-0 v1)\n"
        in done.stdout
    )
    assert "Some of this is assumed, for demonstration only." in done.stdout


def test_for_a_machine(hub: Any) -> None:
    told = json.loads(hub(LAST.adjustment_id, "--json").stdout)
    assert told["explanation"]["after"]["incomes"][1]["counts"] == "480"
    assert told["adjustment"]["after_fen"] == 55_500
    assert told["en"][0].startswith("dibao: from 2026-07 on 1035.00 → 555.00")


def test_a_beneficiary_with_several_adjustments_lists_them(hub: Any) -> None:
    whole = LAST.beneficiary
    done = hub(whole)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"{whole}（家庭编号）"
    assert [line.split() for line in lines[2:-1]] == [
        [
            SAID[0][0].adjustment_id[:8],
            "最低生活保障",
            "开始发放（START）",
            SAID[0][0].payable_from,
            "0.00",
            "→",
            "1035.00",
        ],
        [LAST.adjustment_id[:8], "最低生活保障", "减发（DECREASE）", "2026-07", "1035.00", "→", "555.00"],
    ]
    assert hub(whole[:-1]).stdout == done.stdout  # its beginning is enough where it names one
    assert hub(LAST.adjustment_id[:8]).stdout.startswith(LAST.adjustment_id)  # and what is listed can be explained


def test_the_list_for_a_machine(hub: Any) -> None:
    listed = json.loads(hub(LAST.beneficiary, "--json").stdout)["adjustments"]
    assert [each["adjustment_id"] for each in listed] == [each.adjustment_id for each, _ in SAID]


def test_a_beneficiary_with_one_adjustment_is_explained(hub_of: Any) -> None:
    done = hub_of(SAID[-1:])("h:")
    assert done.stdout.startswith(LAST.adjustment_id)
    assert "最低生活保障：自 2026-07 起每月 1035.00 元 → 555.00 元\n" in done.stdout


def test_one_beneficiary_is_told_from_another(hub_of: Any) -> None:
    other = structs.replace(LAST, adjustment_id="0123456789abcdef", beneficiary=LAST.beneficiary + "0")
    marker = structs.replace(LAST, adjustment_id="fedcba9876543210", beneficiary="h:Z", kind="PAY_RUN_MARKER")
    hub = hub_of([*SAID, (other, SAID[-1][1]), (marker, SAID[-1][1])])
    assert hub(LAST.beneficiary).stdout.count("→") == len(SAID)  # written whole, it is that one
    assert hub(other.beneficiary).stdout.startswith("0123456789abcdef")
    done = hub("h:")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"2 beneficiaries begin with h:: {LAST.beneficiary}, {other.beneficiary}" in done.stderr


def test_a_beneficiary_that_is_none(hub: Any) -> None:
    done = hub("h:nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no beneficiary with an adjustment begins with h:nobody: `hub inbox show` names" in " ".join(
        done.stderr.split()
    )


@pytest.mark.parametrize("wrong", ["ffffffffff", "*", ""])
def test_an_id_that_is_none(hub: Any, wrong: str) -> None:
    done = hub(wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no adjustment has an id that begins with" in done.stderr
    assert "`hub explain h:…`" in done.stderr  # and how to find one
