"""The side of the wire on which a client runs: its process, which may be killed or stopped at any call, and its network."""

from collections.abc import Callable
from random import Random
from typing import Protocol, TypeVar

from confluent_kafka import KafkaError, KafkaException

from tests.runner_simulation.brokers import Broker
from tests.runner_simulation.groups import Refused

T = TypeVar("T")

ASKED_AGAIN = {KafkaError.CONCURRENT_TRANSACTIONS, KafkaError.UNSTABLE_OFFSET_COMMIT}
"""What librdkafka does not tell its caller, but asks again."""
RETRY_S = 0.1
LOST_REQUEST = "the request is lost"
LOST_ANSWER = "the answer is lost"


class Side(Protocol):
    """Where a client runs."""

    broker: Broker
    random: Random

    @property
    def now(self) -> float:
        """Seconds, as everybody here has them."""

    @property
    def connected(self) -> bool:
        """Whether requests arrive."""

    def reach(self, call: str) -> None:
        """A call of a client begins: whatever may happen between two calls happens now. Raises where the process is killed."""

    def sleep(self, seconds: float) -> None:
        """Let time pass, and others work."""

    def harm(self, call: str) -> KafkaError | str | None:
        """What is to go wrong with this call."""

    def add(self, background: Callable[[], None]) -> None:
        """What a client does by itself, while its caller does something else."""


def ask(side: Side, call: str, timeout_s: float, request: Callable[[], T]) -> T:
    """Send a request, and wait for the answer. Raises KafkaException, and Refused for what the broker refuses."""
    harm = side.harm(call)
    if isinstance(harm, KafkaError):
        raise KafkaException(harm)
    deadline = side.now + timeout_s * (1 if harm is None else side.random.random())
    while True:
        if side.connected and harm != LOST_REQUEST:
            try:
                answer = request()
            except Refused as refusal:
                if refusal.code not in ASKED_AGAIN:
                    raise
            else:
                if harm != LOST_ANSWER:
                    return answer
        if side.now >= deadline:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{call} timed out", False, True, False))
        side.sleep(min(RETRY_S if harm is None else timeout_s, deadline - side.now))
        side.reach(call)
