"""The catalogue as one value: topics, schemas, sources and policy books, read and found to fit together."""

from collections.abc import Mapping

from msgspec import Struct

from benefit_hub.catalogue.assets import Assets
from benefit_hub.catalogue.schemas import Schema
from benefit_hub.catalogue.topics import Topic
from benefit_hub.policy.book import Book
from benefit_hub.task import SourceTopic
from benefit_hub.values.errors import CatalogueError


class Catalogue(Struct, frozen=True, kw_only=True):
    """Everything that the data files say. Topics by logical name, schemas by id, books by hash."""

    assets: Assets
    topics: Mapping[str, Topic]
    schemas: Mapping[int, Schema]
    sources: Mapping[str, SourceTopic]
    books: Mapping[str, Book]

    def topic(self, logical: str) -> Topic:
        """The topic of this logical name."""
        if logical not in self.topics:
            raise CatalogueError(
                f"there is no topic {logical} in {self.assets.topics}. Add a file for it, or correct the name."
            )
        return self.topics[logical]

    def logical(self, name: str) -> str:
        """The logical name of a topic by its name in Kafka."""
        for topic in self.topics.values():
            if topic.name == name:
                return topic.logical
        raise CatalogueError(
            f"no file in {self.assets.topics} is about the topic {name}. Add one, or correct the name."
        )

    def versions(self, logical: str) -> tuple[Schema, ...]:
        """The schemas of a topic's records, the oldest first."""
        subject = self.topic(logical).subject
        found = [schema for schema in self.schemas.values() if schema.subject == subject]
        return tuple(sorted(found, key=lambda schema: schema.version))

    def newest(self, logical: str) -> Schema:
        """The schema with which a topic's records are written today."""
        found = self.versions(logical)
        if not found:
            raise CatalogueError(f"topic {logical} has no schema: its records are {self.topic(logical).encoding}.")
        return found[-1]

    @property
    def quarantines(self) -> tuple[str, ...]:
        """The logical names of the quarantine topics."""
        return tuple(name for name, topic in self.topics.items() if topic.category == "quarantine")
