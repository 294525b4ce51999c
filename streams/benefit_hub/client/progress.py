"""How far groups have come with topics: whether everything that was published has been worked off."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, RetriableError

from benefit_hub.client.connection import Connection
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.settings import Settings, kafka_python_config
from benefit_hub.values.errors import HubError


class Progress(Connection):
    """Looks at groups and topics by their logical names; `partitions` says how many each topic has."""

    def __init__(self, settings: Settings, bootstrap: str, partitions: Mapping[str, int]) -> None:
        self._settings = settings
        self._partitions = partitions
        self._config = kafka_python_config(settings, bootstrap)
        self._admin: Any = KafkaAdminClient(**self._config)

    def behind(self, groups: Mapping[str, Sequence[str]]) -> dict[str, int] | None:
        """How many offsets each group has still to commit in its topics; None where the brokers cannot say it just now.

        Positions are looked up before ends: when all are 0, nothing was on its way between those groups at that moment.
        What is in an open transaction counts as not worked off.
        """
        places = {group: self._places(topics) for group, topics in groups.items()}
        names = {group: self._settings.group(group) for group in groups}
        try:
            admin = self._connected()
            committed = admin.list_group_offsets(dict.fromkeys(names.values()))
            asked = {place: OffsetSpec.LATEST for each in places.values() for place in each}
            ends = {place: told.offset for place, told in admin.list_partition_offsets(asked).items()}
        except RetriableError:
            self.close()  # kafka-python keeps asking the coordinator that it knew, whoever is it now
            return None
        except KafkaError as trouble:
            raise HubError(f"cannot ask how far the groups are: {trouble}; see to the brokers") from trouble
        found = {}
        for group, each in places.items():
            known = committed.get(names[group], {})
            at = {place: max(0, known[place].offset) if place in known else 0 for place in each}
            found[group] = sum(max(0, ends[place] - at[place]) for place in each)
        return found

    def _places(self, topics: Sequence[str]) -> list[TopicPartition]:
        return [
            TopicPartition(self._settings.topic(topic), each)
            for topic in topics
            for each in range(self._partitions[topic])
        ]

    def _connected(self) -> Any:
        if self._admin is None:
            self._admin = KafkaAdminClient(**self._config)
        return self._admin

    def close(self) -> None:
        """Let go of the brokers."""
        if self._admin is not None:
            self._admin.close()
        self._admin = None


def progress_of(hub: Hub) -> Progress:
    """Looks at any group and any topic of a hub."""
    topics = hub.catalogue.topics
    return Progress(hub.settings, hub.bootstrap, {name: each.partitions for name, each in topics.items()})
