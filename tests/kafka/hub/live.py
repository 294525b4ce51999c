"""A whole hub on a real Kafka: made by `hub init`, worked by `hub worker` processes that a test may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from benefit_hub.client.publisher import Publisher
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.settings import load_settings
from tests.kafka.hub.raw import ROOT, Contract, Lag, Reader, read
from tests.properties.told import Record, millis

Item = Record | tuple[date, ControlEvent]

FLOW = {
    "intake": (),
    "register": ("facts", "person-transfers"),
    "entitlement": ("household-facts",),
    "settlement": ("claims", "ledger-transfers"),
}
HUB = (sys.executable, "-m", "benefit_hub.cli")
ENDS_WITHIN_S = 15


def wait_for(condition: Callable[[], bool], within_s: float, what: str) -> None:
    """Wait until something holds; fail with what it was."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"within {within_s:g} s: {what}"
        time.sleep(0.1)


class Worker:
    """A `hub worker` process, and what it logs."""

    def __init__(self, settings_file: Path, log: Path, *arguments: str, **environment: str) -> None:
        self.log = log
        self.watches = "-n" in arguments
        """Whether there are others below it."""
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*HUB, "--settings", str(settings_file), "worker", *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=os.environ | environment,
            )

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self.process.poll() is None

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """SIGKILL, and its end."""
        assert self.running, f"it ended before it was killed:\n{self.said()[-3000:]}"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(ENDS_WITHIN_S)

    def stop(self) -> None:
        """SIGTERM, and its end; SIGKILL where that does not come."""
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(ENDS_WITHIN_S)


class LiveHub:
    """A hub with its own topics, key and data folder, in story time."""

    MADE_BY: tuple[str, ...] = ("init",)
    """The command that makes it."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path, **settings: Any) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.folder = folder
        self.data = folder / "data"
        self.settings_file = folder / "hub.yaml"
        self.contract = Contract()
        self.workers: list[Worker] = []
        self.lag = Lag(bootstrap)
        written = {
            "bootstrap": bootstrap,
            "topic_prefix": prefix,
            "data": str(self.data),
            "story_time": True,
            "store_memory_mib": 16,
            "registry": {"listen": ""},
            "watch": {"listen": ""},
        }
        self.settings_file.write_text(yaml.safe_dump(written | settings), "utf-8")
        made = subprocess.run(
            [*HUB, "--settings", str(self.settings_file), *self.MADE_BY],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr

    def change(self, **settings: Any) -> None:
        """Change settings for the workers that start from now on."""
        written = yaml.safe_load(self.settings_file.read_text("utf-8"))
        self.settings_file.write_text(yaml.safe_dump(written | settings), "utf-8")

    @cached_property
    def opened(self) -> Hub:
        """The hub as its settings describe it: catalogue, topology, books."""
        return open_hub(load_settings(self.settings_file))

    @property
    def key(self) -> bytes:
        """The pseudonym key."""
        return bytes.fromhex((self.data / "pseudonym.key").read_text("ascii").strip())

    def topic(self, logical: str) -> str:
        """The Kafka topic of a logical name."""
        return f"{self.prefix}{logical}.v1"

    def topics(self) -> set[str]:
        """Every Kafka topic of this hub."""
        return {name for name in self.lag.topics() if name.startswith(self.prefix)}

    def start_worker(self, *arguments: str, **environment: str) -> Worker:
        """One more worker process, with these arguments and variables."""
        log = self.folder / f"worker-{len(self.workers)}.log"
        worker = Worker(self.settings_file, log, *arguments, **environment)
        self.workers.append(worker)
        return worker

    def publish(self, items: Sequence[Item]) -> None:
        """Publish a story in this order, by the publishers' library; every item on the day on which the story receives it."""
        with Publisher(self.opened.catalogue, self.opened.settings, self.bootstrap) as publisher:
            for number, item in enumerate(items):
                if isinstance(item, Record):
                    publisher.publish(
                        item.topic, item.body, event_id=item.event_id, story_received_at_ms=millis(item.received)
                    )
                else:
                    day, event = item
                    event_id = f"control-{number}-{event.type}"
                    publisher.control(event, event_id=event_id, at_ms=millis(day), story_received_at_ms=millis(day))

    def behind(self, processor: str) -> int:
        """How many offsets a processor has still to read."""
        inputs = FLOW[processor] or ("control", *department_topics())
        return self.lag.of(f"{self.prefix}hub.{processor}", map(self.topic, inputs))

    def wait_quiet(self, within_s: float) -> None:
        """Wait until every processor has read all that the one before it wrote. Sweeps may still be at work."""
        deadline = time.monotonic() + within_s
        for processor in FLOW:
            while behind := self.behind(processor):
                self.check_workers()
                assert time.monotonic() < deadline, f"within {within_s:g} s: {processor} is {behind} behind"
                time.sleep(0.2)

    def wait_for_marker(self, month: str, within_s: float) -> None:
        """Wait until all has acted that stood on control before the pay run of this month: each partition has its marker."""
        reader = Reader(self.bootstrap, [self.topic("benefits.adjustments")])
        deadline = time.monotonic() + within_s
        marked: set[int] = set()
        try:
            while len(marked) < 4:
                self.check_workers()
                assert time.monotonic() < deadline, (
                    f"within {within_s:g} s: markers of {month} in {sorted(marked)} only"
                )
                for record in reader.more():
                    said = self.contract.decode(record.value)
                    if said["kind"] == "PAY_RUN_MARKER" and said["effective_month"] == month:
                        marked.add(record.partition)
        finally:
            reader.close()

    def check_workers(self) -> None:
        """Fail at once where a worker ended by itself."""
        for worker in self.workers:
            code = worker.process.poll()
            assert code in (None, -signal.SIGKILL), f"a worker ended with {code}:\n{worker.said()[-3000:]}"

    def said(self, topic: str, *, committed: bool = True) -> list[dict[str, Any]]:
        """The records of a public topic, in the order of each partition."""
        records = read(self.bootstrap, self.topic(topic), committed=committed)
        return [self.contract.decode(record.value) for record in records if record.value is not None]

    def standing(self, topic: str) -> dict[str, dict[str, Any]]:
        """The newest record of each key of a compacted topic."""
        return {
            record.key.decode(): self.contract.decode(record.value)
            for record in read(self.bootstrap, self.topic(topic))
        }

    def close(self) -> None:
        """End what was started, all together. Nobody looks any more, so one that watches no others need not drain."""
        for worker in self.workers:
            worker.process.terminate() if worker.watches else worker.process.kill()
        for worker in self.workers:
            worker.stop()
        self.lag.close()


@contextmanager
def live_hub(bootstrap: str, prefix: str, folder: Path, **settings: Any) -> Iterator[LiveHub]:
    """A hub for this block."""
    hub = LiveHub(bootstrap, prefix, folder, **settings)
    try:
        yield hub
    finally:
        hub.close()


def department_topics() -> dict[str, int]:
    """The topics that departments write, and how many partitions each has."""
    files = (yaml.safe_load(file.read_text("utf-8")) for file in sorted((ROOT / "topics").glob("*.yaml")))
    return {each["name"].removesuffix(".v1"): each["partitions"] for each in files if each["category"] == "department"}
