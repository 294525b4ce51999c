"""What `hub replay` shows of an outcome, with which code it ends, and when nothing can be compared."""

import pytest
from rich.console import Console

from benefit_hub.cli import replay
from benefit_hub.cli.replay_shown import Language, document, tables
from benefit_hub.messages.public import ExplainedAmount
from benefit_hub.runtime.live_side import Cut
from benefit_hub.simulate.compared import Compared, Finding, Months
from benefit_hub.simulate.shadow import Side
from benefit_hub.values.errors import HubError
from tests.cli.typed import typed
from tests.in_memory import demo_book, env_of

CUT = Cut({0: 0, 1: 0}, {0: 12, 1: 30})
MOVED = ("p:cc", "old_age")


def amount(fen: int, standard: str) -> ExplainedAmount:
    """What one person gets who has 600.00."""
    inputs = {"S": standard, "n": "1", "I": "600"}
    return ExplainedAmount(fen, "top_up", "n*S - I", inputs, (), "第九条", "办法", assumed=False)


def finding(who: str, fen: int, replayed: ExplainedAmount | None) -> Finding:
    """A dibao that is 45.00, and so much by the replay."""
    months = (Months("2026-06", 4_500, fen, "DIBAO", "DIBAO" if fen else "NONE"),)
    live = amount(4_500, "645")
    return Finding(
        beneficiary=who, programme="dibao", where=("ENTITLEMENT",), months=months, live=live, replayed=replayed
    )


FOUND = Compared(
    equal=7,
    findings=[finding("h:H-01", 8_000, amount(8_000, "680")), finding("h:H-02", 0, None)],
    moved_on=[MOVED],
)


def shown(found: Compared, lang: Language, *changed: str, cut: Cut = CUT, most: int = 20) -> str:
    """All that is printed."""
    console = Console(width=160)
    with console.capture() as capture:
        for each in tables(cut, env_of(demo_book()), changed, found, lang, most):
            console.print(each)
    return capture.get()


def test_an_operator_reads_who_differs_from_when_by_how_much_and_why() -> None:
    said = shown(FOUND, Language.ZH, "demo.gz-t")
    rows = [line.split() for line in said.splitlines()]
    assert ["一致", "7", "项；不一致", "2", "项；未比较", "1", "项"] in rows
    assert ["h:H-02", "最低生活保障", "2026-06", "45.00", "0.00", "-45.00", "待遇核定"] in rows
    assert ["h:H-01", "最低生活保障", "2026-06", "45.00", "80.00", "+35.00", "待遇核定"] in rows
    assert said.index("h:H-02 ") < said.index("h:H-01 "), "the largest difference first"
    assert "按改动后的政策（demo.gz-t）" in said
    assert "未比较：运行中的系统已有更新的事实，请再次重放。p:cc|old_age" in said
    assert "依据：第九条（办法）" in said
    assert "重放: 没有待遇" in said


def test_in_english_and_no_more_than_asked_for() -> None:
    said = shown(FOUND, Language.EN, most=1)
    assert "by the policy in force" in said
    assert "equal 7; different 2; not compared 1" in said
    assert "and 1 more: --most, or --json" in said
    assert "h:H-01" not in said


def test_facts_that_are_gone_from_the_topic_are_told() -> None:
    assert "1:5 更早的事实已不在主题上" in shown(FOUND, Language.ZH, cut=Cut({0: 0, 1: 5}, CUT.ends))
    assert "更早" not in shown(FOUND, Language.ZH)


def test_a_machine_reads_all_of_it() -> None:
    said = document(CUT, (), FOUND)
    assert said["not_compared"] == [{"beneficiary": "p:cc", "programme": "old_age"}]
    assert [(each["beneficiary"], each["difference_fen"]) for each in said["different"]] == [
        ("h:H-01", 3_500),
        ("h:H-02", -4_500),
    ]


@pytest.mark.parametrize(
    ("found", "code"),
    [(Compared(equal=3), 0), (FOUND, 1), (Compared(equal=3, moved_on=[MOVED]), 2)],
)
def test_the_exit_code_is_that_of_diff(found: Compared, code: int) -> None:
    assert replay.outcome(found) == code


@pytest.mark.parametrize(
    ("live", "said"), [(Side(done=3, reached=4), "still at work"), (Side(done=4, reached=5), "replay again")]
)
def test_another_day_on_the_other_side_is_no_difference(live: Side, said: str) -> None:
    replay.check_days(Side(done=4, reached=4), Side(done=4, reached=4))
    with pytest.raises(HubError, match=said):
        replay.check_days(live, Side(done=4, reached=4))


def test_where_no_kafka_answers_the_code_is_not_that_of_a_difference(capsys, tmp_path) -> None:
    settings = {"HUB_DATA": str(tmp_path), "HUB_STORY_TIME": "true", "HUB_BOOTSTRAP": "", "KAFKA_BOOTSTRAP": ""}
    done = typed(capsys, "replay", "--set", "materiality=", environment=settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hub: ")
