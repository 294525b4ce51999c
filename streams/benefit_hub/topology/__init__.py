"""The topology as one value: four processors, the topics that they read and write, and whose copies of control they await.

The runner, the in-memory simulation, access lists and documents are all read from it.
"""

from benefit_hub.topology.flow import Processor, Topology, hub_topology

__all__ = ["Processor", "Topology", "hub_topology"]
