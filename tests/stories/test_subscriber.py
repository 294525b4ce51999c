"""The subscriber of the demo: what it tells, in which order, and what it notices."""

from itertools import zip_longest

import pytest
import subscriber
from msgspec import to_builtins

from tests.stories.played import KEY, STORY, played

NAMES = STORY.names(KEY)
PARTITIONS = 2


def records():
    """What the story's adjustments and explanations look like on their topics: (topic, partition, row), in order."""
    for one in played()[1]:
        for each in one.adjustments:
            yield subscriber.ADJUSTMENTS, each.origin, to_builtins(each)
            if each.adjustment_id in one.explanations:
                yield subscriber.EXPLANATIONS, each.origin, to_builtins(one.explanations[each.adjustment_id])


def lines_of(told, names=NAMES):
    reader = subscriber.Subscriber(PARTITIONS, names)
    lines = [line for topic, partition, row in told for line in reader.take(topic, partition, row)]
    assert reader.told_all
    return lines


LINES = lines_of(records())


def paragraph(beginning):
    """The line that begins so, and the indented ones below it."""
    start = next(place for place, line in enumerate(LINES) if line.startswith(beginning))
    following = next((p for p in range(start + 1, len(LINES)) if not LINES[p].startswith("      ")), len(LINES))
    return LINES[start:following]


def test_an_adjustment_is_told_with_its_reason_its_sum_and_its_clause():
    who, why, how, settled, clause = paragraph("  ● 张家（h:H-01） 最低生活保障 减发")
    assert who == "  ● 张家（h:H-01） 最低生活保障 减发：自 2026-06 起每月 1035.00 → 590.00 元"
    assert (
        why
        == "      原因：死亡（2026-03-15 发生，2026-05-20 收到），按规定自动执行，自 2026-04 起计（2026-03-15 发生次月）"
    )
    assert how.startswith("      计算：2 人 × 标准 645.00 元 − 家庭月收入 700.00 元 = 590.00 元")
    assert settled == "      2026-04 至 2026-05 多发 890.00 元，待审核，不自动追回"
    assert clause.startswith(
        "      依据：死亡次月停发或重新核算（假定）；《社会救助暂行办法》第九条（2026-07-01 起为《社会救助法》第十八条）"
    )
    assert clause.endswith("（含假定规则，仅供演示）")


def test_remarks_stand_behind_the_clause_however_many_there_are():
    first = next(line for line in LINES if "陈伟" in line and "重度残疾人护理补贴 增发" in line)
    *_, clause = paragraph(first)
    assert clause == (
        "      依据：残疾等级变更次月调整（假定）；国发〔2015〕52号（未核对原文）；重度残疾人护理补贴 一级 70 元/人·月"
        "（含假定规则，仅供演示）（含未核对原文的规则）"
    )


def test_a_decided_one_names_who_decided_and_when_they_were_heard():
    _, why, *_ = paragraph("  ● 王家（h:H-02） 最低生活保障 减发：自 2026-10")
    assert why == (
        "      原因：死亡（2026-08-15 发生，2026-08-20 收到），演示县民政局 2026-09-15 决定，2026-09-12 听取意见，"
        "自 2026-10 起计（2026-09-15 决定次月，不早于发生当月）"
    )


def test_a_pay_run_is_told_once_when_all_partitions_have_their_marker():
    runs = [line for line in LINES if line.startswith("  ■")]
    assert [line.split()[1] for line in runs] == [f"2026-{number:02d}" for number in range(2, 11)]
    _, changes = paragraph("  ■ 2026-07")
    assert changes == "      与上次不同：张家 590.00 → 1480.00，王家 1035.00 → 555.00"
    (nobody,) = paragraph("  ■ 2026-02")
    assert nobody == "  ■ 2026-02 发放：0 户（人）共 0.00 元"


def test_who_is_not_named_keeps_a_pseudonym():
    told = lines_of(records(), names={})
    assert not any(label in line for line in told for label in NAMES.values())
    assert any(line.startswith("  ● h:H-01 ") for line in told)


@pytest.mark.parametrize("late_by", [1, 5, 50])
def test_an_adjustment_waits_for_its_explanation_and_keeps_its_place(late_by):
    rows = list(records())
    adjustments = [row for row in rows if row[0] == subscriber.ADJUSTMENTS]
    explanations = [None] * late_by + [row for row in rows if row[0] == subscriber.EXPLANATIONS]
    mixed = [row for pair in zip_longest(adjustments, explanations) for row in pair if row]
    heads = [line for line in lines_of(mixed) if line.startswith("  ●")]
    assert sorted(heads) == sorted(line for line in LINES if line.startswith("  ●"))
    assert [line for line in heads if "张家" in line] == [line for line in LINES if line.startswith("  ● 张家")]
    assert [line for line in lines_of(mixed) if "■" in line] == [line for line in LINES if "■" in line]


def test_a_missing_number_and_a_repeated_one_are_complained_about():
    rows = list(records())
    mine = [place for place, (_, _, row) in enumerate(rows) if row.get("sequence") and row["beneficiary"] == "h:H-01"]
    first, second = mine[0], mine[1]
    assert "  !! h:H-01: 第 2 号之前有缺号" in lines_of(rows[:first] + rows[first + 2 :])
    again = rows[: second + 2] + rows[second : second + 2]
    assert "  !! h:H-01: 第 2 号重复" in lines_of(again)
