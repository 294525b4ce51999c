"""Records made ready to leave: typed or as fields, checked by intake's own judgement, the same event for the same revision."""

from datetime import date
from io import BytesIO
from typing import Any

import fastavro
import pytest

from benefit_hub.client import Event, Refused
from benefit_hub.client.letters import Desk
from benefit_hub.messages.departments import Death, Envelope, Wage
from benefit_hub.values.errors import CatalogueError
from benefit_hub.values.months import millis_of_day
from tests.checkout import catalogue
from tests.contracts.records import schema_text

CATALOGUE = catalogue()
DESK = Desk(CATALOGUE)
WAGE, DEATH, FUND = "human-resources.wage", "public-security.death", "provident-fund.contribution"
NUMBER = "990101194607200017"
NOW = millis_of_day(date(2026, 6, 30))
BODY = {
    "record_id": "W-1",
    "revision": 2,
    "valid_from": "2026-05-31",
    "recorded_at": NOW - 1_000,
    "id_number": NUMBER,
    "pay_period": "2026-05",
    "employer": "E1",
    "amount_fen": 300_000,
}
DEPOSIT = {
    "lsh": "HJ1",
    "xgcs": 0,
    "zjhm": NUMBER,
    "dwzh": "D99",
    "hjny": "202605",
    "grjcjs": "3000.00",
    "gryjce": "300.00",
    "dwyjce": "300.00",
    "grzhye": None,
    "czbz": "N",
    "jzsj": 1_780_882_200,
}


def letter(topic: str, said: Any, **given: Any) -> Any:
    return DESK.letter(topic, said, at_ms=NOW, **given)


def body_of(topic: str, value: bytes) -> Any:
    """Avro in Confluent's wire format, read with nothing but the published file."""
    schema = CATALOGUE.schemas[int.from_bytes(value[1:5], "big")]
    assert schema == CATALOGUE.newest(topic)
    return fastavro.schemaless_reader(BytesIO(value[5:]), schema_text(schema.file), None)


def refusal(topic: str, said: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        letter(topic, said, **given)
    assert NUMBER not in str(refused.value)
    return refused.value.refusal.code, refused.value.refusal.field


def test_a_typed_event_and_its_fields_are_the_same_letter():
    envelope = Envelope(record_id="W-1", revision=2, valid_from="2026-05-31", recorded_at=NOW - 1_000, id_number=NUMBER)
    typed = letter(WAGE, Event(envelope, Wage(pay_period="2026-05", employer="E1", amount_fen=300_000)))
    assert typed == letter(WAGE, BODY)
    assert body_of(WAGE, typed.value)["amount_fen"] == 300_000
    assert (typed.topic, typed.key, typed.event_id) == (WAGE, b"W-1", "wage/W-1/2")


def test_the_headers_are_cloudevents():
    headers = dict(letter(DEATH, death()).headers)
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"death/D-1/1",
        "ce_source": b"public-security",
        "ce_type": b"public-security.death.v1",
        "ce_time": b"2026-06-30T03:59:59.000+00:00",
        "content-type": b"application/avro",
    }


def death(**said: Any) -> dict[str, Any]:
    whole = {
        "record_id": "D-1",
        "revision": 1,
        "valid_from": "2026-03-15",
        "recorded_at": NOW - 1_000,
        "id_number": NUMBER,
    }
    return whole | said


def test_the_same_revision_is_the_same_event_whenever_it_is_said():
    first = letter(WAGE, BODY)
    assert DESK.letter(WAGE, dict(reversed(BODY.items())), at_ms=NOW + 10**9) == first
    assert letter(WAGE, BODY | {"revision": 3}).event_id != first.event_id
    assert letter(WAGE, BODY, event_id="e-77").event_id == "e-77"


def test_a_department_with_fields_of_its_own_says_these():
    made = letter(FUND, DEPOSIT)
    assert (made.key, made.event_id) == (b"HJ1", "provident_fund/HJ1/0")
    assert dict(made.headers)["ce_time"] == b"2026-06-08T01:30:00.000+00:00"
    assert body_of(FUND, made.value)["grjcjs"] == "3000.00"


def test_what_is_wrong_is_told_by_the_departments_own_field():
    assert refusal(FUND, DEPOSIT | {"gryjce": "300.005"}) == ("WRONG_SHAPE", "gryjce")
    assert refusal(FUND, DEPOSIT | {"zjhm": NUMBER[:-1] + "9"}) == ("BAD_IDENTITY", "zjhm")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount_fen": -1}, "NEGATIVE_AMOUNT", "amount_fen"),
        ({"id_number": NUMBER[:-1] + "9"}, "BAD_IDENTITY", "id_number"),
        ({"id_number": None}, "MISSING_SUBJECT", "id_number"),
        ({"valid_from": "2026-07-05"}, "FUTURE_DATE", "valid_from"),
        ({"employer": f"paid {NUMBER}"}, "IDENTITY_MISPLACED", "employer"),
        ({"employer": "x" * 300_000}, "TOO_LARGE", ""),
        ({"amount_fen": "300000"}, "WRONG_SHAPE", "amount_fen"),
        ({"pay_period": None}, "MISSING_VALUE", "pay_period"),
        ({"dead": True}, "WRONG_SHAPE", "dead"),
    ],
)
def test_what_the_hub_would_refuse_does_not_leave(change, code, field):
    assert refusal(WAGE, BODY | change) == (code, field)


def test_a_missing_field_is_named_with_what_belongs_there():
    with pytest.raises(Refused, match="record W-1 revision 2") as refused:
        letter(WAGE, {name: value for name, value in BODY.items() if name != "employer"})
    told = refused.value.refusal
    assert (told.code, told.field, told.expected) == ("MISSING_VALUE", "employer", "text")
    assert told.chinese.startswith("字段 employer：应为文本，不能缺少。请对照 schemas/humanresources/v1/Wage.")
    assert told.action.startswith("Compare the record with schemas/humanresources/v1/Wage.")


@pytest.mark.parametrize(("event_id", "code"), [(f"wage-{NUMBER}", "IDENTITY_MISPLACED"), ("e" * 300, "TEXT_TOO_LONG")])
def test_an_event_id_that_could_not_be_repeated_does_not_leave(event_id, code):
    assert refusal(WAGE, BODY, event_id=event_id) == (code, "ce_id")


def test_in_story_time_the_day_of_receipt_is_that_of_the_story():
    early = millis_of_day(date(2026, 5, 1))
    assert refusal(WAGE, BODY, story_received_at_ms=early) == ("FUTURE_DATE", "valid_from")
    told = dict(letter(WAGE, BODY, story_received_at_ms=NOW).headers)
    assert told["hub-story-received-at"] == str(NOW).encode()


def test_an_event_of_another_kind_and_a_topic_of_nobody_are_refused():
    envelope = Envelope(record_id="D-1", revision=1, valid_from="2026-03-15", recorded_at=NOW, id_number=NUMBER)
    with pytest.raises(CatalogueError, match=r"human-resources\.wage carries Wage, not Death"):
        letter(WAGE, Event(envelope, Death()))
    with pytest.raises(CatalogueError, match="uses fields of its own"):
        letter(FUND, Event(envelope, Death()))
    with pytest.raises(CatalogueError, match="is not a topic of a department"):
        letter("receipts", BODY)


def test_unchecked_it_is_left_to_the_hub_to_say():
    bad = BODY | {"id_number": NUMBER[:-1] + "9", "recorded_at": -1}
    made = Desk(CATALOGUE, checked=False).letter(WAGE, bad, at_ms=NOW)
    assert body_of(WAGE, made.value)["id_number"] == bad["id_number"]
    assert dict(made.headers)["ce_time"] == b"2026-06-30T04:00:00.000+00:00"


@pytest.mark.parametrize("topic", sorted(CATALOGUE.sources))
def test_every_topic_has_a_schema_from_which_a_misfit_is_told(topic):
    with pytest.raises(Refused) as refused:
        letter(topic, {})
    told = refused.value.refusal
    assert (told.code, bool(told.field), bool(told.expected), bool(told.expected_zh)) == (
        "MISSING_VALUE",
        True,
        True,
        True,
    )
    assert told.expected != "what the schema says"


def faults(topic: str, said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        letter(topic, said)
    return [(each.code, each.field) for each in refused.value.refusal.faults]


def test_what_does_not_fit_the_schema_is_told_with_what_else_is_wrong():
    wrong = {**BODY, "employer": 7, "pay_period": "May", "salary": 1, "id_number": NUMBER[:-1] + "0"}
    del wrong["recorded_at"]
    assert sorted(faults(WAGE, wrong)) == [
        ("BAD_DATE", "pay_period"),
        ("BAD_IDENTITY", "id_number"),
        ("MISSING_VALUE", "recorded_at"),
        ("WRONG_SHAPE", "employer"),
        ("WRONG_SHAPE", "salary"),
    ]


def test_a_mapped_row_is_told_all_its_faults_by_its_own_fields():
    wrong = {**DEPOSIT, "hjny": "2026-05", "czbz": "X", "zjhm": NUMBER[:-1] + "0", "grjcjs": None}
    assert sorted(faults(FUND, wrong)) == [
        ("BAD_DATE", "hjny"),
        ("BAD_IDENTITY", "zjhm"),
        ("MISSING_VALUE", "grjcjs"),
        ("UNKNOWN_CODE", "czbz"),
    ]


def test_nobody_named_and_an_end_before_the_beginning_are_told_together():
    wrong = {**BODY, "id_number": None, "valid_to": "2026-01-01", "year_to_date_fen": 5}
    assert sorted(faults(WAGE, wrong)) == [
        ("MISSING_SUBJECT", "id_number"),
        ("NOT_ONE", "amount_fen"),
        ("WRONG_ORDER", "valid_to"),
    ]


def test_a_mapped_record_says_by_which_mapping_it_was_checked():
    assert dict(letter(FUND, DEPOSIT).headers)["hub-mapping"] == str(CATALOGUE.sources[FUND].mapping).encode()
