"""Assesses what a household and its members are due, month by month, and explains it."""
