"""A hub in memory that plays the live one: what it took in lies on its facts, as a replay finds it there."""

from collections.abc import Sequence

from msgspec import structs

from benefit_hub.messages.internal import ControlCopy, Fact
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.shadow import Side, take_in
from benefit_hub.task import Env, Incoming, Out, State
from benefit_hub.topology import Processor, Topology, hub_topology

PARTITIONS = 2
Lying = list[tuple[int, Fact | ControlCopy]]


def recording(env: Env, **options: object) -> tuple[Simulation, Lying]:
    """A hub of some partitions, and the messages on its facts with the partition of each, as they come."""
    lying: Lying = []

    def keep(_state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
        lying.extend((env.partition, record.value) for record in batch)
        return []

    recorder = Processor(name="recorder", inputs=("facts",), outputs=(), origins="control", stateful=False, step=keep)
    hub = hub_topology(env.sources, ())
    topology = structs.replace(hub, processors=(*hub.processors, recorder))
    assert isinstance(topology, Topology)
    return Simulation(topology, env, partitions=PARTITIONS, **options), lying  # type: ignore[arg-type]


def side_of(hub: Simulation) -> Side:
    """How a hub stands, as a replay reads it from the topics."""
    side = Side()
    for each in hub.standing("benefits.entitlements").values():
        side.say(each)
    take_in(side, hub)
    return side
