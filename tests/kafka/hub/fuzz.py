"""Records of every department with what may go wrong on their way, and good ones between: chance, repeated by its seed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import yaml

from tests.intake.records import ANN, body
from tests.intake.samples import SAMPLES
from tests.kafka.hub.extremes import TEXTS, extreme
from tests.kafka.hub.people import noon, number_of
from tests.kafka.hub.raw import ROOT, Contract, cloud_event

RECEIVED = noon("2026-06-30")
GOOD_EVERY = 8
"""One record in so many of a partition is a good one."""
ENVELOPE = ("record_id", "revision", "retracted", "valid_from", "valid_to", "recorded_at", "id_number")

Headers = list[tuple[str, str | bytes | None]]
Said = dict[str, Any]


@dataclass(frozen=True)
class Shot:
    """A record as it is published; `said` is the payload of the one fact that a good one becomes, None of any other."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    event_id: str
    said: Said | None = None


@dataclass(frozen=True)
class Sample:
    """A good record as its department writes it, where its number stands, and the payload of its fact, if there is one fact."""

    topic: str
    body: Said
    numbered: str
    said: Said | None


def samples() -> list[Sample]:
    """A record or more of every topic: of those in our words, and of those that have fields of their own."""
    return [*_native(), *_mapped()]


def _native() -> Iterator[Sample]:
    for topic, said in SAMPLES.items():
        one_person = not any(name.endswith(("id_number", "id_numbers", "household_ids")) for name in said)
        yield Sample(topic, body(topic), "record_id", said if one_person else None)


def _mapped() -> Iterator[Sample]:
    for file in sorted((ROOT / "mappings/examples").glob("*.yaml")):
        mapping = yaml.safe_load((file.parents[1] / file.name).read_text("utf-8"))
        numbered = mapping["fields"]["record_id"]["from"]
        examples = yaml.safe_load(file.read_text("utf-8"))
        first = examples[0]["record"]
        for example in examples:
            if "fact" in example:
                said = {name: value for name, value in example["fact"].items() if name not in ENVELOPE}
                written = example.get("record") or first | example["but"]
                where = numbered if isinstance(numbered, str) else numbered[0]
                yield Sample(file.stem, written, where, None if example["fact"].get("retracted") else said)


class Gun:
    """Makes shots. `partitions` are those of each topic."""

    def __init__(self, seed: int, shots: int, contract: Contract, partitions: Mapping[str, int]) -> None:
        self._chance = Random(seed)
        self._contract = contract
        self._samples = samples()
        unknown = partitions.keys() - {each.topic for each in self._samples}
        assert not unknown, (
            f"tests/intake/samples.py or mappings/examples need a record of {', '.join(sorted(unknown))}"
        )
        self._people = max(100, shots // 4)
        self._households = max(50, shots // 8)
        self._partitions = partitions
        self._count = 0
        self._faults: list[Callable[[Shot, Said], Shot]] = [
            *[self._field] * 6,
            self._bytes,
            self._bytes,
            self._schema,
            self._other,
            self._nothing,
            self._header,
            self._header,
            self._key,
        ]

    def shots(self, mutants: int) -> Iterator[Shot]:
        """So many mutated records over all partitions, and regularly a good one in each."""
        places = self._places()
        since = dict.fromkeys(places, GOOD_EVERY)
        for _ in range(mutants):
            place = self._chance.choice(places)
            if since[place] >= GOOD_EVERY:
                since[place] = 0
                yield self._good(*place)
            since[place] += 1
            yield self._mutant(*place)

    def last(self) -> Iterator[Shot]:
        """A good one for the end of each partition."""
        for place in self._places():
            yield self._good(*place)

    def _places(self) -> list[tuple[str, int]]:
        return [(topic, number) for topic, count in sorted(self._partitions.items()) for number in range(count)]

    def _good(self, topic: str, partition: int) -> Shot:
        mine = [each for each in self._samples if each.topic == topic]
        kept = [each for each in mine if each.said is not None] or mine
        shot, _ = self._shot(self._chance.choice(kept), partition, "good")
        return shot

    def _mutant(self, topic: str, partition: int) -> Shot:
        mine = [each for each in self._samples if each.topic == topic]
        shot, said = self._shot(self._chance.choice(mine), partition, "mutant")
        shot = replace(shot, said=None)
        for _ in range(self._chance.choice([1, 1, 1, 2])):
            shot = self._chance.choice(self._faults)(shot, said)
        return shot

    def _shot(self, sample: Sample, partition: int, name: str) -> tuple[Shot, Said]:
        """A good record under a name of its own, about somebody."""
        self._count += 1
        called = f"{name}-{self._count}"
        again = name == "mutant" and self._chance.random() < 0.1
        record = f"{name}-{self._chance.randrange(self._count)}" if again else called
        first, household = self._chance.randrange(self._people), f"H{self._chance.randrange(self._households)}"
        said = _told_of(sample.body, first, household) | {sample.numbered: record}
        expected = None if sample.said is None else _told_of(sample.said, first, household)
        if expected is not None:  # what a record is numbered by may be said of it, too
            former = sample.body[sample.numbered]
            expected = {name: record if value == former else value for name, value in expected.items()}
        headers: Headers = [*cloud_event(called, sample.topic.partition(".")[0], RECEIVED).items()]
        value = self._contract.encode(sample.topic, said)
        return Shot(sample.topic, partition, record.encode(), value, headers, called, expected), said

    # What goes wrong. Each takes a shot, and what it says, and makes a worse one.

    def _field(self, shot: Shot, said: Said) -> Shot:
        """One field, or a few, hold what nobody means."""
        fields = self._contract.fields(shot.topic)
        changed = {name: extreme(fields[name], self._chance) for name in self._some(sorted(fields))}
        return replace(shot, value=self._contract.encode(shot.topic, said | changed))

    def _some(self, names: list[str]) -> list[str]:
        return self._chance.sample(names, self._chance.choice([1, 1, 1, 2, 3]))

    def _bytes(self, shot: Shot, _said: Said) -> Shot:
        """Bits flipped, bytes lost, bytes put in, pieces twice or in another order."""
        chance, raw = self._chance, bytearray(shot.value or b"\0")
        at = chance.randrange(len(raw))
        match chance.randrange(5):
            case 0:
                for _ in range(chance.randint(1, 4)):
                    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            case 1:
                del raw[at:]
            case 2:
                raw[at:at] = chance.randbytes(chance.choice([1, 1, 2, 8, 300]))
            case 3:
                raw[at:at] = raw[chance.randrange(len(raw)) :]
            case _:
                del raw[at : at + chance.randint(1, 9)]
        return replace(shot, value=bytes(raw))

    def _schema(self, shot: Shot, _: Said) -> Shot:
        """Another schema id before the same bytes: of another topic, of nobody, or no header at all."""
        chance = self._chance
        number = chance.choice([*self._contract.ids.values(), 0, 2**31 - 1, chance.randrange(2**32)])
        header = chance.choice([b"\0", b"\0", b"\0", b"\1"]) + number.to_bytes(4, "big")
        return replace(shot, value=header + (shot.value or b"")[5:])

    def _other(self, shot: Shot, _said: Said) -> Shot:
        """The record of another topic, or no Avro at all."""
        other, _ = self._shot(self._chance.choice(self._samples), 0, "mutant")
        text = self._chance.choice(TEXTS).encode()
        return replace(shot, value=self._chance.choice([other.value, text, b"\0" * 40, self._chance.randbytes(60)]))

    def _nothing(self, shot: Shot, _: Said) -> Shot:
        return replace(shot, value=self._chance.choice([None, b"", b"\0"]))

    def _header(self, shot: Shot, _: Said) -> Shot:
        """A header that is missing, repeated, unknown, or holds anything."""
        chance, headers = self._chance, list(shot.headers)
        at = chance.randrange(len(headers)) if headers else 0
        match chance.randrange(4):
            case 0:
                del headers[at : at + chance.randint(1, 3)]
            case 1:
                headers += headers[at : at + 1] * chance.choice([1, 1, 30])
            case _:
                names = [*(name for name, _ in shot.headers), "hub-batch", "hub-batch-size", "hub.errors.attempt", "頭"]
                names += [
                    "hub.errors.redrive-id",
                    "hub.errors.message",
                    "__connect.errors.offset",
                    "traceparent",
                    "x" * 300,
                ]
                headers = [(name, value) for name, value in headers if chance.random() < 0.9 or name != names[at]]
                headers.append((chance.choice(names), self._garbage()))
        return replace(shot, headers=headers)

    def _garbage(self) -> bytes | None:
        chance = self._chance
        somebody = number_of(chance.randrange(self._people)).encode()
        text = chance.choice(TEXTS).encode()
        digits = str(chance.choice([0, 1, 7, RECEIVED, 10**16, -5])).encode()
        return chance.choice([None, b"", somebody, b"z" * 30_000, chance.randbytes(20), text, digits])

    def _key(self, shot: Shot, _: Said) -> Shot:
        return replace(shot, key=self._garbage())


def _told_of(said: Said, person: int, household: str) -> Said:
    """The same of other people, and of another household."""
    numbers: dict[str, str] = {}

    def told(value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{17}[0-9Xx]", value):
            other = numbers.setdefault(value, number_of(person + len(numbers) * 100_000))
            return other.lower() if value.islower() else other
        if isinstance(value, dict):
            return {name: told(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [told(inner) for inner in value]
        return household if value == "H1" else value

    made: Said = told(said)
    return made


assert ANN in str(body("public-security.death")), "samples are about somebody"
