"""Puts a hub together from its settings: catalogue, codecs, topology, data folder, brokers; the one composition root."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from benefit_hub.catalogue import Catalogue, load
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.faults import fault_from
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.local_kafka import GIVEN, standing
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.stores import Memory
from benefit_hub.task import Env
from benefit_hub.topology import Processor, Topology, hub_topology
from benefit_hub.values.errors import CatalogueError, HubError


@dataclass(frozen=True)
class Hub:
    """A hub as its settings describe it. Opening one reads files; brokers are asked only when something needs them."""

    settings: Settings
    catalogue: Catalogue

    @property
    def folder(self) -> DataFolder:
        """The data folder."""
        return DataFolder(self.settings.data)

    @cached_property
    def bootstrap(self) -> str:
        """The brokers: as the settings say, else KAFKA_BOOTSTRAP, else the local Kafka that stands. Raises HubError."""
        return bootstrap_of(self.settings)

    @cached_property
    def codecs(self) -> Codecs:
        """Bytes and values of every topic."""
        return Codecs(self.catalogue)

    @cached_property
    def topology(self) -> Topology:
        """The four processors over the topics that the catalogue lists."""
        return hub_topology(self.catalogue.sources, self.catalogue.quarantines)

    def processors(self, names: Sequence[str]) -> list[Processor]:
        """The processors of these names, in the order of the flow; all where none is named. Raises CatalogueError."""
        unknown = sorted(set(names) - {each.name for each in self.topology.processors})
        if unknown:
            known = ", ".join(each.name for each in self.topology.processors)
            raise CatalogueError(f"there is no processor {', '.join(unknown)}; there are {known}")
        return [each for each in self.topology.processors if not names or each.name in names]

    def env(self) -> Env:
        """What every task may know: the policy books, the first of which stands until another is activated."""
        books = self.catalogue.books
        if not books:
            raise CatalogueError(
                "there is no policy pack: add one below policies/, or name a folder under `policies` in the settings; packs of "
                "assumed law need story_time: true, for demo and tests only"
            )
        strangers = sorted(set(self.settings.former_books.values()) - set(books))
        if strangers:
            raise CatalogueError(
                f"`former_books` in the settings names {', '.join(strangers)}, and the books here are {', '.join(sorted(books))}"
            )
        return Env(
            books={**books, **{former: books[now] for former, now in self.settings.former_books.items()}},
            first_book=next(iter(books)),
            engine=f"benefit-hub {version('benefit-hub')}",
            sources=self.catalogue.sources,
            story_time=self.settings.story_time,
        )

    def host(self, slot: int) -> Host:
        """What the runners of a worker in this slot are given."""
        topics = self.catalogue.topics
        return Host(
            settings=self.settings,
            bootstrap=self.bootstrap,
            stores=self.folder.store(slot),
            folder_id=self.folder.identity(),
            slot=slot,
            memory=Memory(self.settings.store_memory_mib),
            codec=self.codecs,
            names={logical: self.settings.topic(logical) for logical in topics},
            public=frozenset(logical for logical, topic in topics.items() if topic.category == "output"),
            env=self.env(),
            fault=fault_from(os.environ),
        )


def open_hub(settings: Settings) -> Hub:
    """Read the catalogue that belongs to these settings. Raises CatalogueError with all that does not fit."""
    return Hub(settings, load(policies=settings.policies, allow_assumed=settings.story_time))


def bootstrap_of(settings: Settings) -> str:
    """Where the brokers are. Raises HubError with the ways to say so."""
    if settings.bootstrap:
        return settings.bootstrap
    if os.environ.get(GIVEN):
        return os.environ[GIVEN]
    local = standing(DataFolder(settings.data).kafka)
    if local is None:
        raise HubError(
            f"no Kafka is named and no local one stands: set `bootstrap` in the settings, or {GIVEN}, or run "
            "`hub up` to start one here"
        )
    return local.bootstrap
