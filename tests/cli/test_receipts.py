"""`hub receipts`: a department's developer reads what became of a batch, and what to do about what does not count."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.view import Record, ViewWriter
from tests.cli.typed import typed
from tests.runtime.test_view import Builtins

pytestmark = pytest.mark.slow

WAGES = "human-resources"


def receipt(number, status="ACCEPTED", *, batch="六月", size=4, source=WAGES, **said):
    return Receipt(
        source=source,
        event_id=f"wage/w{number}/1",
        kind="wage",
        record=f"w{number}",
        revision=1,
        status=status,
        batch=batch,
        batch_size=size,
        **said,
    )


REFUSED = receipt(
    3,
    "REFUSED",
    code="BAD_DATE",
    field="pay_period",
    expected="a month YYYY-MM",
    text_en="BAD_DATE: field pay_period: expected a month YYYY-MM. Correct the record.",
    text_zh="字段 pay_period：日期无法识别。",
)
REPEATED = receipt(1, "REPEATED", text_en="The same revision was received before.", text_zh="该版本此前已收到。")


@pytest.fixture
def hub(tmp_path, capsys, monkeypatch):
    """Runs `hub receipts` over a view that holds these receipts."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUB_", "KAFKA_"))]:
        monkeypatch.delenv(name)

    def run(*arguments, holding):
        writer = ViewWriter(Path("hub-data/view.sqlite"), Builtins())
        writer.apply(
            Record("receipts", 0, offset, b"k", msgspec.json.encode(each)) for offset, each in enumerate(holding)
        )
        writer.close()
        return typed(capsys, "receipts", *arguments)

    return run


def test_a_batch_is_told_in_a_line_and_what_does_not_count_in_a_paragraph(hub):
    done = hub("--source", WAGES, "--batch", "六月", holding=[receipt(1), receipt(2), REFUSED, REPEATED])
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "batch 批次 六月: 3 of 4 answered 已答复  not complete 未齐  已接收 accepted 2  已拒绝 refused 1  重复 repeated 1",
        "  REFUSED 已拒绝  wage w3 第 1 版 (revision 1)  event wage/w3/1",
        "      BAD_DATE: field pay_period: expected a month YYYY-MM. Correct the record.",
        "      字段 pay_period：日期无法识别。",
        "  REPEATED 重复  wage w1 第 1 版 (revision 1)  event wage/w1/1",
        "      The same revision was received before.",
        "      该版本此前已收到。",
    ]


def test_a_complete_batch_in_which_all_counts_is_exit_code_0(hub):
    done = hub("--source", WAGES, "--batch", "六月", holding=[receipt(each) for each in range(4)] + [REPEATED])
    assert done.returncode == 0
    assert "4 of 4 answered 已答复  complete 已齐" in done.stdout


def test_without_a_batch_all_are_told_the_newest_first_and_nobody_elses(hub):
    holding = [
        receipt(1),
        receipt(2, batch=None, size=None),
        receipt(9, "REFUSED", source="public-security", text_en="of another department"),
        REFUSED,
    ]
    done = hub("--source", WAGES, holding=holding)
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()[:2]] == ["in no batch 未分批", "batch 批次 六月"]
    assert "size unknown 总数未知" in done.stdout
    assert "another department" not in done.stdout


def test_only_what_was_refused(hub):
    done = hub("--source", WAGES, "--refused", holding=[REFUSED, REPEATED])
    assert "REFUSED" in done.stdout
    assert "REPEATED" not in done.stdout


def test_a_machine_reads_counts_and_receipts(hub):
    told = json.loads(hub("--source", WAGES, "--json", holding=[receipt(1), REFUSED]).stdout)
    (batch,) = told["batches"]
    assert (batch["accepted"], batch["refused"], batch["answered"], batch["complete"]) == (1, 1, 2, False)
    (refused,) = told["receipts"]
    assert (refused["code"], refused["field"], refused["expected"]) == ("BAD_DATE", "pay_period", "a month YYYY-MM")


def test_of_many_the_latest_are_told(hub):
    many = [msgspec.structs.replace(REFUSED, event_id=f"e{number}") for number in range(60)]
    done = hub("--source", WAGES, "--most", "2", holding=many)
    assert [line.split()[-1] for line in done.stdout.splitlines() if "REFUSED 已拒绝" in line] == ["e58", "e59"]
    assert "58 earlier ones are left out" in done.stdout


def test_a_batch_of_which_nothing_is_known(hub):
    done = hub("--source", WAGES, "--batch", "七月", holding=[receipt(1)])
    assert done.returncode == 1
    assert "nothing of batch 七月 of human-resources was answered yet" in done.stderr
