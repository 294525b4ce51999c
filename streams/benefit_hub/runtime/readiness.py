"""Whether a worker may begin: it must hold the pseudonym key that was declared, and the policy book that was activated last.

Both are on the control topic. Workers that disagreed about either would pay different people, or by different law.
"""

from collections.abc import Collection

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings, confluent_config
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import key_check

ANSWER_S = 10.0
END = KafkaError._PARTITION_EOF  # noqa: SLF001  the client's own codes begin so


def control_events(settings: Settings, bootstrap: str, codecs: Codecs) -> list[ControlEvent]:
    """Every control event so far that can be read, in order. Raises HubError where the topic or the brokers are missing."""
    topic = settings.topic("control")
    consumer = Consumer(
        confluent_config(settings, bootstrap)
        | {"group.id": settings.group("readiness"), "enable.auto.commit": False, "isolation.level": "read_committed"}
        | {"enable.partition.eof": True, "auto.offset.reset": "earliest"}
    )
    found: list[ControlEvent] = []
    try:
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        while True:
            message = consumer.poll(ANSWER_S)
            if message is None:
                raise HubError(
                    f"no broker answers at {bootstrap} within {ANSWER_S:.0f} s: start Kafka, or correct `bootstrap`"
                )
            if (error := message.error()) is not None:
                if error.code() == END:
                    return found
                if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise HubError(f"there is no topic {topic} at {bootstrap}: run `hub topics apply`")
                if not error.retriable():
                    raise HubError(f"{topic} cannot be read: {error.str()}; see to the brokers, and to `security`")
                continue
            event = codecs.decode("control", message.value())
            if isinstance(event, ControlEvent):
                found.append(event)
    finally:
        consumer.close()


def check_ready(settings: Settings, bootstrap: str, codecs: Codecs, *, books: Collection[str], key: bytes) -> None:
    """Raise HubError where this worker may not begin. Without a key (no intake here) the key is not checked."""
    events = control_events(settings, bootstrap, codecs)
    checks = {event.check for event in events if event.type == "KEY_DECLARED"}
    if key and not checks:
        raise HubError("this hub has declared no pseudonym key yet: run `hub init --declare` where the key is")
    if key and checks != {key_check(key)}:
        raise HubError(
            "the pseudonym key here is not the one that this hub was initialised with: copy the key file of the hub's "
            "first worker, never make a second one"
        )
    activated = [event.book for event in events if event.type == "POLICY_ACTIVATED"]
    if activated and activated[-1] not in books:
        raise HubError(
            f"policy book {activated[-1]} is in force, and this worker has {', '.join(sorted(books)) or 'none'}: install the "
            "release that holds it, or name its folder under `policies` in the settings"
        )
