"""How a live hub stands, as its topics tell it, for a replay to be held against. Nothing is written, no position committed."""

import time
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, convert

from benefit_hub.entitlement.household import HOUSEHOLDS
from benefit_hub.messages.internal import ControlCopy, Fact
from benefit_hub.messages.public import Entitlement
from benefit_hub.runtime.admin import Administration, administration
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.whole_topic import bounds, whole
from benefit_hub.settlement.account import ACCOUNTS
from benefit_hub.simulate.shadow import ENTITLEMENTS, Side
from benefit_hub.task.controls import CONTROL, ROW, ControlState
from benefit_hub.topology import Processor
from benefit_hub.values.errors import HubError

FACTS = "facts"
LOOPS = 3
"""So often a task's word to another of its processor can lead to another such word."""
LOOK_EVERY_S = 0.2

Place = tuple[str, int]


class Cut(Struct, frozen=True):
    """What of the facts a replay hears, by partition: from the first offset that is still there, up to the end of one moment."""

    begins: Mapping[int, int]
    ends: Mapping[int, int]

    @property
    def offsets(self) -> int:
        """How many offsets that are; a little more than records, since transactions take some."""
        return sum(end - self.begins[number] for number, end in self.ends.items())


def cut_of(hub: Hub) -> Cut:
    """All facts that are committed now."""
    found = bounds(hub.settings, hub.bootstrap, FACTS)
    return Cut(
        {number: first for number, (first, _) in found.items()}, {number: end for number, (_, end) in found.items()}
    )


def facts_of(hub: Hub, cut: Cut, heard: Callable[[], None]) -> Iterator[tuple[int, Fact | ControlCopy]]:
    """The facts of a cut, each with its partition; `heard` is called for each."""
    for message in whole(hub.settings, hub.bootstrap, FACTS, cut.ends):
        yield message.partition() or 0, hub.codecs.decode(FACTS, message.value())
        heard()


def wait_until_worked_off(hub: Hub, cut: Cut, within_s: float) -> None:
    """Wait until the live hub has said everything that follows from a cut. Raises HubError where that takes too long."""
    deadline = time.monotonic() + within_s
    with administration(hub.settings, hub.bootstrap) as admin:
        for processor in hub.topology.processors:
            if not processor.stateful:
                continue
            for _ in range(1 if processor.loop is None else LOOPS):
                ends = _ends(hub, admin, processor, cut)
                while left := _left(hub, admin, processor, ends):
                    if time.monotonic() > deadline:
                        raise HubError(
                            f"{processor.name} has {left} records to work off before the replay can be compared, and "
                            f"did not within {within_s:g} s: see that workers are at work (`hub status`), or give --wait"
                        )
                    time.sleep(LOOK_EVERY_S)


def _ends(hub: Hub, admin: Administration, processor: Processor, cut: Cut) -> dict[Place, int]:
    """How far a processor has to come: through the cut, or through what lies before it now."""
    topics = hub.catalogue.topics
    places = [(topic, number) for topic in processor.reads for number in range(topics[topic].partitions)]
    ends = admin.ends((hub.settings.topic(topic), number) for topic, number in places if topic != FACTS)
    return ends | {(hub.settings.topic(FACTS), number): cut.ends[number] for topic, number in places if topic == FACTS}


def _left(hub: Hub, admin: Administration, processor: Processor, ends: Mapping[Place, int]) -> int:
    told = admin.lag([hub.settings.group(processor.name)])
    at = {(one.topic, one.partition): one.position or 0 for one in told}
    return sum(max(0, end - at.get(place, 0)) for place, end in ends.items())


def live_side(hub: Hub, read: Callable[[], None]) -> Side:
    """What is said, then what settlement keeps, then what entitlement knows; `read` is called for each record.

    In this order: where both sides know the same of a household in the end, nothing that was read before can be newer.
    """
    side = Side()
    for message in whole(hub.settings, hub.bootstrap, ENTITLEMENTS):
        if message.value() is None:
            side.unsay((message.key() or b"").decode())
        else:
            side.say(convert(hub.codecs.decode(ENTITLEMENTS, message.value()), Entitlement))
        read()
    controls: dict[Place, ControlState] = {}
    for name in ("settlement", "entitlement"):
        for message in whole(hub.settings, hub.bootstrap, hub.topology.processor(name).changelog):
            address, raw = message.key() or b"", message.value()
            if address == CONTROL.address(ROW) and raw is not None:
                controls[name, message.partition() or 0] = CONTROL.decode(raw)
            elif (who := ACCOUNTS.key(address)) is not None:
                side.keep(who, raw)
            elif (household := HOUSEHOLDS.key(address)) is not None:
                side.know(household, None if raw is None else HOUSEHOLDS.decode(raw))
            read()
    tasks = [("settlement", number) for number in range(hub.catalogue.topic("claims").partitions)]
    side.done = min(controls[place].acted if place in controls else -1 for place in tasks)
    side.reached = max((_reached(each) for each in controls.values()), default=-1)
    return side


def _reached(row: ControlState) -> int:
    return row.acted if row.acting is None else row.acting.sequence
