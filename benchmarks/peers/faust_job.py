"""The small job in Faust, set to exactly once: faust_job.py BOOTSTRAP SOURCE SINK DATA; works until it is stopped.

PEER_SCHEMA holds the Avro schema. The group is called as the sink. Its table lives in memory, which is the quickest that it has.
"""

import io
import json
import os
import struct
import sys

import fastavro
import faust

PARTITIONS = 4
OUTPUT = struct.Struct(">qq")


def main(bootstrap, source, sink, data):
    """Add up what each person is paid."""
    schema = fastavro.parse_schema(json.loads(os.environ["PEER_SCHEMA"]))
    app = faust.App(
        sink,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        topic_partitions=PARTITIONS,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        processing_guarantee="exactly_once",
        web_enabled=False,
        datadir=data,
    )
    raw = {"key_type": bytes, "key_serializer": "raw", "value_type": bytes, "value_serializer": "raw"}
    amounts, totals = app.topic(source, **raw), app.topic(sink, **raw)
    kept = app.Table("totals", default=lambda: [0, 0], partitions=PARTITIONS, key_type=bytes, value_type=list)

    @app.agent(amounts)
    async def add(stream):
        async for key, value in stream.items():
            said = fastavro.schemaless_reader(io.BytesIO(value), schema, None)
            now = [kept[key][0] + said["amount"], said["at"]]
            kept[key] = now
            totals.send_soon(key=key, value=OUTPUT.pack(*now))  # goes with the commit

    sys.argv[1:] = ["worker", "--loglevel", "warn", "--without-web"]
    app.main()


if __name__ == "__main__":
    main(*sys.argv[1:5])
