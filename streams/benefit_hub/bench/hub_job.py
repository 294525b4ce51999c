"""The whole hub under load: registers are loaded, then changes come, then a new standard for all, then stores are lost."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from msgspec import to_builtins

from benefit_hub.bench.figures import Measured, percentile
from benefit_hub.bench.latency import latencies_ms
from benefit_hub.bench.machine import cpu_s, memory_mib
from benefit_hub.bench.publishing import Departments, Told
from benefit_hub.bench.restoring import restored
from benefit_hub.bench.sizes import Sizes
from benefit_hub.bench.stand import Stand, stand
from benefit_hub.bench.watching import Watch
from benefit_hub.catalogue.assets import find_assets
from benefit_hub.client.reconciliation import standing_lines, totals
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate.population import Change, Population, changes, snapshot
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import millis_of_day

BEGINS, OPENED, CLOSED, OWN = date(2026, 6, 20), date(2026, 6, 20), date(2026, 6, 20), "2026-07"
"""What began before the day of the opening is loaded: registers are of the day before."""
EMITTED = "benefits.adjustments"
RAISED_FROM = "2026-08"
RAISES = {"MONTH": "700.00", "YEAR": "4700.00"}
"""What the raised standards are, by unit."""
MOVES_MONEY = 100
"""Of so many changes one at least makes an adjustment, or they measure nothing."""
SEED = "1"
Say = Callable[[str], None]


def hub_job(bootstrap: str, folder: Path, sizes: Sizes, measured: Measured, say: Say) -> None:
    """Load a hub, and measure what was asked for of changes, growth, raise, restore."""
    raised, prefix = raised_packs(folder / "raised"), f"bench-{uuid.uuid4().hex[:8]}."
    with stand(bootstrap, folder / "hub", prefix, profile=sizes.profile, policies=[str(raised)]) as made:
        watch = Watch(made, say)
        try:
            HubJob(made, watch, sizes, measured, say).run(folder)
        finally:
            watch.close()


@dataclass
class HubJob:
    """One hub, and what is done with it."""

    made: Stand
    watch: Watch
    sizes: Sizes
    measured: Measured
    say: Say

    def run(self, folder: Path) -> None:
        """Everything that was asked for; restored stores go into the folder."""
        jobs, rounds = self.sizes.jobs, range(1, self.sizes.rounds + 1)
        town = self.loaded()
        stream = changes(town, self.made.hub.catalogue.sources)
        for number in rounds if "hub" in jobs else ():
            self.throughput(stream, f"hub job {number}/{self.sizes.rounds}")
            self.latency(stream)
            self.made.stop()
        if "growth" in jobs:
            self.growth(stream)
        if "raise" in jobs:
            self.raises(town, rounds)
            self.made.stop()
        for number in rounds if "restore" in jobs else ():
            self.restore(folder / f"restored-{number}", f"restore {number}/{self.sizes.rounds}")

    def loaded(self) -> Population:
        """The registers of a town and what is paid there; the hub goes live with them, and nothing is emitted."""
        pack = next(iter(self.made.hub.catalogue.books.values())).packs[0]
        town = Population(SEED, self.sizes.people, pack, BEGINS)
        self.made.start(1)
        self.watch.act(ControlEvent(type="BOOTSTRAP_OPENED"), millis_of_day(OPENED), "opened")
        self.made.stop()
        count, rate, cost = self.worked_off(snapshot(town), self.sizes.workers, "registers")
        self.say(
            f"loaded: {count:,} records of {town.people:,} people, {town.count:,} households, {rate:,.0f} records/s"
        )
        loaded_mib = memory_mib(self.made.pids)
        event = ControlEvent(type="BOOTSTRAP_CLOSED", month=OWN)
        took = self.watch.act(event, millis_of_day(CLOSED), "closed")
        self.watch.until_quiet("going live")
        self.watch.cpu_until_shown()
        rss = memory_mib(self.made.pids)
        self.say(f"gone live in {took:.0f} s; {rss} MiB, after loading {loaded_mib}")
        self.measured.add("load.records_per_second", rate)
        loading = {"records": count, "cpu_us_per_record": round(cost * 1e6), "loaded_rss_mib": loaded_mib}
        self.measured.tell("load", {**loading, "going_live_s": round(took, 1), "rss_mib": rss, **self.reported()})
        self.made.stop()
        return town

    def reported(self) -> dict[str, Any]:
        """What going live found. Raises HubError where something was emitted."""
        hub, began = self.made.hub, time.monotonic()
        if emitted := self.watch.lying(EMITTED):
            raise HubError(f"{emitted} records lie on {EMITTED}: going live emits nothing")
        found = totals(standing_lines(hub.settings, hub.bootstrap, hub.codecs))
        for each in found:
            self.say(
                f"reconciliation: {each.programme}: {each.lines:,} lines, {each.differing:,} differ: {each.findings}"
            )
        return {"report_s": round(time.monotonic() - began, 1), "report": to_builtins(found)}

    def throughput(self, stream: Iterator[Change], what: str) -> None:
        """A round's share of the changes; the workers go on working."""
        share = max(1, self.sizes.changes // self.sizes.rounds)
        count, rate, cost = self.worked_off(islice(stream, share), self.sizes.workers, what)
        self.measured.add("hub_job.events_per_second", rate)
        self.measured.tell("hub_job.cpu_us_per_event", round(cost * 1e6))
        self.say(f"{what}: {count:,} changes, {rate:,.0f} events/s, {cost * 1e6:,.0f} µs of CPU each")

    def worked_off(self, records: Iterable[Told], workers: int, what: str) -> tuple[int, float, float]:
        """Records through everything: how many were left when it began, how many a second, CPU seconds for each.

        They lie on the topics before workers start, so that publishing is not measured. The workers go on.
        """
        Departments(self.made.hub, linger_ms=50).publish_all(records, self.say, what)
        lying, began = self.watch.behind()["intake"], time.monotonic()
        self.made.start(workers)
        before = 0.0
        if left := self.watch.until_intake_moves(lying):
            began, before = time.monotonic(), cpu_s(self.made.pids)
        else:  # so few that they were done before anybody could look: then the start of the workers is in it
            left = lying
        took = self.watch.until_quiet(what) - began
        return left, left / took, (self.watch.cpu_until_shown() - before) / left

    def latency(self, stream: Iterator[Change]) -> None:
        """The same workers get so many changes a second; then they have used the most memory that they ever will."""
        rate, seconds = self.sizes.rate, self.sizes.latency_s
        found = latencies_ms(self.made.hub, stream, rate, seconds, lambda: self.watch.until_quiet("latency"))
        if len(found) < max(1, rate * seconds // MOVES_MONEY):
            raise HubError(f"only {len(found)} adjustments came of these changes: this round measures nothing")
        if rate == Sizes().rate:
            self.measured.add("hub_job.p99_ms_at_500", percentile(found, 0.99))
        told = {name: round(percentile(found, share)) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
        self.measured.tell("hub_job.latency_ms", {"rate": rate, "adjustments": len(found), **told})
        for each in memory_mib(self.made.pids):
            self.measured.add("hub_job.rss_mib", each)
        self.say(f"at {rate} events/s: {told} ms over {len(found):,} adjustments; {memory_mib(self.made.pids)} MiB")

    def growth(self, stream: Iterator[Change]) -> None:
        """The same number of changes with one, two and four workers."""
        share = max(1, self.sizes.changes // self.sizes.rounds)
        for workers in (1, 2, 4):
            _, rate, cost = self.worked_off(islice(stream, share), workers, f"{workers} workers")
            self.made.stop()
            grown = {"workers": workers, "people": self.sizes.people, "events_per_second": round(rate)}
            self.measured.tell("growth", {**grown, "cpu_us_per_event": round(cost * 1e6)})
            self.say(f"{workers} workers: {rate:,.0f} events/s, {cost * 1e6:,.0f} µs of CPU each")

    def raises(self, town: Population, rounds: Iterable[int]) -> None:
        """Another standard for all, there and back, until every ledger says so."""
        self.made.start(self.sizes.workers)
        day = ControlEvent(type="DAY_OPENED", day=CLOSED.isoformat())
        self.watch.act(day, millis_of_day(CLOSED), "day")  # then everybody is at work, and has worked off what was left
        books = list(self.made.hub.catalogue.books)
        for number in rounds:
            event = ControlEvent(type="POLICY_ACTIVATED", book=books[number % 2])
            before = self.watch.cpu_until_shown()
            took = self.watch.act(event, millis_of_day(CLOSED), f"raise-{number}")
            cost = cpu_s(self.made.pids) - before
            self.measured.add("raise.households_per_second", town.count / cost)
            self.measured.tell(
                "raise.wall", {"households": town.count, "seconds": round(took, 1), "cpu_s": round(cost, 1)}
            )
            self.say(f"raise {number}: {town.count:,} households, {took:.1f} s, {cost:.1f} CPU s")

    def restore(self, folder: Path, what: str) -> None:
        """All stores from their changelogs, into an empty folder."""
        rows, seconds = restored(self.made.hub, folder)
        self.measured.add("restore.records_per_second", rows / seconds)
        self.measured.tell("restore.rows", {"rows": rows, "seconds": round(seconds, 2)})
        self.say(f"{what}: {rows:,} records, {seconds:.1f} s, {rows / seconds:,.0f} records/s")


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
