"""A whole worker process with the counting processor: python counting_worker.py BOOTSTRAP NAMESPACE DATA [SETTINGS as JSON]."""

import json
import logging
import os
import sys
from pathlib import Path

from benefit_hub.runtime.faults import fault_from
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.worker import run_worker
from tests.kafka.counting import COUNTING, host


def main(bootstrap: str, namespace: str, data: Path, settings: str = "{}") -> None:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    with DataFolder(data).slot(None) as slot:
        made = host(bootstrap, namespace, data, slot, fault=fault_from(os.environ), **json.loads(settings))
        run_worker(made, [Runner(COUNTING, made)], data / "view.sqlite", ["receipts"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
