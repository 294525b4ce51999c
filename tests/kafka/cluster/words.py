"""What workers say while brokers are away, how they go on, and how they end."""

import time

from tests.kafka.faults.stage import Stage
from tests.kafka.hub.live import wait_for

SAYS_WITHIN_S = 120.0
GOES_ON_WITHIN_S = 240.0
ENDED_TO_BE_STARTED = 1
KILLED = -9


def check_endings(stage: Stage) -> None:
    """Who ended by itself said why, and that it is of use to start it again; a fault of brokers is never more than that."""
    codes = {worker.process.returncode for worker in stage.hub.workers} - {None, KILLED}
    assert codes <= {0, ENDED_TO_BE_STARTED}, codes
    for words in stage.last_words:
        assert "start" in words.splitlines()[-1], f"a worker ended without saying what to do:\n{words}"


def wait_until_said(stage: Stage, address: str) -> float:
    """Wait until every worker has said that nobody listens at this address, or has ended; how long that took, in seconds."""
    began = time.monotonic()
    waiting = [(worker, len(worker.said())) for worker in stage.workers.values()]

    def said() -> bool:
        return all(not worker.running or names(worker.said()[already:], address) for worker, already in waiting)

    wait_for(said, SAYS_WITHIN_S, f"a worker does not say that it waits for {address}")
    return time.monotonic() - began


def names(log: str, address: str) -> bool:
    """Whether a worker has said that it misses the broker at this address."""
    return any("nobody listens at" in line and address in line for line in log.splitlines())


def wait_until_caught_up(stage: Stage) -> float:
    """Wait until all that was published has gone through; how long that took, in seconds."""
    began = time.monotonic()
    stage.wait_for(lambda: stage.behind() == 0, GOES_ON_WITHIN_S, "the workers do not go on")
    return time.monotonic() - began
