"""The order of control events in a task.

Every upstream partition sends a copy of each control event. A task notes the greatest sequence that each origin has sent and
acts on an event once *all* origins have reached it, as watermarks do: whatever was sequenced before a copy is known then, and
nothing is ever paused. Events act strictly in sequence. An event may cause work without a message (a sweep over all
households): until that is done, it is `acting`, later ones wait, and its copy is not handed on.
"""

from typing import Any

from msgspec import Struct, structs

from benefit_hub.messages.internal import ControlCopy, ControlEvent
from benefit_hub.task.bootstrap import Bootstrap
from benefit_hub.task.indices import RegionValues, taken
from benefit_hub.task.records import Env, Out
from benefit_hub.task.state import State, Table


class Acting(Struct, frozen=True):
    """The event at work, how far its sweep has come (the last key done), and when the hub received it; `former` is the policy
    book that was in force before it."""

    sequence: int
    event: ControlEvent
    cursor: str
    received_at: int = 0
    former: str = ""


class ControlState(Struct, frozen=True, kw_only=True):
    """What a task knows of control: frontier per origin, events that wait, the event at work, and what has acted so far.

    `received` is when the hub received the events that wait.
    """

    frontier: dict[int, int] = {}
    waiting: dict[int, ControlEvent] = {}
    received: dict[int, int] = {}
    acting: Acting | None = None
    acted: int = -1
    day: str = ""
    book: str = ""
    paid_through: int = 0
    bootstrap: Bootstrap = Bootstrap()
    region_values: RegionValues = ()


CONTROL: Table[ControlState] = Table("control", ControlState)
ROW = "state"


class Controls:
    """The control events of one task, over its state."""

    def __init__(self, state: State, env: Env) -> None:
        self._state = state
        self._env = env
        self._row = state.get(CONTROL, ROW) or ControlState(book=env.first_book)

    @property
    def now(self) -> ControlState:
        """What has acted so far."""
        return self._row

    def _save(self, **changes: Any) -> None:
        fields = {name: getattr(self._row, name) for name in self._row.__struct_fields__}
        self._row = ControlState(**{**fields, **changes})
        self._state.put(CONTROL, ROW, self._row)

    def note(self, copy: ControlCopy) -> None:
        """Take a copy in; one seen before changes nothing."""
        reached = self._row.frontier.get(copy.origin, -1)
        if copy.sequence <= reached:
            return
        waiting, received = dict(self._row.waiting), dict(self._row.received)
        if copy.sequence > self._row.acted and (self._row.acting is None or copy.sequence > self._row.acting.sequence):
            waiting[copy.sequence], received[copy.sequence] = copy.event, copy.received_at
        frontier = {**self._row.frontier, copy.origin: copy.sequence}
        self._save(frontier=frontier, waiting=waiting, received=received)

    def ready(self) -> ControlEvent | None:
        """The next event that all origins have reached, now the acting one; None while one is at work or none is ready."""
        row = self._row
        if row.acting is not None or not row.waiting or len(row.frontier) < self._env.origins:
            return None
        sequence = min(row.waiting)
        if sequence > min(row.frontier.values()):
            return None
        event = row.waiting[sequence]
        waiting = {at: other for at, other in row.waiting.items() if at != sequence}
        received = {at: when for at, when in row.received.items() if at != sequence}
        day = max(row.day, event.day or "") if event.type == "DAY_OPENED" else row.day
        book = event.book or row.book if event.type == "POLICY_ACTIVATED" else row.book
        at = row.received.get(sequence, 0)
        bootstrap = row.bootstrap.after(event, at)
        if bootstrap.closed_on is not None and row.bootstrap.loading:
            day = max(day, bootstrap.closed_on.isoformat())
        self._save(
            waiting=waiting,
            received=received,
            acting=Acting(sequence, event, "", at, row.book),
            day=day,
            book=book,
            bootstrap=bootstrap,
            region_values=taken(row.region_values, event),
        )
        return event

    def advance(self, cursor: str) -> None:
        """The sweep of the acting event has come so far."""
        acting = self._row.acting
        if acting is not None:
            self._save(acting=structs.replace(acting, cursor=cursor))

    def paid(self, month: int) -> None:
        """A pay run closed: this month and all before it are past."""
        self._save(paid_through=max(self._row.paid_through, month))

    def done(self, onward: str | None) -> list[Out]:
        """The acting event has done its work: hand its copy on to every partition of the next topic."""
        acting = self._row.acting
        if acting is None:
            return []
        self._save(acting=None, acted=acting.sequence)
        if onward is None:
            return []
        copy = ControlCopy(
            sequence=acting.sequence, origin=self._env.partition, event=acting.event, received_at=acting.received_at
        )
        return [
            Out(topic=onward, key=f"control:{acting.sequence}", value=copy, partition=partition)
            for partition in range(self._env.partitions[onward])
        ]
