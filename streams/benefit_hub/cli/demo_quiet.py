"""When a hub has come to rest: everything published has gone through all four processors, and nobody is still at work."""

import time
from collections.abc import Callable

from benefit_hub.client.progress import progress_of
from benefit_hub.client.reader import Reader
from benefit_hub.messages.internal import ControlCopy
from benefit_hub.runtime.hub import Hub
from benefit_hub.values.errors import HubError

LOOK_EVERY_S = 0.08
PATIENCE_S = 60.0
SUBSCRIBER = "demo-subscriber"
SUBSCRIBED = ("benefits.adjustments", "benefits.explanations")


class Quiet:
    """Waits for conditions, never for time. `alive` raises where somebody who should work has ended; `subscriber` says whether
    the demo's subscriber is at work."""

    def __init__(self, hub: Hub, alive: Callable[[], None], *, subscriber: bool = True) -> None:
        topics = hub.catalogue.topics
        self._hub = hub
        self._alive = alive
        self._groups = {each.name: each.reads for each in hub.topology.processors}
        if subscriber:
            self._groups[SUBSCRIBER] = SUBSCRIBED
        self._progress = progress_of(hub)
        self._claims = Reader(hub.settings, hub.bootstrap, ["claims"])
        self._passed: dict[tuple[int, int], int] = {}
        self._origins = topics["household-facts"].partitions * topics["claims"].partitions

    def wait(self, control_offset: int | None) -> None:
        """Wait until everything published has gone through and the subscriber has told it.

        `control_offset` is that of the last control event. Once its copies have reached `claims` from everywhere, no sweep is
        at work any more; once nobody is behind then, nothing is on its way.
        """
        if control_offset is not None:
            self.until(lambda: self._acted(control_offset), "days and pay runs to act everywhere")
        self.until(lambda: self.behind() == 0, "all processors and the subscriber to read what there is")

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something holds. Raises HubError, naming it, where that takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            self._alive()
            if time.monotonic() > deadline:
                raise HubError(f"waited {PATIENCE_S:.0f} s for {what}; the logs of the workers may say why")
            time.sleep(LOOK_EVERY_S)

    def behind(self, group: str | None = None) -> int:
        """How many offsets one group, or all together, have still to work off; more than none where that cannot be told."""
        found = self.each_behind()
        if found is None:
            return 1
        return sum(found.values()) if group is None else found[group]

    def each_behind(self) -> dict[str, int] | None:
        """How many offsets each group has still to work off; None where that cannot be told just now."""
        return self._progress.behind(self._groups)

    def _acted(self, sequence: int) -> bool:
        """Whether every entitlement task has passed on its copy of a control event to every partition of `claims`."""
        for record in self._claims.new():
            message = self._hub.codecs.decode("claims", record.value)
            if isinstance(message, ControlCopy):
                place = (record.partition, message.origin)
                self._passed[place] = max(message.sequence, self._passed.get(place, -1))
        return len(self._passed) == self._origins and min(self._passed.values()) >= sequence

    def close(self) -> None:
        """Let go of the brokers."""
        self._progress.close()
        self._claims.close()
