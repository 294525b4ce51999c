"""The broker of the tests: the given one, else one in Docker by testcontainers, else one from Kafka's own jars."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benefit_hub.runtime import kafka_docker, kafka_jars, kafka_probe, local_kafka
from benefit_hub.runtime.local_kafka import KafkaNotAvailable, LocalKafka, running_kafka
from benefit_hub.runtime.processes import ProgramFailed
from tests.kafka.container import broker_container
from tests.kafka.counting import Bench

HERE = Path(__file__).parent
JVM_OPTIONS = "JDK_JAVA_OPTIONS"
OF_SHORT_LIFE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For brokers' JVM: a broker of minutes spends twice as long on becoming fast as it then saves."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fetch Kafka's jars before the first test, which has a time limit; a failure shows where they are needed."""
    if session.config.option.collectonly or not any(HERE in item.path.parents for item in session.items):
        return
    if not kafka_jars.is_fetched() and kafka_docker.daemon_missing() and not kafka_jars.missing():
        try:
            kafka_jars.fetch()
        except ProgramFailed as failed:
            session.config.issue_config_time_warning(pytest.PytestWarning(str(failed)), stacklevel=2)


@pytest.fixture(scope="session", autouse=True)
def brokers_of_short_life() -> Iterator[None]:
    """Every broker that a test starts, itself or by a command, unless the environment says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(JVM_OPTIONS, os.environ.get(JVM_OPTIONS, OF_SHORT_LIFE))
        yield


@pytest.fixture(scope="session")
def kafka() -> Iterator[LocalKafka]:
    """A Kafka for all tests; skips, naming the ways to one, where there is none."""
    in_docker = not os.environ.get(local_kafka.GIVEN) and not kafka_docker.daemon_missing()
    with _or_skip(), _in_container() if in_docker else running_kafka() as found:
        yield found


@pytest.fixture
def own_kafka() -> Iterator[LocalKafka]:
    """A Kafka for one test, which may stop, kill and start its `broker`."""
    with _or_skip(), running_kafka(own=True) as found:
        yield found


@pytest.fixture
def namespace() -> str:
    """What this test alone puts before its topics, groups and transactional ids."""
    return f"t{uuid.uuid4().hex[:8]}."


@pytest.fixture
def bench(kafka: LocalKafka, namespace: str) -> Bench:
    """The counting processor, with topics of this test's own."""
    made = Bench(kafka.bootstrap, namespace)
    made.create()
    return made


@contextmanager
def _or_skip() -> Iterator[None]:
    try:
        yield
    except KafkaNotAvailable as reason:
        pytest.skip(str(reason))


@contextmanager
def _in_container() -> Iterator[LocalKafka]:
    (port,) = kafka_probe.free_ports(1)
    bootstrap = f"127.0.0.1:{port}"
    with broker_container(port) as container:
        if not kafka_probe.answers(bootstrap, within_s=60):
            stdout, stderr = container.get_logs()
            pytest.fail(f"the broker in Docker does not answer:\n{(stdout + stderr).decode()[-4000:]}")
        yield LocalKafka(bootstrap, "docker")
