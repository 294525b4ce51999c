"""Settlement: turns claims into adjustments, each once, against a ledger by month."""

from benefit_hub.settlement.step import pending, resume, step

__all__ = ["pending", "resume", "step"]
