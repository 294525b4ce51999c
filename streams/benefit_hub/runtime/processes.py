"""Programs beside ours: asked a question within a time limit, or started to run for as long as their owner.

A process is known by its pid *and* its start: a pid alone may belong to a stranger by the time it is used.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benefit_hub.runtime import process_guard
from benefit_hub.values.errors import HubError


class ProgramFailed(HubError):
    """A program beside ours did not start, failed or did not stop; the text ends with what it said last."""


@dataclass(frozen=True)
class ProcessId:
    """One process and no other: its pid, and when it started as the system tells it."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessId":
        """The process that has this pid now; one that has ended already is never alive."""
        return cls(pid, _started(pid))

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return bool(self.started) and _started(self.pid) == self.started

    def send(self, sent: signal.Signals) -> None:
        """Signal this process, and nobody where it has ended."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, sent)

    def stop(self, within_s: float) -> None:
        """End it: SIGTERM, and SIGKILL once the time is over."""
        self.send(signal.SIGTERM)
        if not self.gone(within_s):
            self.kill(within_s)

    def kill(self, within_s: float) -> None:
        """End it at once: SIGKILL, and wait until it is gone."""
        self.send(signal.SIGKILL)
        if not self.gone(within_s):
            raise ProgramFailed(f"process {self.pid} survived SIGKILL for {within_s:.0f} s: a hanging disk?")

    def gone(self, within_s: float) -> bool:
        """Wait for its end; False if it outlasts the time."""
        deadline = time.monotonic() + within_s
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _started(pid: int) -> str:
    """When the process with this pid started, in no common unit; empty if none runs."""
    if not sys.platform.startswith("linux"):
        return ask(["ps", "-o", "lstart=", "-p", str(pid)], within_s=10).out.strip()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    return "" if fields[0] in "ZX" else f"{boot} {fields[19]}"


@dataclass(frozen=True)
class Answer:
    """What a program said: exit code (None: no such program, or it was stopped at the time limit), stdout, stderr."""

    code: int | None
    out: str
    err: str


def ask(command: Sequence[str], *, within_s: float, env: dict[str, str] | None = None) -> Answer:
    """Run a command to its end; at the time limit it and all that it started are killed."""
    try:
        asked = subprocess.Popen(  # noqa: S603  every command here is written in this package
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            env=os.environ | (env or {}),
        )
    except FileNotFoundError:
        return Answer(None, "", f"no program {command[0]}")
    except PermissionError:
        return Answer(None, "", f"{command[0]} may not be run")
    with asked:
        try:
            out, err = asked.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            os.killpg(asked.pid, signal.SIGKILL)
            asked.communicate()
            return Answer(None, "", f"`{' '.join(command)}` did not end within {within_s:g} s")
        except BaseException:
            os.killpg(asked.pid, signal.SIGKILL)
            raise
    return Answer(asked.returncode, out, err)


@dataclass(frozen=True)
class Bequest:
    """What happens where the owner was killed: commands to run, then a folder to remove."""

    commands: list[list[str]] = field(default_factory=list)
    folder: Path | None = None

    def as_json(self) -> str:
        """As the guard reads it."""
        return json.dumps({"commands": self.commands, "folder": str(self.folder) if self.folder else None})


@dataclass(frozen=True)
class Launched:
    """A running program, and the guard beside it unless it was left to itself."""

    process: ProcessId
    guard: "subprocess.Popen[bytes] | None"

    def close(self) -> None:
        """After the program's end: wait until its guard has ended too."""
        if self.guard:
            self.guard.wait()

    @property
    def ended(self) -> int | None:
        """With which exit code an owned program has ended, 128 and more by a signal; None while it runs."""
        return None if self.guard is None else self.guard.poll()


def launch(
    command: Sequence[str],
    *,
    log: Path | None,
    owned: bool,
    bequest: Bequest | None = None,
    env: dict[str, str] | None = None,
) -> Launched:
    """Start a long-running program in a session of its own, so that Ctrl-C reaches its owner first.

    An owned program ends with this process, however that ends; one not owned stays. Its output is added to the log, or goes
    where our own errors go.
    """
    owner = os.getpid() if owned else 0
    with nullcontext() if log is None else log.open("ab") as output:
        guard = subprocess.Popen(  # noqa: S603  every command here is written in this package
            [sys.executable, "-IS", process_guard.__file__, str(owner), (bequest or Bequest()).as_json(), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
            env=os.environ | (env or {}),
        )
    assert guard.stdout is not None  # noqa: S101  for mypy: it is a pipe
    with guard.stdout as said:
        pid = said.readline()
    if not owned or not pid:
        guard.wait()
    if not pid:
        told = "what it said stands above" if log is None else f"\n{last_lines(log)}"
        raise ProgramFailed(f"{command[0]} could not be started: {told}")
    return Launched(ProcessId.of(int(pid)), guard if owned else None)


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log, indented, to be shown with an error."""
    if not log.exists():
        return f"  ({log} does not exist)"
    with log.open("rb") as end:
        end.seek(max(0, log.stat().st_size - 400 * count))
        lines = end.read().decode("utf-8", "replace").splitlines()[-count:]
    return "\n".join(f"  {line}" for line in lines)
