"""Whether a Kafka answers, and which ports are free for one."""

import random
import socket
import time
from collections.abc import Callable

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

LOOK_EVERY_S = 0.05

OWN_PORTS = range(20_000, 32_000)
"""Below the ports that systems hand to outgoing connections: those could be taken, by a client of the broker even,
while the broker is down for a restart on the same port."""


def answers(bootstrap: str, *, within_s: float, go_on: Callable[[], bool] = lambda: True) -> bool:
    """Wait until a broker says that it leads and serves its cluster; False once the time is over or `go_on` says so."""
    deadline = time.monotonic() + within_s
    while not (listens(bootstrap) and _serves(bootstrap)):
        if time.monotonic() > deadline or not go_on():
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def listens(bootstrap: str) -> bool:
    """Whether anybody listens at one of these addresses: cheaper than a client's attempt, and silent in its log."""
    return any(_connects(*address.strip().rpartition(":")[::2]) for address in bootstrap.split(","))


def free_ports(count: int) -> list[int]:
    """As many ports of 127.0.0.1 that nobody listens on, different ones."""
    found: list[int] = []
    for port in random.sample(OWN_PORTS, len(OWN_PORTS)):
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    return found


def is_free(port: int) -> bool:
    """Whether a broker could listen on this port of 127.0.0.1 now."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the broker does, so that TIME_WAIT is free
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _connects(host: str, port: str) -> bool:
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
    except (OSError, ValueError):
        return False
    return True


def _serves(bootstrap: str) -> bool:
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=5000)
    except KafkaError:
        return False
    try:
        cluster = admin.describe_cluster()
    except KafkaError:
        return False
    finally:
        admin.close()
    return cluster["controller_id"] >= 0 and any(not broker.get("is_fenced") for broker in cluster["brokers"])
