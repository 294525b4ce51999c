"""The language of cases: what is read, what is refused and how, and that a wrong expectation never passes."""

from datetime import date
from pathlib import Path
from typing import Any

import fastavro
import pytest
import yaml

from benefit_hub.messages.public import Adjustment
from benefit_hub.simulate.case_compare import differences
from benefit_hub.simulate.case_file import CaseLoader
from benefit_hub.simulate.case_seen import Seen
from benefit_hub.simulate.cases import CaseResult, case_files
from benefit_hub.simulate.cast import identity_number, with_wrong_check
from benefit_hub.simulate.expected import Expected
from benefit_hub.simulate.payer import paid
from benefit_hub.task import Out
from benefit_hub.values.errors import CatalogueError
from benefit_hub.values.identity import identity_fault
from tests.checkout import cases, catalogue
from tests.simulation.telling import PEOPLE, case_path, run_text

DEATH = "pay runs: monthly on 10\nevents:\n  - 2026-05-20: {death: A, on: 2026-03-15}\nuntil: 2026-06-10\n"

TELLING_ALL = [
    "records/t40-wrong-check-digit.yaml",
    "dibao/t30-death-told-three-times.yaml",
    "dibao/t41-birth.yaml",
    "dibao/t06c-applied-after-the-lead.yaml",
    "care_subsidy/t60b-renewed.yaml",
    "decisions/modified-for-some-months.yaml",
    "decisions/t18-correction-in-favour.yaml",
    "households/move.yaml",
    "dibao/t24b-death-after-the-new-law.yaml",
    "dibao/t23-what-is-no-income.yaml",
    "care_subsidy/t38-one-person-twice.yaml",
    "members/t36-missing-and-back.yaml",
]


def run(folder: Path, rest: str) -> CaseResult:
    """Run a case about the household in town."""
    return run_text(folder, PEOPLE + rest)


@pytest.fixture(scope="module")
def death(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What came of a death that was known late."""
    path = tmp_path_factory.mktemp("death") / "case.yaml"
    path.write_text(f"{PEOPLE}{DEATH}expect: {{leads: []}}\n", "utf-8")
    stage = cases().stage(path)
    assert stage.play() == []
    return stage.viewer.seen()


def expectation(text: str) -> Expected:
    """An expectation as it is read from a case."""
    return Expected.model_validate(yaml.load(f"{{{text}}}", CaseLoader))  # noqa: S506  it is a safe loader


RIGHT = "{H0 dibao: decrease, from: 2026-06, before: 1035.00, after: 590.00, receivable: 890.00}"


@pytest.mark.parametrize(
    "expected",
    [
        "amounts: {H0 dibao: {2026-02: 1035.00, 2026-04: 590.00}}",
        f"adjustments: [{RIGHT}]",
        "pay runs: {H0 dibao: {2026-02: 1035.00, 2026-03: 1035, 2026-04: 1035.00, 2026-05: 1035.00, 2026-06: 590.00}}",
        "tasks: [{H0: VERIFY_AFTER_DEATH, due: 2026-06-15}]",
        "class: {H0: dibao}",
        "persons: {A: {alive: false, died: 2026-03-15, confirmed by: 1, household: H0}}",
        "leads: []",
        "status: {H0 dibao: {2026-02: DIBAO}}",
    ],
)
def test_what_is_so_passes(death: Seen, expected: str) -> None:
    assert differences(expectation(expected), death) == []


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("amounts: {H0 dibao: {2026-02: 1035.00}}", "amounts of H0 dibao: expected 2026-02: 1035.00; got 2026-02: 1035.00"),
        ("amounts: {H0 dibao: {2026-02: 1035.00, 2026-04: 590.01}}", "2026-04: 590.01"),
        ("amounts: {}", "amounts of H0 dibao: expected nothing"),
        ("amounts: {H1 dibao: {2026-02: 1.00}}", "amounts of H1 dibao: expected 2026-02: 1.00; got nothing"),
        ("pay runs: {H0 dibao: {2026-06: 590.00}}", "pay runs of H0 dibao: expected 2026-06: 590.00; got 2026-02"),
        ("adjustments: []", "adjustments of H0 dibao: unexpected: DECREASE, from 2026-06"),
        (f"adjustments: [{RIGHT}, {RIGHT}]", "expected, and missing: decrease, from 2026-06"),
        ("adjustments: [{H0 dibao: stop, receivable: 890.00}]", "expected stop, got DECREASE"),
        ("adjustments: [{H0 dibao: decrease}]", "expected receivable 0.00, got 890.00"),
        ("adjustments: [{H0 dibao: decrease, receivable: 890.00, cause: wage}]", "expected cause wage, got death"),
        ("adjustments: [{H0 dibao: decrease, receivable: 890.00, says: [再婚]}]", "expected the reason to say 再婚"),
        ("adjustments: [{H0 dibao: decrease, receivable: 890.00, heard: 2026-05-01}]", "expected heard 2026-05-01, got None"),
        ("proposals: [{H0 dibao: open}]", "proposals of H0 dibao: expected, and missing: open"),
        ("tasks: []", "tasks of H0: unexpected: VERIFY_AFTER_DEATH, due 2026-06-15"),
        ("tasks: [{H0: verify after death, due: 2026-06-16}]", "expected due 2026-06-16, got 2026-06-15"),
        ("tasks: [{H0: verify after death, state: withdrawn}]", "expected state withdrawn, got open"),
        ("leads: [{H0 dibao: open}]", "leads of H0 dibao: expected, and missing"),
        ("receipts: [{death of A: refused}]", "receipts of death of A: expected, and missing: refused"),
        ("class: {H0: MARGIN}", "class of H0: expected MARGIN, got DIBAO"),
        ("class: {H9: MARGIN}", "class of H9: expected MARGIN, got none"),
        ("status: {H0 dibao: nothing}", "status of H0 dibao: expected nothing; got 2026-02: DIBAO"),
        ("persons: {A: {alive: true}}", "register of A: expected alive True, got False"),
        ("persons: {Z: {alive: true}}", "register of Z: expected, and missing"),
        ("nothing happens: true", "expected that nothing happens; adjustments of H0 dibao"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_told(death: Seen, expected: str, told: str) -> None:
    found = [each.text for each in differences(expectation(expected), death)]
    assert any(told in each for each in found), found


@pytest.mark.parametrize(
    ("expected", "since"),
    [
        ("amounts: {H0 dibao: {2026-02: 1035.00}}", "2026-04"),
        ("amounts: {H0 dibao: {2026-01: 1.00, 2026-02: 1035.00}}", None),  # what is written is not so
        ("adjustments: []", "2026-04"),  # it reaches back to the month after the death
        ("nothing happens: true", "2026-04"),
        (f"adjustments: [{RIGHT}, {RIGHT}]", None),  # one is missing: that is of no month
        ("adjustments: [{H0 dibao: stop}]", None),
        ("tasks: []", None),
        ("class: {H0: MARGIN}", None),
    ],
)
def test_what_is_more_than_expected_says_from_which_month(death: Seen, expected: str, since: str | None) -> None:
    assert differences(expectation(expected), death)[0].since == since


def test_what_is_expected_after_the_last_day_and_does_not_come_is_no_news_of_a_later_law(tmp_path: Path) -> None:
    """Who is 80 on 20 July has not had his birthday where the calendar ends before it."""
    text = "title: T\nassumed: for this test\npeople: {A: {born: 1946-07-20, place: urban}}\nbegins: 2026-06-01\nuntil: DAY\n"
    text += "expect: {amounts: {A old_age_allowance: {2026-07: 50.00}}}\n"
    result = run_text(tmp_path, text.replace("DAY", "2026-06-10"))
    assert result.later_from is None
    assert result.because == (("日历只走到 2026-06-10：其后自动发生的事项（生日、到期等）尚未发生；要看到，写 until",),)
    assert run_text(tmp_path, text.replace("DAY", "2026-07-21")).passed


def test_expectations_on_the_way_are_dated(tmp_path: Path) -> None:
    events = "events:\n  - 2026-03-20: {death: A, on: 2026-03-15}\n  - 2026-03-21: {expect: {adjustments: []}}\n"
    result = run(tmp_path, events + "expect: {leads: []}\n")
    assert [each[:44] for each in result.differences] == ["by 2026-03-21: adjustments of H0 dibao: unex"]


def test_a_decision_without_a_proposal_is_told(tmp_path: Path) -> None:
    events = "events:\n  - 2026-03-20: {accept: proposal of H0 dibao}\n"
    result = run(tmp_path, events + "expect: {leads: []}\n")
    assert result.differences == ("on 2026-03-20 there is no open proposal of H0 dibao to decide",)
    ran = run(
        tmp_path,
        f"events:\n  - 2026-03-18: {{death: A, on: 2026-03-15}}\n{events.partition(chr(10))[2]}expect: {{leads: []}}\n",
    )
    told = "to decide: it was adjusted by itself on 2026-03-18（已于 2026-03-18 自动执行，不须决定）"
    assert [each.partition("H0 dibao ")[2] for each in ran.differences] == [told]


HEBI = "policy: henan/hebi.yaml\nleft open: demo/left-open.yaml\n"
ON_20 = "events:\n  - 2026-03-20: "


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("expect: {}", "case.yaml:8: expect: expected at least one expectation"),
        ("expect: {amount: {}}", "case.yaml:8: expect.amount: unknown key. Did you mean amounts?"),
        ("expect: {amonts: {}}", "case.yaml:8: expect.amonts: unknown key. Did you mean amounts?"),
        ("until: 2026-06", "case.yaml:8: until: "),
        (ON_20 + "{dead: A}", "case.yaml:9: events[0].what: expected a sentence with one of: death"),
        (ON_20 + "{death: A}", "events[0].what.death.on: missing. Add on."),
        (ON_20 + "{death: Z, on: 2026-03-15}", "case.yaml:9: events[0]: nobody here is called Z"),
        (ON_20 + "{residence: H9, place: rural, on: 2026-03-01}", "case.yaml:9: events[0]: nobody here is called H9"),
        (ON_20 + "{merge: Z, into: A, on: 2026-03-01}", "case.yaml:9: events[0]: nobody here is called Z"),
        (ON_20 + "{joins: A, household: H7, role: child, on: 2026-03-01}", "case.yaml:9: events[0]: nobody here is called H7"),
        (ON_20 + "{move: C, from: H0, to: H1, role: child, on: 2026-03-01}", "case.yaml:9: events[0]: nobody here is called H1"),
        (ON_20 + "{accept: everything reported, for: H7 dibao}", "case.yaml:9: events[0]: nobody here is called H7"),
        (ON_20 + "{apply: H0, for: dibo}", "events[0]: the policy has no benefit dibo. Did you mean dibao 最低生活保障?"),
        (ON_20 + "{accept: proposal of H0 dibo}", "case.yaml:9: events[0]: the policy has no benefit dibo"),
        (ON_20 + "{accept: proposal of H0}", "events[0]: it does not say which benefit, as `H0 dibao` does"),
        (ON_20 + "{wage: B, amount: 6, on: 2026-02-30}", "case.yaml:9: events[0].2026-03-20.on: there is no day 2026-02-30"),
        (ON_20 + "{wage: B, amount: 600, on: 2026.02.20}", "events[0].what.wage.on: expected a day such as 2026-06-05"),
        (ON_20 + "{wage: B, amount: 600, on: 2026-2-20}", "events[0].what.wage.on: expected a day such as 2026-06-05"),
        ("events:\n  - 2026-02-30: new day", "case.yaml:9: events[0].2026-02-30: there is no day 2026-02-30"),
        ("expect:\n  amounts:\n    H0 低保: {2026-02: 1035.00}",
         "case.yaml:10: expect.amounts.H0 低保: the policy has no benefit 低保. Did you mean dibao 最低生活保障? There are"),
        ("expect:\n  amounts:\n    H1 dibao: {2026-02: 1035.00}",
         "case.yaml:10: expect.amounts.H1 dibao: nobody here is called H1. There are H0, A, B, C."),
        ("expect: {amounts: {H0: {2026-02: 1035.00}}}", "expect.amounts.H0: it does not say which benefit, as `H0 dibao` does"),
        ("expect:\n  adjustments:\n    - {H0 dibo: start}", "case.yaml:10: expect.adjustments[0]: the policy has no benefit"),
        ("expect:\n  pay runs:\n    H0 dibo: {2026-02: 1035.00}", "case.yaml:10: expect.pay runs.H0 dibo: the policy has no"),
        ("expect: {tasks: [{H7: verify after death}]}", "expect.tasks[0]: nobody here is called H7"),
        ("expect: {class: {H7: MARGIN}}", "expect.class.H7: nobody here is called H7"),
        ("expect: {amounts: {H0 dibao: 1035}}", "expect.amounts.H0 dibao: expected keys with values, as in {2026-04: 1035.00}"),
        ("expect: {proposals: {H0 dibao: open}}", "expect.proposals: expected a list: lines that begin with a hyphen"),
        ("begins: 2026-01", "begins: expected a day such as 2026-03-20 (应写日期), got '2026-01'"),
        ("expect: {persons: {D: {alive: true}}}", "expect.persons.D: nobody here is called D"),
        (ON_20 + "{expect: {amounts: {H0 dibo: nothing}}}",
         "case.yaml:9: events[0].2026-03-20.expect.amounts.H0 dibo: the policy has no benefit dibo"),
        ("policy: guizhou/province.yaml\nleft open: demo/left-open.yaml",
         "does not hold in region 990101, where everybody here is registered. Write `region:` with six digits"),
        (ON_20 + "{retract: incme of A}", "no sentence is called incme of A. Did you mean income of A?"),
        (ON_20 + "pay run\n  - 2026-03-19: pay run", "The events are not in order of their days"),
        ("events:\n  - 2026-01-10: new day", "somebody receives a benefit from a day after the first event"),
        (ON_20 + "{accept: [income of A]}", "it does not say whose benefit is decided"),
        (ON_20 + "{accept: [x], reject: [x]}", "expected one of accept, reject, modify"),
        (ON_20 + "{modify: [x], for: H0 dibao}", "expected an amount with modify"),
        (ON_20 + "{correct: income of A, amont: 3}", "amont: Extra inputs are not permitted"),
        ("events:\n  - 2026-03-20T08:00: new day", "expected an instant with its zone"),
        ("pay runs: on pay day", "expected the words `monthly on 10`"),
        ("policy: moon", "case.yaml:8: policy: there is no moon in"),
        ("override: {standards.dibao_urbn.values: []}", "no dibao_urbn at standards. Did you mean dibao_urban?"),
        ("override: {materiality: 50}", "case.yaml:8: override.materiality: expected a valid string, got 50"),
        ("override:\n  standards.dibao_urban.values.last: [{from: 2027-04, yuan: 680}]",
         "case.yaml:9: override.standards.dibao_urban.values.last[0].yuan: expected a valid string, got 680. 请加半角引号 Put"),
        ("override:\n  standards.dibao_urban.values.last: {from: 2027-04, yuan: '680.00'}",
         "case.yaml:9: override.standards.dibao_urban.values.last: last adds to a list, and this is none. Put it into [ ]"),
        ("override:\n  standards.dibao_urban.values.last: [{from: 2014-12, yuan: '680.00'}]",
         "last[0].from: not after the value before it, which begins in 2015-01 (policies/demo/gz-t.yaml:36)"),
        ("override:\n  effects.first: [{programme: dibao}]", "case.yaml:9: override.effects.first[0].cause: missing"),
        (ON_20 + "{new policy: {standards.dibao_urban.values.last: [{from: 2014-12, yuan: '1.00'}]}}",
         "case.yaml:9: events[0].2026-03-20.new policy.standards.dibao_urban.values.last[0].from: not after the value before it"),
        (HEBI + "override: {standards.dibao_urban.values.last: [{from: 2021-01, yuan: '500.00'}]}",
         "last[0].from: not after the value before it, which begins in 2022-01 (policies/henan/hebi.yaml:16)"),
        ("expect: {amounts: {H0 dibao: {2026-04: 1035.005}}}", "expected an amount in yuan like 1035.00"),
        ("expect: {adjustments: [{from: 2026-04}]}", "expected one key that says whom the line is about"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, rest: str, told: str) -> None:
    expecting = "" if rest.startswith("expect") else "expect: {leads: []}\n"
    result = run(tmp_path, f"{rest}\n{expecting}")
    assert not result.passed
    assert any(told in each for each in result.unfit), result.unfit


def test_everything_unknown_is_told_at_once_by_its_line(tmp_path: Path) -> None:
    text = PEOPLE.replace("{dibao: 2026-01-20}", "{dibo: 2026-01-20}") + "expect: {amounts: {H0 dibo: nothing}}\n"
    found = run_text(tmp_path, text).unfit
    assert [each.partition(": the policy")[0] for each in found] == [
        "case.yaml:7: households.H0.receives.dibo", "case.yaml:8: expect.amounts.H0 dibo",
    ]  # fmt: skip


def test_a_single_sentence_may_stand_for_a_list(tmp_path: Path) -> None:
    death = "events:\n  - 2026-03-20: {death: A, on: 2026-03-15}\n"
    line = "{H0 dibao: decrease, from: 2026-04, says: SAID}"
    result = run(tmp_path, f"{death}expect: {{adjustments: [{line.replace('SAID', '死亡（2026-03-15')}]}}\n")
    assert result.passed, [*result.unfit, *result.differences]
    wrong = run(tmp_path, f"{death}expect: {{adjustments: [{line.replace('SAID', '再婚')}]}}\n")
    assert "expected the reason to say 再婚" in wrong.differences[0]


def test_what_was_refused_is_told_though_nobody_asked(tmp_path: Path) -> None:
    """Else what is meant to happen does not, and nothing says why."""
    ahead = ON_20 + "{accept: [income of A], for: H0 dibao, notice: 2026-03-25}\n"
    result = run(tmp_path, f"{ahead}expect: {{tasks: []}}\n")
    told = "receipts of decision of 2026-03-20: REFUSED, code FUTURE_DATE, field notice_served_on; where that is meant, expect it"
    refused = "未采用：decision of 2026-03-20 被拒绝（FUTURE_DATE，notice_served_on）"
    refused += "：该日晚于收到的那一天，请改日期，或改本行的收到日。"
    assert result.differences == (f"{refused}{told} under `receipts`",)
    meant = "receipts: [{decision of 2026-03-20: refused, code: FUTURE_DATE}]"
    assert run(tmp_path, f"{ahead}expect: {{{meant}}}\n").passed


def test_rows_that_are_put_first_and_last_are_told_apart(tmp_path: Path) -> None:
    first = "[{programme: dibao, cause: wage, direction: '*', mode: PROPOSED, month: SAME_MONTH, clause: x, source: y}]"
    last = first.replace("wage", "'*'").replace("dibao", "'*'")
    result = run(tmp_path, f"override: {{effects.first: {first}, effects.last: {last}}}\nexpect: {{leads: []}}\n")
    assert result.unfit == (
        "case.yaml:8: override.effects.last[0]: never reached: rows above it take everything. Remove it, or move it up.",
    )


def test_a_name_that_means_two_is_refused(tmp_path: Path) -> None:
    deaths = "{death: A, on: 2026-03-15}\n  - 2026-03-20: {death: A, on: 2026-03-16}\n"
    retraction = "  - 2026-03-21: {retract: death of A}\nexpect: {leads: []}\n"
    result = run(tmp_path, ON_20 + deaths + retraction)
    told = "case.yaml:11: events[2]: several sentences are called death of A. Name the one that is meant with `as`."
    assert result.unfit == (told,)
    named = deaths.replace("03-16}", "03-16, as: the other}")
    assert run(tmp_path, ON_20 + named + retraction).passed


def test_plain_words_stay_words() -> None:
    said: Any = yaml.load("{on: 1035.00, a: 12, b: 2026-04, c: 2026-04-01, d: true, e: no, f: 1e3, g: 010}", CaseLoader)  # noqa: S506
    assert said == {
        "on": "1035.00", "a": 12, "b": "2026-04", "c": date(2026, 4, 1), "d": True, "e": "no", "f": "1e3", "g": "010",
    }  # fmt: skip


def test_numbers_are_of_nowhere_and_right() -> None:
    numbers = {identity_number(index, date(1981, 1, 1), sex) for index in range(200) for sex in ("male", "female")}
    assert len(numbers) == 400
    assert all(number.startswith("990101") and identity_fault(number) is None for number in numbers)
    assert all("check character" in (identity_fault(with_wrong_check(number)) or "") for number in numbers)


def test_what_cases_publish_fits_the_schemas() -> None:
    """What cases say could be sent in Avro, what is meant to be refused included: every kind that cases have words for."""
    held = catalogue()
    schemas = {name: fastavro.parse_schema(dict(held.newest(name).definition)) for name in held.sources}
    seen = set()
    for name in TELLING_ALL:
        stage = cases().stage(case_path(name))
        for moment in stage.story.moments:
            stage.act(moment)
            stage.simulation.run()
        for revision in stage.published:
            # others are said in the words of the hub, not their own
            if held.sources[revision.topic].rules is None:
                fastavro.validation.validate(dict(revision.body), schemas[revision.topic], strict=True)
            seen.add(revision.topic)
    assert {held.sources[topic].kind for topic in seen} >= {
        "application", "certificate", "death", "decision", "membership", "residence", "verification_result", "wage",
        "watch_list", "placement", "ability_assessment", "custody", "missing", "school_enrolment", "temporary_aid",
        "relocation", "identity_merge", "nursing_benefit",
    }  # fmt: skip


def test_a_payer_pays_the_rate_and_what_came_since() -> None:
    def said(**changed: Any) -> Out:
        given: dict[str, Any] = dict.fromkeys(Adjustment.__struct_fields__, "")
        given |= {"beneficiary": "h:H0", "programme": "dibao", "kind": "START", "arrears_fen": 0, "after_fen": 0}
        return Out(topic="benefits.adjustments", key="h:H0", value=Adjustment(**{**given, **changed}), partition=1)

    def marker(at: str) -> Out:
        return said(kind="PAY_RUN_MARKER", effective_month=at)

    told = [
        said(payable_from="2026-04", after_fen=100),
        said(payable_from="2026-06", after_fen=0),
        marker("2026-04"),
        said(payable_from="2026-05", after_fen=70, arrears_fen=-30),
        marker("2026-05"),
        marker("2026-06"),
        said(payable_from="2026-07", after_fen=0),
        marker("2026-07"),
    ]
    assert paid(told) == {("h:H0", "dibao"): {"2026-04": 100, "2026-05": 40, "2026-06": 70}}


def test_a_place_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="there is no"):
        case_files([tmp_path / "nowhere"])
    assert case_files([case_path("margin")]) == sorted(case_path("margin").glob("*.yaml"))
