"""Checks, maps and pseudonymises each department record, so that one `facts` topic results."""
