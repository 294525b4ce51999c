"""The engines that the hub is measured against, each in an environment of its own, made when it is first asked for.

They lie in the user's cache folder. Python packages come from where pip looks, Java's from where Maven does.
"""

import os
import shutil
import sys
from pathlib import Path

from filelock import FileLock

from benefit_hub.catalogue.assets import find_assets
from benefit_hub.runtime.processes import ask
from benefit_hub.values.errors import HubError

QUIX, FAUST, STREAMS = "quixstreams==3.28.1", "faust-streaming==0.15.3", "kafka-streams-4.1.1"
BESIDE = ("confluent-kafka", "fastavro")
WITHIN_S = 900
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def sources() -> Path:
    """The programs: in the wheel, or in the checkout."""
    return find_assets().root / "benchmarks" / "peers"


def command_of(peer: str) -> list[str]:
    """What runs a peer, but for its arguments; its environment is made if it is not there yet. Raises HubError."""
    match peer:
        case "quix":
            return [str(_python(QUIX)), str(sources() / "quix.py")]
        case "faust":
            return [str(_python(FAUST)), str(sources() / "faust_job.py")]
        case "kafka-streams":
            folder = _streams()
            return ["java", "-Xmx1g", "-cp", f"{folder / 'libs'}/*{os.pathsep}{folder / 'classes'}", "PeerJob"]
    raise HubError(f"there is no peer {peer}")


def _cache(name: str) -> Path:
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "benefit-hub" / "peers" / name


def _python(package: str) -> Path:
    """Python with a package in it."""
    folder = _cache(package.replace("==", "-"))
    python, made = folder / "bin" / "python", folder / "made"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not made.exists():
            _must([sys.executable, "-m", "venv", "--clear", str(folder)])
            _must([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package, *BESIDE])
            made.touch()
    return python


def _streams() -> Path:
    """Kafka Streams' jars and the compiled program."""
    folder, source = _cache(STREAMS), sources() / "kafka-streams"
    program = source / "PeerJob.java"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        copy = folder / program.name
        if not (copy.exists() and copy.read_bytes() == program.read_bytes()):
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "classes").mkdir(parents=True)
            pom = shutil.copy(source / "pom.xml", folder)
            _must(["mvn", "--batch-mode", "--quiet", "--file", str(pom), COPY, f"-DoutputDirectory={folder / 'libs'}"])
            _must(["javac", "-cp", f"{folder / 'libs'}/*", "-d", str(folder / "classes"), str(program)])
            shutil.copy(program, copy)
    return folder


def _must(command: list[str]) -> None:
    answer = ask(command, within_s=WITHIN_S)
    if answer.code != 0:
        raise HubError(
            f"`{' '.join(command)}` failed; leave this peer out with --peers, or mend it:\n{answer.err[-2000:]}"
        )
