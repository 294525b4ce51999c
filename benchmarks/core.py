"""How fast the four processors are without a broker: bytes in, bytes out, one core, one partition.

    python -m benchmarks.core [--people 3000]

Each stage is measured against a loop of plain Python that runs right before it, so that two machines, or two days, can be
compared: the ratio is CPU seconds per thousand of what a stage counts, over seconds of the loop.
"""

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from math import inf
from pathlib import Path

from msgspec import structs

from benefit_hub.catalogue import Catalogue, load_book
from benefit_hub.catalogue import load as load_catalogue
from benefit_hub.messages.internal import ControlCopy, ControlEvent, Snapshot
from benefit_hub.policy.book import Book
from benefit_hub.policy.standards import Dated
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.simulate.population import Population, Saying, changes, opening, snapshot
from benefit_hub.task import DictStore, Env, Incoming, Out, Overlay, State
from benefit_hub.topology import Processor, hub_topology
from benefit_hub.values.months import Month, millis_of_day, month_of, month_text

BEGINS = date(2026, 5, 1)
BATCH = 1_000
TIMES = 3
BUDGET = 500
RAISED = Month(2026 * 12 + 6)
READS = {"register": "facts", "entitlement": "household-facts", "settlement": "claims"}

Record = tuple[str, bytes, int]
"""The topic of a department's record, else nothing; the bytes; when it was received."""


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
        return f"{self.stage:<32}{self.counted:>9} {self.unit:<11}{each * 1e6:>9.1f}{1 / each:>11.0f}{ratio:>9.2f}"


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
    rows: list[Row]

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
        """Do it a few times from the same state; the quickest counts, since others use the machine as well."""
        before = {name: dict(store.rows) for name, store in self.stores.items()}
        seconds, loop, outs = inf, inf, list[Out]()
        for _ in range(TIMES):
            for name, rows in before.items():
                self.stores[name] = DictStore()
                self.stores[name].rows.update(rows)
            gc.collect()
            loop = min(loop, reference())
            started = time.process_time()
            outs = work()
            seconds = min(seconds, time.process_time() - started)
        self.rows.append(Row(stage, counted, unit, seconds, loop))
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

    def feed(self, name: str, topic: str, records: Sequence[Record]) -> list[Out]:
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
                for at, (source, raw, at_ms) in enumerate(records[start : start + BATCH])
            ]
            outs += self.turn(name, lambda state, batch=batch: processor.step(state, batch, self.env))  # type: ignore[misc]
        return outs

    def sweep(self, name: str) -> list[Out]:
        """Work without a message until nothing is left."""
        processor, outs = self.processors[name], list[Out]()
        while processor.pending(Overlay(self.stores[name]), self.env):
            outs += self.turn(name, lambda state: processor.resume(state, BUDGET, self.env))
        return outs

    def bytes_of(self, outs: Sequence[Out], topic: str) -> list[Record]:
        """What the next processor reads."""
        return [("", self.codecs.encode(topic, out.value) or b"", 0) for out in outs if out.topic == topic]

    def avro(self, records: Sequence[Saying]) -> list[Record]:
        """Departments' records as they publish them."""
        return [(each.topic, self.codecs.encode(each.topic, each.record) or b"", each.received_at) for each in records]

    def control(self, name: str, sequence: int, event: ControlEvent, received: date = BEGINS) -> None:
        """A control event reaches a processor."""
        topic = READS[name]
        copy = ControlCopy(sequence=sequence, origin=0, event=event, received_at=millis_of_day(received))
        raw = self.codecs.encode(topic, copy) or b""
        self.feed(name, topic, [("", raw, 0)])


def last_of_each(outs: Sequence[Out]) -> list[Out]:
    """What household-facts would say if each person were told once: the newest snapshot, everything else as it is."""
    newest: dict[tuple[str, str], Out] = {}
    for at, out in enumerate(outs):
        if out.topic == "household-facts":
            value = out.value
            newest[(value.household, value.person) if isinstance(value, Snapshot) else (str(at), "")] = out
    return list(newest.values())


def load(bench: Bench, town: Population) -> None:
    """The registers of a day, department by department, are taken in, and the hub goes live with them."""
    opened, closed = BEGINS, BEGINS  # the registers are of the day before
    for name in READS:
        bench.control(name, 0, ControlEvent(type="BOOTSTRAP_OPENED"), opened)
    said = sorted(snapshot(town), key=lambda each: each.topic)
    reads = bench.avro(said)
    outs = bench.measure("load: intake", len(reads), "records", lambda: bench.feed("intake", "", reads))
    facts = bench.bytes_of(outs, "facts")
    bench.measure("load: register", len(facts), "records", lambda: bench.feed("register", "facts", facts))
    for name in ("register", "entitlement"):
        bench.control(name, 1, ControlEvent(type="DAY_OPENED", day=closed.isoformat()), closed)
        bench.sweep(name)
        bench.control(name, 2, ControlEvent(type="BOOTSTRAP_CLOSED", month=month_text(month_of(closed))), closed)
    outs = bench.measure("go live: register", town.people, "people", lambda: bench.sweep("register"))
    again = bench.bytes_of(outs, "household-facts")
    bench.feed("entitlement", "household-facts", again)
    outs = bench.measure("go live: entitlement", town.count, "households", lambda: bench.sweep("entitlement"))
    claims = bench.bytes_of(outs, "claims")
    bench.measure("go live: settlement", len(claims), "claims", lambda: bench.feed("settlement", "claims", claims))
    bench.control("settlement", 1, ControlEvent(type="DAY_OPENED", day=closed.isoformat()), closed)
    bench.control("settlement", 2, ControlEvent(type="BOOTSTRAP_CLOSED", month=month_text(month_of(closed))), closed)
    bench.sweep("settlement")
    happen(bench, town, "gone live")
    rise(bench, town, "gone live, raise", 3)


def live(bench: Bench, town: Population) -> None:
    """Everybody registers, applies and is decided about; each household is assessed once; a raise; and what happens then."""
    bench.control("entitlement", 0, ControlEvent(type="DAY_OPENED", day=town.begins.isoformat()))
    bench.sweep("entitlement")
    outs = bench.feed("intake", "", bench.avro(list(opening(town))))
    told = last_of_each(bench.feed("register", "facts", bench.bytes_of(outs, "facts")))
    known = bench.bytes_of(told, "household-facts")
    households = town.count  # whoever is in none that was decided is assessed as one of his own besides
    outs = bench.measure(
        "first assessment", households, "households", lambda: bench.feed("entitlement", "household-facts", known)
    )
    claims = bench.bytes_of(outs, "claims")
    bench.measure("first settlement", len(claims), "claims", lambda: bench.feed("settlement", "claims", claims))
    rise(bench, town, "raise", 1)
    happen(bench, town, "changes")


def rise(bench: Bench, town: Population, stage: str, sequence: int) -> None:
    """A book with higher standards is activated: whom it concerns is assessed, settled and told why."""
    event = ControlEvent(type="POLICY_ACTIVATED", book=bench.books[1].digest())
    for name in ("register", "entitlement"):
        bench.control(name, sequence, event)
    bench.measure(f"{stage}: register", town.people, "people", lambda: bench.sweep("register"))
    outs = bench.measure(f"{stage}: entitlement", town.count, "households", lambda: bench.sweep("entitlement"))
    claims = bench.bytes_of(outs, "claims")
    bench.measure(f"{stage}: settlement", len(claims), "claims", lambda: bench.feed("settlement", "claims", claims))
    if len(claims) < town.count // 10:
        raise SystemExit(f"only {len(claims)} claims for {town.count} households: this raise measures nothing")


def happen(bench: Bench, town: Population, stage: str) -> None:
    """The standard mix of changes, through everything."""
    said = [Saying(*each[1:]) for each in islice(changes(town, bench.catalogue.sources), town.people // 2)]
    records = bench.avro(said)
    outs = bench.measure(f"{stage}: intake", len(records), "records", lambda: bench.feed("intake", "", records))
    for name, topic in READS.items():
        reads = bench.bytes_of(outs, topic)
        outs = bench.measure(f"{stage}: {name}", len(reads), "records", partial(bench.feed, name, topic, reads))


def main() -> None:
    """The table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=3_000)
    people = options.parse_args().people
    catalogue = load_catalogue(allow_assumed=True)
    rows: list[Row] = []
    for measured in (load, live):
        bench = Bench(catalogue, rows)
        measured(bench, Population(seed="1", people=people, pack=bench.books[0].packs[0], begins=BEGINS))
    print(f"{people} people; the loop took {min(row.reference for row in rows):.3f} CPU seconds")
    print(f"{'stage':<32}{'counted':>9} {'':<11}{'µs each':>9}{'per second':>11}{'ratio':>9}")
    for row in rows:
        print(row.text())


if __name__ == "__main__":
    main()
