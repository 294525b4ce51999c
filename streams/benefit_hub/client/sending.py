"""Letters on their way to the brokers, and what tells that they have arrived."""

from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from typing import Any, NamedTuple, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from benefit_hub.client.letters import Letter
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import HubError

ACKNOWLEDGED_WITHIN_S = 30


class Sent(NamedTuple):
    """Where a record came to lie: its topic by the logical name."""

    topic: str
    partition: int
    offset: int


class Sending:
    """A record on its way. `kept`: it is in the spool, and will be sent whatever becomes of this process.

    `broker_ms` is when the brokers had it, by their clock; `asked` whether somebody waited for it.
    """

    def __init__(self, letter: Letter, *, kept: bool) -> None:
        self.event_id = letter.event_id
        self.kept = kept
        self.broker_ms: int | None = None
        self.asked = False
        self._topic = letter.topic
        self._future: Future[Sent] = Future()

    def sent(self, within_s: float = ACKNOWLEDGED_WITHIN_S) -> Sent:
        """Wait for the acknowledgement. Raises HubError where it does not come."""
        self.asked = True
        after = "the spool keeps it and sends it later" if self.kept else "see to the brokers, then send it again"
        try:
            return self._future.result(within_s)
        except Late:
            raise HubError(f"{self._topic}: not acknowledged within {within_s:g} s; {after}") from None
        except KafkaError as trouble:
            raise HubError(f"{self._topic}: not acknowledged: {trouble}; {after}") from trouble

    @property
    def settled(self) -> bool:
        """Whether it was acknowledged, or has failed."""
        return self._future.done()

    def acknowledged(self, told: Any) -> None:
        """The brokers have it."""
        self.broker_ms = told.timestamp
        self._future.set_result(Sent(self._topic, told.partition, told.offset))

    def failed(self, trouble: BaseException) -> None:
        """The brokers do not take it."""
        self._future.set_exception(trouble)


class Way(Protocol):
    """How letters get to the brokers. `trouble` is why they do not, just now."""

    trouble: str | None

    @property
    def waiting(self) -> int:
        """How many letters wait in a spool."""

    def send(self, letters: Sequence[Letter]) -> list[Sending]:
        """Send letters in their order."""

    def close(self) -> None:
        """Send what is on its way, and let go of the brokers. Raises HubError where a record was lost that nobody asked about."""


class Straight:
    """To the brokers, as long as they are there. Raises HubError where they are not."""

    trouble: str | None = None
    waiting = 0

    def __init__(self, settings: Settings, bootstrap: str) -> None:
        self._settings = settings
        self._failed: list[Sending] = []
        try:
            self._producer = producer(settings, bootstrap)
        except KafkaError as trouble:
            raise HubError(f"no broker answers at {bootstrap}: {trouble}; see to the brokers, then try again") from None

    def send(self, letters: Sequence[Letter]) -> list[Sending]:
        """Send letters in their order."""
        return [self._send(letter) for letter in letters]

    def _send(self, letter: Letter) -> Sending:
        sending = Sending(letter, kept=False)

        def failed(trouble: BaseException) -> None:
            self._failed.append(sending)
            sending.failed(trouble)

        try:
            future = hand_over(self._producer, self._settings, letter)
        except KafkaError as trouble:
            failed(trouble)
        else:
            future.add_callback(sending.acknowledged)
            future.add_errback(failed)
        return sending

    def close(self) -> None:
        """Send what is on its way, and let go of the brokers. Raises HubError where a record was lost that nobody asked about."""
        let_go(self._producer, ACKNOWLEDGED_WITHIN_S)
        lost = [sending for sending in self._failed if not sending.asked]
        if lost:
            lost[0].sent(0)


def producer(settings: Settings, bootstrap: str, **instead: Any) -> KafkaProducer:
    """An idempotent producer: what it sends is on its partition once and in order, acknowledged by all replicas in sync."""
    config = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 2,
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,
    }
    return KafkaProducer(**kafka_python_config(settings, bootstrap), **config | instead)


def let_go(sender: KafkaProducer, within_s: float) -> None:
    """Close a producer. kafka-python's `close` stops half-way where something cannot be sent any more, and leaves its thread."""
    try:
        sender.close(timeout=within_s)
    except KafkaTimeoutError:
        sender._sender.force_close()  # noqa: SLF001  what is on its way fails, and so it can be closed
        sender._sender.join(5)  # noqa: SLF001
        sender.close(timeout=1)


def hand_over(sender: KafkaProducer, settings: Settings, letter: Letter) -> Any:
    """Give a letter to the producer; a future of kafka-python. Raises KafkaError where nothing is known of its topic."""
    name = settings.topic(letter.topic)
    return sender.send(name, value=letter.value, key=letter.key, headers=list(letter.headers))
