"""A whole hub under load on a real Kafka, to which things happen, and which is held against the simulation in the end.

    with staged(kafka.bootstrap, namespace, tmp_path, seed="7", people=150) as stage:
        stage.start(0)                      # a `hub worker` in slot 0; it dies, stops and comes back as the test says
        stage.start(1)
        stage.load.open_up()
        with stage.load.going_on(20):       # changes of the population meanwhile
            stage.kill(0)                   # ... SIGKILL; what stood open at the broker then
            stage.start(0)
        stage.check()                       # drains, and compares: money, once, every reader

Other faults use it too: nothing here knows what they do to brokers or connections. What the test looks at it looks at straight; a
proxy that only the workers go through is named by `stage.environment["HUB_BOOTSTRAP"]`. A worker that ends by itself is started
again, as its supervisor would (`tend`), and what it said last is kept in `last_words`; `drain` and `check` tend while they wait.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka.admin import TransactionState

from benefit_hub.cli.demo_quiet import Quiet
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.view import NoView, View
from tests.kafka.faults.compare import Memory, Told, check_once, check_same, check_shown, view_lags
from tests.kafka.faults.load import Load
from tests.kafka.faults.markers import Aborted, aborted_transactions
from tests.kafka.faults.witness import ByConfluent, ByKafkaPython, Witness
from tests.kafka.hub.live import LiveHub, Worker, live_hub, wait_for

log = logging.getLogger(__name__)

AT_WORK_S = 90.0
DRAINED_S = 180.0
"""Limits that a machine five times slower keeps to."""


class Resting(Quiet):
    """Knows when a hub has come to rest, and has the patience for workers that are killed meanwhile."""

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something holds, and see to the workers."""

        def holds() -> bool:
            self._alive()
            return condition()

        wait_for(holds, DRAINED_S, f"waited for {what}")


class Stage:
    """A hub, its workers by slot, its load and its onlookers."""

    def __init__(self, hub: LiveHub, seed: str, people: int) -> None:
        self.hub = hub
        self.opened: Hub = hub.opened
        self.load = Load(self.opened, seed, people)
        self.workers: dict[int, Worker] = {}
        self.environment: dict[str, str] = {}
        """Variables of every worker that is started from now on."""
        self.last_words: list[str] = []
        """The end of the log of each worker that ended by itself."""
        processors = self.opened.topology.processors
        outputs = {name for each in processors for name in each.outputs if not name.startswith("quarantine.")}
        self.written = sorted(outputs | {each.changelog for each in processors if each.stateful})
        topics = self.opened.catalogue.topics
        places = [(hub.topic(name), number) for name in self.written for number in range(topics[name].partitions)]
        self.witnesses: list[Witness] = [ByConfluent(hub.bootstrap, places), ByKafkaPython(hub.bootstrap, places)]
        self._memory = Memory(self.opened, hub.key)
        self._resting = Resting(self.opened, self.tend, subscriber=False)

    def start(self, slot: int, **environment: str) -> Worker:
        """A worker in a slot, whose former one has ended."""
        assert slot not in self.workers or not self.workers[slot].running
        self.workers[slot] = self.hub.start_worker(**self.environment, HUB_SLOT=str(slot), **environment)
        return self.workers[slot]

    def kill(self, slot: int) -> dict[str, int]:
        """SIGKILL. The transactions that it left open at the broker, by their ids, and the producers they belong to."""
        self.workers.pop(slot).kill()
        return self.open_transactions(slot)

    def leave(self, slot: int) -> None:
        """SIGTERM: it drains, and its partitions go to the others."""
        worker = self.workers.pop(slot)
        began = time.monotonic()
        worker.stop()
        log.info("slot %d left after %.1f s", slot, time.monotonic() - began)
        too_early = worker.process.returncode == -signal.SIGTERM and ": runs " not in worker.said()
        assert worker.process.returncode == 0 or too_early, worker.said()[-3000:]

    def ends_saying(self, slot: int, text: str) -> str:
        """Wait until a worker has ended by itself with this word; what it said. Who ends for another reason is started again."""

        def ended() -> bool:
            worker = self.workers[slot]
            if worker.running:
                return False
            assert worker.process.returncode > 0, worker.said()[-3000:]
            if text not in worker.said():
                self.tend()
                return False
            return True

        wait_for(ended, DRAINED_S, f"slot {slot} does not end saying: {text}")
        return self.workers.pop(slot).said()

    def freeze(self, slot: int) -> None:
        """SIGSTOP."""
        self.workers[slot].process.send_signal(signal.SIGSTOP)

    def thaw(self, slot: int) -> None:
        """SIGCONT."""
        self.workers[slot].process.send_signal(signal.SIGCONT)

    def wait_for(self, condition: Callable[[], bool], within_s: float, what: str) -> None:
        """Wait until something holds; who ends by itself meanwhile is started again."""

        def holds() -> bool:
            self.tend()
            return condition()

        wait_for(holds, within_s, what)

    def tend(self) -> None:
        """Start again who ended by itself, as a supervisor does."""
        for slot, worker in list(self.workers.items()):
            if not worker.running:
                self.last_words.append(worker.said()[-2000:])
                log.info("slot %d ended: %s", slot, self.last_words[-1][-300:])
                self.start(slot)

    def open_transactions(self, slot: int) -> dict[str, int]:
        """The transactions of a slot that are open at the brokers: their ids, and the producers they belong to."""
        ours = tuple(f"{self.hub.prefix}hub.{each.name}." for each in self.opened.topology.processors)
        listed: Any = self.hub.lag._admin.list_transactions()
        return {
            one.transactional_id: one.producer_id
            for found in listed.values()
            for one in found
            if one.state is TransactionState.ONGOING
            and one.transactional_id.startswith(ours)
            and one.transactional_id.endswith(f".{slot}")
        }

    def aborted_transactions(self) -> set[Aborted]:
        """What was aborted so far of what our workers wrote."""
        return aborted_transactions(self.hub.bootstrap, map(self.hub.topic, self.written))

    def wait_at_work(self, slot: int) -> float:
        """Wait until a worker has partitions and works; how long that took, in seconds."""
        began = time.monotonic()
        wait_for(lambda: ": runs " in self.workers[slot].said(), AT_WORK_S, f"slot {slot} does not begin to work")
        return time.monotonic() - began

    def behind(self) -> int:
        """How many offsets all processors together have still to work off."""
        return self._resting.behind()

    def look_anew(self) -> None:
        """Ask with new clients how far the hub has come: kafka-python's may keep to leaders that are none any more."""
        self._resting.close()
        self._resting = Resting(self.opened, self.tend, subscriber=False)

    def drain(self) -> None:
        """Wait until everything published has gone through, and nobody has anything left to do."""
        self._resting.wait(self.load.last_control if self.load.last_control >= 0 else None)

    def check(self) -> Told:
        """Drain, and hold everything against the simulation and what onlookers were shown; what the workers have told."""
        told = self.compare()
        for witness in self.witnesses:
            self._check_shown_to(witness, told)
        log.info("%d records told, %d of aborted transactions stand hidden", len(told.committed), told.aborted)
        return told

    def compare(self) -> Told:
        """The same without onlookers."""
        self.drain()
        told = Told(self.hub, self.written)
        check_same(told, self._memory.after(self.load.published))
        check_once(told, self.load.published)
        check_shown(told, self.hub)
        view = View(self.opened.folder.view_file)
        self.wait_for(lambda: self._viewed(told, view), AT_WORK_S, "the view does not come to what was said")
        return told

    def dismiss_onlookers(self) -> None:
        """Nobody looks on from here."""
        while self.witnesses:
            self.witnesses.pop().rest()

    def _check_shown_to(self, witness: Witness, told: Told) -> None:
        places = told.places
        wait_for(lambda: len(witness.seen) >= len(places), AT_WORK_S, "an onlooker lags")
        assert (witness.seen, witness.twice) == (places, 0), "an onlooker was shown something else"

    def _viewed(self, told: Told, view: View) -> bool:
        try:
            return not view_lags(told, view)
        except NoView:
            return False

    def close(self) -> None:
        """End what was started; workers that stand still are woken first."""
        for slot, worker in self.workers.items():
            if worker.running:
                self.thaw(slot)
        self.dismiss_onlookers()
        self._resting.close()
        self.load.close()


@contextmanager
def staged(bootstrap: str, namespace: str, folder: Path, *, seed: str, people: int, **settings: Any) -> Iterator[Stage]:
    """A stage for this block, with these settings of the hub."""
    with live_hub(bootstrap, namespace, folder, **settings) as hub:
        stage = Stage(hub, seed, people)
        try:
            yield stage
        finally:
            stage.close()
