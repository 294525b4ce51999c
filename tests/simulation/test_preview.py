"""What a changed policy would do to a few households, worked by hand, and `hub preview` as it is typed."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import summed
from benefit_hub.simulate.proposed_law import Wish, first_turn, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.task import Env
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import month_text
from tests.checkout import catalogue
from tests.entitlement.families import family
from tests.simulation.looked import installed, looked, registers_of, wished

HERE = Path(__file__).parents[2]
DEMO = HERE / "policies" / "demo"
RAISED = 'standards.dibao_urban.values+={from: 2027-04, yuan: "680.00"}'
LOWERED = 'standards.dibao_urban.values+={from: 2027-04, yuan: "590.00"}'
FAMILIES = """title: three households in town
assumed: for this test
households:
  H0:
    place: urban
    people: {A: {age: 45, income: 200.00}, B: {age: 43, role: spouse, income: 700.00}, C: {age: 10}}
    receives: {dibao: 2026-01-20}
  H1:
    place: urban
    people: {D: {age: 50, income: 1320.00}, E: {age: 48, role: spouse}}
    receives: {margin: 2026-01-20}
  H2:
    place: urban
    people: {F: {age: 60, income: 600.00, certificate: {level: 1, since: 2020-01-01}}}
    receives: {dibao: 2026-01-20}
expect: {amounts: {H0 dibao: {2026-02: 1035.00}, H2 dibao: {2026-02: 45.00}}}
"""
"""H0: 3 · 645 - 900 = 1035; H1: p = 660, over 645 and under 680; H2: 645 - 600 = 45."""


@pytest.fixture(scope="module")
def known() -> Registers:
    """The households as register tells them."""
    return registers_of(FAMILIES)


def told(found: Preview) -> list[tuple[str, str, str, int, int]]:
    """The lines: effect, programme, household, before and after in fen; of what waits for somebody what it would come to."""
    return sorted(
        (each.effect, each.programme, each.household, each.before_fen, each.open_fen or each.after_fen)
        for each in found.lines
    )


def test_a_raise_gives_more_and_leads_who_comes_under_it(known: Registers) -> None:
    found = looked(known, RAISED)
    assert found.households == 3
    assert told(found) == [
        ("GAINS", "dibao", "h:H0", 103_500, 114_000),  # 3 · 680 - 900
        ("GAINS", "dibao", "h:H2", 4_500, 8_000),  # 680 - 600
        ("MAY_APPLY", "dibao", "h:H1", 0, 4_000),  # 2 · 680 - 1320, scenario T75
    ]
    (lead,) = (each for each in found.lines if each.effect == "MAY_APPLY")
    assert (lead.after_sum_fen, lead.open_sum_fen, lead.since, lead.until) == (0, 48_000, "2027-04", "2028-03")
    assert (lead.threshold, "人均收入 660.00 元，低保标准 645.00 → 680.00 元" in lead.why) == ("IN", True)


def test_costs_by_programme_are_exact(known: Registers) -> None:
    dibao, margin = summed(looked(known, RAISED, first="2027-03").totals(), 0)
    assert (dibao.programme, dibao.had_before, dibao.had_after) == ("dibao", 2, 2)
    assert dibao.before_fen == [108_000] * 12
    assert dibao.after_fen == [108_000] + [122_000] * 11  # 1140 + 80, from April on
    assert (margin.had_before, margin.had_after, sum(margin.after_fen)) == (1, 1, 0), "a status, and no money"


def test_a_lower_standard_takes_and_ends(known: Registers) -> None:
    found = looked(known, LOWERED)
    assert told(found) == [
        ("ENDS", "dibao", "h:H2", 4_500, 0),  # 600 is not under 590
        ("LOSES", "dibao", "h:H0", 103_500, 87_000),  # 3 · 590 - 900
        ("MAY_APPLY", "margin", "h:H2", 0, 0),  # 600 is under 590 · 3/2: a status, and no money
    ]
    (ends,) = (each for each in found.lines if each.effect == "ENDS")
    assert (ends.threshold, ends.before_sum_fen, ends.after_sum_fen) == ("OUT", 54_000, 0)
    assert "人均收入 600.00 元，标准 645.00 → 590.00 元，由低于变为不低于标准" in ends.why


def day_opened(sequence: int, day: str) -> ControlCopy:
    """A copy of the event by which a day opens."""
    return ControlCopy(sequence=sequence, origin=0, event=ControlEvent(type="DAY_OPENED", day=day))


def test_what_lies_before_a_day_is_heard_before_it_on_every_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    book = installed()
    registers = Registers(Env(books={book.digest(): book}, first_book=book.digest(), engine="test"), {}, ())
    heard: list[str] = []

    def publish(_topic: str, value: Any, **_said: Any) -> None:
        heard.append(str(value.event.day) if isinstance(value, ControlCopy) else value.record)

    monkeypatch.setattr(registers.simulation, "publish", publish)
    first, second, third, fourth = family("H0", A=0, B=0)[:4]
    days = [day_opened(at, f"2026-04-0{at + 1}") for at in range(2)]
    lying: list[tuple[int, Fact | ControlCopy]] = [
        (0, first),
        (0, days[0]),
        (0, second),
        (0, days[1]),
        (1, third),
        (1, days[0]),
        (1, fourth),
        (1, days[1]),
    ]
    assert list(registers.hear(iter(lying), 2)) == []
    assert heard == [
        first.record, third.record, "2026-04-01", second.record, fourth.record, "2026-04-02",
    ]  # fmt: skip
    assert registers.today == date(2026, 4, 2)


def test_another_change_turns_nothing(known: Registers) -> None:
    found = looked(known, 'materiality="10.00"')
    assert (told(found), first_turn(wished('materiality="10.00"'))) == ([], None)


def test_the_first_month_that_is_another() -> None:
    at = first_turn(wished(RAISED, 'standards.living.values+={from: 2027-01, yuan: "80.00"}'))
    assert at is not None
    assert month_text(at) == "2027-01"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ([], "nothing is changed"),
        (["standards.dibao_urban.values"], "--set takes PATH=VALUE"),
        (["standards.dibao_town.values+={from: 2027-04}"], "the policy has no dibao_town"),
        (["materiality={"], "the value is no YAML"),
        (['standards.dibao_urban.values+={from: 2027-04, yuan: "6,80"}'], "expected an amount in yuan"),
        (['standards.dibao_urban.values+={from: 2010-04, yuan: "680.00"}'], "values"),
        (
            ['standards.dibao_urban.values=[{from: 2027-04, yuan: "675.00"}]'],
            "原有标准丢失): demo.gz-t dibao_urban begins in 2027-04 instead of 2015-01",
        ),
    ],
)
def test_what_cannot_be_set(settings: list[str], said: str) -> None:
    with pytest.raises(HubError, match=re.escape(said)):
        wished(*settings)


def test_a_changed_file_stands_for_the_pack_of_its_name(tmp_path: Path) -> None:
    text = DEMO.joinpath("gz-t.yaml").read_text("utf-8").replace('yuan: "60.00"', 'yuan: "75.00"')
    tmp_path.joinpath("mine.yaml").write_text(text, "utf-8")
    law = proposed(catalogue().assets, Wish(places=[tmp_path]))
    assert law.changed == ("demo.gz-t",)
    assert [pack.standards["living"].values[0].yuan for book in (law.before, law.after) for pack in book.packs] == [
        "60.00",
        "75.00",
    ]
