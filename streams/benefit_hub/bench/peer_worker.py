"""The small job on the hub's runner, in a process of its own: peer_worker BOOTSTRAP SOURCE SINK DATA; until SIGTERM."""

import logging
import signal
import sys
from pathlib import Path
from threading import Event

from benefit_hub.bench.peer_job import PEER_JOB, host
from benefit_hub.runtime.runner import Runner


def main(bootstrap: str, source: str, sink: str, data: str) -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    Runner(PEER_JOB, host(bootstrap, Path(data), source, sink)).run(stop)


if __name__ == "__main__":
    main(*sys.argv[1:5])
