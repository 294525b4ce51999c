"""Whether everybody has acted on a control event: what tasks keep of control, as their changelog says it."""

from benefit_hub.client.connection import Connection
from benefit_hub.client.reader import Reader
from benefit_hub.runtime.settings import Settings
from benefit_hub.task.controls import CONTROL, ROW

EARLIER_MS = 1_000
"""Brokers' and our clock may differ a little."""


class Acted(Connection):
    """Follows one processor from a moment on. Control events act in their sequence, and only after all that they cause."""

    def __init__(self, settings: Settings, bootstrap: str, processor: str, since_ms: int) -> None:
        self._topic = f"changelog.{processor}"
        self._reader = Reader(settings, bootstrap, [self._topic], since_ms=since_ms - EARLIER_MS)
        self._acted: dict[int, int] = {}

    def tasks(self, sequence: int) -> int:
        """How many tasks have acted on the event with this sequence, as far as they have said anything since."""
        address = CONTROL.address(ROW)
        for read in self._reader.new():
            if read.key == address and read.value is not None:
                self._acted[read.partition] = CONTROL.decode(read.value).acted
        return sum(acted >= sequence for acted in self._acted.values())

    def close(self) -> None:
        """Let go of the brokers."""
        self._reader.close()
