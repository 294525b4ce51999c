"""Departments' changes in, explained adjustments of social benefits out."""
