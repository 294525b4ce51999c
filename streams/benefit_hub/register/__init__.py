"""Register: what is known of each person, and in which household the person counts in which month."""

from benefit_hub.register.step import pending, resume, step

__all__ = ["pending", "resume", "step"]
