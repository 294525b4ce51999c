"""Broker settings from one source (`broker.yaml`), written as properties, as container environment and as compose file.

`python -m benefit_hub.runtime.broker_settings` prints the compose file.
"""

import sys
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

CLIENT_PORT = 9092
"""Where clients reach the broker inside its container."""

PORT_VARIABLE = "HUB_KAFKA_PORT"
"""The compose file asks the environment for the port on this machine, 9092 if it is silent."""

DATA_IN_CONTAINER = "/var/lib/kafka/data"


class BrokerSource(BaseModel):
    """What `broker.yaml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    heap: str
    jars: tuple[str, ...]
    settings: dict[str, str | int | bool]

    @property
    def image(self) -> str:
        """The container image of the same version."""
        return f"apache/kafka:{self.version}"

    @property
    def heap_option(self) -> str:
        """The option that gives the JVM its heap."""
        return f"-Xmx{self.heap}"


@dataclass(frozen=True)
class Place:
    """Where one broker listens and keeps its data: all in which our brokers may differ.

    `client_host` is the address listened on, `advertised` the `host:port` under which clients come back. A broker is alone
    unless `voters` names the controllers of all nodes (`1@host:port,2@host:port,…`) and `cluster_id` what they share; then
    `replicas` nodes have each record of Kafka's own topics, and all but one of them before it is acknowledged.
    """

    client_host: str
    client_port: int
    advertised: str
    broker_port: int
    controller_port: int
    data: str
    node: int = 1
    voters: str = ""
    cluster_id: str = ""
    replicas: int = 1


@cache
def source() -> BrokerSource:
    """`broker.yaml`, read and checked."""
    text = resources.files("benefit_hub.runtime").joinpath("broker.yaml").read_text("utf-8")
    return BrokerSource.model_validate(yaml.safe_load(text))


def server_settings(place: Place) -> dict[str, str]:
    """Every setting of a broker at this place, as Kafka names them, values as text."""
    written = {name: _text(_for(place, name, value)) for name, value in source().settings.items()}
    return written | {
        "node.id": str(place.node),
        "listeners": f"CLIENT://{place.client_host}:{place.client_port},"
        f"BROKER://127.0.0.1:{place.broker_port},CONTROLLER://127.0.0.1:{place.controller_port}",
        "advertised.listeners": f"CLIENT://{place.advertised},BROKER://127.0.0.1:{place.broker_port}",
        "controller.quorum.voters": place.voters or f"{place.node}@127.0.0.1:{place.controller_port}",
        "log.dirs": place.data,
    }


def server_properties(place: Place) -> str:
    """`server.properties` of a broker from jars."""
    return "".join(f"{name}={value}\n" for name, value in server_settings(place).items())


def container_environment(advertised_port: int | str) -> dict[str, str]:
    """The environment of `apache/kafka` with the same settings; its clients come to this port of 127.0.0.1."""
    return {_variable(name): value for name, value in server_settings(_in_container(advertised_port)).items()} | {
        "KAFKA_HEAP_OPTS": source().heap_option
    }


def compose_file() -> str:
    """The text of `docker-compose.yml`."""
    port = f"${{{PORT_VARIABLE}:-{CLIENT_PORT}}}"
    compose = {
        "services": {
            "kafka": {
                "image": source().image,
                "ports": [f"127.0.0.1:{port}:{CLIENT_PORT}"],
                "environment": container_environment(port),
                "volumes": [f"kafka:{DATA_IN_CONTAINER}"],
                "stop_grace_period": "20s",
            },
            "worker": _worker(f"127.0.0.1:{port}"),
        },
        "volumes": {"kafka": None, "hub": None},
    }
    return (
        "# Made from streams/benefit_hub/runtime/broker.yaml, a test compares them. Do not edit; make it again:\n"
        "#   .venv/bin/python -m benefit_hub.runtime.broker_settings > docker-compose.yml\n"
    ) + yaml.safe_dump(compose, sort_keys=False, width=1000)


def _worker(bootstrap: str) -> dict[str, Any]:
    """Two workers beside the broker, where the profile `worker` is asked for. They share the machine's network, as the broker
    says that it is at 127.0.0.1."""
    live = "import urllib.request as u; u.urlopen('http://127.0.0.1:8082/livez', timeout=5)"
    return {
        "profiles": ["worker"],
        "build": {"context": ".", "dockerfile": "deploy/Dockerfile"},
        "network_mode": "host",
        "command": ["worker", "-n", "2"],
        "environment": {"KAFKA_BOOTSTRAP": bootstrap, "HUB_STORY_TIME": "${HUB_STORY_TIME:-false}"},
        "volumes": ["hub:/var/lib/hub"],
        "depends_on": ["kafka"],
        "restart": "on-failure:5",
        "stop_grace_period": "20s",
        "healthcheck": {
            "test": ["CMD", "python", "-c", live],
            "interval": "15s",
            "timeout": "10s",
            "start_period": "60s",
        },
    }


def _in_container(advertised_port: int | str) -> Place:
    return Place(
        client_host="0.0.0.0",  # noqa: S104  of the container alone; published on 127.0.0.1 of the machine
        client_port=CLIENT_PORT,
        advertised=f"127.0.0.1:{advertised_port}",
        broker_port=CLIENT_PORT + 10_000,
        controller_port=CLIENT_PORT + 10_001,
        data=DATA_IN_CONTAINER,
    )


def _for(place: Place, name: str, value: str | int | bool) -> str | int | bool:
    """A setting as it is where a record is on so many nodes, one of which may be away."""
    if name.endswith(".replication.factor"):
        return place.replicas
    return max(1, place.replicas - 1) if name.endswith((".min.isr", "min.insync.replicas")) else value


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _variable(setting: str) -> str:
    """The image's own spelling: a dot becomes _, an underscore __, a hyphen ___."""
    return "KAFKA_" + setting.replace("_", "__").replace("-", "___").replace(".", "_").upper()


if __name__ == "__main__":
    sys.stdout.write(compose_file())
