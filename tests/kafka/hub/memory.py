"""The same hub in memory, which the real one is held against."""

from collections.abc import Sequence

from msgspec import structs

from benefit_hub.runtime.hub import Hub
from benefit_hub.simulate import Simulation
from tests.kafka.hub.live import Item
from tests.properties.told import Record, millis

WHOLE = {"retracted": False, "valid_to": None, "previous_id_number": None}
"""What a publisher may leave out of a record."""


def in_memory(hub: Hub, key: bytes, items: Sequence[Item], *, in_steps: bool = False) -> Simulation:
    """Work these items off in memory, with the books and the pseudonym key of a hub; `in_steps`, up to each control event."""
    simulation = Simulation(hub.topology, structs.replace(hub.env(), pseudonym_key=key))
    for item in items:
        if isinstance(item, Record):
            simulation.publish(
                item.topic,
                WHOLE | item.body,
                key=str(item.body["record_id"]),
                event_id=item.event_id,
                source=hub.catalogue.sources[item.topic].source,
                at_ms=millis(item.received),
            )
        else:
            day, event = item
            if in_steps:
                simulation.run()
            simulation.control(event, millis(day))
            if in_steps:
                simulation.run()
    return simulation.run()
