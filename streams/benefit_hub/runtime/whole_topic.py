"""A topic from its beginning to its end as it is now: committed records, each partition in its order."""

from collections.abc import Iterator, Mapping

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Message, TopicPartition

from benefit_hub.runtime.client_log import client_log
from benefit_hub.runtime.settings import Settings, confluent_config
from benefit_hub.values.errors import HubError

ANSWER_S = 10.0
FIRST_S = 30.0
"""How long the next record may take to come: of a topic that was just made the leader is not known at once."""
SLICE = 5_000
END = KafkaError._PARTITION_EOF  # noqa: SLF001  the client's own codes begin so


def whole(
    settings: Settings, bootstrap: str, logical: str, until: Mapping[int, int] | None = None
) -> Iterator[Message]:
    """Every committed record, or with `until` those before these offsets by partition. What is behind an open transaction is
    not there yet.

    Raises HubError where the topic or the brokers are missing.
    """
    topic = settings.topic(logical)
    consumer = _consumer(settings, bootstrap)
    try:
        open_ends = set(_partitions(consumer, topic, bootstrap))
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in open_ends])
        while open_ends:
            first = consumer.poll(FIRST_S)
            if first is None:
                raise _no_answer(bootstrap, f"nothing for {FIRST_S:.0f} s")
            for message in (first, *consumer.consume(SLICE, 0)):
                number = message.partition()
                if number not in open_ends:
                    continue
                if message.error() is None and (until is None or (message.offset() or 0) < until[number]):
                    yield message
                elif message.error() is None or _ended(message, topic):
                    open_ends.discard(number)
                    consumer.pause([TopicPartition(topic, number)])
    finally:
        consumer.close()


def bounds(settings: Settings, bootstrap: str, logical: str) -> dict[int, tuple[int, int]]:
    """The first offset that each partition still holds, and the end of what is committed. Raises HubError as `whole`."""
    topic = settings.topic(logical)
    consumer = _consumer(settings, bootstrap)
    try:
        return {
            number: consumer.get_watermark_offsets(TopicPartition(topic, number), ANSWER_S)
            for number in _partitions(consumer, topic, bootstrap)
        }
    except KafkaException as trouble:
        raise _no_answer(bootstrap, trouble.args[0].str()) from trouble
    finally:
        consumer.close()


def _consumer(settings: Settings, bootstrap: str) -> Consumer:
    reading = {
        "group.id": settings.group("readiness"),
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    }
    ending = {"enable.partition.eof": True, "auto.offset.reset": "earliest"}
    return Consumer(confluent_config(settings, bootstrap) | reading | ending, logger=client_log)


def _partitions(consumer: Consumer, topic: str, bootstrap: str) -> list[int]:
    try:
        told = consumer.list_topics(topic, ANSWER_S).topics[topic]
    except KafkaException as trouble:
        raise _no_answer(bootstrap, trouble.args[0].str()) from trouble
    if told.error is not None:
        raise HubError(f"there is no topic {topic} at {bootstrap}: run `hub topics apply`")
    return list(told.partitions)


def _no_answer(bootstrap: str, what: str) -> HubError:
    return HubError(f"no broker answers at {bootstrap} ({what}): start Kafka, or correct `bootstrap`")


def _ended(message: Message, topic: str) -> bool:
    """Whether this event tells the end of a partition; what passes by itself tells nothing."""
    error = message.error()
    if error is None or error.code() == END:
        return error is not None
    if not error.retriable():
        raise HubError(f"{topic} cannot be read: {error.str()}; see to the brokers, and to `security`")
    return False
