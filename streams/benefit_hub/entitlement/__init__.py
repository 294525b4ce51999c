"""Entitlement: assesses every programme of a household and its members; claims, proposals, leads and tasks."""

from benefit_hub.entitlement.step import pending, resume, step

__all__ = ["pending", "resume", "step"]
