"""For how long each origin of control copies has been awaited, as one worker saw it. No clocks in here."""

from collections.abc import Mapping

from benefit_hub.task import ControlState

Origin = tuple[int, int]
"""The partition of a task, and one of those that send it copies of control."""


class ControlAges:
    """The tasks of one runner. `late_s` is, for each origin that was ever heard of or is awaited, how long it has been behind the
    first of them, 0 where it is not."""

    def __init__(self) -> None:
        self.late_s: Mapping[Origin, float] = {}
        self._since: dict[Origin, tuple[int, float]] = {}

    def look(self, now: float, controls: Mapping[int, ControlState], origins: int) -> None:
        """Look again. `now` is monotonic, in seconds; `origins` is how many send copies to each task."""
        since: dict[Origin, tuple[int, float]] = {}
        found: dict[Origin, float] = {}
        for partition, known in controls.items():
            newest = max(known.frontier.values(), default=-1)
            for number in range(origins):
                origin, reached = (partition, number), known.frontier.get(number, -1)
                if reached >= newest:
                    found[origin] = 0.0
                    continue
                before = self._since.get(origin)
                since[origin] = before if before is not None and before[0] == reached else (reached, now)
                found[origin] = now - since[origin][1]
        self._since, self.late_s = since, found

    def late(self, limit_s: float) -> list[Origin]:
        """The origins that are awaited for longer than this."""
        return [origin for origin, seconds in self.late_s.items() if seconds > limit_s]
