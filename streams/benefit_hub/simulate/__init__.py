"""The topology in memory, by the same step functions: cases, previews and properties run on it."""
