"""The one fault-injection point: stop a worker where a test or the demo has to look at what a crash leaves behind.

`HUB_FAULT=after_produce:settlement:17` makes the settlement runner of this process wait, in its 17th transaction, once its
records are on the broker and nothing is committed; somebody can look, and `kill -9`. A fourth word chooses what happens
there: `stall` (so), `abort` (the transaction fails once as if the broker had aborted it) or `kill` (SIGKILL to itself).
Without the variable nothing here does anything.
"""

import logging
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Literal

from benefit_hub.values.errors import CatalogueError

VARIABLE = "HUB_FAULT"
Point = Literal["after_produce", "after_offsets", "after_commit"]
Action = Literal["stall", "abort", "kill"]
_POINTS = ("after_produce", "after_offsets", "after_commit")
_ACTIONS = ("stall", "abort", "kill")

log = logging.getLogger(__name__)


class InjectedAbort(Exception):
    """A transaction that fails because somebody asked for it."""


@dataclass(frozen=True)
class Fault:
    """What is to go wrong: where, in which processor, in its how many-th transaction, how."""

    point: str
    processor: str
    transaction: int
    action: str

    def reach(self, point: Point, processor: str, transaction: int, stop: Event) -> None:
        """Go wrong, if this is the place. A stall ends with `stop`."""
        if (point, processor, transaction) != (self.point, self.processor, self.transaction):
            return
        log.warning("%s: %s at %s of transaction %d of %s", VARIABLE, self.action, point, transaction, processor)
        if self.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.action == "abort":
            raise InjectedAbort(f"{VARIABLE} at {point}")
        stop.wait()


NO_FAULT = Fault("", "", -1, "")


def fault_from(environment: Mapping[str, str]) -> Fault:
    """The fault that the environment asks for. Raises CatalogueError for a text that means nothing."""
    text = environment.get(VARIABLE, "")
    if not text:
        return NO_FAULT
    words = text.split(":")
    point, processor, transaction, action = words if len(words) == 4 else [*words, "stall", "", "", ""][:4]
    well_formed = len(words) in (3, 4) and transaction.isdigit()
    if not well_formed or point not in _POINTS or action not in _ACTIONS:
        raise CatalogueError(
            f"{VARIABLE}={text}: expected {'|'.join(_POINTS)}:<processor>:<number of the transaction>[:{'|'.join(_ACTIONS)}]"
        )
    return Fault(point, processor, int(transaction), action)
