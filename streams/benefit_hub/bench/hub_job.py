"""The whole hub under load: registers are loaded, then changes come, then a new standard for all, then stores are lost."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import yaml

from benefit_hub.bench.figures import Measured, percentile
from benefit_hub.bench.latency import latencies_ms
from benefit_hub.bench.machine import cpu_s, memory_mib
from benefit_hub.bench.publishing import Departments, Told
from benefit_hub.bench.restoring import restored
from benefit_hub.bench.sizes import Sizes
from benefit_hub.bench.stand import Stand, stand
from benefit_hub.bench.watching import Watch
from benefit_hub.catalogue.assets import find_assets
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate.population import Change, Population, changes, snapshot
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import millis_of_day

BEGINS, OPENED, CLOSED, OWN = date(2026, 6, 20), date(2026, 6, 18), date(2026, 6, 20), "2026-07"
RAISED_FROM = "2026-08"
RAISES = {"MONTH": "700.00", "YEAR": "4700.00"}
"""What the raised standards are, by unit."""
MOVES_MONEY = 10
"""Of so many changes one at least makes an adjustment, or they measure nothing."""
SEED = "1"
Say = Callable[[str], None]


def hub_job(bootstrap: str, folder: Path, sizes: Sizes, measured: Measured, say: Say) -> None:
    """Load a hub, and measure what was asked for of changes, raise, restore."""
    raised = raised_packs(folder / "raised")
    with stand(bootstrap, folder / "hub", "bench.", profile=sizes.profile, policies=[str(raised)]) as made:
        watch = Watch(made, say)
        try:
            town = loaded(made, watch, sizes, measured, say)
            stream = changes(town, made.hub.catalogue.sources)
            if "hub" in sizes.jobs:
                for number in range(1, sizes.rounds + 1):
                    throughput(made, watch, stream, sizes, measured, say, f"hub job {number}/{sizes.rounds}")
                    latency(made, stream, sizes, measured, say)
                    made.stop()
            if "growth" in sizes.jobs:
                growth(made, watch, stream, sizes, measured, say)
            if "raise" in sizes.jobs:
                raises(made, watch, town, sizes, measured, say)
            made.stop()
            if "restore" in sizes.jobs:
                restores(made, folder, sizes, measured, say)
        finally:
            watch.close()


def loaded(made: Stand, watch: Watch, sizes: Sizes, measured: Measured, say: Say) -> Population:
    """The registers of a town and what is paid there; the hub goes live with them."""
    pack = next(iter(made.hub.catalogue.books.values())).packs[0]
    town = Population(SEED, sizes.people, pack, BEGINS)
    made.start(1)
    watch.act(ControlEvent(type="BOOTSTRAP_OPENED"), millis_of_day(OPENED), "opened")
    made.stop()
    count, rate, cost = worked_off(made, watch, snapshot(town), sizes.workers, say, "registers")
    say(f"loaded: {count:,} records of {town.people:,} people in {town.count:,} households, {rate:,.0f} records/s")
    event = ControlEvent(type="BOOTSTRAP_CLOSED", month=OWN)
    took = watch.act(event, millis_of_day(CLOSED), "closed")
    watch.until_quiet("going live")
    say(f"gone live in {took:.0f} s; {memory_mib(made.pids)} MiB")
    loading = {"records": count, "records_per_second": round(rate), "cpu_us_per_record": round(cost * 1e6)}
    measured.tell("load", {**loading, "going_live_s": round(took, 1), "rss_mib": memory_mib(made.pids)})
    made.stop()
    return town


def throughput(
    made: Stand, watch: Watch, stream: Iterator[Change], sizes: Sizes, measured: Measured, say: Say, what: str
) -> None:
    """A round's share of the changes lies on the topics; workers start, and work them off. They go on working."""
    share = max(1, sizes.changes // sizes.rounds)
    count, rate, cost = worked_off(made, watch, islice(stream, share), sizes.workers, say, what)
    measured.add("hub_job.events_per_second", rate)
    measured.tell("hub_job.cpu_us_per_event", round(cost * 1e6))
    say(f"{what}: {count:,} changes, {rate:,.0f} events/s, {cost * 1e6:,.0f} µs of CPU each")


def worked_off(
    made: Stand, watch: Watch, records: Iterable[Told], workers: int, say: Say, what: str
) -> tuple[int, float, float]:
    """Records through everything: how many were left when it began, how many a second, CPU seconds for each.

    They lie on the topics before workers start, so that publishing is not measured. The workers go on.
    """
    Departments(made.hub, linger_ms=50).publish_all(records, say, what)
    lying, began = watch.behind()["intake"], time.monotonic()
    made.start(workers)
    before = 0.0
    if left := watch.until_intake_moves(lying):
        began, before = time.monotonic(), cpu_s(made.pids)
    else:  # so few that they were done before anybody could look: then the start of the workers is in it
        left = lying
    took = watch.until_quiet(what) - began
    return left, left / took, (cpu_s(made.pids) - before) / left


def latency(made: Stand, stream: Iterator[Change], sizes: Sizes, measured: Measured, say: Say) -> None:
    """The same workers get so many changes a second; then they have used the most memory that they ever will."""
    found = latencies_ms(made.hub, stream, sizes.rate, sizes.latency_s)
    least = sizes.rate * sizes.latency_s // MOVES_MONEY // MOVES_MONEY
    if len(found) < max(1, least):
        raise HubError(f"only {len(found)} adjustments came of these changes: this round measures nothing")
    if sizes.rate == Sizes().rate:
        measured.add("hub_job.p99_ms_at_500", percentile(found, 0.99))
    told = {name: round(percentile(found, share)) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
    measured.tell("hub_job.latency_ms", {"rate": sizes.rate, "adjustments": len(found), **told})
    for each in memory_mib(made.pids):
        measured.add("hub_job.rss_mib", each)
    say(f"at {sizes.rate} events/s: {told} ms over {len(found):,} adjustments; {memory_mib(made.pids)} MiB")


def raises(made: Stand, watch: Watch, town: Population, sizes: Sizes, measured: Measured, say: Say) -> None:
    """Another standard for all, there and back, until every ledger says so."""
    made.start(sizes.workers)
    day = ControlEvent(type="DAY_OPENED", day=CLOSED.isoformat())
    watch.act(day, millis_of_day(CLOSED), "day")  # then everybody is at work, and has worked off what was left
    books = list(made.hub.catalogue.books)
    for number in range(1, sizes.rounds + 1):
        event = ControlEvent(type="POLICY_ACTIVATED", book=books[number % 2])
        before = cpu_s(made.pids)
        took = watch.act(event, millis_of_day(CLOSED), f"raise-{number}")
        cost = cpu_s(made.pids) - before
        measured.add("raise.households_per_second", town.count / cost)
        measured.tell("raise.wall", {"households": town.count, "seconds": round(took, 1), "cpu_s": round(cost, 1)})
        say(f"raise {number}/{sizes.rounds}: {town.count:,} households, {took:.1f} s, {cost:.1f} CPU s")


def restores(made: Stand, folder: Path, sizes: Sizes, measured: Measured, say: Say) -> None:
    """All stores from their changelogs, each time into an empty folder."""
    for number in range(1, sizes.rounds + 1):
        rows, seconds = restored(made.hub, folder / f"restored-{number}")
        measured.add("restore.records_per_second", rows / seconds)
        measured.tell("restore.rows", {"rows": rows, "seconds": round(seconds, 2)})
        say(f"restore {number}/{sizes.rounds}: {rows:,} records, {seconds:.1f} s, {rows / seconds:,.0f} records/s")


def growth(made: Stand, watch: Watch, stream: Iterator[Change], sizes: Sizes, measured: Measured, say: Say) -> None:
    """The same number of changes with one, two and four workers."""
    for workers in (1, 2, 4):
        share = max(1, sizes.changes // sizes.rounds)
        _, rate, cost = worked_off(made, watch, islice(stream, share), workers, say, f"{workers} workers")
        made.stop()
        grown = {"workers": workers, "people": sizes.people, "events_per_second": round(rate)}
        measured.tell("growth", {**grown, "cpu_us_per_event": round(cost * 1e6)})
        say(f"{workers} workers: {rate:,.0f} events/s, {cost * 1e6:,.0f} µs of CPU each")


def raised_packs(folder: Path) -> Path:
    """The assumed packs with a higher standard of minimum living from a month on, in a folder of their own."""
    folder.mkdir(parents=True)
    for file in sorted(find_assets().policies.glob("demo/*.yaml")):
        pack = yaml.safe_load(file.read_text("utf-8"))
        for name, standard in pack["standards"].items():
            if name.startswith("dibao"):
                standard["values"].append({"from": RAISED_FROM, "yuan": RAISES[standard["unit"]]})
        (folder / file.name).write_text(yaml.safe_dump(pack, allow_unicode=True), "utf-8")
    return folder
