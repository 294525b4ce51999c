"""Publishes what departments say, and control events, as the contract asks.

A record is Avro in Confluent's wire format with the locked id of its topic's newest schema, keyed by its record id, with
CloudEvents 1.0 headers in binary mode. The producer is idempotent: what it sends is on its partition once and in order, and
acknowledged by all replicas in sync.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError
from msgspec import structs

from benefit_hub.catalogue import Catalogue
from benefit_hub.client.connection import Connection
from benefit_hub.intake.step import STORY_HEADER
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import CatalogueError, HubError

CONTROL_SOURCE = "civil-affairs"
ACKNOWLEDGED_WITHIN_S = 30


class Sent(NamedTuple):
    """Where a record came to lie: its topic by the logical name."""

    topic: str
    partition: int
    offset: int


class Sending:
    """A record on its way."""

    def __init__(self, topic: str, future: Any) -> None:
        self._topic = topic
        self._future = future

    def sent(self) -> Sent:
        """Wait for the acknowledgement. Raises HubError where it does not come."""
        try:
            told = self._future.get(timeout=ACKNOWLEDGED_WITHIN_S)
        except KafkaError as trouble:
            raise HubError(
                f"{self._topic}: not acknowledged: {trouble}; see to the brokers, then send it again"
            ) from trouble
        return Sent(self._topic, told.partition, told.offset)


class Publisher(Connection):
    """A hand on the department topics and on control. Close it, or use it in `with`: what is on its way is sent then.

    `bootstrap` is `host:port,host:port`; the settings say how to log in there, and what stands before every topic's name.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, bootstrap: str) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._codecs = Codecs(catalogue)
        self._producer = KafkaProducer(
            **kafka_python_config(settings, bootstrap), acks="all", enable_idempotence=True, linger_ms=2
        )

    def publish(
        self,
        topic: str,
        record: Mapping[str, Any],
        *,
        event_id: str | None = None,
        story_received_at_ms: int | None = None,
    ) -> Sending:
        """Send a department's record: the fields of its Avro schema, of which those with a default may be left out.

        `topic` is the logical name (`public-security.death`). An event that is sent again keeps its `event_id`; left out, it
        is made of kind, record id and revision. `story_received_at_ms` is for hubs in story time only. Raises CatalogueError
        for a topic that is no department's, ContractViolation, naming the field, for a record that is not as the schema says.
        """
        origin = self._catalogue.sources.get(topic)
        if origin is None:
            known = ", ".join(sorted(self._catalogue.sources))
            raise CatalogueError(f"{topic} is not a topic of a department; there are {known}")
        value = self._codecs.encode(topic, record)
        event_id = event_id or f"{origin.kind}/{record['record_id']}/{record['revision']}"
        headers = self._headers(topic, event_id, origin.source, record["recorded_at"], story_received_at_ms)
        return self._send(topic, str(record["record_id"]), value, headers)

    def control(
        self, event: ControlEvent, *, event_id: str, at_ms: int, story_received_at_ms: int | None = None
    ) -> Sending:
        """Send a control event: a day that opens, a pay run that closes. `at_ms` is when that happened."""
        value = self._codecs.encode("control", structs.asdict(event))
        headers = self._headers("control", event_id, CONTROL_SOURCE, at_ms, story_received_at_ms)
        return self._send("control", event.type, value, headers)

    def _headers(
        self, topic: str, event_id: str, source: str, at_ms: int, story_received_at_ms: int | None
    ) -> dict[str, bytes]:
        told = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": source,
            "ce_type": self._catalogue.topic(topic).name,
            "ce_time": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
            "content-type": "application/avro",
        }
        if story_received_at_ms is not None:
            told[STORY_HEADER] = str(story_received_at_ms)
        return {name: text.encode() for name, text in told.items()}

    def _send(self, topic: str, key: str, value: bytes | None, headers: Mapping[str, bytes]) -> Sending:
        name = self._settings.topic(topic)
        return Sending(topic, self._producer.send(name, value=value, key=key.encode(), headers=list(headers.items())))

    def close(self) -> None:
        """Send what is on its way, and let go of the brokers."""
        self._producer.close(timeout=ACKNOWLEDGED_WITHIN_S)
