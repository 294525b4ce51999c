"""The registers in memory: what register tells of each household, from department records or from facts, and nothing of money."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import structs

from benefit_hub.entitlement.household import Household, take_message
from benefit_hub.messages.internal import ControlCopy, Fact, Gone, HouseholdFact, Snapshot
from benefit_hub.simulate.hearing import AT_ONCE, as_heard, deliver
from benefit_hub.simulate.run import Simulation
from benefit_hub.task import Bootstrap, Env, Incoming, Out, SourceTopic, State
from benefit_hub.task.indices import RegionValues, taken
from benefit_hub.topology import Processor, Topology, hub_topology


class Registers:
    """Intake and register by the same code as the hub's, and a reader that keeps the newest of every household."""

    def __init__(self, env: Env, sources: Mapping[str, SourceTopic], quarantines: Sequence[str]) -> None:
        self.kept: dict[str, Household] = {}
        self.today: date | None = None
        self.book: str | None = None
        """The book that was activated last, if any was."""
        self.bootstrap = Bootstrap()
        self.region_values: RegionValues = ()
        """What was published of regions and months, such as prices."""
        whole = hub_topology(sources, quarantines)
        reader = Processor(
            name="reader", inputs=("household-facts",), outputs=(), origins="facts", stateful=True, step=self._keep
        )
        topology = Topology(processors=(whole.processor("intake"), whole.processor("register"), reader))
        self.simulation = Simulation(topology, structs.replace(env, sources=sources), partitions=1)

    def _keep(self, state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
        del state, env
        for record in batch:
            message = record.value
            if isinstance(message, Snapshot | Gone | HouseholdFact):
                known = self.kept.get(message.household) or Household(household=message.household)
                self.kept[message.household] = take_message(known, message)
        return []

    def hear(self, facts: Iterable[tuple[int, Fact | ControlCopy]], partitions: int) -> Iterator[int]:
        """Facts and copies of control events, each with its partition, as they lie on so many partitions of `facts`.

        Gives how many were heard so far.
        """
        for number, value in enumerate(as_heard(facts, partitions), 1):
            self._put(value)
            if number % AT_ONCE == 0:
                self.simulation.run()
                yield number
        self.simulation.run()

    def _put(self, value: Fact | ControlCopy) -> None:
        if isinstance(value, ControlCopy):
            self._happened(value)
        deliver(self.simulation, value)

    def _happened(self, copy: ControlCopy) -> None:
        """What a control event makes of the world."""
        event = copy.event
        self.bootstrap = self.bootstrap.after(event, copy.received_at)
        self.region_values = taken(self.region_values, event)
        if event.type == "DAY_OPENED" and event.day is not None:
            self.today = date.fromisoformat(event.day)
        elif event.type == "POLICY_ACTIVATED":
            self.book = event.book

    def households(self) -> Iterable[Household]:
        """Every household that anything is known of, in the order of their keys."""
        return (self.kept[key] for key in sorted(self.kept))
