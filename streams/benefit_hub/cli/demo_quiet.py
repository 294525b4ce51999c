"""When a hub has come to rest: everything published has gone through all four processors, and nobody is still at work."""

import time
from collections.abc import Callable, Iterable

from benefit_hub.client.reader import Reader
from benefit_hub.messages.internal import ControlCopy
from benefit_hub.runtime.admin import Administration
from benefit_hub.runtime.hub import Hub
from benefit_hub.topology import Processor
from benefit_hub.values.errors import HubError

LOOK_EVERY_S = 0.05
PATIENCE_S = 60.0


class Quiet:
    """Waits for conditions, never for time. `alive` raises where somebody who should work has ended."""

    def __init__(self, hub: Hub, admin: Administration, alive: Callable[[], None]) -> None:
        self._hub = hub
        self._admin = admin
        self._alive = alive
        self._claims = Reader(hub.settings, hub.bootstrap, ["claims"])
        self._passed: dict[tuple[int, int], int] = {}
        self._origins = hub.catalogue.topics["household-facts"].partitions * hub.catalogue.topics["claims"].partitions

    def wait(self, control_offset: int | None) -> None:
        """Wait until the flow is at rest. `control_offset` is that of the last control event that was published.

        In the order of the flow: once intake has read everything, nothing is on its way to `facts`; once the copies of the
        last control event have reached `claims` from everywhere, no sweep is at work; and so on, to the end.
        """
        first, *others = self._hub.topology.processors
        self.until(lambda: self.behind(first) == 0, "intake to read what was published")
        if control_offset is not None:
            self.until(lambda: self._acted(control_offset), "days and pay runs to act everywhere")
        for processor in others:
            self.until(lambda each=processor: self.behind(each) == 0, f"{processor.name} to read its input")  # type: ignore[misc]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until something holds. Raises HubError, naming it, where that takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            self._alive()
            if time.monotonic() > deadline:
                raise HubError(f"waited {PATIENCE_S:.0f} s for {what}; the logs of the workers may say why")
            time.sleep(LOOK_EVERY_S)

    def behind(self, processor: Processor) -> int:
        """How many offsets a processor has still to read and commit."""
        return self.group_behind(self._hub.settings.group(processor.name), processor.inputs)

    def group_behind(self, group: str, topics: Iterable[str]) -> int:
        """How many offsets a group has still to commit in these topics."""
        places = [
            (self._hub.settings.topic(topic), partition)
            for topic in topics
            for partition in range(self._hub.catalogue.topics[topic].partitions)
        ]
        ends = self._admin.ends(places)
        committed = {(lag.topic, lag.partition): lag.position or 0 for lag in self._admin.lag([group])}
        return sum(max(0, end - committed.get(place, 0)) for place, end in ends.items())

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
        self._claims.close()
