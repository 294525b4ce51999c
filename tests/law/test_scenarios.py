"""Every scenario that was worked by hand has a case, or a test elsewhere, or is named here as open: nothing is forgotten."""

import re
from functools import cache
from pathlib import Path

import pytest

from benefit_hub.simulate.cases import case_files

HERE = Path(__file__).parent
TESTS = HERE.parent

SCENARIOS = [
    "T01", "T02", "T03", "T06", "T07", "T09", "T10", "T11", "T13", "T15", "T17", "T18", "T20", "T22", "T23", "T24",
    "T24b", "T24c", "T25", "T26", "T29", "T30", "T33", "T36", "T37", "T38", "T40", "T41", "T42", "T44", "T46", "T49",
    "T51", "T52", "T53", "T56", "T58", "T60", "T61", "T64", "T66", "T67", "T70", "T71", "T74", "T75", "T77", "T79",
    "T83", "T85", "T87", "T92", "T93", "T94", "T97", "T98", "T99", "T100", "T101", "T102", "T103", "T104", "T105",
    "T106", "T107", "T108",
]  # fmt: skip
"""By the numbers that titles and sources of cases give them."""

ELSEWHERE = {
    "T37": "identity/test_one_person.py::test_a_corrected_number_is_paid_on_under_the_right_one",
    "T101": "kafka/hub/test_bad_input.py::test_nothing_stopped",
    "T104": "kafka/faults/test_killed.py::test_workers_killed_under_load_leave_nothing_half_done",
    "T105": "kafka/hub/test_going_live.py::test_a_hub_goes_live_though_its_worker_is_killed_in_every_phase",
    "T106": "kafka/test_source_watch.py::test_a_whole_hub_raises_an_alarm_and_takes_it_back",
    "T108": "kafka/hub/test_sweep.py::"
    "test_a_raise_reaches_every_household_once_though_the_workers_are_killed_in_its_middle_again_and_again",
}
"""Those that are about machines rather than law: the test that tells them."""

OPEN = {
    "T99": "a shadow beside the live run is not built",
    "T100": "a list of differences of a replay is not built; `hub preview` compares laws, not runs",
    "T107": "what a subscriber may read is the broker's to say; the hub audits nobody yet",
}
"""What cannot be told yet, and why."""


@cache
def told_by_cases() -> dict[str, list[str]]:
    """The cases that tell each scenario, by its number in the title or in `source: "scenario T.."`."""
    found: dict[str, list[str]] = {}
    for path in case_files([HERE]):
        text = path.read_text("utf-8")
        titles = re.findall(r"^title: \W?(T[0-9]+[a-z]?)\b", text, re.MULTILINE)
        sources = re.findall(r"scenarios? (T[0-9]+[a-z]?)((?:, T[0-9]+[a-z]?)*)", text)
        for number in {*titles, *(each for first, more in sources for each in (first, *re.findall(r"T\w+", more)))}:
            found.setdefault(number, []).append(path.relative_to(HERE).as_posix())
    return found


@pytest.mark.parametrize("number", SCENARIOS)
def test_every_scenario_is_told_or_named_as_open(number: str) -> None:
    told = [number in told_by_cases(), number in ELSEWHERE, number in OPEN]
    assert told.count(True) == 1, f"{number}: a case, a test elsewhere, or a reason why not, and only one of them"


@pytest.mark.parametrize("where", ELSEWHERE.values())
def test_what_is_told_elsewhere_is_there(where: str) -> None:
    file, _, name = where.partition("::")
    assert f"def {name}(" in TESTS.joinpath(file).read_text("utf-8")


def test_a_number_in_a_case_is_one_of_them_or_a_variant_of_one() -> None:
    strange = {each: where for each, where in told_by_cases().items() if re.sub(r"[a-z]$", "", each) not in SCENARIOS}
    assert strange == {}
