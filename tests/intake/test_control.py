"""Control events: copied into every partition of facts, with their offset as sequence; refused where they cannot be meant."""

import pytest

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.task import Incoming, Undecodable
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.identity import key_check
from benefit_hub.values.refusal import Refusal
from tests.intake.records import KEY, NOON, Taken, body, record, take

WAGE = "human-resources.wage"


def control(event: ControlEvent | Undecodable | None, offset: int = 17) -> Incoming:
    """A control event on its topic, on 30 June 2026."""
    return Incoming(topic="control", value=event, raw=b"raw", key=b"k", offset=offset, timestamp_ms=NOON)


def copies(taken: Taken) -> list[tuple[int, int, int | None]]:
    """Sequence, origin and partition of each copy."""
    return [(out.value.sequence, out.value.origin, out.partition) for out in taken.outs if out.topic == "facts"]


@pytest.mark.parametrize(
    "event",
    [
        ControlEvent(type="DAY_OPENED", day="2026-06-30"),
        ControlEvent(type="DAY_OPENED", day="2026-07-01"),
        ControlEvent(type="DAY_OPENED", day="2020-01-01"),
        ControlEvent(type="PAY_RUN_CLOSED", month="2026-06"),
        ControlEvent(type="POLICY_ACTIVATED", book="abc", engine="1"),
        ControlEvent(type="KEY_DECLARED", check=key_check(KEY)),
        ControlEvent(type="CUT", run="r1"),
    ],
)
def test_a_control_event_goes_into_every_partition_under_its_offset(event):
    taken = take(control(event))
    assert copies(taken) == [(17, 0, partition) for partition in range(4)]
    assert all(out.value.event == event for out in taken.outs)
    assert not taken.receipts


@pytest.mark.parametrize(
    ("event", "code", "field"),
    [
        (None, "NULL_VALUE", ""),
        (Undecodable(Refusal("BROKEN_AVRO", "", "Avro", "")), "BROKEN_AVRO", ""),
        (Undecodable(Refusal("UNKNOWN_CONTROL", "type", "a known type", "")), "UNKNOWN_CONTROL", "type"),
        (ControlEvent(type="DAY_OPENED", day="2026-07-02"), "FUTURE_TICK", "day"),
        (ControlEvent(type="DAY_OPENED", day="2099-01-01"), "FUTURE_TICK", "day"),
        (ControlEvent(type="DAY_OPENED", day="2026-06-31"), "UNKNOWN_CONTROL", "day or month"),
        (ControlEvent(type="DAY_OPENED"), "UNKNOWN_CONTROL", "day or month"),
        (ControlEvent(type="PAY_RUN_CLOSED", month="June"), "UNKNOWN_CONTROL", "day or month"),
        (ControlEvent(type="PAY_RUN_CLOSED"), "UNKNOWN_CONTROL", "day or month"),
        (ControlEvent(type="POLICY_ACTIVATED"), "UNKNOWN_CONTROL", "book"),
        (ControlEvent(type="KEY_DECLARED"), "UNKNOWN_CONTROL", "check"),
        # what is paid through only grows: a month to come would make all until then past for good
        (ControlEvent(type="PAY_RUN_CLOSED", month="2099-12"), "FUTURE_TICK", "month"),
        # days are compared as text, and these sort after every "2026-..."
        (ControlEvent(type="DAY_OPENED", day="20260630"), "UNKNOWN_CONTROL", "day or month"),
        (ControlEvent(type="DAY_OPENED", day="2026-W27-2"), "UNKNOWN_CONTROL", "day or month"),
    ],
)
def test_a_control_event_that_cannot_be_meant_is_refused_and_the_next_goes_on(event, code, field):
    taken = take(control(event), control(ControlEvent(type="CUT", run="r1"), offset=18))
    (receipt,) = taken.receipts
    assert (receipt.status, receipt.code, receipt.field or "") == ("REFUSED", code, field)
    assert [(out.topic, out.key, out.value) for out in taken.quarantined] == [
        ("quarantine.civil-affairs", b"k", b"raw")
    ]
    assert copies(taken) == [(18, 0, partition) for partition in range(4)]


def test_in_story_time_a_tick_is_held_against_the_storys_clock():
    tick = ControlEvent(type="DAY_OPENED", day="2026-03-01")
    early = {"hub-story-received-at": str(NOON - 200 * 86_400_000).encode()}
    told = Incoming(topic="control", value=tick, raw=b"raw", headers=early, timestamp_ms=NOON)
    assert take(told, story_time=True).receipts[0].code == "FUTURE_TICK"
    assert take(told).receipts[0].code == "STORY_TIME_REFUSED"


def test_a_worker_with_another_key_stops():
    with pytest.raises(InvariantBroken, match="copy the key file"):
        take(control(ControlEvent(type="KEY_DECLARED", check=key_check(b"l" * 32))))


def test_records_and_control_events_keep_their_order():
    taken = take(record(WAGE, body(WAGE)), control(ControlEvent(type="CUT", run="r1")), record(WAGE, body(WAGE)))
    assert [type(out.value).__name__ for out in taken.outs if out.topic == "facts"] == [
        "Fact",
        *["ControlCopy"] * 4,
        "Fact",
    ]
