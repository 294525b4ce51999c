"""Everything that touches the outside: settings, the runner, the Faust worker, codecs, administration, the local Kafka."""
