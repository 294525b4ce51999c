"""`hub cases` as it is typed."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benefit_hub.catalogue import find_assets
from benefit_hub.cli import app
from tests.simulation.telling import PEOPLE, case_path

pytestmark = pytest.mark.slow

RIGHT = PEOPLE + "expect: {amounts: {H0 dibao: {2026-02: 1035.00}}}\n"
WRONG = PEOPLE + "expect: {amounts: {H0 dibao: {2026-02: 1035.01}}}\n"


def test_all_as_expected(tmp_path: Path) -> None:
    tmp_path.joinpath("right.yaml").write_text(RIGHT, "utf-8")
    done = CliRunner().invoke(app, ["cases", str(tmp_path)])
    assert done.exit_code == 0
    assert "right.yaml: a household in town" in done.stdout
    assert "1 case, all as expected. Policy demo is assumed, for demonstration only" in done.stdout


def test_a_difference_and_an_unreadable_case(tmp_path: Path) -> None:
    tmp_path.joinpath("wrong.yaml").write_text(WRONG, "utf-8")
    tmp_path.joinpath("zzz.yaml").write_text("title: 1\n", "utf-8")
    done = CliRunner().invoke(app, ["cases", str(tmp_path), str(case_path("margin/t03b-recognised.yaml"))])
    assert done.exit_code == 1
    assert "amounts of H0 dibao: expected 2026-02: 1035.01; got 2026-02: 1035.00" in done.stdout
    assert "UNREADABLE" in done.stdout
    assert "zzz.yaml:1: title: expected a valid string" in done.stdout
    assert "3 cases, 2 not as expected." in done.stdout


def test_a_difference_shows_how_the_amount_came_about(tmp_path: Path) -> None:
    # 3 x 645 - (200 + 700) = 1035
    tmp_path.joinpath("wrong.yaml").write_text(WRONG, "utf-8")
    said = CliRunner().invoke(app, ["cases", str(tmp_path)]).stdout.splitlines()
    assert not any("原因" in line for line in said), "with what a case opens is no news"
    assert [line for line in said if "2026-02：" in line] == [
        "                2026-02：3 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 1035.00 元（人均收入 300.00 元，低于标准）"
    ]
    assert "                    其他收入 700.00 元，计入 700.00 元（income of B）" in said
    assert any(line.startswith("                依据：《社会救助暂行办法》第九条") for line in said)
    assert "  [L2] 《最低生活保障审核确认办法》（2021-07-01 起施行）" in said, "marks of sources are explained"
    told = CliRunner().invoke(app, ["cases", "--language", "en", str(tmp_path)]).stdout
    assert "2026-02: 3 people × standard 645.00 − monthly income 900.00 = 1035.00 yuan" in told
    assert "other income 700.00, counts as 700.00 (income of B)" in told
    (machine,) = json.loads(CliRunner().invoke(app, ["cases", "--json", str(tmp_path)]).stdout)
    assert [len(machine["differences"]), len(machine["because"])] == [1, 1]
    assert "其他收入 200.00 元，计入 200.00 元（income of A）" in machine["because"][0][-3]


TWO_WAGES = """events:
  - 2026-06-08: {wage: A, amount: 100.00, on: 2026-06-05}
  - 2026-06-08: {wage: B, amount: 600.00, on: 2026-06-05}
  - 2026-06-20: {accept: proposal of H0 dibao}
  - 2026-06-25: {wage: A, amount: 1500.00, on: 2026-06-24}
  - 2026-06-25: {wage: B, amount: 1500.00, on: 2026-06-24}
"""


def test_two_reports_of_one_kind_are_told_apart_by_the_names_of_the_case(tmp_path: Path) -> None:
    # 3 x 645 - (900 + 0.8 x 700) = 475, and two more wages wait
    tmp_path.joinpath("case.yaml").write_text(PEOPLE + TWO_WAGES + "expect: {amounts: {}}\n", "utf-8")
    said = CliRunner().invoke(app, ["cases", str(tmp_path)]).stdout
    assert "1035.00, 2026-07: 475.00" in said
    causes = [line.rpartition("（")[2] for line in said.splitlines() if line.strip().startswith("原因：工资收入变化")]
    assert sorted(causes) == ["wage of A）", "wage of B）"]
    assert said.count("其他收入 700.00 元，计入 700.00 元（income of B）") == 2, "each month tells all that it counts"
    assert (
        "待决定（proposal of H0 dibao）：最低生活保障：拟自 2026-07 起由每月 475.00 元调整为 0.00 元，原因：工资收入变化"
        in said
    )
    (waits,) = [line for line in said.splitlines() if "待决定" in line]
    assert "（户主 A、配偶 B）" in waits or "（配偶 B、户主 A）" in waits


def test_a_decision_that_lacks_a_hearing_says_so_beside_the_amount_that_stays(tmp_path: Path) -> None:
    # from July 2026 who gets less is heard before: 1035 stays, 3 x 645 - (900 + 0.8 x 600) = 555 waits
    events = "events:\n  - 2026-07-08: {wage: B, amount: 600.00, on: 2026-06-05}\n"
    events += "  - 2026-07-20: {accept: wage of B, for: H0 dibao}\n"
    expected = "until: 2026-08-10\nexpect: {amounts: {H0 dibao: {2026-02: 1035.00, 2026-08: 555.00}}}\n"
    tmp_path.joinpath("case.yaml").write_text(PEOPLE + events + expected, "utf-8")
    said = CliRunner().invoke(app, ["cases", str(tmp_path)]).stdout
    (task,) = [line.strip() for line in said.splitlines() if line.strip().startswith("任务：")]
    assert "听取" in task
    assert "由每月 1035.00 元调整为 555.00 元" in said


def test_what_makes_up_a_paid_sum_is_told_of_the_months_that_were_listed(tmp_path: Path) -> None:
    # B dies in April, known on 20 June: 2 x 645 - 200 = 1090 from May on, 55 more than 3 x 645 - 900; May and June were paid
    events = "pay runs: monthly on 10\nevents:\n  - 2026-06-20: {death: B, on: 2026-04-05}\nuntil: 2026-08-20\n"
    expected = "expect: {pay runs: {H0 dibao: {2026-07: 1090.00}}}\n"
    tmp_path.joinpath("case.yaml").write_text(PEOPLE + events + expected, "utf-8")
    said = CliRunner().invoke(app, ["cases", str(tmp_path)]).stdout
    assert "2026-07：1090.00 + 补发 2026-05、2026-06 各 55.00 = 1200.00" in said
    assert "2026-07：2 人 × 标准 645.00 元" in said
    assert "2026-02：3 人" not in said, "what nobody listed does not hide what differs"
    told = CliRunner().invoke(app, ["cases", "--language", "en", str(tmp_path)]).stdout
    assert "2026-07: 1090.00 + arrears of 2026-05, 2026-06 55.00 each = 1200.00" in told


def test_a_changed_copy_stands_for_the_installed_pack(tmp_path: Path) -> None:
    # 3 x 645 - 900 = 1035 until March 2027, 3 x 680 - 900 = 1140 from April on
    own = "expect: {amounts: {H0 dibao: {2026-02: 1035.00, 2027-04: 1140.00}}}\n"
    cases, copy = tmp_path / "cases", tmp_path / "raise-2027"
    cases.mkdir()
    shutil.copytree(find_assets().policies / "demo", copy)
    pack = copy / "gz-t.yaml"
    old = 'values: [{from: 2015-01, yuan: "645.00"}]'
    new = 'values: [{from: 2015-01, yuan: "645.00"}, {from: 2027-04, yuan: "680.00", clause: 680 元}]'
    pack.write_text(pack.read_text("utf-8").replace(old, new, 1), "utf-8")
    cases.joinpath("own.yaml").write_text(PEOPLE + own, "utf-8")
    assert CliRunner().invoke(app, ["cases", str(cases)]).exit_code == 1
    done = CliRunner().invoke(app, ["cases", str(cases), "--pack", str(copy)])
    assert (done.exit_code, "1 case, all as expected" in done.stdout) == (0, True), done.stdout

    clashing = "override: {standards.dibao_urban.values.last: [{from: 2026-07, yuan: '700.00'}]}\n"
    cases.joinpath("own.yaml").write_text(PEOPLE + clashing + own, "utf-8")
    said = CliRunner().invoke(app, ["cases", str(cases), "--pack", str(pack)]).stdout
    assert f"begins in 2027-04 ({pack}:" in said
    assert (
        "1 cannot be run: their own override clashes with the pack's amounts（1 个案例自己的 override 与政策包的新数额冲突）"
        in said
    )


def test_a_copy_by_which_no_case_goes_is_told(tmp_path: Path) -> None:
    tmp_path.joinpath("right.yaml").write_text(RIGHT, "utf-8")
    copy = find_assets().policies / "guizhou" / "province.yaml"
    done = CliRunner().invoke(app, ["cases", str(tmp_path), "--pack", str(copy)])
    assert "No case here goes by the changed guizhou（没有案例用到改动后的这个政策包）" in done.stdout


RAISED = "override: {standards.dibao_urban.values.last: [{from: 2027-04, yuan: '680.00'}]}\n"
LAST_DAY = "until: 2026-07-10\n"


def test_what_differs_only_after_the_last_day_is_told_apart_and_last(tmp_path: Path) -> None:
    # 3 x 645 - 900 = 1035 until March 2027, 3 x 680 - 900 = 1140 from April on: the amount that is not expected
    tmp_path.joinpath("a.yaml").write_text(RIGHT + RAISED + LAST_DAY, "utf-8")
    tmp_path.joinpath("b.yaml").write_text(WRONG + RAISED + LAST_DAY, "utf-8")
    tmp_path.joinpath("c.yaml").write_text(RIGHT + LAST_DAY, "utf-8")
    tmp_path.joinpath("d.yaml").write_text(RIGHT + RAISED + "until: 2027-04-10\n", "utf-8")
    said = RIGHT.replace(
        "expect:", "events: [2026-02-01: {expect: {amounts: {H0 dibao: {2026-02: 1035.00}}}}]\nexpect:"
    )
    tmp_path.joinpath("e.yaml").write_text(said + RAISED + LAST_DAY, "utf-8")
    done = CliRunner().invoke(app, ["cases", str(tmp_path)])
    assert done.exit_code == 1
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [(line[:7].strip(), Path(line[12:].partition(": ")[0]).name) for line in heads[:-1]] == [
        ("DIFFERS", "b.yaml"), ("ok", "c.yaml"), ("DIFFERS", "d.yaml"), ("DIFFERS", "a.yaml"), ("DIFFERS", "e.yaml"),
    ]  # fmt: skip
    assert heads[3].endswith("a household in town (only from 2027-04 on, after its last day)")
    assert "expected 2026-02: 1035.00; got 2026-02: 1035.00, 2027-04: 1140.00" in done.stdout
    told = "5 cases, 4 not as expected. 4 differ, 2 of them only after their last day (until), from 2027-04 on"
    assert heads[-1].startswith(told)
    results = json.loads(CliRunner().invoke(app, ["cases", "--json", str(tmp_path)]).stdout)
    assert [(each["later_from"], each["passed"]) for each in results] == [
        ("2027-04", False), (None, False), (None, True), (None, False), ("2027-04", False),
    ]  # fmt: skip


def test_for_a_machine(tmp_path: Path) -> None:
    tmp_path.joinpath("wrong.yaml").write_text(WRONG, "utf-8")
    done = CliRunner().invoke(app, ["cases", "--json", str(tmp_path)])
    assert done.exit_code == 1
    (told,) = json.loads(done.stdout)
    assert (told["passed"], told["title"]) == (False, "a household in town")
    assert len(told["differences"]) == 1
