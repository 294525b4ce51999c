"""Deadlines of packs and the calendar of working days: what is refused."""

from pathlib import Path

import pytest

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.deadlines import DeadlineWritten, deadline_mistakes, read_working_days
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.policy.deadlines import Occasion, WorkingDays


@pytest.mark.parametrize(
    ("occasion", "said", "fits"),
    [
        ("DECISION", {"working_days": 30}, True),
        ("DECISION", {"months": 1}, False),
        ("DECISION", {"working_days": 30, "remind_days": 5}, False),
        ("REVIEW", {"months": 12}, True),
        ("REVIEW", {"months": 12, "remind_days": 30}, True),
        ("REVIEW", {"months": 12, "remind_days": 30, "remind_months": 1}, False),
        ("REVIEW", {"remind_days": 30}, False),
        ("CERTIFICATE", {"remind_months": 6}, True),
        ("CERTIFICATE", {"months": 6}, False),
        ("AWARD", {"remind_days": 30}, True),
        ("AWARD", {"remind_days": 30, "remind_months": 1}, False),
        ("CHALLENGE", {"working_days": 10}, True),
        ("CHALLENGE", {"remind_days": 10}, False),
        ("REASSESSMENT", {"working_days": 10}, True),
        ("REASSESSMENT", {"months": 1}, False),
    ],
)
def test_each_occasion_says_what_it_needs(occasion, said, fits):
    written = {occasion: DeadlineWritten(clause="x", source="y", **said)}
    assert (list(deadline_mistakes(written, "TEKUN_CARE")) == []) is fits


def test_only_who_is_assessed_is_assessed_anew():
    """A programme that does not say by which assessments it goes has nobody assessed."""
    written: dict[Occasion, DeadlineWritten] = {
        "REASSESSMENT": DeadlineWritten(clause="x", source="y", working_days=10)
    }
    assert [place for place, _, _ in deadline_mistakes(written)] == [("deadlines", "REASSESSMENT")]


CALENDAR = """\
from: 2026-01-01
through: 2026-12-31
source: a notice
closed: [{from: 2026-10-01, through: 2026-10-07}]
worked: [%s]
"""


@pytest.mark.parametrize("worked", ["2026-10-03", "2027-01-02"])
def test_a_day_off_is_not_worked_and_lies_in_the_year(tmp_path: Path, worked):
    tmp_path.joinpath("policies").mkdir()
    tmp_path.joinpath("policies", "working-days.yaml").write_text(CALENDAR % worked)
    with pytest.raises(Unfit) as caught:
        read_working_days(Assets(tmp_path))
    assert caught.value.findings[0].key == "worked"


def test_without_a_file_nothing_is_known(tmp_path: Path):
    tmp_path.joinpath("policies").mkdir()
    assert read_working_days(Assets(tmp_path)) == WorkingDays()
