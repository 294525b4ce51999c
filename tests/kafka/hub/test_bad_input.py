"""Bad records between good ones, in one partition: each is refused with its reason, and the next one goes on.

Published as a stranger would, in every way of compressing that Kafka knows.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.hub.live import LiveHub, live_hub
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import COMPRESSIONS, Contract, Senders, cloud_event, read, unpacked

WAGE = "human-resources.wage"
ON = "2026-03-05"
RECEIVED = noon("2026-03-06")
SOMEBODY = number_of(1)
NUMBER = SOMEBODY.encode()
WRONG_CHECK = SOMEBODY[:17] + ("0" if SOMEBODY[17] != "0" else "1")
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in SOMEBODY[:17]) + SOMEBODY[17]
KEPT = 2 * 1024 * 1024
"""So much of a value is kept in quarantine: more than Kafka takes unless it was compressed."""
STORY_HEADER = "hub-story-received-at"
BROKER_TAKES = 1_048_588 - 500
"""Kafka's default for the greatest batch, less what a batch adds to a value."""


@dataclass(frozen=True)
class Sent:
    """A record as it was published, and what should become of it: a code, or None where it is good."""

    name: str
    value: bytes | None
    code: str | None
    headers: dict[str, bytes]
    compression: str = "none"

    @property
    def may_be_named(self) -> bool:
        """Whether its own event id may be repeated to its sender."""
        return self.headers.get("ce_id", NUMBER) != NUMBER and len(self.headers["ce_id"]) <= 200


def wage(record: str, **instead: Any) -> dict[str, Any]:
    """A wage as its department would say it."""
    return {
        "record_id": record,
        "revision": 1,
        "retracted": False,
        "valid_from": ON,
        "valid_to": None,
        "recorded_at": noon(ON),
        "id_number": SOMEBODY,
        "previous_id_number": None,
        "pay_period": "2026-02",
        "employer": "E1",
        "amount_fen": 123_400,
    } | instead


def headers(name: str, **instead: bytes | None) -> dict[str, bytes]:
    """The headers of a wage."""
    return cloud_event(f"event-{name}", "human-resources", RECEIVED, **instead)


def bad_wages(contract: Contract) -> Iterator[Sent]:
    """One of everything that goes wrong."""

    def avro(code: str, name: str, **instead: Any) -> Sent:
        return Sent(name, contract.encode(WAGE, wage(name, **instead)), code, headers(name))

    def raw(code: str, name: str, value: bytes | None, compression: str = "none", **instead: bytes | None) -> Sent:
        return Sent(name, value, code, headers(name, **instead), compression)

    whole = contract.encode(WAGE, wage("bytes"))
    yield raw("BROKEN_AVRO", "cut-off", whole[:-3])
    yield raw("BROKEN_AVRO", "something-behind", whole + b"\0")
    yield raw("BROKEN_AVRO", "no-avro-at-all", b'{"record_id": "w1"}')
    yield raw("BROKEN_AVRO", "empty", b"")
    yield raw("UNKNOWN_SCHEMA", "unknown-schema", contract.encode(WAGE, wage("bytes"), schema_id=999_999))
    death = contract.ids["public-security.death"]
    yield raw("UNKNOWN_SCHEMA", "schema-of-another-topic", contract.encode(WAGE, wage("bytes"), schema_id=death))
    yield raw("NULL_VALUE", "null", None)
    yield raw("MISSING_HEADER", "no-id", whole, ce_id=None)
    yield raw("MISSING_HEADER", "no-source", whole, ce_source=None)
    yield raw("IDENTITY_MISPLACED", "number-as-id", whole, ce_id=NUMBER)
    never = headers("received-never") | {STORY_HEADER: b"9" * 30}
    yield Sent("received-never", whole, "BAD_DATE", never)
    yield avro("BAD_IDENTITY", "wrong-check-digit", id_number=WRONG_CHECK)
    yield avro("BAD_IDENTITY", "full-width-digits", id_number=FULL_WIDTH)
    yield avro("MISSING_SUBJECT", "nobody", id_number=None)
    yield avro("NEGATIVE_AMOUNT", "negative", amount_fen=-1)
    yield avro("FUTURE_DATE", "in-2099", valid_from="2099-01-01")
    yield avro("FUTURE_DATE", "recorded-in-2099", recorded_at=noon("2099-01-01"))
    yield avro("BAD_DATE", "recorded-in-microseconds", recorded_at=noon(ON) * 1_000)
    yield avro("BAD_DATE", "month-13", pay_period="2026-13")
    yield avro("WRONG_ORDER", "ends-before-it-begins", valid_to="2026-01-01")
    yield avro("IDENTITY_MISPLACED", "number-in-text", employer=f"paid to {SOMEBODY}")
    yield avro("TEXT_TOO_LONG", "long", employer="長" * 5_000)
    rest = BROKER_TAKES - len(whole)
    yield raw("TOO_LARGE", "a-megabyte", contract.encode(WAGE, wage("bytes", employer="x" * rest)))
    yield raw("TOO_LARGE", "a-megabyte-of-noise", Random(1).randbytes(BROKER_TAKES))
    yield raw("TOO_LARGE", "inflated", contract.encode(WAGE, wage("x", employer="x" * 9_000_000)), "gzip")
    yield raw("NULL_VALUE", "nothing-with-a-number-as-id", None, ce_id=NUMBER)
    yield raw("TEXT_TOO_LONG", "long-id", whole, ce_id=b"x" * 300)
    for compression in COMPRESSIONS[1:]:
        yield raw("BROKEN_AVRO", f"cut-off-{compression}", whole[:-3], compression)
        yield raw(
            "TOO_LARGE", f"large-{compression}", contract.encode(WAGE, wage("x", employer="x" * 600_000)), compression
        )


def good_wages(contract: Contract) -> Iterator[Sent]:
    """As many good ones as are wanted, in every compression, half of them with an end far ahead."""
    for number in range(1_000):
        name, ahead = f"good-{number}", "2099-01-01" if number % 2 else None
        value = contract.encode(WAGE, wage(name, valid_to=ahead, amount_fen=100 * number))
        yield Sent(name, value, None, headers(name), COMPRESSIONS[number % len(COMPRESSIONS)])


def bad_and_good(contract: Contract) -> list[Sent]:
    """A good one before and after each bad one."""
    good = good_wages(contract)
    return [next(good), *(each for bad in bad_wages(contract) for each in (bad, next(good)))]


def bad_controls(contract: Contract) -> Iterator[Sent]:
    """Control events that must not act, and last one that must."""

    def control(code: str | None, name: str, **said: Any) -> Sent:
        empty = dict.fromkeys(
            ("day", "month", "book", "engine", "check", "region", "measure", "value", "run", "reason", "operator")
        )
        return Sent(name, contract.encode("control", empty | said), code, headers(name))

    yield control("FUTURE_TICK", "future", type="DAY_OPENED", day="2026-03-08")
    yield control("FUTURE_TICK", "future-run", type="PAY_RUN_CLOSED", month="2926-03")
    yield control("UNKNOWN_CONTROL", "unknown", type="UNKNOWN")
    yield control("UNKNOWN_CONTROL", "no-such-book", type="POLICY_ACTIVATED", book="feedbeef")
    yield control("UNKNOWN_CONTROL", "no-day", type="DAY_OPENED", day="tomorrow")
    yield control("UNKNOWN_CONTROL", "no-month", type="PAY_RUN_CLOSED", month="2026-13")
    yield Sent("nothing", None, "NULL_VALUE", headers("nothing"))
    yield Sent("noise", b"\0\0\0\0\x07\xff\xff\xff", "UNKNOWN_SCHEMA", headers("noise"))
    yield control(None, "good", type="PAY_RUN_CLOSED", month="2026-03")


def publish(topic: str, sent: list[Sent], senders: Senders) -> None:
    """One after the other into partition 0, so that their order is certain."""
    for at, each in enumerate(sent):
        senders.send(topic, 0, key(at), each.value, each.headers, each.compression)


def key(at: int) -> bytes:
    """The key of a record by its place."""
    return f"key-{at}".encode()


@dataclass(frozen=True)
class Poured:
    """A hub that has been given all of it. Where a record has its place in the list, it has its offset in the partition."""

    hub: LiveHub
    wages: list[Sent]
    controls: list[Sent]

    def everything(self) -> list[tuple[str, Sent, int, int]]:
        """Every record: its topic, itself, its place in what was sent, its offset."""
        first = 2  # `hub init` declared the book and the key before
        return [(WAGE, each, at, at) for at, each in enumerate(self.wages)] + [
            ("control", each, at, at + first) for at, each in enumerate(self.controls)
        ]

    def refused(self, topic: str) -> list[tuple[Sent, int, int]]:
        """The bad records of a topic: itself, place, offset."""
        return [(each, at, offset) for of, each, at, offset in self.everything() if of == topic and each.code]


@pytest.fixture(scope="module")
def poured(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poured]:
    """All bad and good records, published while a worker is at work, and worked off."""
    with live_hub(kafka.bootstrap, f"t{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("hub")) as hub:
        found = Poured(hub, bad_and_good(hub.contract), list(bad_controls(hub.contract)))
        hub.start_worker()
        senders = Senders(hub.bootstrap)
        publish(hub.topic(WAGE), found.wages, senders)
        hub.wait_quiet(90)  # a worker that starts reads control itself, and would not go by a book that nobody has
        publish(hub.topic("control"), found.controls, senders)
        hub.wait_quiet(90)
        hub.wait_for_marker("2026-03", 30)
        yield found


def test_every_sender_is_told_once_what_became_of_each_record(poured: Poured) -> None:
    told = [(each["event_id"], each["status"], each["code"]) for each in poured.hub.said("receipts")]
    expected = [
        (
            each.headers["ce_id"].decode() if each.may_be_named else f"{topic}/0/{offset}",
            "REFUSED" if each.code else "ACCEPTED",
            each.code,
        )
        for topic, each, _, offset in poured.everything()
        if each.code or topic == WAGE  # a control event that acts needs no receipt
    ]
    assert sorted(told, key=str) == sorted(expected, key=str)


def test_every_good_record_became_a_fact_once_and_no_bad_one_did(poured: Poured) -> None:
    records = read(poured.hub.bootstrap, poured.hub.topic("facts"))
    facts = [said for record in records if (said := unpacked(record.value))["type"].startswith("fact/")]
    good = [each.name for each in poured.wages if each.code is None]
    assert len(good) > 25
    assert [each["record"] for each in facts] == good, "once each, and in the order of their partition"
    amounts = [each["payload"].get("amount_fen", 0) for each in facts]  # what a default says is left out
    assert amounts == [100 * number for number in range(len(good))]


def test_what_was_refused_lies_in_quarantine_as_it_came_with_the_reason_beside_it(poured: Poured) -> None:
    for topic, quarantine in ((WAGE, "quarantine.human-resources"), ("control", "quarantine.civil-affairs")):
        kept = read(poured.hub.bootstrap, poured.hub.topic(quarantine))
        refused = poured.refused(topic)
        assert [(record.key, record.value) for record in kept] == [
            (key(at), each.value and each.value[:KEPT]) for each, at, _ in refused
        ]
        for record, (each, _, offset) in zip(kept, refused, strict=True):
            found = dict(record.headers)
            assert each.headers.items() <= found.items()
            told = {
                name.removeprefix("hub.errors."): value.decode() for name, value in found.items() if name[:4] == "hub."
            }
            assert told["code"] == each.code, each.name
            place = {"topic": topic, "partition": "0", "offset": str(offset), "stage": "intake", "attempt": "1"}
            assert place.items() <= told.items(), each.name
            assert each.code in told["message"]


def test_no_identity_number_left_the_department_topics_and_their_quarantine(poured: Poured) -> None:
    numbers = [NUMBER, WRONG_CHECK.encode(), FULL_WIDTH.encode()]
    published, quarantine = poured.hub.topic(WAGE), poured.hub.topic("quarantine.human-resources")
    found, looked = set(), 0
    for record in read(poured.hub.bootstrap, *poured.hub.topics() - {published}, committed=False):
        said = b"\0".join([record.key or b"", record.value or b"", *(value for _, value in record.headers)])
        looked += record.topic != quarantine
        if any(number in said for number in numbers):
            found.add(record.topic)
    assert found == {quarantine}
    assert looked > 200
    for file in poured.hub.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(number in content for number in numbers), file


def test_nothing_stopped(poured: Poured) -> None:
    poured.hub.check_workers()
    (worker,) = poured.hub.workers
    assert worker.running
    assert "aborted" not in worker.said()
