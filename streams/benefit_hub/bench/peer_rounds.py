"""Rounds of the small job: ours and the others' in turn, on the same broker and the same records, told by the same clock.

What counts is what is committed. Each engine commits the positions of its input together with its outputs and its state, so
its group's positions tell how many records are done, whatever the engine; they are looked at from outside. Time runs from the
first commit that is seen to the last, so that nobody's start counts. Afterwards the outputs are counted: each of these
engines must have made one for each record, but for Faust, of which it is only told.
"""

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from benefit_hub.bench.figures import Measured
from benefit_hub.bench.peer_environments import command_of
from benefit_hub.bench.peer_job import PARTITIONS, PEER_JOB, as_json, changelog, create, load
from benefit_hub.bench.sizes import Sizes
from benefit_hub.runtime.assignment import PASSING
from benefit_hub.runtime.processes import Launched, last_lines, launch
from benefit_hub.values.errors import HubError

OURS = "ours"
LOOK_S = 0.05
PATIENCE_S = 120.0
ANSWER_S = 30
STOP_WITHIN_S = 10
Say = Callable[[str], None]


def peer_rounds(bootstrap: str, folder: Path, sizes: Sizes, measured: Measured, say: Say) -> None:
    """Measure ours and every peer, round after round."""
    run = uuid.uuid4().hex[:8]
    counts = {"faust": sizes.faust_records}
    engines = (OURS, *sizes.peers)
    commands = {peer: command_of(peer) for peer in sizes.peers}
    topics: dict[int, str] = {}
    for count in {counts.get(engine, sizes.records) for engine in engines}:
        topics[count] = f"peer-{run}-{count}"
        say(f"peer job: {count:,} records are loaded")
        load(bootstrap, topics[count], count)
    for number in range(1, sizes.rounds + 1):
        rates: dict[str, float] = {}
        for engine in engines:
            count, sink = counts.get(engine, sizes.records), f"peer-{run}-{engine}-{number}"
            data = folder / sink
            with engine_at_work(engine, commands, bootstrap, topics[count], sink, data) as (group, work):
                rates[engine] = rate(bootstrap, group, topics[count], count, work, data)
            outputs = committed_records(bootstrap, sink)
            say(f"peer job {number}/{sizes.rounds}: {engine} {rates[engine]:,.0f} records/s, {outputs:,} outputs")
            if outputs != count and engine != "faust":
                raise HubError(f"{engine} made {outputs} outputs of {count} records: this round measures nothing")
        measured.tell("peer_job.records_per_second", {name: round(each) for name, each in rates.items()})
        for peer in sizes.peers:
            measured.add(f"peer_job.ratio.{peer.replace('-', '_')}", rates[OURS] / rates[peer])


@contextmanager
def engine_at_work(
    engine: str, commands: dict[str, list[str]], bootstrap: str, source: str, sink: str, data: Path
) -> Iterator[tuple[str, Launched]]:
    """An engine on a topic, for this block: its group, and its process."""
    create(bootstrap, sink)
    data.mkdir(parents=True)
    arguments, group = [bootstrap, source, sink, str(data)], sink
    if engine == OURS:
        create(bootstrap, changelog(sink))
        command, group = [sys.executable, "-m", "benefit_hub.bench.peer_worker"], f"{sink}.hub.{PEER_JOB.name}"
    else:
        command = commands[engine]
    work = launch([*command, *arguments], log=data / "log", owned=True, env={"PEER_SCHEMA": as_json()})
    try:
        yield group, work
    finally:
        work.process.stop(STOP_WITHIN_S)
        work.close()


def rate(bootstrap: str, group: str, topic: str, count: int, work: Launched, data: Path) -> float:
    """Records per second between the first commit seen and the last. Raises HubError where nothing moves."""
    gauge = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "isolation.level": "read_uncommitted"})
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    first, last, since = (0.0, 0), 0, time.monotonic()
    try:
        while True:
            done, now = committed(gauge, places), time.monotonic()
            if done is not None and done != last:
                first = first if last else (now, done)
                last, since = done, now
            if last >= count:
                return (last - first[1]) / max(now - first[0], LOOK_S) if first[1] < count else count / LOOK_S
            if not work.process.alive() or now - since > PATIENCE_S:
                raise HubError(
                    f"{group} stands at {last} of {count} records. It said last:\n{last_lines(data / 'log')}"
                )
            time.sleep(LOOK_S)
    finally:
        gauge.close()


def committed(gauge: Consumer, places: list[TopicPartition]) -> int | None:
    """How many records of these partitions a group is done with; None where the brokers do not know just now."""
    try:
        return sum(max(0, one.offset) for one in gauge.committed(places, ANSWER_S))
    except KafkaException as trouble:
        error: KafkaError = trouble.args[0]
        if error.retriable() or error.code() in PASSING:
            return None
        raise


def committed_records(bootstrap: str, topic: str) -> int:
    """How many records a reader of committed data finds."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "nobody",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
        }
    )
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    found, ended = 0, 0
    while ended < PARTITIONS:
        for message in consumer.consume(10_000, 1):
            ended += message.error() is not None
            found += message.error() is None
    consumer.close()
    return found
