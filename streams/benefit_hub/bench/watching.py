"""How far the workers of a measurement have come, with a line now and then for whoever waits."""

import time
from collections.abc import Callable

from benefit_hub.bench.machine import cpu_s
from benefit_hub.bench.stand import Stand
from benefit_hub.client import Publisher
from benefit_hub.client.acted import Acted
from benefit_hub.client.progress import progress_of
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.view import View
from benefit_hub.values.errors import HubError

LOOK_S = 0.5
TELL_S = 10.0
PATIENCE_S = 300.0
STILL_S = 3.0
"""The view takes in what came every half second; so long without anything new, and it has all."""
Say = Callable[[str], None]


class Watch:
    """Looks at the groups of a hub."""

    def __init__(self, stand: Stand, say: Say) -> None:
        self._stand = stand
        self._say = say
        hub = stand.hub
        self._groups = {each.name: each.reads for each in hub.topology.processors}
        self._progress = progress_of(hub)

    def behind(self) -> dict[str, int]:
        """How many offsets each processor has still to commit."""
        while (found := self._progress.behind(self._groups)) is None:
            time.sleep(LOOK_S)
        return found

    def lying(self, topic: str) -> int:
        """How many offsets a topic has, by its logical name."""
        while (found := self._progress.behind({"nobody": [topic]})) is None:
            time.sleep(LOOK_S)
        return found["nobody"]

    def until_intake_moves(self, total: int) -> int:
        """Wait until workers that have just been started take the first of `total` records; how many are left then."""
        since = time.monotonic()
        while (left := self.behind()["intake"]) >= total:
            self._check(since)
            time.sleep(LOOK_S)
        return left

    def until_quiet(self, what: str) -> float:
        """Wait until nobody is behind; the moment at which that was seen, on the monotonic clock."""
        told = since = time.monotonic()
        last: dict[str, int] = {}
        while any((found := self.behind()).values()):
            now = time.monotonic()
            since, last = (since if found == last else now), found
            self._check(since)
            if now - told > TELL_S:
                told = now
                self._say(f"{what}: behind " + ", ".join(f"{name} {count:,}" for name, count in found.items() if count))
            time.sleep(LOOK_S)
        return time.monotonic()

    def cpu_until_shown(self) -> float:
        """Wait until the view stands still; CPU seconds of the workers when it moved last.

        It follows behind the processors: what it has still to do would be counted with whatever comes next.
        """
        shown, moved, spent = View(self._stand.hub.folder.view_file), time.monotonic(), cpu_s(self._stand.pids)
        last = shown.positions()
        while time.monotonic() - moved < STILL_S:
            time.sleep(LOOK_S)
            self._check(moved)
            if (found := shown.positions()) != last:
                last, moved, spent = found, time.monotonic(), cpu_s(self._stand.pids)
        return spent

    def act(self, event: ControlEvent, at_ms: int, event_id: str) -> float:
        """Publish a control event and wait until every task of settlement has acted on it; seconds that took."""
        hub, since_ms, began = self._stand.hub, now_ms(), time.monotonic()
        with Publisher(hub.catalogue, hub.settings, hub.bootstrap) as publisher:
            sent = publisher.control(event, event_id=event_id, at_ms=at_ms, story_received_at_ms=at_ms).sent()
        tasks, told = hub.catalogue.topic("claims").partitions, began
        with Acted(hub.settings, hub.bootstrap, "settlement", since_ms) as acted:
            while (done := acted.tasks(sent.offset)) < tasks:
                self._check(began)
                if time.monotonic() - told > TELL_S:
                    told = time.monotonic()
                    self._say(f"{event.type}: {done} of {tasks} tasks of settlement have acted")
                time.sleep(LOOK_S / 10)
        return time.monotonic() - began

    def _check(self, since: float) -> None:
        self._stand.alive()
        if time.monotonic() - since > PATIENCE_S * 12:
            raise HubError(f"for {PATIENCE_S * 12:.0f} s nothing moved; {self._stand.log} may say why")

    def close(self) -> None:
        """Let go of the brokers."""
        self._progress.close()
