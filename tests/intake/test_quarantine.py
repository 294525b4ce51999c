"""What lies in quarantine: the record as it came, and beside it all that somebody needs who mends it or sends it again."""

import pytest

from benefit_hub.task import Undecodable
from benefit_hub.values.refusal import Refusal
from tests.intake.records import NOON, body, record, take

WAGE = "human-resources.wage"
BROKEN = Undecodable(Refusal("BROKEN_AVRO", "", "an Avro body as the schema says", "Check the serialiser."))


def kept(value, **said):
    (out,) = take(record(WAGE, value, **said)).quarantined
    return out


def test_the_headers_say_where_why_when_and_how_often():
    out = kept(body(WAGE, amount_fen=-1), partition=1, offset=41)
    assert {name: value for name, value in out.headers.items() if name.startswith("hub.errors.")} == {
        "hub.errors.topic": WAGE,
        "hub.errors.partition": "1",
        "hub.errors.offset": "41",
        "hub.errors.stage": "intake",
        "hub.errors.code": "NEGATIVE_AMOUNT",
        "hub.errors.field": "amount_fen",
        "hub.errors.message": "NEGATIVE_AMOUNT: field amount_fen: expected an amount in fen of 0 or more. "
        "Correct the record in your system and send it again with a new revision number.",
        "hub.errors.message-zh": "字段 amount_fen：金额不能为负，请核对后重新发送。",
        "hub.errors.attempt": "1",
        "hub.errors.first-failure-time": str(NOON),
        "hub.errors.redrive-id": out.headers["hub.errors.redrive-id"],
    }
    assert len(out.headers["hub.errors.redrive-id"]) == 32


@pytest.mark.parametrize(("value", "stage"), [(BROKEN, "VALUE_CONVERTER"), ({"amount_fen": 1}, "TRANSFORMATION")])
def test_tools_for_kafka_connect_find_their_names(value, stage):
    headers = kept(value, partition=1, offset=41).headers
    told = {name.removeprefix("__connect.errors."): said for name, said in headers.items() if name.startswith("__")}
    assert told == {
        "topic": WAGE,
        "partition": "1",
        "offset": "41",
        "connector.name": "benefit-hub",
        "task.id": "1",
        "stage": stage,
        "class.name": "intake",
        "exception.class.name": headers["hub.errors.code"],
        "exception.message": headers["hub.errors.message"],
    }


@pytest.mark.parametrize("key", [None, b"", b"w1"])
def test_the_key_is_the_one_that_came_and_none_is_none(key):
    assert kept(BROKEN, key=key).key == key


def test_sent_again_and_refused_again_it_keeps_its_history():
    first = kept(BROKEN, offset=41)
    again = {name: said if isinstance(said, bytes) else said.encode() for name, said in first.headers.items()}
    second = kept(BROKEN, offset=97, headers=again, timestamp_ms=NOON + 5_000)
    ours = {name.removeprefix("hub.errors."): said for name, said in second.headers.items()}
    assert (ours["attempt"], ours["first-failure-time"], ours["offset"]) == ("2", str(NOON), "97")
    assert ours["redrive-id"] == again["hub.errors.redrive-id"]
    other = kept(BROKEN, offset=97)
    assert other.headers["hub.errors.redrive-id"] != first.headers["hub.errors.redrive-id"]


@pytest.mark.parametrize("nonsense", [b"", b"-1", b"9" * 30, b"soon", "二".encode()])
def test_a_history_that_nobody_wrote_is_begun_anew(nonsense):
    headers = {"ce_id": b"e", "ce_source": b"s"} | {
        f"hub.errors.{name}": nonsense for name in ("attempt", "first-failure-time", "redrive-id")
    }
    told = kept(BROKEN, headers=headers).headers
    assert (told["hub.errors.attempt"], told["hub.errors.first-failure-time"]) == ("1", str(NOON))
    assert len(told["hub.errors.redrive-id"]) == 32


def test_of_headers_that_were_inflated_the_first_are_kept():
    many = {f"h{number}": b"z" * 20_000 for number in range(900)}
    named = {"ce_id": b"e", "ce_source": b"human-resources"}
    out = kept(BROKEN, headers=named | many)
    theirs = {name: value for name, value in out.headers.items() if ".errors." not in name}
    assert named.items() <= theirs.items()
    assert 60 < len(theirs) < 66
    assert {len(value) for name, value in theirs.items() if name not in named} == {16_384}
    assert out.headers["hub.errors.code"] == "BROKEN_AVRO"
