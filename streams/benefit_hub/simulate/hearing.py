"""The facts of a live hub, told to a hub in memory that has one partition of them."""

from collections.abc import Iterable, Iterator

from benefit_hub.messages.internal import ControlCopy, Fact
from benefit_hub.simulate.run import Simulation

AT_ONCE = 500
"""So many records are worked off together; the fewer, the smoother a progress bar."""


def as_heard(messages: Iterable[tuple[int, Fact | ControlCopy]], partitions: int) -> Iterator[Fact | ControlCopy]:
    """Messages, each with its partition, as they lie on so many partitions of `facts`: in an order in which one task hears them.

    What lies before a copy of a control event in any partition is heard before it, as in the hub; of the copies each event is
    heard once.
    """
    told = [0] * partitions
    ahead: dict[int, list[Fact]] = {}
    copies: dict[int, ControlCopy] = {}
    now = 0
    for partition, value in messages:
        if isinstance(value, ControlCopy):
            copies[told[partition]] = value
            told[partition] += 1
        elif told[partition] == now:
            yield value
        else:
            ahead.setdefault(told[partition], []).append(value)
        while now < min(told):
            yield copies.pop(now)
            now += 1
            yield from ahead.pop(now, ())
    for turn in sorted({*ahead, *copies}):
        yield from ahead.get(turn, ())
        if turn in copies:
            yield copies[turn]


def deliver(simulation: Simulation, value: Fact | ControlCopy) -> None:
    """Put a message on the facts of a hub in memory."""
    key, source = (value.subject, value.source) if isinstance(value, Fact) else ("", "control")
    simulation.publish("facts", value, key=key, event_id=key, source=source, at_ms=value.received_at)
