"""What waits for somebody in a preview: applications that nobody has decided, limits that are crossed; none of it is a cost."""

import pytest

from benefit_hub.simulate.preview_lines import OPEN, Line
from benefit_hub.simulate.preview_told import touched
from benefit_hub.simulate.registers import Registers
from tests.simulation.looked import looked, registers_of

RAISED = 'standards.dibao_urban.values+={from: 2027-04, yuan: "680.00"}'
LOWERED = 'standards.dibao_urban.values+={from: 2027-04, yuan: "590.00"}'
FAMILIES = """title: three applications that nobody has decided, and a household that is on the edge of margin
assumed: for this test
begins: 2026-03-02
households:
  H0: {place: urban, people: {A: {age: 45, income: 200.00}, B: {age: 43, role: spouse, income: 700.00}, C: {age: 10}}}
  H1: {place: urban, people: {D: {age: 50, income: 660.00}}}
  H2: {place: urban, people: {E: {age: 50, income: 600.00}}}
  H3: {place: urban, people: {F: {age: 50, income: 900.00}}, receives: {margin: 2026-01-20}}
events:
  - 2026-03-06: {apply: H0, for: dibao}
  - 2026-03-06: {apply: H1, for: dibao}
  - 2026-03-06: {apply: H2, for: dibao}
until: 2026-03-10
expect: {proposals: [{H0 dibao: open}]}
"""
"""H0: 3 · 645 - 900 = 1035, then 1140 or 870. H1: 660 is not under 645, under 680 by 20. H2: 645 - 600 = 45, then 80, or nothing.
H3: 900 is under 967.50 = 645 · 3/2 and under 1020, not under 885 = 590 · 3/2."""


@pytest.fixture(scope="module")
def known() -> Registers:
    """The households as register tells them."""
    return registers_of(FAMILIES)


def told(lines: list[Line]) -> list[tuple[str, str, int, int | None, int | None]]:
    """The lines: effect, household, per month by both laws, over all months."""
    return sorted(
        (each.effect, each.household, each.open_before_fen, each.open_fen, each.open_sum_fen) for each in lines
    )


def test_a_raise_proposes_more(known: Registers) -> None:
    found = looked(known, RAISED)
    assert told(found.lines) == [
        ("HAS_TO_BE_DECIDED", "h:H0", 103_500, 114_000, 12 * 114_000),
        ("HAS_TO_BE_DECIDED", "h:H2", 4_500, 8_000, 12 * 8_000),
        ("MAY_APPLY", "h:H1", 0, 2_000, 12 * 2_000),  # again: the application of March 2026 comes to nothing
    ]
    assert {each.after_sum_fen for each in found.lines} == {0}
    (first,) = (each for each in found.lines if each.household == "h:H0")
    assert first.why == (
        "申报待审核（申请经审核确认、家庭成员变动、家庭经济状况核对结果）："
        "每月 +1140.00 元（按现行为 +1035.00 元），决定之前照旧发放"
    )
    (row,) = (each for each in touched(found.lines) if each.effect == "HAS_TO_BE_DECIDED")
    assert (row.count, row.before_month_fen, row.month_fen, row.all_fen) == (2, 108_000, 122_000, 12 * 122_000)


def test_a_lower_standard_proposes_less_or_nothing_and_a_status_has_to_be_verified(known: Registers) -> None:
    found = looked(known, LOWERED)
    assert told(found.lines) == [
        ("HAS_TO_BE_DECIDED", "h:H0", 103_500, 87_000, 12 * 87_000),
        ("HAS_TO_BE_DECIDED", "h:H2", 4_500, 0, 0),  # until March as before
        ("MAY_APPLY", "h:H2", 0, 0, 0),  # as margin: 600 is under 885
        ("NO_LONGER_UNDER", "h:H2", 0, 0, 0),
        ("NO_LONGER_UNDER", "h:H3", 0, 0, 0),
    ]
    assert all(each.effect in OPEN for each in found.lines)
    (over,) = (each for each in found.lines if each.household == "h:H3")
    assert (over.programme, over.threshold) == ("margin", "OUT")
    assert "人均收入 900.00 元，低保边缘标准 967.50 → 885.00 元：超出标准" in over.why


def test_what_was_proposed_need_not_be_decided_where_it_never_was_under_the_standard(known: Registers) -> None:
    found = looked(known, 'standards.dibao_urban.values=[{from: 2015-01, yuan: "590.00"}]', first="2026-06")
    (gone,) = (each for each in found.lines if each.effect == "NOTHING_TO_DECIDE")
    assert (gone.household, gone.open_before_fen, gone.open_fen) == ("h:H2", 4_500, 0)
    assert "按现行建议每月 +45.00 元，改后不再需要这项决定" in gone.why
