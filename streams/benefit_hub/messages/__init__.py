"""What is said between processors and to the public, as frozen types."""
