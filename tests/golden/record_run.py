"""Makes a run to be kept: a hub of this version works off half a story on a Kafka of its own, and is told to stop.

python -m tests.golden.record_run v2
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benefit_hub.runtime.local_kafka import running_kafka
from tests.golden.run import PREFIX, Kept, Partition, Run, said, save_run
from tests.kafka.hub.live import FLOW, LiveHub, live_hub
from tests.kafka.hub.raw import Reader
from tests.kafka.hub.test_story_by_chance import LAST_RUN, long_story
from tests.properties.test_promises import in_order

SEED = 20_262
LEFT_OUT = ("kafka", "faust", "LOCK", "LOG", "view.sqlite")
"""Of the data folder: what is not state."""


def main(version: str) -> None:
    """Run half a story, and keep what is left."""
    items = [*in_order(long_story(Random(SEED))), LAST_RUN]
    half = len(items) // 2
    with (
        tempfile.TemporaryDirectory() as folder,
        running_kafka(own=True) as kafka,
        live_hub(kafka.bootstrap, PREFIX, Path(folder)) as hub,
    ):
        worker = hub.start_worker()
        hub.publish(items[:half])
        hub.wait_quiet(120)
        worker.stop()
        run = Run(
            before=tuple(map(said, items[:half])),
            after=tuple(map(said, items[half:])),
            partitions=tuple(partitions_of(hub)),
            positions=tuple(positions_of(hub)),
            files={str(file.relative_to(hub.data)): file.read_bytes() for file in files_of(hub.data)},
        )
    save_run(version, run)


def partitions_of(hub: LiveHub) -> Iterator[Partition]:
    """Every partition that holds something."""
    for topic in sorted(hub.topics()):
        reader = Reader(hub.bootstrap, [topic])
        found = reader.all()
        ends = reader._consumer.end_offsets(reader._places)
        reader.close()
        for place, end in sorted(ends.items()):
            records = (one for one in found if one.partition == place.partition)
            kept = tuple(Kept(one.offset, one.key, one.value, tuple(map(tuple, one.headers))) for one in records)
            if kept:
                yield Partition(topic.removeprefix(hub.prefix), place.partition, kept, end)


def positions_of(hub: LiveHub) -> Iterator[tuple[str, str, int, int]]:
    """How far each processor's group has come."""
    for processor in FLOW:
        group = f"hub.{processor}"
        answers = hub.lag._admin.list_group_offsets({hub.prefix + group: None})[hub.prefix + group]
        for place, answer in sorted(answers.items()):
            yield group, place.topic.removeprefix(hub.prefix), place.partition, answer.offset


def files_of(data: Path) -> Iterator[Path]:
    """The files of the data folder that a worker goes on with."""
    for file in sorted(data.rglob("*")):
        parts = file.relative_to(data).parts
        if file.is_file() and not any(part.startswith(LEFT_OUT) for part in parts) and file.suffix != ".lock":
            yield file


if __name__ == "__main__":
    main(sys.argv[1])
