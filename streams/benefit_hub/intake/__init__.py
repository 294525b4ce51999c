"""Intake: checks, pseudonymises and forwards each department record as a fact, copies control events; keeps no state."""

from benefit_hub.intake.step import step

__all__ = ["step"]
