"""The small job that every engine gets, and how it is done on the hub's runner.

An Avro record of six fields, keyed by one of 50,000 people: look up what is kept of the person, add the amount, remember the
instant; write the new state, and one output for each input; exactly once. The output is the new state, two numbers of eight
bytes. `benchmarks/peers` does the same in other engines.
"""

import io
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import fastavro
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from msgspec import Struct

from benefit_hub.runtime.faults import NO_FAULT
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.stores import Memory
from benefit_hub.task import Env, Incoming, Out, State, Table
from benefit_hub.topology import Processor

PARTITIONS = 4
PEOPLE = 50_000
SEED = 7
FIELDS = {"id": "string", "pid": "string", "kind": "string", "month": "int", "amount": "long", "at": "long"}
SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Amount",
    "fields": [{"name": name, "type": kind} for name, kind in FIELDS.items()],
}
_OUTPUT = struct.Struct(">qq")


class Total(Struct, frozen=True, gc=False, array_like=True):
    """What is kept of a person: the sum, and the instant of the last record."""

    amount: int
    last: int


TOTALS: Table[Total] = Table("totals", Total)
NOTHING = Total(0, 0)


def step(state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
    """Add up; say each new total."""
    del env
    outs = []
    for record in batch:
        said, key = record.value, (record.key or b"").decode()
        before = state.get(TOTALS, key) or NOTHING
        now = Total(before.amount + said["amount"], said["at"])
        state.put(TOTALS, key, now)
        outs.append(Out(topic="totals", key=record.key, value=_OUTPUT.pack(now.amount, now.last)))
    return outs


PEER_JOB = Processor(
    name="peer-job",
    inputs=("amounts",),
    outputs=("totals",),
    origins="amounts",
    stateful=True,
    step=step,
)


class AvroIn:
    """Amounts are Avro bodies without a header; nothing else is decoded."""

    def __init__(self) -> None:
        self._schema = fastavro.parse_schema(SCHEMA)

    def decode(self, topic: str, raw: bytes | None) -> Any:
        """A record."""
        del topic
        return fastavro.schemaless_reader(io.BytesIO(raw or b""), self._schema, None)

    def encode(self, topic: str, value: Any) -> bytes:
        """Outputs are bytes already."""
        raise TypeError(f"{topic}: {type(value).__name__}")


def host(bootstrap: str, data: Path, source: str, sink: str) -> Host:
    """Where the runner of the job runs: its topics are the given ones, the changelog is called after the sink."""
    folder = DataFolder(data)
    settings = Settings(topic_prefix=f"{sink}.", data=data, bootstrap=bootstrap, batch_records_max=20_000)
    return Host(
        settings=settings,
        bootstrap=bootstrap,
        stores=folder.store(0),
        folder_id=folder.identity(),
        slot=0,
        memory=Memory(settings.store_memory_mib),
        codec=AvroIn(),
        names={"amounts": source, "totals": sink, PEER_JOB.changelog: changelog(sink)},
        public=frozenset(),
        env=Env(books={}, first_book="", engine="benchmark"),
        fault=NO_FAULT,
    )


def changelog(sink: str) -> str:
    """The changelog of a run, by its sink."""
    return f"{sink}-changelog"


def create(bootstrap: str, *topics: str) -> None:
    """Make topics."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in topics]).values():
        future.result(30)


def load(bootstrap: str, topic: str, count: int) -> None:
    """Fill a topic with so many records, the same each time."""
    create(bootstrap, topic)
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    schema, chance = fastavro.parse_schema(SCHEMA), Random(SEED)  # noqa: S311  chance that can be repeated
    for number in range(count):
        person, body = f"{chance.randrange(PEOPLE):018d}", io.BytesIO()
        amount = {"id": f"e{number}", "pid": person, "kind": "wage", "month": 24_317, "at": number}
        fastavro.schemaless_writer(body, schema, {**amount, "amount": chance.randrange(100_000)})
        while True:
            try:
                producer.produce(topic, body.getvalue(), person)
                break
            except BufferError:
                producer.poll(0.5)
        producer.poll(0)
    producer.flush()


def as_json() -> str:
    """The schema as the other programs read it."""
    return json.dumps(SCHEMA)
