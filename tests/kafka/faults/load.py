"""The load of the faults: a town from a seed that registers, applies and is decided on, and then changes without end.

    load = Load(hub, seed="7", people=150)
    load.open_up()                     # everybody registers; the decisions on them
    load.burst(100)                    # so many changes at once
    with load.going_on():              # and a steady trickle meanwhile
        ...
    load.published                     # all of it in order, for the simulation

The same seed gives the same records, whatever happens to the hub meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from threading import Event, Lock, Thread

from benefit_hub.client import Publisher, Sending
from benefit_hub.runtime.hub import Hub
from benefit_hub.simulate.population import BEGINS, Change, Population, Saying, Tick, changes, opening, with_days
from benefit_hub.values.months import day_of_millis

Item = Saying | Change | Tick

LAST_DAY = date(2027, 9, 1)
"""Until then the comparisons look at every month, and what the population says makes sense."""
ANSWER_S = 180.0
"""A record may wait so long for its acknowledgement: brokers are stopped and killed meanwhile."""


def event_id_of(one: Saying | Change) -> str:
    """The same for the same revision, said once more or not."""
    return f"{one.topic}/{one.record['record_id']}/{one.record['revision']}"


class Load:
    """Publishes one population's life, record by record in order."""

    def __init__(self, hub: Hub, seed: str, people: int) -> None:
        self.published: list[Item] = []
        self.last_control = -1
        """The offset of the last control event, which is its place in the sequence."""
        self._lock = Lock()
        town = Population(seed, people, next(iter(hub.catalogue.books.values())).packs[0], BEGINS)
        sources = hub.catalogue.sources
        self._opening = list(with_days(opening(town)))
        opened = day_of_millis(self._opening[-1].received_at)
        self._changes = with_days(changes(town, sources), opened)
        self._publisher = Publisher(hub.catalogue, hub.settings, hub.bootstrap)

    def open_up(self) -> None:
        """Everybody registers and applies, and is decided on."""
        with self._lock:
            self._publish(self._opening)

    def burst(self, number: int) -> None:
        """So many changes at once, and the days that come with them."""
        with self._lock:
            self._publish(list(self._more(number)))

    @contextmanager
    def going_on(self, per_second: int = 5, at_most: int = 200) -> Iterator[None]:
        """Changes at this rate for the block, and at most so many. What goes wrong with it is raised at its end."""
        done, troubles = Event(), list[BaseException]()

        def publish() -> None:
            try:
                for _ in range(at_most):
                    if done.wait(1 / per_second):
                        break
                    self.burst(1)
            except BaseException as trouble:  # noqa: BLE001  told to the block that waits for this thread
                troubles.append(trouble)

        thread = Thread(target=publish, name="load", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(ANSWER_S)
        assert not thread.is_alive(), "the load hangs"
        if troubles:
            raise troubles[0]

    def close(self) -> None:
        """Let go of the brokers."""
        self._publisher.close()

    def _more(self, number: int) -> Iterator[Item]:
        said = 0
        for one in islice(self._changes, 10 * number):
            assert day_of_millis(one.received_at) < LAST_DAY, "so long a load needs a larger town"
            yield one
            said += not isinstance(one, Tick)
            if said == number:
                return

    def _publish(self, items: list[Item]) -> None:
        sendings = [self._send(one) for one in items]
        for sending in sendings:
            sent = sending.sent(ANSWER_S)
            if sent.topic == "control":
                self.last_control = max(self.last_control, sent.offset)
        self.published += items

    def _send(self, one: Item) -> Sending:
        at = one.received_at
        if isinstance(one, Tick):
            return self._publisher.control(one.event, event_id=one.event_id, at_ms=at, story_received_at_ms=at)
        return self._publisher.publish(one.topic, one.record, event_id=event_id_of(one), story_received_at_ms=at)
