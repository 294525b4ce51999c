"""What every runner of a worker is given: where the brokers are, which slot this is, and what its tasks may know."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from benefit_hub.runtime.faults import Fault
from benefit_hub.runtime.settings import Settings, confluent_config
from benefit_hub.runtime.stores import Memory, ProcessorStore
from benefit_hub.runtime.wire import Codec
from benefit_hub.task import Env


def within(seconds: float, call: Callable[[], None]) -> bool:
    """Whether a call ends in time; one that does not is left behind, in a thread of its own."""
    thread = Thread(target=call, name="hub-left-behind", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


@dataclass(frozen=True)
class Outside:
    """What a runner reaches beyond its own memory: clients, local store, clocks. A simulation gives it others to use."""

    consumer: Callable[..., Consumer] = Consumer
    producer: Callable[..., Producer] = Producer
    admin: Callable[..., AdminClient] = AdminClient
    store: Callable[[Path, Memory], ProcessorStore] = ProcessorStore
    monotonic: Callable[[], float] = time.monotonic
    time_ns: Callable[[], int] = time.time_ns
    sleep: Callable[[float], None] = time.sleep
    within: Callable[[float, Callable[[], None]], bool] = within


@dataclass(frozen=True)
class Host:
    """The place where runners run.

    `names` gives each logical topic its Kafka topic, `public` says which logical topics go out with CloudEvents headers,
    `env` is what tasks may know, but for what each partition has of its own. `folder_id` and `slot` together are stable over
    restarts and held by nobody else.
    """

    settings: Settings
    bootstrap: str
    stores: Path
    folder_id: str
    slot: int
    memory: Memory
    codec: Codec
    names: Mapping[str, str]
    public: frozenset[str]
    env: Env
    fault: Fault
    outside: Outside = Outside()

    def client(self) -> dict[str, str | int | bool]:
        """Where and how confluent-kafka connects."""
        return confluent_config(self.settings, self.bootstrap)

    def now_ms(self) -> int:
        """The clock of this machine, in milliseconds since 1970."""
        return self.outside.time_ns() // 1_000_000

    def logical(self, topic: str) -> str:
        """The logical name of a Kafka topic."""
        return next(logical for logical, name in self.names.items() if name == topic)

    def transactional_id(self, processor: str) -> str:
        """The id by which the broker knows the producer of a processor in this slot, also after a restart."""
        return f"{self.settings.topic_prefix}hub.{processor}.{self.folder_id}.{self.slot}"
