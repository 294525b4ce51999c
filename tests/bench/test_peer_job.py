"""The small job: what it keeps and says, which is what the other engines' programs must, too."""

import io
import struct

import fastavro

from benefit_hub.bench.peer_job import PEER_JOB, SCHEMA, TOTALS, AvroIn, Total
from benefit_hub.task import DictStore, Env, Incoming, Overlay

ENV = Env(books={}, first_book="", engine="test")


def amount(person: str, fen: int, at: int) -> Incoming:
    """A record as the runner would hand it on."""
    body = io.BytesIO()
    said = {"id": "e1", "pid": person, "kind": "wage", "month": 24_317, "amount": fen, "at": at}
    fastavro.schemaless_writer(body, fastavro.parse_schema(SCHEMA), said)
    return Incoming(topic="amounts", key=person.encode(), value=AvroIn().decode("amounts", body.getvalue()))


def test_amounts_are_added_per_person_and_each_gives_an_output():
    store = DictStore()
    first, second = Overlay(store), Overlay(store)
    outs = PEER_JOB.step(first, [amount("a", 5, 1), amount("b", 7, 2), amount("a", 10, 3)], ENV)
    store.write(first.dirty)
    outs += PEER_JOB.step(second, [amount("a", 1, 4)], ENV)
    assert [(out.topic, out.key, struct.unpack(">qq", out.value)) for out in outs] == [
        ("totals", b"a", (5, 1)),
        ("totals", b"b", (7, 2)),
        ("totals", b"a", (15, 3)),
        ("totals", b"a", (16, 4)),
    ]
    assert second.get(TOTALS, "a") == Total(16, 4)
