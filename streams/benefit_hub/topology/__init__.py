"""Which processor reads and writes which topic, and by which key, as one value."""
