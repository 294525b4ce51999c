"""Apache Kafka in a container, by Docker Compose. Not run here: where this was written no Docker daemon answered; the
commands were tested against a stand-in for `docker`, the settings with the image's own start-up code.
"""

import hashlib
import shutil
import time
from pathlib import Path

from benefit_hub.runtime import broker_settings, kafka_probe
from benefit_hub.runtime.processes import Answer, Bequest, Launched, ProgramFailed, ask, last_lines, launch

DAEMON_ANSWERS_WITHIN_S = 5
READY_WITHIN_S = 300
"""The image may have to be fetched first."""
STOP_WITHIN_S = 60


def daemon_missing() -> str | None:
    """Why no Docker daemon can be used, None if one answers. That a `docker` command exists says nothing about it."""
    answer = ask(["docker", "info", "--format", "{{.ServerVersion}}"], within_s=DAEMON_ANSWERS_WITHIN_S)
    if answer.code == 0 and answer.out.strip():
        return None
    return f"no Docker daemon answers ({_last_line(answer)})"


def missing() -> str | None:
    """What this way lacks on this machine, None if nothing."""
    if reason := daemon_missing():
        return reason
    answer = ask(["docker", "compose", "version"], within_s=DAEMON_ANSWERS_WITHIN_S)
    return (
        None if answer.code == 0 else f"a Docker daemon answers, but `docker compose` does not ({_last_line(answer)})"
    )


class ComposeBroker:
    """One broker in a container, its data in a volume named after the folder. Not run here, see the module.

    An owned one ends with this process, however that ends; then `leave_nothing` removes container and volume, too.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, owned: bool = True, leave_nothing: bool = False
    ) -> None:
        """`port` of 127.0.0.1 for the clients; without one a free port is chosen."""
        self.folder = folder.absolute()
        self.log = self.folder / "broker.log"
        self.ready_after_s = 0.0
        self._port = port or kafka_probe.free_ports(1)[0]
        self._owned = owned
        self._leave_nothing = leave_nothing
        self._launched: Launched | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients, the same over restarts."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it serves. Raises ProgramFailed, with the end of its log, where it does not."""
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file.write_text(broker_settings.compose_file(), "utf-8")
        env = {broker_settings.PORT_VARIABLE: str(self._port)}
        up = [*self._compose, "up", "--no-color"]
        if self._owned:
            bequest = Bequest([[*self._compose, "down", "--volumes"]], self.folder) if self._leave_nothing else None
            self._launched = launch(up, log=self.log, owned=True, bequest=bequest, env=env)
        elif (answer := ask([*up, "--detach"], within_s=READY_WITHIN_S, env=env)).code != 0:
            raise ProgramFailed(f"`{' '.join(up)}` failed:\n{answer.out}{answer.err}")
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        self.ready_after_s = time.monotonic() - began

    def stop(self) -> None:
        """End it in order; its data stays. Raises ProgramFailed where Docker does not do it."""
        self._do("down")

    def kill(self) -> None:
        """SIGKILL for the broker in the container; its data stays as it is. Raises as `stop` does."""
        self._do("kill")

    def remove(self) -> None:
        """Its data goes, and with it the folder of its log. Raises as `stop` does."""
        self._do("down", "--volumes")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _file(self) -> Path:
        return self.folder / "docker-compose.yml"

    @property
    def _compose(self) -> list[str]:
        project = "benefit-hub-" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        return ["docker", "compose", "--project-name", project, "--file", str(self._file)]

    def _wait(self) -> None:
        alive = self._launched.process.alive if self._launched else lambda: True
        if not kafka_probe.answers(self.bootstrap, within_s=READY_WITHIN_S, go_on=alive):
            logs = ask([*self._compose, "logs", "--no-color", "--tail", "20"], within_s=STOP_WITHIN_S)
            raise ProgramFailed(f"the broker in Docker did not become ready:\n{logs.out or last_lines(self.log)}")

    def _do(self, *what: str) -> None:
        """One order to Compose; an attached `up` ends by itself once its container has."""
        answer = ask([*self._compose, *what], within_s=STOP_WITHIN_S)
        if self._launched:
            self._launched.process.stop(STOP_WITHIN_S)
            self._launched.close()
        if answer.code != 0:
            raise ProgramFailed(f"`docker compose {' '.join(what)}` failed for {self._file}:\n{answer.out}{answer.err}")


def _last_line(answer: Answer) -> str:
    return (answer.err.strip().splitlines() or ["it said nothing"])[-1]
