"""A thousand people, each told of in one of the ways in which an identity number may go astray, or go right."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.intake.records import body
from tests.kafka.hub.fuzz import RECEIVED, Shot, samples
from tests.kafka.hub.people import number_of
from tests.kafka.hub.raw import Contract, cloud_event

NUMBERS = [number_of(index) for index in range(300_000, 301_000)]
"""Those whom the records are about, and nobody else is."""

Said = dict[str, Any]
HEADERS = ("ce_source", "ce_subject", "ce_type", "traceparent", "hub-batch", "hub-batch-size", "hub.errors.message")


def full_width(number: str) -> str:
    """Its digits as a Chinese input method writes them."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in number[:17]) + number[17]


def wrong_check(number: str) -> str:
    """Another check character."""
    return number[:17] + ("0" if number[17] != "0" else "1")


class Told:
    """Makes the records."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._mapped = {each.topic: each for each in reversed(samples()) if each.topic.partition(".")[0] in MAPPED}
        self._count = 0
        self.ways: tuple[Callable[[str, str], Iterator[Shot]], ...] = (
            self._good,
            self._mapped_good,
            self._wrong_field,
            self._mapped_field,
            self._mapped_identity,
            self._in_text,
            self._wrong_check,
            self._full_width,
            self._event_id,
            self._header,
            self._key,
            self._cut,
            self._nothing,
            self._schema,
            self._as_record,
            self._conflict,
            self._corrected,
            self._merged,
            self._decided,
            self._changed_person,
            self._named_beside,
            self._awarded,
        )

    def records(self) -> Iterator[Shot]:
        """Everybody is registered, and one thing more is said of each."""
        for index, number in enumerate(NUMBERS):
            yield self.native("public-security.residence", id_number=number, birth_date="1980-05-17")
            yield from self.ways[index % len(self.ways)](number, NUMBERS[index - 1])

    def native(self, topic: str, **said: Any) -> Shot:
        """A good record in our words, but for what is said here."""
        self._count += 1
        return self._shot(topic, body(topic, record_id=f"r{self._count}") | said)

    def _shot(self, topic: str, said: Said, **instead: bytes | None) -> Shot:
        self._count += 1
        event = f"event-{self._count}"
        headers = [*cloud_event(event, topic.partition(".")[0], RECEIVED, **instead).items()]
        key = str(said.get("record_id", event)).encode()
        return Shot(topic, 0, key, self._contract.encode(topic, said), [*headers], event)

    def _wage(self, number: str, **said: Any) -> Shot:
        return self.native("human-resources.wage", id_number=number, **said)

    def _foreign(self, topic: str, **said: Any) -> Shot:
        self._count += 1
        sample = self._mapped[topic]
        return self._shot(topic, sample.body | {sample.numbered: f"r{self._count}"} | said)

    # The ways. Each is told of a number, and of that of somebody else.

    def _good(self, number: str, _: str) -> Iterator[Shot]:
        yield self._wage(number)

    def _mapped_good(self, number: str, _: str) -> Iterator[Shot]:
        yield self._foreign("natural-resources.real-estate", zjh=number.lower())

    def _wrong_field(self, number: str, other: str) -> Iterator[Shot]:
        yield self._wage(other, employer=number)
        yield self._wage(other, pay_period=number)
        yield self.native("civil-affairs.membership", id_number=other, household_id=number)

    def _mapped_field(self, number: str, _: str) -> Iterator[Shot]:
        yield self._foreign("taxation.personal-income", nsrzjhm=number, kjywrsbh=number)
        yield self._foreign("taxation.personal-income", nsrzjhm=number, skssqz=number, sre=number)
        yield self._foreign("education.school-enrolment", sfzjh=number, xsbh=number)

    def _mapped_identity(self, number: str, _: str) -> Iterator[Shot]:
        yield self._foreign("education.school-enrolment", sfzjh=wrong_check(number))
        yield self._foreign("taxation.personal-income", nsrzjhm=f"{number} ")

    def _in_text(self, number: str, _: str) -> Iterator[Shot]:
        yield self.native("public-security.death", id_number=number, place=f"家中，证号{number.lower()}")
        yield self.native("civil-affairs.complaint", id_number=number, text=f"称 {full_width(number)} 有车")

    def _wrong_check(self, number: str, other: str) -> Iterator[Shot]:
        yield self._wage(wrong_check(number))
        yield self._wage(other, employer=f"of {wrong_check(number)}")

    def _full_width(self, number: str, _: str) -> Iterator[Shot]:
        yield self._wage(full_width(number))
        yield self._wage(f" {number}")

    def _event_id(self, number: str, _: str) -> Iterator[Shot]:
        for event in (number, f"wage/{number}/1", full_width(number), wrong_check(number)):
            yield _with_header(self._wage(number), "ce_id", event.encode())

    def _header(self, number: str, _: str) -> Iterator[Shot]:
        for name in HEADERS:
            yield _with_header(self._wage(number), name, number.encode())
            yield _with_header(self._wage(wrong_check(number)), name, number.encode())

    def _key(self, number: str, _: str) -> Iterator[Shot]:
        yield _with_key(self._wage(number), number.encode())
        yield _with_key(self._wage(wrong_check(number)), number.encode())

    def _cut(self, number: str, _: str) -> Iterator[Shot]:
        whole = self._wage(number)
        yield _with_value(whole, (whole.value or b"")[:-4])
        yield _with_value(whole, number.encode())

    def _nothing(self, number: str, _: str) -> Iterator[Shot]:
        yield _with_key(_with_value(self._wage(number), None), number.encode())

    def _schema(self, number: str, _: str) -> Iterator[Shot]:
        whole = self._wage(number)
        yield _with_value(whole, b"\0\0\1\0\0" + (whole.value or b"")[5:])

    def _as_record(self, number: str, _: str) -> Iterator[Shot]:
        for name in (number, f"R-{number}", full_width(number), wrong_check(number)):
            yield self._wage(number, record_id=name)
            yield self._wage(number, record_id=name, pay_period="2026-13")

    def _conflict(self, number: str, _: str) -> Iterator[Shot]:
        for fen in (60_000, 70_000):
            yield self._wage(number, record_id=f"c{number[9:14]}-{NUMBERS.index(number)}", amount_fen=fen)

    def _corrected(self, number: str, other: str) -> Iterator[Shot]:
        yield self.native("public-security.identity-correction", id_number=number, wrong_id_number=other)
        yield self.native("public-security.identity-correction", id_number=number, wrong_id_number=wrong_check(other))

    def _merged(self, number: str, other: str) -> Iterator[Shot]:
        yield self.native("public-security.identity-merge", id_number=number, merged_id_number=other)
        yield self.native("public-security.identity-merge", id_number=number, merged_id_number=number)

    def _decided(self, number: str, other: str) -> Iterator[Shot]:
        household, both = f"L{NUMBERS.index(number)}", [number, other]
        head, other_one = [{"household_id": household, "role": role} for role in ("HEAD", "OTHER")]
        yield self.native("civil-affairs.membership", id_number=number, valid_from="2020-01-01", **head)
        yield self.native("civil-affairs.membership", id_number=other, valid_from="2020-01-01", **other_one)
        yield self.native("civil-affairs.application", id_number=number, household_id=household)
        yield self.native("civil-affairs.decision", id_numbers=both, household_ids=[household])
        yield self.native("civil-affairs.decision", id_numbers=both, household_ids=[household], statement=f"由{number}")
        yield self.native("civil-affairs.decision", id_numbers=[number, wrong_check(other)], household_ids=[household])

    def _awarded(self, number: str, _: str) -> Iterator[Shot]:
        card, asked = f"card-{NUMBERS.index(number)}", f"asked-{NUMBERS.index(number)}"
        level = [{"category": "PHYSICAL", "level": 1}]
        yield self.native(CERTIFICATE, record_id=card, id_number=number, categories=level)
        said = {"programme": "care_subsidy", "household_id": None}
        yield self.native("civil-affairs.application", record_id=asked, id_number=number, **said)
        names = (("disabled-persons-federation", "certificate", card), ("civil-affairs", "application", asked))
        covers = [{"source": of, "kind": kind, "record": record, "revision": 1} for of, kind, record in names]
        about = {"programme": "care_subsidy", "household_ids": [], "id_numbers": [number], "covers": covers}
        yield self.native("civil-affairs.decision", **about)

    def _changed_person(self, number: str, other: str) -> Iterator[Shot]:
        yield self._wage(number, previous_id_number=other)
        yield self._wage(number, previous_id_number=full_width(other))

    def _named_beside(self, number: str, other: str) -> Iterator[Shot]:
        yield self.native("civil-affairs.marriage", id_number=number, spouse_id_number=other)
        yield self.native("civil-affairs.relation", id_number=number, related_id_number=other)
        yield self.native("civil-affairs.payee", id_number=number, household_id="L1", payee_id_number=other)
        yield self.native("civil-affairs.payee", id_number=number, household_id="L1", account=other)


CERTIFICATE = "disabled-persons-federation.certificate"
MAPPED = ("natural-resources", "taxation", "education")


def _with_header(shot: Shot, name: str, value: bytes) -> Shot:
    kept = [(each, said) for each, said in shot.headers if each != name]
    return Shot(shot.topic, shot.partition, shot.key, shot.value, [*kept, (name, value)], shot.event_id)


def _with_key(shot: Shot, key: bytes) -> Shot:
    return Shot(shot.topic, shot.partition, key, shot.value, shot.headers, shot.event_id)


def _with_value(shot: Shot, value: bytes | None) -> Shot:
    return Shot(shot.topic, shot.partition, shot.key, value, shot.headers, shot.event_id)
