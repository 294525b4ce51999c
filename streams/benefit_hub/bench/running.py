"""A whole run: a Kafka of its own, the jobs that were asked for, and the document that comes of it."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benefit_hub.bench.figures import Measured, document
from benefit_hub.bench.hub_job import hub_job
from benefit_hub.bench.machine import machine
from benefit_hub.bench.peer_rounds import peer_rounds
from benefit_hub.bench.sizes import Sizes
from benefit_hub.runtime.local_kafka import running_kafka

Say = Callable[[str], None]


def run(sizes: Sizes, say: Say, *, own_kafka: bool = True) -> dict[str, Any]:
    """Measure; `say` hears how far it is. With `own_kafka` a given Kafka is passed over: others may use it, too."""
    measured, began = Measured(), datetime.now(UTC)
    about = machine()
    with tempfile.TemporaryDirectory(prefix="benefit-hub-bench-") as made:
        folder = Path(made)
        if "peer" in sizes.jobs:
            with running_kafka(own=own_kafka, say=say) as kafka:
                peer_rounds(kafka.bootstrap, folder / "peers", sizes, measured, say)
        if set(sizes.jobs) - {"peer"}:
            with running_kafka(own=own_kafka, say=say) as kafka:
                hub_job(kafka.bootstrap, folder, sizes, measured, say)
    took = (datetime.now(UTC) - began).total_seconds()
    told = {
        "date": began.isoformat(timespec="seconds"),
        "seconds": round(took),
        "machine": about,
        "sizes": sizes.told(),
    }
    return document(measured, told)
