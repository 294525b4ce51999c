"""Statuses without money in a preview, and what follows from one benefit for another of the same household."""

import pytest

from benefit_hub.simulate.preview_lines import Line
from benefit_hub.simulate.proposed_law import ProposedLaw
from benefit_hub.simulate.registers import Registers
from tests.simulation.looked import looked, put, registers_of, wished

LOWERED = 'standards.dibao_urban.values+={from: 2027-04, yuan: "590.00"}'
FAMILIES = """title: who has a status, or something that goes with dibao
assumed: for this test
begins: 2026-01-05
households:
  H0:
    place: urban
    people: {A: {age: 60, income: 600.00, certificate: {level: 1, since: 2020-01-01}, receives: {living_subsidy: 2026-01-20}}}
    receives: {dibao: 2026-01-20}
  H1:
    place: urban
    people: {B: {age: 50, income: 620.00}}
    receives: {dibao: 2026-01-20, margin: 2026-01-20}
  H2:
    place: urban
    people: {C: {age: 45, income: 7000.00}}
    receives: {rigid_expenditure: 2026-12-18}
  H3:
    place: urban
    people: {D: {age: 9, receives: {unattended_child: 2026-02-10}}, E: {age: 40}}
    receives: {dibao: 2026-01-20}
until: 2026-12-20
expect: {amounts: {D unattended_child: {2026-03: 405.00}}}
"""
"""H0: 645 - 600 = 45, 590 is not more than 600, and then no living subsidy. H1: 645 - 620 = 25, then under 590 · 3/2 = 885.
H2: valid for twelve months. H3: 1050 - 2 · 645 / 2 = 405, later 1050 - 590 = 460."""


@pytest.fixture(scope="module")
def known() -> Registers:
    """The households as register tells them."""
    return registers_of(FAMILIES)


def one(lines: list[Line], programme: str, household: str) -> Line:
    """The line of a programme in a household, but for what waits for somebody."""
    (found,) = (each for each in lines if (each.programme, each.household) == (programme, household))
    return found


def test_who_had_another_status_beside_dibao_is_led_to_it_again(known: Registers) -> None:
    lines = looked(known, LOWERED).lines
    ended, led = one(lines, "dibao", "h:H1"), one(lines, "margin", "h:H1")
    assert (ended.effect, ended.threshold, ended.before_sum_fen) == ("ENDS", "OUT", 12 * 2_500)
    assert (led.effect, led.threshold, led.open_fen, led.after_sum_fen) == ("MAY_APPLY", "IN", 0, 0)
    assert "低保边缘标准 967.50 → 885.00 元" in led.why


def test_what_needs_dibao_ends_with_it(known: Registers) -> None:
    lines = looked(known, LOWERED).lines
    subsidy = one(lines, "living_subsidy", "h:H0")
    assert (subsidy.effect, subsidy.before_fen, subsidy.after_fen, subsidy.follows) == ("ENDS", 6_000, 0, ("dibao",))
    assert one(lines, "dibao", "h:H0").follows == ()


def test_what_is_only_the_difference_moves_against_dibao(known: Registers) -> None:
    lines = looked(known, LOWERED).lines
    child = one(lines, "unattended_child", "h:H3")
    assert (child.effect, child.before_fen, child.after_fen, child.follows) == ("GAINS", 40_500, 46_000, ("dibao",))


def test_a_status_that_ends_sooner_costs_nothing_and_is_told(known: Registers) -> None:
    setting = "programmes.rigid_expenditure.expenses.valid_months=6"
    (line,) = looked(known, setting, first="2027-05").lines
    assert (line.effect, line.household, line.since, line.until) == ("STATUS_ENDS", "h:H2", "2027-07", "2027-12")
    assert (line.had_before, line.had_after, line.before_sum_fen, line.after_sum_fen) == (True, True, 0, 0)
    assert "改后：有效期届满" in line.why


def test_a_status_that_stands_longer_begins_where_it_would_have_ended(known: Registers) -> None:
    shorter = wished("programmes.rigid_expenditure.expenses.valid_months=6")
    longer = ProposedLaw(before=shorter.after, after=shorter.before, changed=shorter.changed)
    found = put(known, longer, first="2027-07", months=10)
    (line,) = found.lines
    assert (line.effect, line.since, line.until) == ("STATUS_BEGINS", "2027-07", "2027-12")
    (rigid,) = (each for each in found.totals() if each.programme == "rigid_expenditure")
    assert (rigid.had_before, rigid.had_after, sum(rigid.after_fen)) == (0, 1, 0)
