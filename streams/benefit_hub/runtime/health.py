"""What others may know of a worker while it works: whether it lives, whether it is ready, and where its counts are."""

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.stall_watch import StallWatch

log = logging.getLogger(__name__)

SILENT_S = 30.0
"""The process that hosts the threads looks at them every second; when it has not for so long, it hangs."""

Phase = Literal["starting", "working", "ending"]


class Part(Protocol):
    """A thread of the worker."""

    @property
    def label(self) -> str:
        """How it is named."""

    @property
    def alive(self) -> bool:
        """Whether it runs."""


class Health:
    """One worker, as seen by whoever asks. Written by the worker, read by other threads."""

    def __init__(self, slot: int, stores: Path) -> None:
        self.slot = slot
        self.stores = stores
        self.phase: Phase = "starting"
        self.runners: Sequence[Runner] = ()
        self.watch: StallWatch | None = None
        self.parts: Sequence[Part] = ()
        self.beat = time.monotonic()
        """When the process last looked at its threads; monotonic."""
        self._said_ready = False

    def works(self, runners: Sequence[Runner], watch: StallWatch, parts: Sequence[Part]) -> None:
        """It has begun: these are its runners, and all of its threads."""
        self.runners, self.watch, self.parts = runners, watch, parts
        self.beat, self.phase = time.monotonic(), "working"

    def look(self) -> None:
        """The process has looked at its threads; the first time that all is at work, the log says so."""
        self.beat = time.monotonic()
        if not self._said_ready and not self.missing():
            self._said_ready = True
            log.info("ready: at work on %s", ", ".join(f"{len(each.assigned)} of {each.name}" for each in self.runners))

    def troubles(self) -> list[str]:
        """Why it does not live; nothing while it does. A worker that hangs ends itself, this tells of it meanwhile."""
        if self.phase == "starting":
            return []
        found = [f"the {part.label} has ended" for part in self.parts if not part.alive and self.phase == "working"]
        silent_s = time.monotonic() - self.beat
        if silent_s > SILENT_S:
            found.append(f"the process has not looked at its threads for {silent_s:.0f} s")
        return found + [f"the runner of {name} hangs" for name in (self.watch.hanging() if self.watch else ())]

    def missing(self) -> list[str]:
        """Why it is not ready; nothing when it is."""
        if self.phase != "working":
            return [f"it is {self.phase}"]
        return self.troubles() + [reason for runner in self.runners for reason in _missing(runner)]

    def store_bytes(self) -> Iterator[tuple[str, int]]:
        """The processors that have a store here, and its size on disk."""
        for runner in self.runners:
            folder = self.stores / runner.name
            if folder.is_dir():
                yield runner.name, sum(_size(file) for file in folder.iterdir())


def _missing(runner: Runner) -> Iterator[str]:
    assigned, restoring = dict(runner.assigned), runner.standing.restoring
    if not assigned:
        yield f"{runner.name} has no partition"
    left = sum(each.left for each in restoring.values())
    waiting = sum(not running for running in assigned.values())
    if waiting:
        yield f"{runner.name} restores {waiting} of {len(assigned)} partitions, at most {left} rows left"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # compaction removed it meanwhile
        return 0
