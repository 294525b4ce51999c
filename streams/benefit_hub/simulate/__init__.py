"""The whole topology in memory, by the same step functions: for cases, previews, tests, and to be compared with a live hub."""

from benefit_hub.simulate.run import Simulation

__all__ = ["Simulation"]
