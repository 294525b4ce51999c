"""Emits what changed between what is due and what was instructed, once."""
