"""How fast the four processors are without a broker: bytes in, bytes out, one core, one partition.

    python -m benchmarks.core [--households 2000] [--only raise]

Each stage is measured against a loop of plain Python that runs right before it, so that two machines, or two days, can be
compared: the ratio is CPU seconds per thousand of what a stage counts, over seconds of the loop.
"""

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import structs

from benchmarks.population import DECIDED, RECEIVED, Population, Said
from benefit_hub.catalogue import Catalogue, load, load_book
from benefit_hub.messages.internal import ControlCopy, ControlEvent, Snapshot
from benefit_hub.policy.book import Book, Dated
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.task import DictStore, Env, Incoming, Out, Overlay, State
from benefit_hub.topology import Processor, hub_topology
from benefit_hub.values.months import Month, millis_of_day

BATCH = 1_000
BUDGET = 500
RAISED = Month(2026 * 12 + 6)


@dataclass
class Row:
    """What a stage took."""

    stage: str
    counted: int
    unit: str
    seconds: float
    reference: float

    def text(self) -> str:
        """A line of the table."""
        each = self.seconds / max(self.counted, 1)
        ratio = each * 1000 / self.reference
        return f"{self.stage:<34}{self.counted:>9} {self.unit:<11}{each * 1e6:>9.1f}{1 / each:>11.0f}{ratio:>9.2f}"


def reference() -> float:
    """CPU seconds for a loop of plain Python: dictionaries, tuples, integers, a call."""
    started = time.process_time()
    found: dict[tuple[int, str], int] = {}
    for index in range(300_000):
        key = (index % 1000, "a" if index % 3 else "b")
        found[key] = max(found.get(key, 0), index * 7 % 1013)
    return time.process_time() - started


def raised(book: Book) -> Book:
    """The book with a higher standard in town and country from July on."""
    packs = []
    for pack in book.packs:
        standards = {
            name: structs.replace(
                each, values=(*each.values, Dated(RAISED, "700.00" if each.unit == "MONTH" else "4700.00"))
            )
            if name.startswith("dibao")
            else each
            for name, each in pack.standards.items()
        }
        packs.append(structs.replace(pack, standards=standards))
    return structs.replace(book, packs=tuple(packs))


@dataclass
class Bench:
    """The processors, each with one store."""

    catalogue: Catalogue
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.codecs = Codecs(self.catalogue)
        book = load_book(Path("policies/demo"), allow_assumed=True)
        self.books = [book, raised(book)]
        self.env = Env(
            books={each.digest(): each for each in self.books},
            first_book=book.digest(),
            engine="benchmark",
            partitions={"facts": 1, "household-facts": 1, "claims": 1},
            sources=self.catalogue.sources,
            pseudonym_key=b"k" * 32,
        )
        topology = hub_topology(self.catalogue.sources, self.catalogue.quarantines)
        self.processors: dict[str, Processor] = {each.name: each for each in topology.processors}
        self.stores = {name: DictStore() for name in self.processors}

    def measure(self, stage: str, counted: int, unit: str, work: Callable[[], list[Out]]) -> list[Out]:
        """Do it, and remember how long it took."""
        gc.collect()
        loop = min(reference() for _ in range(3))
        started = time.process_time()
        outs = work()
        self.rows.append(Row(stage, counted, unit, time.process_time() - started, loop))
        return outs

    def turn(self, name: str, call: Callable[[State], list[Out]]) -> list[Out]:
        """One batch of a processor, everything encoded as the runner does it."""
        store = self.stores[name]
        overlay = Overlay(store)
        outs = call(overlay)
        store.write(overlay.dirty)
        for out in outs:
            if not isinstance(out.value, bytes):
                self.codecs.encode(out.topic, out.value)
        return outs

    def feed(self, name: str, topic: str, records: Sequence[tuple[str, bytes]], at_ms: int) -> list[Out]:
        """Records through a processor, in batches."""
        processor, outs = self.processors[name], list[Out]()
        for start in range(0, len(records), BATCH):
            batch = [
                Incoming(
                    topic=source or topic,
                    offset=start + at,
                    value=self.codecs.decode(source or topic, raw),
                    raw=raw,
                    headers={"ce_id": f"e{start + at}".encode(), "ce_source": b"x"},
                    timestamp_ms=at_ms,
                )
                for at, (source, raw) in enumerate(records[start : start + BATCH])
            ]
            outs += self.turn(name, lambda state, batch=batch: processor.step(state, batch, self.env))  # type: ignore[misc]
        return outs

    def sweep(self, name: str) -> list[Out]:
        """Work without a message until nothing is left."""
        processor, outs = self.processors[name], list[Out]()
        while processor.pending(Overlay(self.stores[name]), self.env):
            outs += self.turn(name, lambda state: processor.resume(state, BUDGET, self.env))
        return outs

    def bytes_of(self, outs: Sequence[Out], topic: str) -> list[tuple[str, bytes]]:
        """What the next processor reads."""
        return [("", self.codecs.encode(topic, out.value) or b"") for out in outs if out.topic == topic]

    def avro(self, records: Sequence[Said]) -> list[tuple[str, bytes]]:
        """Departments' records as they publish them."""
        return [(each.topic, self.codecs.encode(each.topic, each.body) or b"") for each in records]

    def control(self, name: str, topic: str, sequence: int, event: ControlEvent) -> list[Out]:
        """A control event reaches a processor."""
        raw = self.codecs.encode(topic, ControlCopy(sequence=sequence, origin=0, event=event)) or b""
        return self.feed(name, topic, [("", raw)], 0)


def last_of_each(outs: Sequence[Out]) -> list[Out]:
    """What household-facts would say if each person were told once: the newest snapshot, everything else as it is."""
    newest: dict[tuple[str, str], Out] = {}
    for at, out in enumerate(outs):
        if out.topic == "household-facts":
            value = out.value
            newest[(value.household, value.person) if isinstance(value, Snapshot) else (str(at), "")] = out
    return list(newest.values())


def run(bench: Bench, people: Population) -> None:
    """Load, assess, settle, raise, and one change each."""
    received, decided = millis_of_day(RECEIVED), millis_of_day(DECIDED)
    households = len(people.households)
    standing, granted = bench.avro(list(people.standing())), bench.avro(list(people.granted()))
    load_outs = bench.measure("load: intake", len(standing), "records", lambda: bench.feed("intake", "", standing, received))
    facts = bench.bytes_of(load_outs, "facts")
    known = bench.measure("load: register", len(facts), "records", lambda: bench.feed("register", "facts", facts, 0))
    later = bench.measure("grant: intake", len(granted), "records", lambda: bench.feed("intake", "", granted, decided))
    facts = bench.bytes_of(later, "facts")
    known += bench.measure("grant: register", len(facts), "records", lambda: bench.feed("register", "facts", facts, 0))
    told = bench.bytes_of(last_of_each(known), "household-facts")
    opened = ControlEvent(type="DAY_OPENED", day="2026-04-01")
    bench.control("entitlement", "household-facts", 0, opened)
    bench.sweep("entitlement")
    claimed = bench.measure(
        "first assessment", households, "households", lambda: bench.feed("entitlement", "household-facts", told, 0)
    )
    claims = bench.bytes_of(claimed, "claims")
    bench.measure("first settlement", len(claims), "claims", lambda: bench.feed("settlement", "claims", claims, 0))
    change(bench, people)
    event = ControlEvent(type="POLICY_ACTIVATED", book=bench.books[1].digest())
    for at, (name, topic) in enumerate([("register", "facts"), ("entitlement", "household-facts")]):
        bench.control(name, topic, 1 + at, event)
    bench.measure("raise: register", people.people, "people", lambda: bench.sweep("register"))
    more = bench.measure("raise: entitlement", households, "households", lambda: bench.sweep("entitlement"))
    claims = bench.bytes_of(more, "claims")
    bench.measure("raise: settlement", len(claims), "claims", lambda: bench.feed("settlement", "claims", claims, 0))
    said = [out for out in more if out.topic == "claims"]
    if len(said) < len(people.dibao) // 2:
        raise SystemExit(f"only {len(said)} of {len(people.dibao)} households were raised: this measures nothing")


def change(bench: Bench, people: Population) -> None:
    """A wage for each household that receives something, through everything."""
    wages = bench.avro(list(people.wages(3)))
    at = millis_of_day(DECIDED)
    outs = bench.measure("wage: intake", len(wages), "records", lambda: bench.feed("intake", "", wages, at))
    facts = bench.bytes_of(outs, "facts")
    outs = bench.measure("wage: register", len(facts), "records", lambda: bench.feed("register", "facts", facts, 0))
    told = bench.bytes_of(outs, "household-facts")
    bench.measure("wage: entitlement", len(told), "records", lambda: bench.feed("entitlement", "household-facts", told, 0))


def main() -> None:
    """The table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--households", type=int, default=2_000)
    told = options.parse_args()
    bench = Bench(load(allow_assumed=True))
    people = Population(told.households)
    run(bench, people)
    print(f"{people.people} people in {len(people.households)} households; the loop took {bench.rows[0].reference:.3f} s")
    print(f"{'stage':<34}{'counted':>9} {'':<11}{'µs each':>9}{'per second':>11}{'ratio':>9}")
    for row in bench.rows:
        print(row.text())


if __name__ == "__main__":
    main()
