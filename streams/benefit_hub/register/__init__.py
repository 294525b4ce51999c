"""Keeps what is known of each person, and in which household a person counts on each day."""
