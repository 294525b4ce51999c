"""A whole worker process with a test processor: counting_worker.py BOOTSTRAP NAMESPACE DATA [SETTINGS as JSON [PROCESSOR]]."""

import json
import logging
import os
import sys
from pathlib import Path

from benefit_hub.runtime.endings import end_at_once
from benefit_hub.runtime.faults import fault_from
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.worker import run_worker
from tests.kafka.counting import COUNTING, host
from tests.kafka.looping import LOOPING

PROCESSORS = {each.name: each for each in (COUNTING, LOOPING)}


def main(bootstrap: str, namespace: str, data: Path, settings: str = "{}", name: str = COUNTING.name) -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    with DataFolder(data).slot(None) as slot:
        processor, fault = PROCESSORS[name], fault_from(os.environ)
        made = host(bootstrap, namespace, data, slot, fault, processor, **json.loads(settings))
        run_worker(made, [Runner(processor, made)], data / "view.sqlite", ["receipts"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
    end_at_once()
