"""A broker whose clients come over a line that the test holds."""

from dataclasses import dataclass

from benefit_hub.runtime.kafka_jars import JarBroker
from tests.kafka.cluster.proxy import Proxy


@dataclass(frozen=True)
class Line:
    """Workers come by `far`, over the proxy; what looks on, or publishes, comes by `near`, past it."""

    broker: JarBroker
    proxy: Proxy

    @property
    def far(self) -> str:
        """`host:port` over the proxy."""
        return self.broker.bootstrap

    @property
    def near(self) -> str:
        """`host:port` past it."""
        return self.broker.inner
