"""The broker of the tests where a Docker daemon answers."""

from testcontainers.core.container import DockerContainer

from benefit_hub.runtime.broker_settings import CLIENT_PORT, container_environment, source


def broker_container(port: int) -> DockerContainer:
    """A broker as our own, for clients at this port of the machine. Written where no Docker daemon answered, so
    its settings were tested (tests/contracts), but it was not run.

    `KafkaContainer` of testcontainers would bring its own settings, and takes no apache/kafka of this version.
    """
    container = DockerContainer(source().image).with_bind_ports(CLIENT_PORT, port)
    for name, value in container_environment(port).items():
        container.with_env(name, value)
    return container
