"""Several worker processes under one: a worker that ends by error is started again, after a while that grows.

One that says by its exit code that this is of no use is not. Each runs under a guard: whatever ends the supervisor, none of
them outlives it.
"""

import logging
import signal
import time
from collections.abc import Mapping, Sequence
from threading import Event

from benefit_hub.runtime.endings import DRAINED, OF_NO_USE
from benefit_hub.runtime.processes import Launched, launch
from benefit_hub.values.errors import CatalogueError, HubError

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
STEADY_S = 300.0
"""A worker that ran for so long is started again at once, as if it had never failed."""
LOOK_EVERY_S = 0.1
KILLED_AFTER_S = 15.0
"""A worker that has not ended so long after it was told to, is killed: it ends by itself long before."""
NOT_BEGUN = 128 + signal.SIGTERM
"""Told to stop before it could have had anything to drain."""


def wait_s(failures: int) -> float:
    """How long after so many failures in a row a worker is started again."""
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures - 1, 10))


class Slot:
    """One of the worker processes, over all its starts."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.refused = False
        self.code: int | None = None
        """How it ended when it was told to; None before."""
        self._command = command
        self._environment = dict(environment)
        self._running: Launched | None = None
        self._failures = 0
        self._started = 0.0
        self._again_at: float | None = 0.0
        self._stopping = False

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._running is not None

    @property
    def over(self) -> bool:
        """Whether it runs no more, and will not be started again."""
        return self._running is None and self._again_at is None

    def look(self, now: float) -> None:
        """Notice its end, and start it when it is time. `now` is monotonic, in seconds."""
        if self._running is not None and (code := self._running.ended) is not None:
            self._ended(code, now)
        if self._running is None and self._again_at is not None and now >= self._again_at:
            self._started = now
            self._running = launch(self._command, log=None, owned=True, env=self._environment)
            log.info("%s: process %d", self.name, self._running.process.pid)

    def tell_to_stop(self) -> None:
        """End it well, and start it no more; returns at once."""
        self._again_at, self._stopping = None, True
        if self._running is not None:
            self._running.process.send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        if self._running is not None:
            log.error("%s has not ended, and is killed", self.name)
            self._running.process.send(signal.SIGKILL)
            self._running.close()
            self.look(time.monotonic())

    def _ended(self, code: int, now: float) -> None:
        self._running = self._again_at = None
        if code == DRAINED or self._stopping:
            self.code = code
            log.info("%s has ended with exit code %d", self.name, code)
        elif code == OF_NO_USE:
            self.refused = True
            log.error(
                "%s has ended with exit code %d: what it said stands above, and starting it again is of no use",
                self.name,
                code,
            )
        else:
            self._failures = 1 if now - self._started > STEADY_S else self._failures + 1
            waits = wait_s(self._failures)
            self._again_at = now + waits
            log.warning(
                "%s has ended with exit code %d, what it said stands above; it is started again in %.0f s",
                self.name,
                code,
                waits,
            )


class Slots:
    """All of them."""

    def __init__(self, command: Sequence[str], environments: Sequence[Mapping[str, str]]) -> None:
        self._slots = [Slot(f"worker {number}", command, each) for number, each in enumerate(environments, 1)]

    def run(self, stop: Event) -> None:
        """Keep them running until told to stop, or until none is left that could run.

        Raises CatalogueError where one said that starting it again is of no use, HubError where one did not drain.
        """
        while not stop.is_set() and not all(slot.over for slot in self._slots):
            for slot in self._slots:
                slot.look(time.monotonic())
            stop.wait(LOOK_EVERY_S)
        self._end()
        if any(slot.refused for slot in self._slots):
            raise CatalogueError("starting workers again is of no use before somebody mends what they said above")
        undrained = [slot for slot in self._slots if slot.code not in (None, DRAINED, NOT_BEGUN)]
        if undrained:
            raise HubError(f"{undrained[0].name} ended with exit code {undrained[0].code}; what it said stands above")

    def _end(self) -> None:
        for slot in self._slots:
            slot.tell_to_stop()
        deadline = time.monotonic() + KILLED_AFTER_S
        while any(slot.running for slot in self._slots) and time.monotonic() < deadline:
            for slot in self._slots:
                slot.look(time.monotonic())
            time.sleep(LOOK_EVERY_S / 2)
        for slot in self._slots:
            slot.kill()
