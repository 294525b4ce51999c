"""What the demo starts, and ends: a hub of its own in a folder of its own, workers, departments, a subscriber."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import yaml

from benefit_hub.cli.demo_quiet import SUBSCRIBER
from benefit_hub.cli.demo_story import Story, load_story, story_file
from benefit_hub.client import Sent
from benefit_hub.runtime.faults import VARIABLE
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.keys import read_key
from benefit_hub.runtime.local_kafka import LocalKafka
from benefit_hub.runtime.processes import Bequest, Launched, ask, last_lines, launch
from benefit_hub.runtime.settings import load_settings
from benefit_hub.values.errors import HubError
from benefit_hub.web.external_registry import GIVEN

HUB = (sys.executable, "-m", "benefit_hub.cli")
INIT_WITHIN_S = 60
STOP_WITHIN_S = 15


@dataclass
class Worker:
    """A `hub worker` process."""

    name: str
    launched: Launched
    log: Path

    @property
    def pid(self) -> int:
        """Its process."""
        return self.launched.process.pid


@dataclass
class Stage:
    """A hub made for one demo. Logs, settings, key and stores are in `folder`, which goes with it."""

    folder: Path
    hub: Hub
    story: Story
    key: bytes
    workers: list[Worker] = field(default_factory=list)
    subscriber: Launched | None = None
    departments: "subprocess.Popen[str] | None" = None
    told_bytes: int = 0

    @property
    def settings_file(self) -> Path:
        """The settings of this hub, for `hub --settings`."""
        return self.folder / "hub.yaml"

    @property
    def subscriber_log(self) -> Path:
        """What the subscriber prints."""
        return self.folder / "subscriber.log"

    @property
    def demo_folder(self) -> Path:
        """Where the story and its independent programs lie."""
        return self.hub.catalogue.assets.root / "demo"

    def start_worker(self, name: str, fault: str = "") -> Worker:
        """One more worker; `fault` makes it stop where somebody wants to look."""
        log = self.folder / f"{name}.log"
        command = [*HUB, "--settings", str(self.settings_file), "worker", "--loglevel", "WARNING"]
        worker = Worker(name, self._launch(command, log, {VARIABLE: fault}), log)
        self.workers.append(worker)
        return worker

    def stop_workers(self) -> None:
        """End all workers: each finishes the transaction at work."""
        for worker in self.workers:
            worker.launched.process.send(signal.SIGTERM)
        for worker in self.workers:
            worker.launched.process.stop(STOP_WITHIN_S)
            worker.launched.close()
        self.workers.clear()

    def kill_worker(self, worker: Worker) -> None:
        """End one worker as a power cut would."""
        worker.launched.process.kill(STOP_WITHIN_S)
        worker.launched.close()
        self.workers.remove(worker)

    def alive(self) -> None:
        """Raise HubError where somebody who should work has ended; its last words are in the text."""
        logs = {worker.log: worker.launched.process for worker in self.workers}
        if self.subscriber is not None:
            logs[self.subscriber_log] = self.subscriber.process
        for log, process in logs.items():
            if not process.alive():
                raise HubError(f"{log.stem} has ended. It said last:\n{last_lines(log)}")

    def publish(self, chapter: int, step: int, parts: Sequence[str]) -> list[Sent]:
        """Have the departments publish parts of a step; where everything came to lie."""
        assert self.departments is not None  # noqa: S101  for mypy: the stage is set
        order = json.dumps({"chapter": chapter, "step": step, "parts": list(parts)})
        answer = ""
        try:
            pipe(self.departments.stdin).write(order + "\n")
            pipe(self.departments.stdin).flush()
            answer = pipe(self.departments.stdout).readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise HubError(f"the departments' process has ended:\n{last_lines(self.folder / 'departments.log')}")
        return [Sent(*each) for each in json.loads(answer)["sent"]]

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `hub` with these arguments as an officer would: exit code, and what it printed."""
        answer = ask([*HUB, "--settings", str(self.settings_file), *arguments], within_s=INIT_WITHIN_S)
        return (1 if answer.code is None else answer.code), answer.out + answer.err

    def newly_told(self) -> list[str]:
        """What the subscriber has printed since the last call."""
        with self.subscriber_log.open("rb") as log:
            log.seek(self.told_bytes)
            text = log.read()
        self.told_bytes += len(text)
        return text.decode("utf-8", "replace").splitlines()

    def _launch(self, command: Sequence[str], log: Path, environment: dict[str, str]) -> Launched:
        """A process that ends with this one, and takes the folder with it where this one is killed."""
        return launch(command, log=log, owned=True, bequest=Bequest(folder=self.folder), env=environment)

    def start_subscriber(self) -> None:
        """The independent subscriber; only it is told how people are called."""
        names = self.folder / "names.json"
        names.write_text(json.dumps(self.story.names(self.key), ensure_ascii=False), "utf-8")
        settings = self.hub.settings
        command = [sys.executable, str(self.demo_folder / "subscriber.py"), "--bootstrap", self.hub.bootstrap]
        command += ["--assets", str(self.hub.catalogue.assets.root), "--prefix", settings.topic_prefix]
        command += ["--group", settings.group(SUBSCRIBER), "--names", str(names)]
        self.subscriber = self._launch(command, self.subscriber_log, {"PYTHONIOENCODING": "utf-8"})

    def start_departments(self) -> None:
        """The departments' process."""
        with (self.folder / "departments.log").open("wb") as log:
            self.departments = subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-m", "benefit_hub.cli.demo_departments", str(self.settings_file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )

    def close(self) -> None:
        """End everything that was started here."""
        if self.departments is not None:
            pipe(self.departments.stdin).close()
        if self.subscriber is not None:
            self.subscriber.process.send(signal.SIGTERM)
        self.stop_workers()
        if self.subscriber is not None:
            self.subscriber.process.stop(STOP_WITHIN_S)
            self.subscriber.close()
        if self.departments is not None:
            self.departments.wait(STOP_WITHIN_S)
            pipe(self.departments.stdout).close()
        shutil.rmtree(self.folder, ignore_errors=True)


def pipe(given: "IO[str] | None") -> "IO[str]":
    """A pipe that was asked for."""
    assert given is not None  # noqa: S101  for mypy: Popen was told PIPE
    return given


@contextmanager
def set_stage(kafka: LocalKafka) -> Iterator[Stage]:
    """A hub that is only there for this block: made by `hub init`, with nobody at work yet.

    On a Kafka of our own its topics have their plain names; on one that was given, names of their own.
    """
    folder = Path(tempfile.mkdtemp(prefix="benefit-hub-demo-"))
    written: dict[str, Any] = {
        "bootstrap": kafka.bootstrap,
        "topic_prefix": "" if kafka.own else f"demo-{folder.name[-8:].lower().replace('_', '-')}.",
        "data": str(folder / "data"),
        "story_time": True,
        "commit_interval_ms": 100,
        "store_memory_mib": 16,
        "registry": {"listen": ""},
        "watch": {"listen": ""},
    }
    os.environ.pop(GIVEN, None)
    for name in (*written, "slot", "policies", "settings"):
        os.environ.pop(f"HUB_{name.upper()}", None)  # what is written here holds
    settings_file = folder / "hub.yaml"
    stage = None
    try:
        settings_file.write_text(yaml.safe_dump(written), "utf-8")
        made = ask([*HUB, "--settings", str(settings_file), "init"], within_s=INIT_WITHIN_S)
        if made.code != 0:
            raise HubError(f"hub init: {made.err or made.out}")
        hub = open_hub(load_settings(settings_file))
        stage = Stage(folder, hub, load_story(story_file(hub.catalogue.assets)), read_key(hub.folder.key_file))
        yield stage
    finally:
        if stage is not None:
            stage.close()
        shutil.rmtree(folder, ignore_errors=True)
