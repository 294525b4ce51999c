"""A worker that only follows the outputs into the view: python view_worker.py SETTINGS_FILE."""

import logging
import sys
from pathlib import Path

from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.settings import load_settings
from benefit_hub.runtime.view import KINDS
from benefit_hub.runtime.worker import run_worker

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    hub = open_hub(load_settings(Path(sys.argv[1])))
    run_worker(hub.host(0), [], hub.folder.view_file, tuple(KINDS))
