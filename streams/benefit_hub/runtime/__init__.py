"""Everything that touches the outside: settings, the runner, the worker, codecs, administration, the local Kafka."""
