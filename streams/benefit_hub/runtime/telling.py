"""Public records from outside of the processors: written by a producer that says each once, with CloudEvents headers."""

from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaException, Producer

from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.settings import Settings, confluent_config
from benefit_hub.runtime.wire import Codec, headers_of, key_bytes
from benefit_hub.task import Out
from benefit_hub.values.errors import HubError

WRITTEN_WITHIN_S = 30.0


def tell(settings: Settings, bootstrap: str, codec: Codec, outs: Iterable[Out], place: str) -> int:
    """Write them and wait until they are on the brokers; how many they were.

    `place` and its number are the event id of a record that has none of its own. Raises HubError where they cannot be written.
    """
    config: dict[str, Any] = {"enable.idempotence": True, "partitioner": "murmur2_random"}
    config |= {"compression.type": "lz4", "queue.buffering.max.messages": 1_000_000}
    producer = Producer(confluent_config(settings, bootstrap) | config, logger=client_log)
    number = 0
    try:
        for number, out in enumerate(outs, 1):
            name = settings.topic(out.topic)
            headers = headers_of(out, name, f"{place}.{number}", public=True)
            producer.produce(name, codec.encode(out.topic, out.value), key_bytes(out), headers=headers)
            producer.poll(0)
        left = producer.flush(WRITTEN_WITHIN_S)
    except KafkaException as trouble:
        raise HubError(f"cannot write: {trouble.args[0].str()}; see to the brokers, then do it again") from trouble
    finally:
        producer.close()
    if left:
        raise HubError(f"{left} of {number} records were not acknowledged; see to the brokers, then do it again")
    return number
