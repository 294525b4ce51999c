"""A Kafka to work with: the one that is given, else one in Docker, else Apache Kafka from its own jars.

`running_kafka` is for who owns the broker: it ends with the block, and with the process, however that ends. `up` and
`down` are for a broker that stays; a state file in their folder says which.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock

from benefit_hub.runtime import broker_settings, kafka_docker, kafka_jars, kafka_probe
from benefit_hub.runtime.kafka_docker import ComposeBroker
from benefit_hub.runtime.kafka_jars import JarBroker
from benefit_hub.runtime.processes import ProcessId
from benefit_hub.values.errors import HubError

GIVEN = "KAFKA_BOOTSTRAP"
GIVEN_ANSWERS_WITHIN_S = 15
STOP_WITHIN_S = 20

How = Literal["given", "docker", "jars"]
Broker = JarBroker | ComposeBroker


class KafkaNotAvailable(HubError):
    """There is no Kafka and none can be started; the text names all that would help."""


@dataclass(frozen=True)
class LocalKafka:
    """A Kafka that answered: `bootstrap` is `host:port`, `own` its broker where that was started by this process."""

    bootstrap: str
    how: How
    own: Broker | None = None

    @property
    def broker(self) -> Broker:
        """The broker, to be stopped, killed and started again. Raises KafkaNotAvailable where it is not ours."""
        if not self.own:
            raise KafkaNotAvailable(f"{self.describe()}: it was not started here, and is not ours to stop")
        return self.own

    def describe(self) -> str:
        """One line for a person."""
        version = broker_settings.source().version
        where = {
            "given": f"the Kafka that {GIVEN} names",
            "docker": f"Apache Kafka {version} in Docker",
            "jars": f"Apache Kafka {version} from its own jars",
        }[self.how]
        ready = f", ready after {self.own.ready_after_s:.1f} s" if self.own else ""
        return f"{where}, at {self.bootstrap}{ready}"


class _Standing(msgspec.Struct, frozen=True):
    """The state file: the broker that `up` left standing."""

    how: How
    bootstrap: str
    process: ProcessId | None


def find_kafka(*, own: bool = False) -> How:
    """The first way to a Kafka that this machine has; an own one is never the given one.

    Raises KafkaNotAvailable with every way and what it lacks.
    """
    if os.environ.get(GIVEN) and not own:
        return "given"
    if not (no_docker := kafka_docker.missing()):
        return "docker"
    if not (no_jars := kafka_jars.missing()):
        return "jars"
    given = [] if own else [f"set {GIVEN}=host:port to a Kafka that runs (not set)"]
    ways = [
        *given,
        f"start Docker, with Docker Compose ({no_docker})",
        f"install Java {kafka_jars.JAVA_AT_LEAST} or newer and Maven ({no_jars})",
    ]
    raise KafkaNotAvailable(
        f"No Kafka {'can be started' if own else 'is given, and none can be started'}. Any one of these helps:\n"
        + "\n".join(f"  {number}. {way}" for number, way in enumerate(ways, 1))
    )


@contextmanager
def running_kafka(
    data_dir: Path | None = None,
    *,
    port: int | None = None,
    own: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[LocalKafka]:
    """A Kafka for this block. One that was started here is stopped after it; without a `data_dir` its data goes, too.

    With `own` a given Kafka is passed over, because the block means to stop or kill the broker. `say` hears what takes
    long. Raises KafkaNotAvailable, ProgramFailed.
    """
    how = find_kafka(own=own)
    if how == "given":
        yield _given()
        return
    folder = data_dir or Path(tempfile.mkdtemp(prefix="benefit-hub-kafka-"))
    broker = _broker(how, folder, port=port, owned=True, leave_nothing=not data_dir)
    try:
        _start(broker, say)
        yield LocalKafka(broker.bootstrap, how, broker)
    finally:
        if data_dir:
            broker.stop()
        else:
            broker.remove()  # at once: a broker in order takes its time to keep what nobody wants


def up(folder: Path, *, port: int | None = None, say: Callable[[str], None] = lambda _: None) -> LocalKafka:
    """A Kafka that stays until `down(folder)`; the one that stands already, if there is one. Its data is in the folder.

    Raises KafkaNotAvailable, ProgramFailed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        if there := standing(folder):
            return there
        how = find_kafka()
        if how == "given":
            return _given()
        broker = _broker(how, folder, port=port, owned=False, leave_nothing=False)
        _start(broker, say)
        process = broker.process if isinstance(broker, JarBroker) else None
        _state_file(folder).write_bytes(msgspec.json.encode(_Standing(how, broker.bootstrap, process)))
        return LocalKafka(broker.bootstrap, how, broker)


def standing(folder: Path) -> LocalKafka | None:
    """The Kafka that `up(folder)` left standing, None if it does not run any more."""
    state = _state(folder)
    if state and (state.process.alive() if state.process else kafka_probe.listens(state.bootstrap)):
        return LocalKafka(state.bootstrap, state.how)
    return None


def down(folder: Path) -> LocalKafka | None:
    """Stop what `up(folder)` left standing, and say what that was; its data stays. None if nothing stood.

    Nobody else's process is ever touched: the state file knows when its own was started.
    """
    if not _state_file(folder).exists():
        return None
    with _lock(folder):
        state, stood = _state(folder), standing(folder)
        if state and state.process:
            state.process.stop(STOP_WITHIN_S)
        elif state:
            _broker(state.how, folder, port=None, owned=False, leave_nothing=False).stop()
        _state_file(folder).unlink(missing_ok=True)
        return stood


def _given() -> LocalKafka:
    bootstrap = os.environ[GIVEN]
    if not kafka_probe.answers(bootstrap, within_s=GIVEN_ANSWERS_WITHIN_S):
        raise KafkaNotAvailable(
            f"{GIVEN}={bootstrap}: no Kafka answers there within {GIVEN_ANSWERS_WITHIN_S} s; "
            f"start it, mend the address, or unset {GIVEN} and a local one is started"
        )
    return LocalKafka(bootstrap, "given")


def _broker(how: How, folder: Path, *, port: int | None, owned: bool, leave_nothing: bool) -> Broker:
    kind = ComposeBroker if how == "docker" else JarBroker
    return kind(folder, port=port, owned=owned, leave_nothing=leave_nothing)


def _start(broker: Broker, say: Callable[[str], None]) -> None:
    version = broker_settings.source().version
    if isinstance(broker, JarBroker) and not kafka_jars.is_fetched():
        say(f"Fetching Apache Kafka {version} with Maven, this once: 54 MB")
        kafka_jars.fetch()
    elif isinstance(broker, ComposeBroker):
        say(f"Starting {broker_settings.source().image} in Docker; the first time its image is fetched")
    broker.start()


def _state_file(folder: Path) -> Path:
    return folder / "kafka.json"


def _state(folder: Path) -> _Standing | None:
    file = _state_file(folder)
    return msgspec.json.decode(file.read_bytes(), type=_Standing) if file.exists() else None


def _lock(folder: Path) -> FileLock:
    return FileLock(folder / "kafka.lock")
