"""A department's own record becomes a record as the hub agreed it, field by field; what is refused is told in its words."""

import os
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.intake.mapping import Translation
from benefit_hub.intake.mapping_fields import reader
from benefit_hub.intake.mapping_values import LEFT_OUT
from benefit_hub.messages.departments import names_people
from benefit_hub.task.mapping import (
    Choice,
    Coded,
    Day,
    Each,
    Flag,
    Instant,
    Rule,
    Several,
    Text,
    TopicMapping,
    Whole,
)
from benefit_hub.values.refusal import Refusal
from tests.checkout import catalogue
from tests.contracts.records import records, schema_text
from tests.intake.records import ANN, record, take

CATALOGUE = catalogue()
MAPPED = sorted(name for name, source in CATALOGUE.sources.items() if source.rules is not None)
AREA = Coded((("1", "URBAN"), ("2", "RURAL")))


def rule(how: Any, *sources: str, **said: Any) -> Rule:
    """A rule for a field of which the name does not matter."""
    return Rule(field="f", sources=sources or ("a",), how=how, **said)


def at(text: str) -> int:
    """A local time in Asia/Shanghai in milliseconds since 1970, by the library and not by us."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


CITIZEN = Each((Rule(field="category", sources=("k",), how=AREA), Rule(field="level", sources=("l",), how=Whole())))
PAIRS = Several(
    tuple(
        (Rule(field="category", sources=(f"k{n}",), how=AREA), Rule(field="level", sources=(f"l{n}",), how=Whole()))
        for n in (1, 2)
    )
)
CODES = Each((Rule(field="", sources=(".",), how=AREA),), split=";")

READ: list[Any] = [
    # texts
    ("blanks around a text", {"a": " X-1  "}, rule(Text()), "X-1"),
    ("a number as text", {"a": 990101}, rule(Text()), "990101"),
    ("the first six of twelve", {"a": "990101100203"}, rule(Text(first=6)), "990101"),
    ("a text that is shorter", {"a": "99"}, rule(Text(first=6)), "99"),
    ("two texts joined", {"a": "X", "b": 7}, rule(Text(separator="-"), "a", "b"), "X-7"),
    ("a field inside of a record", {"p": {"n": "N"}}, rule(Text(), "p.n"), "N"),
    ("an identity number in small letters", {"a": "99010119460720005x "}, rule(Text(upper=True)), "99010119460720005X"),
    # nothing there
    ("null, left out", {"a": None}, rule(Text(), otherwise="LEAVE_OUT"), LEFT_OUT),
    ("blanks, left out", {"a": "  "}, rule(Text(), otherwise="LEAVE_OUT"), LEFT_OUT),
    ("a field that is not there", {}, rule(Text(), otherwise="LEAVE_OUT"), LEFT_OUT),
    ("a word for nothing", {"a": "长期"}, rule(Text(), nothing=("长期",), otherwise="LEAVE_OUT"), LEFT_OUT),
    ("a number for nothing", {"a": -1}, rule(Whole(), nothing=("-1",), otherwise="LEAVE_OUT"), LEFT_OUT),
    ("a default", {"a": ""}, rule(AREA, otherwise="DEFAULT", default="RURAL"), "RURAL"),
    ("nothing in a record that is not there", {"p": None}, rule(Text(), "p.n", otherwise="LEAVE_OUT"), LEFT_OUT),
    ("nothing where there has to be something", {"a": " "}, rule(Text()), ("MISSING_VALUE", "a")),
    ("half of a joined text", {"a": "X", "b": ""}, rule(Text(), "a", "b"), ("MISSING_VALUE", "b")),
    # codes
    ("a code", {"a": "2"}, rule(AREA), "RURAL"),
    ("a code as a number", {"a": 1}, rule(AREA), "URBAN"),
    ("a flag as a code", {"a": True}, rule(Coded((("true", "URBAN"), ("false", "RURAL")))), "URBAN"),
    ("a code padded with blanks", {"a": "1   "}, rule(AREA), "URBAN"),
    ("a code of another width is another code", {"a": "01"}, rule(AREA), ("UNKNOWN_CODE", "a")),
    ("an unknown code is not guessed", {"a": "3"}, rule(AREA), ("UNKNOWN_CODE", "a")),
    ("unless the table says so", {"a": "3"}, rule(Coded((("1", "URBAN"),), known=False, otherwise="RURAL")), "RURAL"),
    ("a code for nothing", {"a": "0"}, rule(Coded((("0", None), ("1", "X")))), LEFT_OUT),
    ("a word that both use", {"a": "URBAN"}, rule(Choice(("URBAN", "RURAL"))), "URBAN"),
    ("the symbol for what is not known", {"a": "UNKNOWN"}, rule(Choice(("URBAN", "RURAL"))), ("UNKNOWN_CODE", "a")),
    ("yes or no", {"a": False}, rule(Flag()), False),
    # numbers
    ("digits", {"a": "0042"}, rule(Whole()), 42),
    ("a number", {"a": 42}, rule(Whole()), 42),
    ("yuan with fen", {"a": "1234.56"}, rule(Whole(("yuan",))), 123456),
    ("yuan without fen", {"a": "1234"}, rule(Whole(("yuan",))), 123400),
    ("yuan as a number", {"a": 1234}, rule(Whole(("yuan",))), 123400),
    ("yuan with one decimal", {"a": "0.1"}, rule(Whole(("yuan",))), 10),
    ("yuan with more zeros than needed", {"a": "0.1000000"}, rule(Whole(("yuan",))), 10),
    ("what a float would spoil", {"a": "4503599627370497.01"}, rule(Whole(("yuan",))), 450359962737049701),
    ("ten thousand yuan", {"a": "3.2"}, rule(Whole(("ten-thousand-yuan",))), 3_200_000),
    ("ten thousand yuan to the fen", {"a": "0.000001"}, rule(Whole(("ten-thousand-yuan",))), 1),
    ("jiao", {"a": "15"}, rule(Whole(("jiao",))), 150),
    ("fen", {"a": "15"}, rule(Whole(("fen",))), 15),
    ("years", {"a": "1.5"}, rule(Whole(("years",))), 18),
    ("square metres", {"a": "89.45"}, rule(Whole(("square-metres",))), 8945),
    ("below nothing, which a later check refuses", {"a": "-0.01"}, rule(Whole(("yuan",))), -1),
    ("a sum of two units", {"a": "2", "b": "6"}, rule(Whole(("years", "months")), "a", "b"), 30),
    ("a sum of which one part is there", {"a": None, "b": "6"}, rule(Whole(("years", "months")), "a", "b"), 6),
    ("a sum of nothing", {}, rule(Whole(("years", "months")), "a", "b", otherwise="LEAVE_OUT"), LEFT_OUT),
    ("one of a few numbers", {"a": "2"}, rule(Whole(allowed=(1, 2))), 2),
    ("none of a few numbers", {"a": "3"}, rule(Whole(allowed=(1, 2))), ("WRONG_SHAPE", "a")),
    ("finer than a fen", {"a": "0.005"}, rule(Whole(("yuan",))), ("WRONG_SHAPE", "a")),
    ("a third of a year", {"a": "0.3"}, rule(Whole(("years",))), ("WRONG_SHAPE", "a")),
    ("a separator", {"a": "1,234.00"}, rule(Whole(("yuan",))), ("WRONG_SHAPE", "a")),
    ("a unit in the text", {"a": "12元"}, rule(Whole(("yuan",))), ("WRONG_SHAPE", "a")),
    ("digits of another script", {"a": "１２"}, rule(Whole(("yuan",))), ("WRONG_SHAPE", "a")),
    ("as a spreadsheet writes it", {"a": "1.2E+3"}, rule(Whole(("yuan",))), ("WRONG_SHAPE", "a")),
    ("more digits than any number has", {"a": "9" * 5000}, rule(Whole()), ("WRONG_SHAPE", "a")),
    ("yes is no number", {"a": True}, rule(Whole()), ("WRONG_SHAPE", "a")),
    ("a part that is wrong", {"a": "2", "b": "?"}, rule(Whole(("years", "months")), "a", "b"), ("WRONG_SHAPE", "b")),
    # days
    ("yyyyMMdd", {"a": "20260301"}, rule(Day("yyyyMMdd")), "2026-03-01"),
    ("yyyyMMdd as a number", {"a": 20260301}, rule(Day("yyyyMMdd")), "2026-03-01"),
    ("yyyy-MM", {"a": "2026-03"}, rule(Day("yyyy-MM")), "2026-03"),
    ("yyyy/MM/dd", {"a": "2026/03/01"}, rule(Day("yyyy/MM/dd")), "2026-03-01"),
    ("yyyy/M/d", {"a": "2026/3/1"}, rule(Day("yyyy/M/d")), "2026-03-01"),
    ("yyyy年M月d日", {"a": "2026年3月1日"}, rule(Day("yyyy年M月d日")), "2026-03-01"),
    ("dd.MM.yyyy", {"a": "01.03.2026"}, rule(Day("dd.MM.yyyy")), "2026-03-01"),
    ("the day of a time", {"a": "2026-03-01 23:59:59"}, rule(Day("yyyy-MM-dd HH:mm:ss")), "2026-03-01"),
    ("the day of an instant is Shanghai's", {"a": 1772380800}, rule(Day("seconds")), "2026-03-02"),
    ("a day before 1970", {"a": -86_400_000 * 365}, rule(Day("millis")), "1969-01-01"),
    ("a day as Avro has it", {"a": date(2026, 3, 1)}, rule(Day("day")), "2026-03-01"),
    ("the month of a day", {"a": "20260301"}, rule(Day("yyyyMMdd", month_only=True)), "2026-03"),
    ("the last day, then the first one after", {"a": "20240228"}, rule(Day("yyyyMMdd", inclusive=True)), "2024-02-29"),
    ("the last month, then the first one after", {"a": "202612"}, rule(Day("yyyyMM", inclusive=True)), "2027-01"),
    ("a day that the calendar lacks", {"a": "20260230"}, rule(Day("yyyyMMdd")), ("BAD_DATE", "a")),
    ("a month that the year lacks", {"a": "202613"}, rule(Day("yyyyMM")), ("BAD_DATE", "a")),
    ("a day of the year nought", {"a": "00000101"}, rule(Day("yyyyMMdd")), ("BAD_DATE", "a")),
    ("another way to write it", {"a": "2026-03-01"}, rule(Day("yyyyMMdd")), ("BAD_DATE", "a")),
    ("something behind the date", {"a": "20260301 "[:-1] + "x"}, rule(Day("yyyyMMdd")), ("BAD_DATE", "a")),
    ("the day after the last", {"a": "99991231"}, rule(Day("yyyyMMdd", inclusive=True)), ("BAD_DATE", "a")),
    ("an instant beyond the calendar", {"a": 2**62}, rule(Day("millis")), ("BAD_DATE", "a")),
    # instants
    ("a local time", {"a": "2026-05-20 16:20:00"}, rule(Instant("yyyy-MM-dd HH:mm:ss")), at("2026-05-20T16:20:00")),
    ("with thousandths", {"a": "20260520162000123"}, rule(Instant("yyyyMMddHHmmssSSS")), at("2026-05-20T16:20") + 123),
    ("to the minute", {"a": "2026-05-20T16:20"}, rule(Instant("yyyy-MM-ddTHH:mm")), at("2026-05-20T16:20:00")),
    ("a day is its midnight", {"a": "2026-05-20"}, rule(Instant("yyyy-MM-dd")), at("2026-05-20T00:00:00")),
    ("before the epoch", {"a": "1969-12-31 00:00"}, rule(Instant("yyyy-MM-dd HH:mm")), at("1969-12-31T00:00:00")),
    ("seconds", {"a": 1779265200}, rule(Instant("seconds")), 1779265200000),
    ("seconds as text", {"a": "1779265200"}, rule(Instant("seconds")), 1779265200000),
    ("milliseconds", {"a": 1779265200123}, rule(Instant("millis")), 1779265200123),
    ("hour 24", {"a": "2026-05-20 24:00"}, rule(Instant("yyyy-MM-dd HH:mm")), ("BAD_DATE", "a")),
    ("a leap second", {"a": "2026-05-20 23:59:60"}, rule(Instant("yyyy-MM-dd HH:mm:ss")), ("BAD_DATE", "a")),
    ("microseconds taken for seconds", {"a": 1779265200123456}, rule(Instant("seconds")), ("BAD_DATE", "a")),
    ("seconds with decimals", {"a": "1779265200.5"}, rule(Instant("seconds")), ("BAD_DATE", "a")),
    # lists
    ("a list of records", {"a": [{"k": "1", "l": 2}, {"k": "2", "l": "1"}]}, rule(CITIZEN),
     [{"category": "URBAN", "level": 2}, {"category": "RURAL", "level": 1}]),
    ("an empty list", {"a": []}, rule(CITIZEN), []),
    ("no list at all", {"a": None}, rule(CITIZEN), ("MISSING_VALUE", "a")),
    ("an item that is wrong", {"a": [{"k": "1", "l": 2}, {"k": "9", "l": 1}]}, rule(CITIZEN), ("UNKNOWN_CODE", "a[1].k")),
    ("codes in one text", {"a": "1; 2;"}, rule(CODES), ["URBAN", "RURAL"]),
    ("a wrong code in one text", {"a": "1;9"}, rule(CODES), ("UNKNOWN_CODE", "a")),
    ("codes in a list", {"a": ["2"]}, rule(Each((Rule(field="", sources=(".",), how=AREA),))), ["RURAL"]),
    ("a wrong code in a list", {"a": ["2", "9"]}, rule(Each((Rule(field="", sources=(".",), how=AREA),))),
     ("UNKNOWN_CODE", "a[1]")),
    ("numbered fields", {"k1": "1", "l1": 2, "k2": "2", "l2": 1}, Rule(field="f", how=PAIRS),
     [{"category": "URBAN", "level": 2}, {"category": "RURAL", "level": 1}]),
    ("numbered fields, the first empty", {"k1": "", "l1": None, "k2": "2", "l2": 1}, Rule(field="f", how=PAIRS),
     [{"category": "RURAL", "level": 1}]),
    ("numbered fields, half filled", {"k1": "1", "l1": None}, Rule(field="f", how=PAIRS), ("MISSING_VALUE", "l1")),
    ("numbered fields, all empty", {}, Rule(field="f", how=PAIRS), ("MISSING_VALUE", "k1")),
    ("a constant", {"a": "anything"}, Rule(field="f", default="VESSEL", otherwise="DEFAULT"), "VESSEL"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "given_rule", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_value_is_read(body: dict[str, Any], given_rule: Rule, expected: Any) -> None:
    value = reader(given_rule)(body)
    if isinstance(expected, tuple):
        assert isinstance(value, Refusal)
        assert (value.code, value.field) == expected
    else:
        assert value == expected
        assert type(value) is type(expected)


ID_CARD = Rule(field="id_number", sources=("sfz",), how=Text(upper=True))
WAGE = TopicMapping(
    topic="work.pay",
    version=3,
    kind="wage",
    per_day=True,
    defaults=(("bz", "0"),),
    rules=(
        Rule(field="record_id", sources=("xh",)),
        Rule(field="revision", sources=("bb",), how=Whole()),
        Rule(field="retracted", sources=("bz",), how=Coded((("0", False), ("1", True)))),
        Rule(field="valid_from", sources=("ny",), how=Day("yyyyMM")),
        Rule(field="recorded_at", sources=("sj",), how=Instant("yyyy-MM-dd HH:mm")),
        ID_CARD,
        Rule(field="pay_period", sources=("ny",), how=Day("yyyyMM", month_only=True)),
        Rule(field="employer", sources=("dw", "bm"), how=Text(separator="-")),
        Rule(field="amount_fen", sources=("je",), how=Whole(("yuan",))),
    ),
)
SENT = {
    "xh": "A7", "bb": 1, "bz": "0", "ny": "202605", "sj": "2026-06-01 08:00", "sfz": ANN, "dw": "D", "bm": "B",
    "je": "600.00", "xm": "示例",
}  # fmt: skip


def test_a_whole_record_and_what_nobody_needs_stays_behind() -> None:
    assert Translation(WAGE).record(SENT) == {
        "record_id": "A7/2026-05",
        "revision": 1,
        "retracted": False,
        "valid_from": "2026-05",
        "recorded_at": at("2026-06-01T08:00"),
        "id_number": ANN,
        "pay_period": "2026-05",
        "employer": "D-B",
        "amount_fen": 60000,
    }


def test_a_record_of_an_older_version_has_the_default_of_what_it_lacks() -> None:
    older = {name: value for name, value in SENT.items() if name != "bz"}
    assert Translation(WAGE).record(older) == Translation(WAGE).record(SENT)


def test_a_department_that_uses_our_fields_is_left_as_it_is() -> None:
    refusal = Refusal("BAD_DATE", "valid_from", "a date YYYY-MM-DD", "Correct it.")
    assert Translation(None).record(SENT) is SENT
    assert Translation(None).names(SENT) is SENT
    assert Translation(None).told(refusal) is refusal


TOLD: list[Any] = [
    ({"ny": "2026-05"}, "BAD_DATE", "ny", "a date written yyyyMM", "按 yyyyMM 书写的日期"),
    ({"ny": "202612"}, "FUTURE_DATE", "ny", "a date not after the day of receipt; the field is written yyyyMM", "日期晚于接收日"),
    ({"ny": "187911"}, "BAD_DATE", "ny", "a month within 10 years of the day of receipt; the field is written yyyyMM",
     "按 yyyyMM 书写的合理日期"),
    ({"je": "-1"}, "NEGATIVE_AMOUNT", "je", "an amount in fen of 0 or more; the field is in yuan", "金额不能为负"),
    ({"je": "一百"}, "WRONG_SHAPE", "je", "a number in yuan, digits, such as 1234.5, with no part of a fen",
     "应为以元为单位的数字，精确到分"),
    ({"bz": "9"}, "UNKNOWN_CODE", "bz", "one of 0, 1", "应为下列之一：0, 1"),
    ({"xh": ""}, "MISSING_VALUE", "xh", "a value", "必填字段为空"),
    ({"sfz": ANN[:17] + "8"}, "BAD_IDENTITY", "sfz", "a check character that fits", "公民身份号码有误"),
    ({"bm": ANN}, "IDENTITY_MISPLACED", "dw + bm", "Name people in fields sfz only.", "应为不含公民身份号码的内容"),
    ({"sj": "2036-06-01 08:00"}, "FUTURE_DATE", "sj", "not after the day of receipt; the field is written yyyy-MM-dd HH:mm",
     "日期晚于接收日"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "field", "english", "chinese"), TOLD, ids=[f"{r[2]} {r[1]}" for r in TOLD])
def test_a_refusal_speaks_the_departments_language(
    change: dict[str, Any], code: str, field: str, english: str, chinese: str
) -> None:
    taken = take(record("work.pay", {**SENT, **change}), mapped=WAGE)
    (receipt,) = taken.receipts
    assert (receipt.status, receipt.code, receipt.field) == ("REFUSED", code, field)
    assert english in str(receipt.text_en)
    assert chinese in str(receipt.text_zh)
    assert taken.facts == []
    assert ANN not in taken.spoken()
    for ours in ("valid_from", "amount_fen", "id_number", "recorded_at"):
        assert ours not in str(receipt.text_en)


def test_a_refused_record_is_named_as_far_as_it_can_be_read() -> None:
    named = [({}, "A7/2026-05"), ({"ny": "?"}, "A7/?"), ({"xh": ""}, ""), ({"xh": ANN}, "")]
    for change, expected in named:
        (receipt,) = take(record("work.pay", {**SENT, "je": "?", **change}), mapped=WAGE).receipts
        assert (receipt.record, receipt.revision) == (expected, 1)


def test_a_mapped_record_becomes_a_fact_with_the_version_of_its_mapping() -> None:
    (fact,) = take(record("work.pay", SENT), mapped=WAGE).facts
    assert (fact.record, fact.mapping, fact.kind) == ("A7/2026-05", 3, "wage")
    assert "示例" not in str(fact)


def test_a_mended_mapping_wins_over_what_it_said_before_and_is_no_conflict() -> None:
    """The same record again under the next version of its mapping stands above the first, whatever comes last."""
    (first,) = take(record("work.pay", SENT), mapped=WAGE).facts
    mended = TopicMapping(topic=WAGE.topic, version=4, kind=WAGE.kind, per_day=True, rules=WAGE.rules)
    (again,) = take(record("work.pay", {**SENT, "je": "700.00"}), mapped=mended).facts
    assert again.rank > first.rank
    assert again.name == first.name


@cache
def example(topic: str) -> dict[str, Any]:
    """The first example of a topic: a record that becomes a fact."""
    path = CATALOGUE.assets.mappings / "examples" / f"{topic}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))[0]["record"]
    return found


@cache
def anything_of(topic: str) -> st.SearchStrategy[dict[str, Any]]:
    """Whatever the schema of a topic lets pass."""
    return records(schema_text(CATALOGUE.newest(topic).file))


@given(topic=st.sampled_from(MAPPED), data=st.data())
@settings(max_examples=min(60, 8 * int(os.environ.get("HUB_EXAMPLES", "8"))))
def test_any_record_of_a_mapped_schema_is_a_fact_or_a_refusal(topic: str, data: st.DataObject) -> None:
    """A good record of which some fields hold anything that the schema lets pass."""
    good = example(topic)
    anything = data.draw(anything_of(topic))
    changed = data.draw(st.lists(st.sampled_from(sorted(anything)), max_size=3))
    taken = take(record(topic, {**good, **{name: anything[name] for name in changed}}), sources=CATALOGUE.sources)
    (receipt,) = taken.receipts
    assert (receipt.status == "ACCEPTED") == bool(taken.facts)
    assert receipt.status == "ACCEPTED" or receipt.text_zh
    assert changed or taken.facts


@pytest.mark.parametrize("topic", MAPPED)
def test_no_field_of_people_is_read_into_another(topic: str) -> None:
    rules = CATALOGUE.sources[topic].rules
    assert rules is not None
    people = {source for each in rules.rules if names_people(each.field) for source in each.sources}
    others = {source for each in rules.rules if not names_people(each.field) for source in each.sources}
    assert people
    assert not people & others


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (None, "UNKNOWN_CODE"),
        (b"3", "UNKNOWN_CODE"),
        (b"4", "UNKNOWN_MAPPING"),
        (b"four", "UNKNOWN_CODE"),
        (b"9" * 30, "UNKNOWN_CODE"),
    ],
)
def test_a_record_that_a_newer_mapping_checked_is_not_blamed(said: bytes | None, code: str) -> None:
    headers = {"ce_id": b"event-7", "ce_source": b"work"} | ({} if said is None else {"hub-mapping": said})
    (receipt,) = take(record("work.pay", {**SENT, "bz": "7"}, headers=headers), mapped=WAGE).receipts
    assert receipt.code == code
    if code == "UNKNOWN_MAPPING":
        assert "version 3 of the mapping of work.pay" in str(receipt.text_en)


def test_all_that_is_wrong_with_a_row_stands_in_its_receipt_and_in_quarantine() -> None:
    wrong = {**SENT, "bz": "7", "ny": "May", "sfz": ANN[:17] + "8"}
    taken = take(record("work.pay", wrong), mapped=WAGE)
    (receipt,), (kept,) = taken.receipts, taken.quarantined
    for text, told in ((receipt.text_en, "field {}: expected"), (receipt.text_zh, "字段 {}：")):
        assert [told.format(field) in str(text) for field in ("bz", "ny", "sfz")] == [True] * 3
    assert kept.headers["hub.errors.message"] == receipt.text_en
    assert kept.headers["hub.errors.message-zh"] == receipt.text_zh
