"""What is said: one frozen msgspec type per message, public ones checked against their Avro schema."""
