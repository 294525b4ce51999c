"""The registers in memory: what register tells of each household, from department records or from facts, and nothing of money."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from benefit_hub.entitlement.household import Household, take_message
from benefit_hub.messages.internal import Gone, HouseholdFact, Snapshot
from benefit_hub.simulate.run import Simulation
from benefit_hub.task import Env, Incoming, Out, SourceTopic, State
from benefit_hub.topology import Processor, Topology, hub_topology


class Registers:
    """Intake and register by the same code as the hub's, and a reader that keeps the newest of every household."""

    def __init__(self, env: Env, sources: Mapping[str, SourceTopic], quarantines: Sequence[str]) -> None:
        self.kept: dict[str, Household] = {}
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

    def households(self) -> Iterable[Household]:
        """Every household that anything is known of, in the order of their keys."""
        return (self.kept[key] for key in sorted(self.kept))
