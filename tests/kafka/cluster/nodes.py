"""Three brokers that are one Kafka: each record on three nodes, acknowledged by two, so that one may be away."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka.admin import AdminClient

from benefit_hub.runtime.broker_settings import Place
from benefit_hub.runtime.kafka_jars import JarBroker, fetch, new_cluster_id
from benefit_hub.runtime.kafka_probe import free_ports

NUMBERS = (1, 2, 3)
ANSWER_S = 10


class Nodes:
    """The nodes by their numbers; the data of each is in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        ports = iter(free_ports(3 * len(NUMBERS)))
        taken = {number: (next(ports), next(ports), next(ports)) for number in NUMBERS}
        voters = ",".join(f"{number}@127.0.0.1:{controller}" for number, (_, _, controller) in taken.items())
        cluster_id = new_cluster_id()
        self.all = {
            number: JarBroker(
                folder / f"node-{number}",
                place=Place(
                    client_host="127.0.0.1",
                    client_port=client,
                    advertised=f"127.0.0.1:{client}",
                    broker_port=broker,
                    controller_port=controller,
                    data=str(folder / f"node-{number}" / "data"),
                    node=number,
                    voters=voters,
                    cluster_id=cluster_id,
                    replicas=len(NUMBERS),
                ),
            )
            for number, (client, broker, controller) in taken.items()
        }

    @property
    def bootstrap(self) -> str:
        """The addresses of all nodes."""
        return ",".join(node.bootstrap for node in self.all.values())

    def start(self, numbers: Iterable[int]) -> None:
        """Start nodes together: one alone is no majority, and waits for another."""
        with ThreadPoolExecutor() as starting:
            list(starting.map(lambda number: self.all[number].start(), numbers))

    def leader(self, topic: str, partition: int) -> int:
        """Which node leads a partition."""
        told = AdminClient({"bootstrap.servers": self.bootstrap}).list_topics(topic, ANSWER_S)
        return int(told.topics[topic].partitions[partition].leader)

    def coordinator(self, topic: str, name: str) -> int:
        """Which node coordinates a group (`__consumer_offsets`) or a transactional id (`__transaction_state`)."""
        told = AdminClient({"bootstrap.servers": self.bootstrap}).list_topics(topic, ANSWER_S)
        return self.leader(topic, _java_hash(name) % len(told.topics[topic].partitions))

    def stop(self) -> None:
        """End all, at once: a node that waits for others to take over would wait in vain."""
        for node in self.all.values():
            node.kill()


@contextmanager
def three_nodes(folder: Path) -> Iterator[Nodes]:
    """Three nodes for this block."""
    fetch()
    nodes = Nodes(folder)
    try:
        nodes.start(NUMBERS)
        yield nodes
    finally:
        nodes.stop()


def _java_hash(text: str) -> int:
    """What Java makes of a text, without its sign, as Kafka chooses partitions of its own topics."""
    number = 0
    for letter in text:
        number = (31 * number + ord(letter)) & 0xFFFF_FFFF
    return number if number < 1 << 31 else (1 << 32) - number
