"""The small job in Quix Streams: quix.py BOOTSTRAP SOURCE SINK DATA; works until it is stopped.

PEER_SCHEMA holds the Avro schema. The group is called as the sink. Exactly once; it commits every second, which serves its
throughput: shorter makes it slower.
"""

import io
import json
import os
import struct
import sys

import fastavro
from quixstreams import Application

OUTPUT = struct.Struct(">qq")


def main(bootstrap, source, sink, data):
    """Add up what each person is paid."""
    schema = fastavro.parse_schema(json.loads(os.environ["PEER_SCHEMA"]))
    application = Application(
        broker_address=bootstrap,
        consumer_group=sink,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=data,
        loglevel="ERROR",
        commit_interval=1.0,
        use_changelog_topics=True,
    )

    def add(value, state):
        said = fastavro.schemaless_reader(io.BytesIO(value), schema, None)
        amount, last = state.get("total", (0, 0))[0] + said["amount"], said["at"]
        state.set("total", (amount, last))
        return OUTPUT.pack(amount, last)

    amounts = application.topic(source, key_deserializer="bytes", value_deserializer="bytes")
    totals = application.topic(sink, key_serializer="bytes", value_serializer="bytes")
    application.dataframe(amounts).apply(add, stateful=True).to_topic(totals)
    application.run()


if __name__ == "__main__":
    main(*sys.argv[1:5])
