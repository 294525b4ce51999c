"""Brokers of these tests' own, which they may kill, take away and put behind a bad line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benefit_hub.runtime import kafka_jars
from benefit_hub.runtime.broker_settings import Place
from benefit_hub.runtime.kafka_jars import JarBroker
from benefit_hub.runtime.kafka_probe import free_ports
from tests.kafka.cluster.line import Line
from tests.kafka.cluster.nodes import Nodes, three_nodes
from tests.kafka.cluster.proxy import Proxy

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # kafka-python tells of every attempt to reach who was killed


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Three nodes; skips where Kafka's jars cannot be run."""
    _from_jars()
    with three_nodes(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A broker that clients reach over a line of the tests' own; skips where Kafka's jars cannot be run."""
    _from_jars()
    with broker_on_a_line(tmp_path_factory.mktemp("kafka")) as found:
        yield found


@contextmanager
def broker_on_a_line(folder: Path) -> Iterator[Line]:
    """A broker that says that it is where the line begins, for this block."""
    port, client, inner, controller = free_ports(4)
    place = Place("127.0.0.1", client, f"127.0.0.1:{port}", inner, controller, str(folder / "data"))
    broker = JarBroker(folder, place=place)
    with Proxy(port, client) as proxy:
        try:
            broker.start()
            yield Line(broker, proxy)
        finally:
            broker.kill()


def _from_jars() -> None:
    if reason := kafka_jars.missing():
        pytest.skip(reason)
