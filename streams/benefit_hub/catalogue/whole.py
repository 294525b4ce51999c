"""The catalogue as one value: topics, schemas, sources and policy books, read and found to fit together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from benefit_hub.catalogue.assets import Assets, find_assets
from benefit_hub.catalogue.findings import Finding, Unfit
from benefit_hub.catalogue.packs import PackFile, book_of, pack_paths, read_pack
from benefit_hub.catalogue.schemas import LOCK, Schema, locked_schemas, read_lock, read_schemas
from benefit_hub.catalogue.topics import Topic, read_topics
from benefit_hub.policy.book import Book
from benefit_hub.task.records import SourceTopic
from benefit_hub.values.errors import CatalogueError

ASSUMED_FOLDER = "demo"


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


def load(*, policies: Sequence[Path] = (), allow_assumed: bool = False, assets: Assets | None = None) -> Catalogue:
    """Read everything; raises CatalogueError with all that does not fit.

    There is a book of the installed packs, where there are any, and one more for each place in `policies` (a pack file or
    a folder of them). Packs that are assumed, not law, are left out unless `allow_assumed`.
    """
    catalogue, findings = read(assets or find_assets(), policies, allow_assumed=allow_assumed)
    if findings:
        raise Unfit(findings)
    return catalogue


def load_book(*places: Path, allow_assumed: bool = False) -> Book:
    """The policy book of these pack files and folders; raises CatalogueError with all that does not fit."""
    files, findings = _packs(pack_paths(places), None)
    book, unfit = book_of(files, allow_assumed=allow_assumed)
    if not files and not findings:
        raise CatalogueError(f"no policy pack at {', '.join(map(str, places))}. Name a pack file, or a folder of them.")
    if findings or unfit:
        raise Unfit([*findings, *unfit])
    return book


def read(assets: Assets, policies: Sequence[Path], *, allow_assumed: bool) -> tuple[Catalogue, list[Finding]]:
    """Everything as far as it can be read, and what cannot."""
    files, findings = read_schemas(assets)
    topics, unfit_topics = read_topics(assets)
    findings += unfit_topics
    schemas: dict[int, Schema] = {}
    try:
        lock = read_lock(assets)
    except Unfit as error:
        findings += error.findings
    else:
        schemas, unlocked = locked_schemas(files, lock, assets.shown(assets.schemas / LOCK))
        findings += unlocked
    books, unfit_packs = _books(assets, policies, allow_assumed=allow_assumed)
    findings += unfit_packs
    catalogue = Catalogue(assets=assets, topics=topics, schemas=schemas, sources=_sources(topics), books=books)
    return catalogue, findings


def _sources(topics: Mapping[str, Topic]) -> dict[str, SourceTopic]:
    return {
        name: SourceTopic(
            topic=name,
            kind=topic.origin.kind,
            source=topic.origin.source,
            department=topic.owner,
            mapping=topic.origin.mapping,
        )
        for name, topic in topics.items()
        if topic.origin is not None
    }


def _books(assets: Assets, policies: Sequence[Path], *, allow_assumed: bool) -> tuple[dict[str, Book], list[Finding]]:
    installed = [
        path
        for path in pack_paths([assets.policies])
        if allow_assumed or path.relative_to(assets.policies).parts[0] != ASSUMED_FOLDER
    ]
    books: dict[str, Book] = {}
    findings: list[Finding] = []
    for paths in [installed, *(pack_paths([place]) for place in policies)]:
        files, unread = _packs(paths, assets)
        book, unfit = book_of(files, allow_assumed=allow_assumed)
        findings += [*unread, *unfit]
        if files:
            books[book.digest()] = book
    return books, findings


def _packs(paths: Sequence[Path], assets: Assets | None) -> tuple[list[PackFile], list[Finding]]:
    files: list[PackFile] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            files.append(read_pack(path, path.as_posix() if assets is None else assets.shown(path)))
        except Unfit as error:
            findings += error.findings
        except OSError as error:
            findings.append(Finding(file=path.as_posix(), message=str(error.strerror), action="Correct the path."))
    return files, findings
