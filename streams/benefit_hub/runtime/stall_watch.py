"""The stall watch: looks at the runners of a worker from a thread of its own, and ends the worker when one hangs.

It asks the brokers by a client of its own where partitions end for readers of committed data: behind a transaction that is
open nothing can be read, and nobody is to blame. Brokers that do not answer excuse everybody, and are told of.
"""

import logging
import sys
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # it is, in its own way

from benefit_hub.runtime.backlog import Backlog, Lag, Looked, Patience
from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.control_age import ControlAges, Origin
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.kafka_probe import listens
from benefit_hub.runtime.progress import Followed, Place
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.transactions import WorkerMustEnd

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
ANSWER_S = 5.0
LATE_S = 300.0
"""An origin of control copies that is awaited for longer is named in the log."""
WAITS_S = 8.0
"""Who has committed nothing for so long, and has something to commit, may be waiting for brokers that are gone."""
PACKAGE = "benefit_hub"


class StallWatch:
    """Watches these runners, and looks after the view. What it saw last stands in `lags`, by runner (or view) and partition, and
    in `silent_s`, by runner."""

    name = "stall watch"

    def __init__(self, host: Host, runners: Sequence[Runner], followed: Followed) -> None:
        self.lags: Mapping[str, Mapping[Place, Lag]] = {}
        self.silent_s: Mapping[str, float] = {}
        self.brokers_answer = True
        self.missing: list[str] = []
        """The addresses of brokers at which nobody listened, when last something waited for them."""
        self._addresses = host.bootstrap.split(",")
        self.ages = {runner.name: ControlAges() for runner in runners}
        self._late: set[tuple[str, Origin]] = set()
        self._runners = runners
        self._followed = followed
        self._names = host.names
        settings = host.settings
        self._limit_s = max(settings.stalled_after_ms, 2 * settings.transaction_timeout_ms) / 1000
        self._every_s = min(LOOK_EVERY_S, self._limit_s / 4)
        self._patience = {runner.name: Patience(time.monotonic()) for runner in runners}
        self._backlogs: dict[str, dict[Place, Backlog]] = {}
        self._looked = time.monotonic()
        self._client: dict[str, str | int | float | bool] = {**host.client()}
        self._make = host.outside.admin
        self._admin = self._make(self._client, logger=client_log)

    def run(self, stop: Event) -> None:
        """Watch until told to stop. Raises WorkerMustEnd that says which runner hangs, and where."""
        while not stop.wait(self._every_s):
            self.look()

    def look(self) -> None:
        """Look once."""
        standings = {runner.name: runner.standing.positions for runner in self._runners}
        standings[self._followed.name] = self._followed.positions
        ends = self._ends({place for positions in standings.values() for place in positions} | self._first_places())
        now = time.monotonic()
        slept = now - self._looked > self._limit_s / 2 + ANSWER_S
        self._looked = now
        if ends is not None:
            self.lags = {name: self._lags(name, positions, ends, now) for name, positions in standings.items()}
        self._look_at_control(now)
        excused = ends is None or slept  # after a sleep of the whole process nobody has had the time
        self.silent_s = {runner.name: self._silent(runner, now, excused=excused) for runner in self._runners}
        if ends is None or self.missing or max(self.silent_s.values(), default=0) > WAITS_S:
            self._look_for_brokers()
        for runner in self._runners:
            if runner.name in self.hanging():
                raise WorkerMustEnd(self._why(runner))

    def hanging(self) -> list[str]:
        """The runners that have had no excuse for too long."""
        return [name for name, silent_s in self.silent_s.items() if silent_s > self._limit_s]

    def _first_places(self) -> set[Place]:
        """A place for each runner that has none, as one that has not begun, or was given nothing yet: whether the brokers answer
        is known only of those who are asked."""
        return {(self._names[each.processor.inputs[0]], 0) for each in self._runners if not each.standing.positions}

    def _ends(self, places: Iterable[Place]) -> dict[Place, int] | None:
        """The end of each partition for readers of committed data; None while a broker does not tell."""
        newest = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it has no types
        asked = dict.fromkeys((TopicPartition(*place) for place in places), newest)
        found: dict[Place, int] = {}
        if not asked:
            return found
        try:
            answers = self._admin.list_offsets(
                asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=ANSWER_S
            )
            for place, answer in answers.items():
                found[place.topic, place.partition] = answer.result(2 * ANSWER_S).offset
        except (KafkaException, TimeoutError) as trouble:
            if self.brokers_answer:
                told = trouble.args[0].str() if isinstance(trouble, KafkaException) else "no answer"
                log.warning("the brokers do not answer (%s); the runners wait for them, and so do we", told)
            self.brokers_answer = False
            # After a restart of the brokers librdkafka 2.16 asks by the old leader epoch for ever, and is refused.
            self._admin = self._make(self._client, logger=client_log)
            return None
        if not self.brokers_answer:
            log.warning("the brokers answer again")
        self.brokers_answer = True
        return found

    def _look_for_brokers(self) -> None:
        """Name the brokers at which nobody listens, whenever these are others than before. One that is left may well answer for
        what it leads itself, while what needs the others waits."""
        missing = [address for address in self._addresses if not listens(address)]
        if missing and missing != self.missing:
            log.warning("nobody listens at %s; what needs these brokers waits for them", ", ".join(missing))
        elif self.missing and not missing:
            log.warning("all brokers listen again")
        self.missing = missing

    def _lags(
        self, name: str, positions: Mapping[Place, int], ends: Mapping[Place, int], now: float
    ) -> dict[Place, Lag]:
        known = self._backlogs.get(name, {})
        self._backlogs[name] = {place: known.get(place) or Backlog() for place in positions}
        return {place: self._backlogs[name][place].look(now, ends[place], at) for place, at in positions.items()}

    def _look_at_control(self, now: float) -> None:
        """Name each origin that keeps a task waiting, once."""
        for runner in self._runners:
            self.ages[runner.name].look(now, runner.standing.controls, runner.origins)
        late = {(name, origin) for name, ages in self.ages.items() for origin in ages.late(LATE_S)}
        for name, (partition, number) in sorted(late - self._late):
            log.warning(
                "%s: partition %d has been waiting for %.0f s for copies of control from origin %d: days and pay runs stand "
                "still there until the worker that has partition %d before it goes on",
                name,
                partition,
                LATE_S,
                number,
                number,
            )
        self._late = late

    def _silent(self, runner: Runner, now: float, *, excused: bool) -> float:
        progress = runner.progress
        behind = any(lag.records for lag in self.lags.get(runner.name, {}).values())
        looked = Looked(progress.turns, progress.transactions, behind, not all(runner.assigned.values()))
        return self._patience[runner.name].look(now, None if excused else looked)

    def _why(self, runner: Runner) -> str:
        waiting = sum(lag.records for lag in self.lags.get(runner.name, {}).values())
        brokers = f"nobody listens at {', '.join(self.missing)}" if self.missing else "the brokers answer"
        begun = f"{waiting} records wait" if runner.progress.turns else "it has not begun"
        return (
            f"{runner.name} hangs: {begun}, {brokers}, and nothing was committed for "
            f"{self.silent_s[runner.name]:.0f} s. Its thread is {_whereabouts(runner.thread)}. This worker ends, so that others "
            "take over; its supervisor should start it again"
        )


def _whereabouts(thread: int | None) -> str:
    """Where in our code a thread is, as file, line and function."""
    frame = sys._current_frames().get(thread or 0)  # noqa: SLF001  the documented way, underscore or not
    if frame is None:
        return "gone"
    stack = traceback.extract_stack(frame)
    ours = [one for one in stack if PACKAGE in Path(one.filename).parts]
    places = dict.fromkeys(
        f"{Path(one.filename).name} line {one.lineno} ({one.name})" for one in (*ours[-1:], stack[-1])
    )
    return f"at {', in '.join(places)}"
