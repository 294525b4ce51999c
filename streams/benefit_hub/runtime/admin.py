"""Administration, with kafka-python: topics as the catalogue says, positions and lag of groups.

Topics are created where they are missing, and compared where they are there. Nothing is ever deleted, nothing repartitioned: a
keyed topic that changes its number of partitions sends people to other tasks than those that know them.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec, TransactionState
from kafka.errors import KafkaError
from msgspec import Struct

from benefit_hub.catalogue import Topic
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import HubError


class Difference(Struct, frozen=True):
    """Where a topic is not as its file says: `key` is `topic`, `partitions` or a setting, `old` what the brokers say."""

    topic: str
    key: str
    old: str
    new: str


class Lag(Struct, frozen=True):
    """How far a group is behind in one partition. `position` is None where it has committed none."""

    group: str
    topic: str
    partition: int
    position: int | None
    end: int

    @property
    def records(self) -> int:
        """Records not yet read."""
        return self.end - (self.position or 0)


class Administration:
    """A hand on the brokers."""

    def __init__(self, client: KafkaAdminClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def plan(self, topics: Iterable[Topic]) -> list[Difference]:
        """What would have to change, in the order of the topics' names; a topic that is missing is one difference."""
        wanted = {self._settings.topic(topic.logical): topic for topic in topics}
        there = self._partitions(wanted)
        configs = self._configs(sorted(there))
        found: list[Difference] = []
        for name, topic in sorted(wanted.items()):
            if name not in there:
                found.append(Difference(name, "topic", "missing", f"{topic.partitions} partitions"))
                continue
            if there[name] != topic.partitions:
                found.append(Difference(name, "partitions", str(there[name]), str(topic.partitions)))
            for key, value in topic.kafka_settings.items():
                if configs[name].get(key) != value:
                    found.append(Difference(name, key, str(configs[name].get(key)), value))
        return found

    def create_missing(self, topics: Iterable[Topic]) -> list[str]:
        """Create the topics that are not there; their names. What is there stays as it is."""
        wanted = {self._settings.topic(topic.logical): topic for topic in topics}
        there = self._partitions(wanted)
        new = {
            name: {
                "num_partitions": topic.partitions,
                "replication_factor": self._settings.replication_factor,
                "configs": topic.kafka_settings,
            }
            for name, topic in sorted(wanted.items())
            if name not in there
        }
        if new:
            self._client.create_topics(new)
            self._client.wait_for_topics(list(new))
        return list(new)

    def lag(self, groups: Iterable[str]) -> list[Lag]:
        """How far groups are behind, for every partition in which they have committed a position."""
        committed = self._client.list_group_offsets(dict.fromkeys(groups))
        places = {place for positions in committed.values() for place in positions}
        ends = self.ends(places)
        return [
            Lag(
                group,
                place.topic,
                place.partition,
                None if told.offset < 0 else told.offset,
                ends[place.topic, place.partition],
            )
            for group, positions in sorted(committed.items())
            for place, told in sorted(positions.items())
        ]

    def ends(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """The end of each partition, transactions that are still open included."""
        asked = {TopicPartition(topic, partition): OffsetSpec.LATEST for topic, partition in places}
        told = self._client.list_partition_offsets(asked) if asked else {}
        return {(place.topic, place.partition): answer.offset for place, answer in told.items()}

    def members(self, groups: Iterable[str]) -> dict[str, tuple[str, int]]:
        """The state of each group, and how many members it has."""
        described = self._client.describe_groups(list(groups))
        return {group: (str(told["group_state"]), len(told["members"])) for group, told in described.items()}

    def open_transactions(self) -> list[str]:
        """The transactional ids of this hub whose transaction is open now."""
        found = [one for listed in self._client.list_transactions().values() for one in listed]
        ours = f"{self._settings.topic_prefix}hub."
        return sorted(
            one.transactional_id
            for one in found
            if one.state is TransactionState.ONGOING and one.transactional_id.startswith(ours)
        )

    def _partitions(self, names: Iterable[str]) -> dict[str, int]:
        """How many partitions each of these topics has, where it exists."""
        wanted = set(names)
        return {
            told["name"]: len(told["partitions"]) for told in self._client.describe_topics() if told["name"] in wanted
        }

    def _configs(self, names: list[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        answers: Mapping[str, Mapping[str, Mapping[str, Any]]] = self._client.describe_configs(
            asked, config_filter="all"
        )
        return {
            name: {key: str(told["value"]) for key, told in settings.items()}
            for resources in answers.values()
            for name, settings in resources.items()
        }


@contextmanager
def administration(settings: Settings, bootstrap: str) -> Iterator[Administration]:
    """Connect for this block. Raises HubError where the brokers do not answer or refuse."""
    client = None
    try:
        client = KafkaAdminClient(**kafka_python_config(settings, bootstrap))
        yield Administration(client, settings)
    except KafkaError as trouble:
        raise HubError(
            f"Kafka at {bootstrap}: {type(trouble).__name__}: {trouble}; start it, or correct `bootstrap` or `security`"
        ) from trouble
    finally:
        if client is not None:
            client.close()
