"""What a worker tells Prometheus of itself: counts, durations, lags. Labels are names of ours, never a key or an id of a record.

Everything is read from the worker's `Health` when somebody asks; nothing is kept here.
"""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from benefit_hub.runtime.control_age import ControlAges
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.progress import Spread
from benefit_hub.values.months import millis_of_day

PROCESSOR = ["processor"]
PARTITION = ["processor", "partition"]


def metrics_of(health: Health) -> CollectorRegistry:
    """Everything that can be asked of this worker, its memory and processor time included."""
    registry = CollectorRegistry()
    registry.register(WorkerCollector(health))
    ProcessCollector(registry=registry)
    return registry


class WorkerCollector(Collector):
    """Reads a worker's health when asked."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """Every metric, with a sample for each runner or partition."""
        health = self._health
        yield _one("hub_live", "1 while nothing hangs", float(not health.troubles()))
        yield _one(
            "hub_ready", "1 while every runner has partitions and all of them are at work", float(not health.missing())
        )
        yield _one("hub_slot", "The slot of the data folder in which this worker runs", health.slot)
        if health.watch is not None:
            answers = float(health.watch.brokers_answer)
            yield _one("hub_brokers_answer", "1 while the brokers tell where partitions end", answers)
        stores = GaugeMetricFamily("hub_store_bytes", "Size of the local store on disk", labels=PROCESSOR)
        for name, size in health.store_bytes():
            stores.add_metric([name], size)
        yield stores
        yield from self._counts()
        yield from self._spreads()
        yield from self._partitions()
        yield from self._lags()
        yield from _controls(self._health)

    def _counts(self) -> Iterator[Metric]:
        told = {
            "hub_records": "Records processed",
            "hub_rows_written": "Rows of state written",
            "hub_transactions": "Transactions committed",
            "hub_transactions_aborted": "Transactions aborted, and tried again",
            "hub_restored_rows": "Rows read from changelogs to restore stores",
        }
        families = {name: CounterMetricFamily(name, text, labels=PROCESSOR) for name, text in told.items()}
        refusals = CounterMetricFamily("hub_refusals", "Records refused", labels=["processor", "source", "code"])
        for runner in self._health.runners:
            done = runner.progress
            restored = runner.standing.restored
            counts = (done.records, done.written, done.transactions, done.aborted, restored.rows if restored else 0)
            for family, count in zip(families.values(), counts, strict=True):
                family.add_metric([runner.name], count)
            for (source, code), count in dict(done.refused).items():
                refusals.add_metric([runner.name, source, code], count)
        yield from families.values()
        yield refusals

    def _spreads(self) -> Iterator[Metric]:
        for name, text, field in (
            ("hub_batch_records", "Records in a transaction", "batch_records"),
            ("hub_batch_seconds", "Time from the beginning of a transaction to its end", "batch_s"),
            ("hub_commit_seconds", "Time that a commit took", "commit_s"),
        ):
            family = HistogramMetricFamily(name, text, labels=PROCESSOR)
            for runner in self._health.runners:
                spread: Spread = getattr(runner.progress, field)
                family.add_metric([runner.name], *_buckets(spread))
            yield family

    def _partitions(self) -> Iterator[Metric]:
        owned = GaugeMetricFamily(
            "hub_partitions",
            "Partitions that this worker holds, at work or still restoring",
            labels=["processor", "state"],
        )
        left = GaugeMetricFamily("hub_restore_rows_left", "Rows left to restore, at most", labels=PARTITION)
        rate = GaugeMetricFamily("hub_restore_rows_per_second", "Rate of the restore under way", labels=PROCESSOR)
        for runner in self._health.runners:
            running = list(runner.assigned.values())
            owned.add_metric([runner.name, "running"], sum(running))
            owned.add_metric([runner.name, "restoring"], len(running) - sum(running))
            for partition, restored in runner.standing.restoring.items():
                left.add_metric([runner.name, str(partition)], restored.left)
            if runner.standing.restored is not None:
                rate.add_metric([runner.name], runner.standing.restored.rows_a_second)
        yield from (owned, left, rate)

    def _lags(self) -> Iterator[Metric]:
        labels = ["processor", "topic", "partition"]
        records = GaugeMetricFamily(
            "hub_lag_records", "Records that wait, markers of transactions included", labels=labels
        )
        seconds = GaugeMetricFamily("hub_lag_seconds", "For how long the oldest that waits was seen to", labels=labels)
        silent = GaugeMetricFamily(
            "hub_silent_seconds", "For how long a runner has shown no sign of life", labels=PROCESSOR
        )
        watch = self._health.watch
        for name, lags in (watch.lags if watch else {}).items():
            for (topic, partition), lag in lags.items():
                records.add_metric([name, topic, str(partition)], lag.records)
                seconds.add_metric([name, topic, str(partition)], lag.seconds)
        for name, silent_s in (watch.silent_s if watch else {}).items():
            silent.add_metric([name], silent_s)
        yield from (records, seconds, silent)


def _controls(health: Health) -> Iterator[Metric]:
    """Where each task stands in the order of control events, and which origin it waits for."""
    day = GaugeMetricFamily("hub_control_day_timestamp_seconds", "The day that is open, its noon", labels=PARTITION)
    acted = GaugeMetricFamily("hub_control_acted", "Sequence of the control event that acted last", labels=PARTITION)
    origin = ["processor", "partition", "origin"]
    reached = GaugeMetricFamily(
        "hub_control_reached", "Greatest sequence of control that an origin has sent", labels=origin
    )
    age = GaugeMetricFamily("hub_watermark_age_seconds", "For how long an origin has been awaited", labels=origin)
    for runner in health.runners:
        for partition, known in runner.standing.controls.items():
            place = [runner.name, str(partition)]
            acted.add_metric(place, known.acted)
            if known.day:
                day.add_metric(place, millis_of_day(date.fromisoformat(known.day)) / 1000)
            for number, sequence in known.frontier.items():
                reached.add_metric([*place, str(number)], sequence)
        ages: ControlAges | None = health.watch.ages.get(runner.name) if health.watch else None
        for (partition, number), seconds in (ages.late_s if ages else {}).items():
            age.add_metric([runner.name, str(partition), str(number)], seconds)
    yield from (day, acted, reached, age)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _buckets(spread: Spread) -> tuple[list[tuple[str, float]], float]:
    """Cumulative counts as Prometheus wants them, and the sum."""
    bounds = [*(str(bound) for bound in spread.bounds), "+Inf"]
    counted: Any = list(zip(bounds, accumulate(spread.counts), strict=True))
    return counted, spread.sum
