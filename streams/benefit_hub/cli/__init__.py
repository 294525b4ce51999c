"""The `hub` command: what an operator, a department and a case writer type."""
