"""Apache Kafka from its own jars: fetched once with Maven, run by Java as a KRaft node on 127.0.0.1."""

import base64
import os
import re
import shutil
import time
import uuid
from pathlib import Path

from filelock import FileLock

from benefit_hub.runtime import broker_settings, kafka_probe
from benefit_hub.runtime.broker_settings import Place
from benefit_hub.runtime.processes import Bequest, Launched, ProcessId, ProgramFailed, ask, last_lines, launch

JAVA_AT_LEAST = 17
FETCH_WITHIN_S = 900
READY_WITHIN_S = 180
"""A killed broker reads through all its logs first; where others want the processors too, that takes minutes."""
STOP_WITHIN_S = 20

LOG_CONFIG = """\
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %-5p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
# a thousand lines of settings at every start
logger.settings.name=org.apache.kafka.common.config
logger.settings.level=warn
"""

POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>benefit-hub</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
{dependencies}  </dependencies>
</project>
"""

COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def cache_folder() -> Path:
    """Where the fetched jars are kept for this user."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "benefit-hub" / f"kafka-{broker_settings.source().version}"


def missing() -> str | None:
    """What this way lacks on this machine, None if nothing."""
    if not _java():
        return f"no Java {JAVA_AT_LEAST} or newer in JAVA_HOME or on the PATH"
    if not is_fetched() and not shutil.which("mvn"):
        return "Java is there, but no Maven (mvn) on the PATH to fetch Kafka's jars"
    return None


def is_fetched() -> bool:
    """Whether the jars that `broker.yaml` names are there."""
    pom = cache_folder() / "pom.xml"
    return pom.exists() and pom.read_text("utf-8") == _pom()


def fetch() -> Path:
    """The folder with Kafka's jars; fetched now if they are not there yet. Raises ProgramFailed where that fails.

    It appears under its name complete or not at all; a second fetch beside it waits.
    """
    if is_fetched():
        return cache_folder()
    folder = cache_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f"{folder.name}.part")
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if is_fetched():
            return folder
        for left in (part, folder):  # of a fetch that was killed; of other jars than broker.yaml names now
            shutil.rmtree(left, ignore_errors=True)
        part.mkdir()
        (part / "pom.xml").write_text(_pom(), "utf-8")
        command = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(part / "pom.xml")]
        answer = ask([*command, COPY_DEPENDENCIES, f"-DoutputDirectory={part}"], within_s=FETCH_WITHIN_S)
        if answer.code != 0:
            said = "\n".join(f"  {line}" for line in (answer.out + answer.err).strip().splitlines()[-20:])
            raise ProgramFailed(f"Maven could not fetch Kafka's jars; is its repository within reach?\n{said}")
        part.rename(folder)
    return folder


def java_command() -> list[str]:
    """Java with Kafka's jars, to which options and a main class are added. Raises ProgramFailed without them."""
    java = _java()
    if not java:
        raise ProgramFailed(f"Kafka needs Java {JAVA_AT_LEAST} or newer, in JAVA_HOME or on the PATH")
    return [java, "-cp", f"{fetch()}/*"]


class JarBroker:
    """One broker from jars, with its data in a folder: started, stopped, killed, started again on the same data and port.

    An owned broker ends with this process, however that ends; then `leave_nothing` removes its folder, too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        owned: bool = True,
        leave_nothing: bool = False,
        place: Place | None = None,
    ) -> None:
        """`port` of 127.0.0.1 for the clients; without one a free port is chosen. A `place` says all of this itself."""
        self.folder = folder.absolute()
        self.log = self.folder / "broker.log"
        self.ready_after_s = 0.0
        """How long the last start took, formatting of new data included."""
        self._place = place or _alone(port, self.folder / "data")
        self._owned = owned
        self._bequest = Bequest(folder=self.folder if leave_nothing else None)
        self._launched: Launched | None = None

    @property
    def data(self) -> Path:
        """The broker's own files, kept over restarts."""
        return Path(self._place.data)

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients, the same over restarts."""
        return self._place.advertised

    @property
    def inner(self) -> str:
        """`host:port` by which the nodes reach each other, past whatever stands at the advertised address."""
        return f"127.0.0.1:{self._place.broker_port}"

    @property
    def process(self) -> ProcessId:
        """The running broker. Raises ProgramFailed where it was never started."""
        if not self._launched:
            raise ProgramFailed(f"the broker in {self.folder} was not started")
        return self._launched.process

    def start(self) -> None:
        """Start it and wait until it serves. Raises ProgramFailed, with the end of its log, where it does not."""
        began = time.monotonic()
        if not kafka_probe.is_free(self._place.client_port):
            raise ProgramFailed(f"port {self._place.client_port} of 127.0.0.1 is taken; stop who listens there")
        java = java_command()
        self._prepare(java)
        self._launched = launch(
            [*java, *self._jvm_options(), "kafka.Kafka", str(self._properties)],
            log=self.log,
            owned=self._owned,
            bequest=self._bequest,
        )
        try:
            ready = kafka_probe.answers(self.bootstrap, within_s=READY_WITHIN_S, go_on=self.process.alive)
        except BaseException:
            self.kill()
            raise
        if not ready:
            how = f"was not ready within {READY_WITHIN_S} s" if self.process.alive() else "ended while it started"
            self.kill()
            raise ProgramFailed(f"the broker {how}; the end of {self.log}:\n{last_lines(self.log)}")
        self.ready_after_s = time.monotonic() - began

    def stop(self) -> None:
        """End it in order; its data stays. Nothing happens where it does not run."""
        if self._launched:
            self._launched.process.stop(STOP_WITHIN_S)
            self._launched.close()

    def kill(self) -> None:
        """SIGKILL, as a power cut would end it; its data stays as it is."""
        if self._launched:
            self._launched.process.kill(STOP_WITHIN_S)
            self._launched.close()

    def remove(self) -> None:
        """Its data goes, and it itself at once where it still runs."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _properties(self) -> Path:
        return self.folder / "server.properties"

    def _jvm_options(self) -> list[str]:
        return [
            broker_settings.source().heap_option,
            "-XX:+ExitOnOutOfMemoryError",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
        ]

    def _prepare(self, java: list[str]) -> None:
        """Settings, the log of this run with the last one kept beside it, and formatted data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(broker_settings.server_properties(self._place), "utf-8")
        (self.folder / "log4j2.properties").write_text(LOG_CONFIG, "utf-8")
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        if (self.data / "meta.properties").exists():
            return
        tool = [*java, "kafka.tools.StorageTool", "format", "--config", str(self._properties)]
        answer = ask([*tool, "--cluster-id", self._place.cluster_id or new_cluster_id()], within_s=READY_WITHIN_S)
        if answer.code != 0:
            raise ProgramFailed(f"the storage in {self.data} could not be formatted:\n{answer.out}{answer.err}")


def _pom() -> str:
    broker = broker_settings.source()
    dependencies = ""
    for jar in broker.jars:
        group, artifact, *version = jar.split(":")
        dependencies += (
            f"    <dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{version[0] if version else broker.version}</version></dependency>\n"
        )
    return POM.format(dependencies=dependencies)


def _java() -> str | None:
    """The first Java that is new enough."""
    home = os.environ.get("JAVA_HOME")
    for java in [*([f"{home}/bin/java"] if home else []), "java"]:
        version = re.search(r'version "(\d+)', ask([java, "-version"], within_s=20).err)
        if version and int(version[1]) >= JAVA_AT_LEAST:
            return java
    return None


def _alone(port: int | None, data: Path) -> Place:
    client, broker, controller = kafka_probe.free_ports(3)
    return Place("127.0.0.1", port or client, f"127.0.0.1:{port or client}", broker, controller, str(data))


def new_cluster_id() -> str:
    """22 characters of base64; no leading hyphen, which a command line would take for an option."""
    while (made := base64.urlsafe_b64encode(uuid.uuid4().bytes)[:22].decode()).startswith("-"):
        pass
    return made
