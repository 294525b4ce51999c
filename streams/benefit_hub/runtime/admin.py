"""Administration, with kafka-python: topics as the catalogue says, positions and lag of groups.

Topics are created where they are missing, and compared where they are there. Settings are changed and topics deleted only as a
plan says that somebody has read (`runtime.topic_plan`). Nothing is ever repartitioned: a keyed topic that changes its number of
partitions sends people to other tasks than those that know them.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec, TransactionState
from kafka.errors import KafkaError, RetriableError
from msgspec import Struct

from benefit_hub.catalogue import Topic
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import HubError

TOPIC = "topic"
PARTITIONS = "partitions"
REPLICAS = "replicas"
MISSING = "missing"
DELETED = "deleted"
READY_WITHIN_MS = 60_000
"""How long new topics may take to have leaders: some brokers share their disks with much else."""
COORDINATOR_WITHIN_S = 60.0
"""How long brokers may take to know who speaks for a group: a new cluster first makes the topic for it."""
AGAIN_S = 0.2

T = TypeVar("T")


class Difference(Struct, frozen=True):
    """Where a topic is not as it should be: `key` is `topic`, `partitions`, `replicas` or a setting, `old` what the brokers
    say."""

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
        """What would have to change, in the order of the topics' names; a topic that is missing is one difference.

        More replicas than the settings ask for do no harm, and are none.
        """
        wanted = {self._settings.topic(topic.logical): topic for topic in topics}
        there, replicas = self._partitions(wanted), self._settings.replication_factor
        configs = self._configs(sorted(there))
        found: list[Difference] = []
        for name, topic in sorted(wanted.items()):
            if name not in there:
                found.append(Difference(name, TOPIC, MISSING, f"{topic.partitions} partitions"))
                continue
            if len(there[name]) != topic.partitions:
                found.append(Difference(name, PARTITIONS, str(len(there[name])), str(topic.partitions)))
            if (least := min(there[name], default=replicas)) < replicas:
                found.append(Difference(name, REPLICAS, str(least), str(replicas)))
            for key, value in self._settings_of(topic).items():
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
                "configs": self._settings_of(topic),
            }
            for name, topic in sorted(wanted.items())
            if name not in there
        }
        if new:
            self._client.create_topics(new)
            self._client.wait_for_topics(list(new), READY_WITHIN_MS)
        return list(new)

    def doomed(self, topics: Iterable[Topic], names: Iterable[str]) -> list[Difference]:
        """The deletion of topics that the catalogue does not have, by their full names. Raises HubError for others."""
        named = sorted(set(names))
        there = self._partitions(named)
        kept = {self._settings.topic(topic.logical) for topic in topics}
        for name in named:
            if name in kept:
                raise HubError(f"{name} is in the catalogue: remove its file first, then delete it")
            if name not in there:
                raise HubError(
                    f"there is no topic {name} to delete; it is named as the brokers name it, prefix included"
                )
        ends = self.ends((name, partition) for name in named for partition in range(len(there[name])))
        told = {name: sum(end for (topic, _), end in ends.items() if topic == name) for name in named}
        return [
            Difference(name, TOPIC, f"{len(there[name])} partitions, {told[name]} offsets", DELETED) for name in named
        ]

    def change(self, differences: Iterable[Difference]) -> None:
        """Give settings of topics their new values, and leave all others. Raises HubError for what the brokers refuse."""
        wanted: dict[str, dict[str, str]] = {}
        for each in differences:
            wanted.setdefault(each.topic, {})[each.key] = each.new
        resources = [ConfigResource(ConfigResourceType.TOPIC, name, values) for name, values in wanted.items()]
        answers: Mapping[str, Mapping[str, Any]] = self._client.alter_configs(resources, incremental=True)
        refused = [f"{name}: {told}" for each in answers.values() for name, told in each.items() if told != "OK"]
        if refused:
            raise HubError(f"the brokers refuse settings of {'; '.join(sorted(refused))}; see to their own limits")

    def delete(self, names: Iterable[str]) -> None:
        """Delete topics with all that is in them."""
        self._client.delete_topics(sorted(names))

    def there(self, names: Iterable[str]) -> set[str]:
        """Which of these topics, by their full names, the brokers have."""
        return set(self._partitions(names))

    def cluster(self) -> str:
        """The id by which the brokers know their cluster."""
        return str(self._client.describe_cluster()["cluster_id"])

    @property
    def prefix(self) -> str:
        """What stands before every topic of ours."""
        return self._settings.topic_prefix

    def lag(self, groups: Iterable[str]) -> list[Lag]:
        """How far groups are behind, for every partition in which they have committed a position."""
        wanted = dict.fromkeys(groups)
        committed = patiently(lambda: self._client.list_group_offsets(wanted))
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

    def beginnings(self, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """The first offset that each partition still holds."""
        asked = {TopicPartition(topic, partition): OffsetSpec.EARLIEST for topic, partition in places}
        told = self._client.list_partition_offsets(asked) if asked else {}
        return {(place.topic, place.partition): answer.offset for place, answer in told.items()}

    def offsets_at(
        self, places: Iterable[tuple[str, int]], at_ms: int
    ) -> dict[tuple[str, int], tuple[int, int] | None]:
        """The first record of each partition from a moment on: its offset and its time stamp; None where there is none."""
        asked = {TopicPartition(topic, partition): at_ms for topic, partition in places}
        told = self._client.list_partition_offsets(asked) if asked else {}
        return {
            (place.topic, place.partition): None if answer.offset < 0 else (answer.offset, answer.timestamp)
            for place, answer in told.items()
        }

    def members(self, groups: Iterable[str]) -> dict[str, tuple[str, int]]:
        """The state of each group, and how many members it has."""
        wanted = list(groups)
        described = patiently(lambda: self._client.describe_groups(wanted))
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

    def _settings_of(self, topic: Topic) -> dict[str, str]:
        """What the brokers are told of a topic: with its replicas goes how many of them must have a record to acknowledge it."""
        in_sync = max(1, self._settings.replication_factor - 1)
        return {"min.insync.replicas": str(in_sync), **topic.kafka_settings}

    def _partitions(self, names: Iterable[str]) -> dict[str, list[int]]:
        """How many replicas each partition of these topics has, where the topic exists."""
        wanted = set(names)
        return {
            told["name"]: [len(each["replica_nodes"]) for each in told["partitions"]]
            for told in self._client.describe_topics()
            if told["name"] in wanted
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


def patiently(ask: Callable[[], T], within_s: float = COORDINATOR_WITHIN_S) -> T:
    """Ask again while brokers say that it may be tried again. Raises KafkaError, in the end theirs."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            return ask()
        except RetriableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(AGAIN_S)


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
