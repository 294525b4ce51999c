"""An admin client with the interface of confluent-kafka's, as far as the runner uses it."""

from concurrent.futures import Future
from functools import partial
from types import SimpleNamespace
from typing import Any

from confluent_kafka import KafkaException, TopicCollection

from tests.runner_simulation.sides import Side, ask


class FakeAdmin:
    """Tells the id that each topic has."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def describe_topics(self, topics: TopicCollection, *, request_timeout: float) -> dict[str, "Future[Any]"]:
        """What there is to know of these topics."""
        self._side.reach("describe_topics")
        told: dict[str, Future[Any]] = {}
        for name in topics.topic_names:
            told[name] = Future()
            try:
                topic_id = ask(
                    self._side, "describe_topics", request_timeout, partial(self._side.broker.ids.__getitem__, name)
                )
            except KafkaException as trouble:
                told[name].set_exception(trouble)
            else:
                told[name].set_result(SimpleNamespace(topic_id=topic_id))
        return told
