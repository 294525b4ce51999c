"""How a batch goes through a stateful processor: records first, what they touched once, control events in their order."""

from collections.abc import Sequence
from typing import Protocol

from benefit_hub.messages.internal import ControlCopy, ControlEvent
from benefit_hub.task.controls import Controls
from benefit_hub.task.records import Incoming, Out


class Work(Protocol):
    """What a processor does with its task."""

    def take(self, record: Incoming) -> list[Out]:
        """Note what a record says; the work that follows is done once per key, in `flush`."""

    def flush(self) -> list[Out]:
        """Do the work for all keys touched since the last flush."""

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        """Act on a control event. False: a sweep is needed, `sweep` is called until it is done."""

    def sweep(self, event: ControlEvent, cursor: str, budget: int) -> tuple[str | None, list[Out]]:
        """Do at most so much of the sweep after the cursor; None as new cursor when nothing is left."""


def drive(work: Work, controls: Controls, batch: Sequence[Incoming], onward: str | None) -> list[Out]:
    """A whole batch: everything before a copy of a control event is done before that event can act."""
    outs: list[Out] = []
    for record in batch:
        if isinstance(record.value, ControlCopy):
            outs += work.flush()
            controls.note(record.value)
            outs += act(work, controls, onward)
        else:
            outs += work.take(record)
    return outs + work.flush()


def act(work: Work, controls: Controls, onward: str | None) -> list[Out]:
    """Act on every control event that is ready, up to the first that needs a sweep."""
    outs: list[Out] = []
    while (event := controls.ready()) is not None:
        finished, caused = work.act(event)
        outs += caused
        if not finished:
            break
        outs += controls.done(onward)
    return outs


def drive_on(work: Work, controls: Controls, budget: int, onward: str | None) -> list[Out]:
    """A budget's worth of the sweep at work, and whatever is ready after its end."""
    acting = controls.now.acting
    if acting is None:
        return []
    cursor, outs = work.sweep(acting.event, acting.cursor, budget)
    if cursor is not None:
        controls.advance(cursor)
        return outs
    return [*outs, *controls.done(onward), *act(work, controls, onward)]
