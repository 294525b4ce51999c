"""A raised standard lowers nobody unless another benefit or a limit does, and then the preview itself says so."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from benefit_hub.cli.preview import generated
from benefit_hub.simulate.preview_lines import Line
from benefit_hub.simulate.registers import Registers
from tests.checkout import catalogue
from tests.simulation.looked import put, registers_of, wished

PACK = yaml.safe_load(Path("policies/demo/gz-t.yaml").read_text("utf-8"))
"""The pack as an officer reads it, not as the code under test does."""
TITLES = {name: each["title"] for name, each in PACK["programmes"].items()}
RAISES = {
    name: f'standards.{name}.values+={{from: 2027-04, yuan: "{float(each["values"][-1]["yuan"]) * 1.2:.2f}"}}'
    for name, each in PACK["standards"].items()
}
CARE = 'standards.care_1.values+={from: 2027-04, yuan: "120.00"}'
ABLE = """title: an old woman whose care subsidy is the higher of two, or the lower
assumed: for this test
people:
  A: {age: 70, place: urban, certificate: {level: 1}, receives: {care_subsidy: 2026-01-20}}
events:
  - 2026-03-04: {ability: A, grade: lost, on: 2026-03-02}
  - 2026-03-04: {apply: A, for: elder_care}
  - 2026-03-10: {accept: everything reported, for: A elder_care}
expect: {amounts: {A elder_care: {2026-04: 100.00}}}
"""


@cache
def town() -> Registers:
    """The registers of a few people, with a child on dibao who has the difference to another benefit."""
    return generated(wished(RAISES["dibao_urban"]), catalogue(), 150, "6")


def lowered(lines: list[Line]) -> list[Line]:
    """Whose money is less in the month compared or over all months, or whose status ends, by the figures alone."""
    return [
        each
        for each in lines
        if each.after_fen < each.before_fen
        or each.after_sum_fen < each.before_sum_fen
        or (each.had_before and not each.had_after)
    ]


def says_why(line: Line, lines: list[Line]) -> None:
    """It names another benefit of the household that changed, or the limit that the income is over."""
    assert line.follows or line.threshold == "OUT", line
    for name in line.follows:
        assert f"「{TITLES[name]}」" in line.why or f"{TITLES[name]}」" in line.why
        moved = [each for each in lines if (each.household, each.programme) == (line.household, name)]
        assert any(each.after_sum_fen > each.before_sum_fen for each in moved), f"{name} has not risen beside {line}"


@pytest.mark.slow
def test_a_raise_lowers_nobody_without_saying_why() -> None:
    seen = Counter[str]()
    for name, raised in RAISES.items():
        found = put(town(), wished(raised), months=3)
        for each in lowered(found.lines):
            says_why(each, found.lines)
            seen[f"{name}: {each.programme} by {' '.join(each.follows)}"] += 1
    assert set(seen) == {"dibao_urban: unattended_child by dibao"}


def test_the_higher_of_two_says_that_the_other_rose() -> None:
    found = put(registers_of(ABLE), wished(CARE), months=3)
    (less,) = lowered(found.lines)
    assert (less.programme, less.effect, less.before_fen, less.after_fen) == ("elder_care", "ENDS", 10_000, 0)
    says_why(less, found.lines)
    (more,) = (each for each in found.lines if each.programme == "care_subsidy")
    assert (more.effect, more.before_fen, more.after_fen, more.follows) == ("BEGINS", 0, 12_000, ("elder_care",))
    assert (less.had_before, less.had_after, more.had_before, more.had_after) == (True, False, False, True)
