"""A hub that an earlier version left is put on a Kafka as it was: the same bytes at the same offsets, the same files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition

from tests.golden.run import PREFIX, Kept, Partition, Run, transactions_of
from tests.kafka.hub.live import LiveHub

Written = tuple[Partition, Sequence[Kept]]

ANSWER_S = 60


class LeftHub(LiveHub):
    """A hub whose topics are made empty: what they hold is brought."""

    MADE_BY = ("topics", "apply")


@contextmanager
def left_hub(bootstrap: str, folder: Path, run: Run, without: Sequence[str] = ()) -> Iterator[LiveHub]:
    """The hub of a run, for this block. Files whose path begins with one of `without` are lost."""
    hub = LeftHub(bootstrap, PREFIX, folder)
    try:
        lay_out_files(hub.data, run, without)
        lay_out_topics(hub, run)
        lay_out_positions(hub, run)
        yield hub
    finally:
        hub.close()


def lay_out_files(data: Path, run: Run, without: Sequence[str]) -> None:
    """The data folder."""
    for name, content in run.files.items():
        if not name.startswith(tuple(without)):
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).write_bytes(content)
            (data / name).chmod(0o600)


def lay_out_topics(hub: LiveHub, run: Run) -> None:
    """Every record at its offset: what was written in a transaction is again, so that its marker takes the same place."""
    plain = Producer({"bootstrap.servers": hub.bootstrap, "linger.ms": 5})
    rounds: dict[int, list[Written]] = defaultdict(list)
    for partition in run.partitions:
        for at, (records, marked) in enumerate(transactions_of(partition)):
            if marked:
                rounds[at].append((partition, records))
            else:
                write(plain, hub, [(partition, records)])
    assert plain.flush(ANSWER_S) == 0
    within = Producer({"bootstrap.servers": hub.bootstrap, "transactional.id": f"{hub.prefix}left", "linger.ms": 5})
    within.init_transactions(ANSWER_S)
    for _, together in sorted(rounds.items()):
        within.begin_transaction()
        write(within, hub, together)
        within.commit_transaction(ANSWER_S)
    check_ends(hub, run)


def write(producer: Producer, hub: LiveHub, together: Sequence[Written]) -> None:
    """Hand records to the client, partition by partition in turn."""
    for records in zip_longest(*([(partition, each) for each in kept] for partition, kept in together)):
        for partition, one in filter(None, records):
            producer.produce(
                hub.prefix + partition.topic, one.value, one.key, partition.number, headers=list(one.headers)
            )
        producer.poll(0)


def lay_out_positions(hub: LiveHub, run: Run) -> None:
    """The positions of the groups."""
    by_group: dict[str, list[TopicPartition]] = defaultdict(list)
    for group, topic, number, offset in run.positions:
        by_group[group].append(TopicPartition(hub.prefix + topic, number, offset))
    for group, places in by_group.items():
        consumer = Consumer({"bootstrap.servers": hub.bootstrap, "group.id": hub.prefix + group})
        consumer.commit(offsets=places, asynchronous=False)
        consumer.close()


def check_ends(hub: LiveHub, run: Run) -> None:
    """Positions in the state mean nothing unless every partition ends where it ended."""
    consumer = Consumer({"bootstrap.servers": hub.bootstrap, "group.id": f"{hub.prefix}gauge"})
    for each in run.partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition(hub.prefix + each.topic, each.number), ANSWER_S)
        assert end == each.end, f"{each.topic} {each.number} ends at {end}, and it ended at {each.end}"
    consumer.close()
