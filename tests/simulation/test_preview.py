"""What a changed policy would do to a few households, worked by hand, and `hub preview` as it is typed."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact
from benefit_hub.policy.book import Book
from benefit_hub.simulate.cases import CASE_KEY
from benefit_hub.simulate.preview import Preview, Window, summed
from benefit_hub.simulate.proposed_law import ProposedLaw, Wish, first_turn, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.task import Env
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import month, month_text
from tests.checkout import cases, catalogue
from tests.cli.typed import typed
from tests.entitlement.families import family

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
def known(tmp_path_factory: pytest.TempPathFactory) -> Registers:
    """The households as register tells them."""
    file = tmp_path_factory.mktemp("preview") / "case.yaml"
    file.write_text(FAMILIES, "utf-8")
    stage = cases().stage(file)
    stage.play()
    book = installed()
    env = Env(books={book.digest(): book}, first_book=book.digest(), engine="test", pseudonym_key=CASE_KEY)
    registers = Registers(env, catalogue().sources, catalogue().quarantines)
    for each in stage.published:
        registers.simulation.publish(
            each.topic,
            dict(each.body),
            key=each.name.record,
            event_id=each.event_id,
            source=each.name.source,
            at_ms=each.at_ms,
        )
    registers.simulation.run()
    return registers


def wished(*settings: str) -> ProposedLaw:
    """The installed packs, and the demonstration pack with these values."""
    return proposed(catalogue().assets, Wish(settings=settings, pack="demo.gz-t"))


def installed() -> Book:
    """The demonstration pack as it is."""
    return wished(RAISED).before


def looked(known: Registers, *settings: str, first: str = "2027-04", months: int = 12) -> Preview:
    """The preview of these settings."""
    law = wished(*settings)
    found = Preview(law.before, law.after, Window(month(first), months))
    for each in known.households():
        found.look(each)
    return found


def told(found: Preview) -> list[tuple[str, str, str, int, int]]:
    """The lines: effect, programme, household, before and after in fen."""
    return sorted(
        (each.effect, each.programme, each.household, each.before_fen, each.after_fen) for each in found.lines
    )


def test_a_raise_gives_more_and_leads_who_comes_under_it(known: Registers) -> None:
    found = looked(known, RAISED)
    assert found.households == 3
    assert told(found) == [
        ("GAINS", "dibao", "h:H0", 103_500, 114_000),  # 3 · 680 - 900
        ("GAINS", "dibao", "h:H2", 4_500, 8_000),  # 680 - 600
        ("MAY_APPLY", "dibao", "h:H1", 0, 4_000),  # 2 · 680 - 1320, scenario T75
    ]


def test_costs_by_programme_are_exact(known: Registers) -> None:
    (dibao,) = summed(looked(known, RAISED, first="2027-03").totals(), 0)
    assert (dibao.programme, dibao.paid_before, dibao.paid_after) == ("dibao", 2, 2)
    assert dibao.before_fen == [108_000] * 12
    assert dibao.after_fen == [108_000] + [122_000] * 11  # 1140 + 80, from April on


def test_a_lower_standard_takes_and_ends(known: Registers) -> None:
    assert told(looked(known, LOWERED)) == [
        ("ENDS", "dibao", "h:H2", 4_500, 0),  # 600 is not under 590
        ("LOSES", "dibao", "h:H0", 103_500, 87_000),  # 3 · 590 - 900
    ]


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


def test_the_command_says_it_in_a_table_a_spreadsheet_a_picture_and_json(tmp_path: Path, capsys: Any) -> None:
    files = [tmp_path / "lines.csv", tmp_path / "costs.svg"]
    ask = ["preview", "--people", 60, "--set", RAISED, "--csv", files[0], "--svg", files[1]]
    done, machine = typed(capsys, *ask), typed(capsys, *ask, "--json")
    assert (done.returncode, machine.returncode) == (0, 0), done.stderr
    said = json.loads(machine.stdout)
    assert "最低生活保障" in done.stdout
    assert "政策包含假定规则，仅供演示。" in done.stdout
    rows = files[0].read_text("utf-8-sig").splitlines()
    assert len(rows) == 1 + len(said["lines"]) > 1
    assert files[1].read_text("utf-8").startswith("<svg xmlns")
    gained = sum(each["after_fen"] - each["before_fen"] for each in said["lines"] if each["effect"] == "GAINS")
    assert gained == sum(each["after_fen"][0] - each["before_fen"][0] for each in said["sums"]) > 0
    assert gained % 3_500 == 0  # every person on urban dibao gains 35.00
    shown = [done.stdout, machine.stdout, *(file.read_text("utf-8") for file in files)]
    assert [re.findall(r"\d{17}[\dX]", each) for each in shown] == [[]] * 4
