"""`hub publish` without a Kafka: what is wrong is told before anything leaves, and the sandbox shows what would come of it."""

import json
import os
from pathlib import Path

import pytest

from benefit_hub.cli import publishing
from tests.checkout import cases
from tests.cli.typed import typed

pytestmark = pytest.mark.slow

WAGE, DEATH = "human-resources.wage", "public-security.death"
LI, CHILD, NOBODY = "990101198301010040", "990101201601010063", "990101194607200017"
RECORDED = 1_780_900_000_000
"""8 June 2026, the day after the world of the sandbox ends."""


@pytest.fixture
def hub(tmp_path, capsys, monkeypatch):
    """Runs the command in an empty folder, without the environment of this machine's hub."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUB_", "KAFKA_"))]:
        monkeypatch.delenv(name)
    return lambda *arguments: typed(capsys, *arguments)


def wage(record, **said):
    return {
        "record_id": record,
        "revision": 1,
        "valid_from": "2026-06-05",
        "recorded_at": RECORDED,
        "id_number": LI,
        "pay_period": "2026-05",
        "employer": "E1",
        "amount_fen": 60_000,
    } | said


def death(record, number):
    return {
        "record_id": record,
        "revision": 1,
        "valid_from": "2026-06-03",
        "recorded_at": RECORDED,
        "id_number": number,
    }


def written(*records):
    Path("records.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    return "records.jsonl"


def test_the_world_of_the_sandbox_is_as_it_says():
    result = cases().run(Path(__file__).parents[2] / "demo/world.yaml")
    assert (result.differences, result.unfit) == ((), ())


def test_a_wage_in_the_sandbox_is_proposed_with_its_amounts(hub):
    """1035 = 3 x 645 - 900; a wage of 600 counts as 480: 1935 - 1380 = 555."""
    done = hub("publish", "--sandbox", WAGE, written(wage("W-1")))
    assert done.returncode == 0, done.stderr
    assert LI in done.stdout, "the numbers of the world are told, so that samples can be made"
    assert "accepted 1, otherwise 0" in done.stdout
    assert "由每月 1035.00 元调整为 555.00 元，原因：工资收入变化" in done.stdout
    assert "nothing is sent" in done.stdout


def test_a_death_in_the_sandbox_changes_the_amount_by_itself_and_says_why(hub):
    """2 x 645 - 900 = 390, from the month after."""
    done = hub("publish", "--sandbox", DEATH, written(death("D-1", CHILD)), "--json")
    told = json.loads(done.stdout)
    (change,) = told["changes"]
    assert (change["adjustment"]["before_fen"], change["adjustment"]["after_fen"]) == (103_500, 39_000)
    assert change["adjustment"]["payable_from"] == "2026-07"
    assert "2 人 × 标准 645.00 元 − 家庭月收入 900.00 元 = 390.00 元" in change["why"]
    assert [each["type"] for each in told["tasks"]] == ["VERIFY_AFTER_DEATH"]
    assert told["labels"][change["adjustment"]["beneficiary"]] == "ZHANG"
    assert told["people"]["李四"] == LI


def test_what_is_refused_repeated_or_contradicted_is_told_in_both_languages(hub):
    bad = wage("W-2", id_number=LI[:-1] + "9")
    late = wage("W-3", valid_from="2015-01-01", valid_to="2016-01-01")
    file = written(wage("W-1"), wage("W-1"), wage("W-1", amount_fen=1), bad, wage("W-4", amount_fen="much"), late)
    done = hub("publish", "--sandbox", WAGE, file)
    assert done.returncode == 2
    assert "accepted 4, otherwise 5" in done.stdout, "W-1 three times, and the late one"
    for said in ("REPEATED 重复", "CONFLICT 同一版本内容不一致", "REFUSED 已拒绝", "TOO_LATE 超出追溯期", "line 5"):
        assert said in done.stdout
    assert "field id_number: expected a check character" in done.stdout
    assert "字段 amount_fen：应为整数" in done.stdout


def test_somebody_whom_the_world_does_not_know_changes_nothing(hub):
    done = hub("publish", "--sandbox", WAGE, written(wage("W-1", id_number=NOBODY)))
    assert done.returncode == 0
    assert "有 1 人不在试用环境中" in done.stdout
    assert "No amount changes, and nobody has anything to do" in done.stdout


def test_a_world_of_ones_own(hub):
    Path("village.yaml").write_text(
        "title: a village\nassumed: nothing\npeople: {A: {age: 79, place: rural}}\nuntil: 2026-06-01\nexpect: {amounts: {}}\n"
    )
    done = hub("publish", "--sandbox", "--world", "village.yaml", WAGE, written(wage("W-1")), "--json")
    assert list(json.loads(done.stdout)["people"]) == ["A"]


def test_a_mapped_department_tries_its_own_fields(hub):
    record = {
        "lsh": "HJ1", "xgcs": 0, "zjhm": LI, "dwzh": "D9", "hjny": "202605", "grjcjs": "3000.00",
        "gryjce": "300.00", "dwyjce": "300.00", "czbz": "N", "jzsj": RECORDED // 1000,
    }  # fmt: skip
    file = written(record, record | {"lsh": "HJ2", "gryjce": "300.005"})
    told = json.loads(hub("publish", "--sandbox", "provident-fund.contribution", file, "--json").stdout)
    assert [(each["status"], each["field"]) for each in told["receipts"]] == [("ACCEPTED", None), ("REFUSED", "gryjce")]


def test_all_or_nothing_sends_nothing_where_one_is_bad(hub):
    """Nor does it ask for a Kafka: there is none here."""
    file = written(wage("W-1"), wage("W-2", amount_fen=-1))
    done = hub("publish", "--all-or-nothing", WAGE, file)
    assert (done.returncode, done.stderr) == (2, "")
    assert "1 of 2 records would be refused" in done.stdout
    assert "line 2  wage W-2 第 1 版 (revision 1)" in done.stdout
    assert (
        "NEGATIVE_AMOUNT: field amount_fen: expected an amount in fen of 0 or more. Correct the record" in done.stdout
    )
    assert "字段 amount_fen：金额不能为负" in done.stdout
    assert "nothing was sent" in done.stdout


def test_a_machine_reads_line_field_expectation_and_both_texts(hub):
    done = hub("publish", "--all-or-nothing", "--json", WAGE, written(wage("W-1"), wage("W-2", pay_period="May")))
    told = json.loads(done.stdout)
    assert (told["lines"], told["sent"], told["batch"]) == (2, 0, None)
    (bad,) = told["bad"]
    assert (bad["line"], bad["record"]) == (2, "W-2")
    (fault,) = bad["faults"]
    assert (fault["code"], fault["field"], fault["expected"]) == ("BAD_DATE", "pay_period", "a month YYYY-MM")
    assert fault["text_zh"]


def test_everything_that_is_wrong_with_a_row_is_told_at_once(hub):
    wrong = wage("W-1", pay_period="May", amount_fen=-1, employer="", id_number=NOBODY[:-1] + "9")
    done = hub("publish", "--all-or-nothing", WAGE, written(wrong))
    assert "1 of 1 records would be refused" in done.stdout
    for code, field in (("BAD_DATE", "pay_period"), ("NEGATIVE_AMOUNT", "amount_fen"), ("BAD_IDENTITY", "id_number")):
        assert f"{code}: field {field}: expected" in done.stdout
        assert f"字段 {field}：" in done.stdout


def test_a_revision_with_two_contents_in_one_file_is_told(hub):
    done = hub(
        "publish", "--all-or-nothing", "--json", WAGE, written(wage("W-1"), wage("W-1"), wage("W-1", employer="E2"))
    )
    assert [(each["line"], each["faults"][0]["code"]) for each in json.loads(done.stdout)["bad"]] == [(3, "CONFLICT")]


def test_no_number_of_a_person_is_told_again(hub):
    file = written(wage("W-1", id_number=NOBODY[:-1] + "9"), wage(NOBODY), wage("W-2", employer=NOBODY))
    done = hub("publish", "--all-or-nothing", WAGE, file)
    assert "3 of 3 records would be refused" in done.stdout
    assert NOBODY[:17] not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("publish", "human-resources.wages", "f"),
            "human-resources.wages is not a topic of a department; the closest are human-resources.wage, ",
        ),
        (("publish", "quux.zzz", "f"), "point HUB_ASSETS at your folder if it is another"),
        (("publish", WAGE, "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("publish", WAGE, "records.jsonl"), "hub up"),
        (("publish", WAGE, "records.jsonl", "--on", "2026-06-08"), "--on is for hubs in story time"),
        (("held", "human-resource"), "no topic comes from human-resource; the closest are human-resources"),
        (("receipts", "--source", "me"), "no topic comes from me; none of the"),
        (("receipts", "--source", "human-resources"), "hub worker"),
    ],
)
def test_what_cannot_be_done_is_one_paragraph_that_says_what_to_do(hub, arguments, told):
    written(wage("W-1"))
    done = hub(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("hub: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 500, "what to do is not lost among names"


def test_a_batch_that_nobody_answers_tells_the_likely_causes(capsys):
    publishing._tell(
        publishing.Report(topic="a.wage", lines=1, batch="b", sent=1, answered=False, missing=1), "wage", Path("/mine")
    )
    told = capsys.readouterr().out
    assert "not answered 未答复 1" in told
    for cause in ("none is at work (hub status)", "none that knows a.wage", "HUB_ASSETS=/mine", "nothing is lost"):
        assert cause in told
    assert "没有丢失" in told
