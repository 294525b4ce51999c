"""A hub that is there for a measurement only: a folder, topics with a prefix of their own, worker processes."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.processes import Launched, ask, last_lines, launch
from benefit_hub.runtime.settings import load_settings
from benefit_hub.values.errors import HubError

COMMAND = (sys.executable, "-m", "benefit_hub.cli")
PROFILED = (sys.executable, "-m", "benefit_hub.cli.bench_profiled")
INIT_WITHIN_S = 120
STOP_WITHIN_S = 30


class Stand:
    """The hub and its workers."""

    def __init__(self, bootstrap: str, folder: Path, prefix: str, profile: Path | None = None, **settings: Any) -> None:
        """Make it, by `hub init`; with `profile` workers leave there where their time went."""
        self.folder = folder
        self.file = folder / "hub.yaml"
        self._profile = profile
        self._workers: list[Launched] = []
        written = {
            "bootstrap": bootstrap,
            "topic_prefix": prefix,
            "data": str(folder / "data"),
            "story_time": True,
            "registry": {"listen": ""},
            **settings,
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.file.write_text(yaml.safe_dump(written), "utf-8")
        made = ask([*COMMAND, "--settings", str(self.file), "init"], within_s=INIT_WITHIN_S)
        if made.code != 0:
            raise HubError(f"hub init: {made.err or made.out}")
        self.hub: Hub = open_hub(load_settings(self.file))

    @property
    def pids(self) -> list[int]:
        """The processes of the workers."""
        return [each.process.pid for each in self._workers]

    @property
    def stores(self) -> Path:
        """Where the workers' stores are."""
        return self.folder / "data" / "stores"

    def start(self, count: int) -> None:
        """Start workers."""
        program = COMMAND if self._profile is None else PROFILED
        env = {} if self._profile is None else {"HUB_PROFILE": str(self._profile)}
        command = [*program, "--settings", str(self.file), "worker", "--loglevel", "WARNING"]
        self._workers += [launch(command, log=self.log, owned=True, env=env) for _ in range(count)]

    @property
    def log(self) -> Path:
        """What the workers said."""
        return self.folder / "workers.log"

    def alive(self) -> None:
        """Raise HubError where a worker has ended; its last words are in the text."""
        if not all(each.process.alive() for each in self._workers):
            raise HubError(f"a worker has ended. It said last:\n{last_lines(self.log)}")

    def stop(self) -> None:
        """Let all workers drain, and wait."""
        for each in self._workers:
            each.process.send(signal.SIGTERM)
        for each in self._workers:
            each.process.stop(STOP_WITHIN_S)
            each.close()
        self._workers.clear()


@contextmanager
def stand(bootstrap: str, folder: Path, prefix: str, **settings: Any) -> Iterator[Stand]:
    """A hub for this block. What the environment says of settings does not hold here."""
    for name in [name for name in os.environ if name.startswith("HUB_") and name not in ("HUB_ASSETS", "HUB_PROFILE")]:
        del os.environ[name]
    made = Stand(bootstrap, folder, prefix, **settings)
    try:
        yield made
    finally:
        made.stop()
