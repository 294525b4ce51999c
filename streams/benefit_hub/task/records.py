"""Records on their way into a task and out of it, and what a task may know of the world around it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from benefit_hub.policy.book import Book
from benefit_hub.task.mapping import TopicMapping
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.refusal import Refusal


class Undecodable(Struct, frozen=True, gc=False):
    """A value that could not be decoded, and why."""

    refusal: Refusal


class Incoming(Struct, frozen=True, gc=False, kw_only=True):
    """A record as a task reads it.

    `value` is decoded already: a message struct on internal topics, a dict or `Undecodable` on department topics, None for a
    null value. `raw` and `headers` are the bytes as they came. `timestamp_ms` is broker time.
    """

    topic: str
    partition: int = 0
    offset: int = 0
    key: bytes | None = None
    value: Any = None
    raw: bytes | None = None
    headers: Mapping[str, bytes] = {}
    timestamp_ms: int = 0


class Out(Struct, frozen=True, gc=False, kw_only=True):
    """A record that a task wants written: to a topic by its name in the topology.

    `value` is a message struct, bytes as they are (quarantine), or None for a tombstone. Without a partition the key decides;
    a record that came without a key goes on without one.
    """

    topic: str
    key: str | bytes | None
    value: Any
    partition: int | None = None
    headers: Mapping[str, str | bytes] = {}


class Env(Struct, frozen=True, gc=False, kw_only=True):
    """What a task may know: the policy books by hash, the partition that it is, and how many there are elsewhere.

    `origins` is how many partitions copy control events to this task; `partitions` how many each output topic has;
    `sources` tells intake of each department topic its kind, source and owner. `first_book` is the book in force until the
    first `POLICY_ACTIVATED` acts.
    """

    books: Mapping[str, Book]
    first_book: str
    engine: str
    partition: int = 0
    origins: int = 1
    partitions: Mapping[str, int] = {}
    sources: Mapping[str, "SourceTopic"] = {}
    pseudonym_key: bytes = b""
    story_time: bool = False

    def book(self, digest: str) -> Book:
        """The policy book with this hash; a worker that lacks it must not go on."""
        if digest not in self.books:
            raise InvariantBroken(
                f"policy book {digest} was activated, and this worker has {', '.join(sorted(self.books)) or 'none'}: "
                "install the release that holds it, or point HUB_POLICIES at it, or say under `former_books` in the settings "
                "which book of today it is, and start the worker again"
            )
        return self.books[digest]


class SourceTopic(Struct, frozen=True, gc=False, kw_only=True):
    """What intake knows of a department topic: kind of fact, source system, department, version of its mapping.

    `rules` are the mapping itself, None where the department uses the fields of the fact.
    """

    topic: str
    kind: str
    source: str
    department: str
    mapping: int = 1
    rules: TopicMapping | None = None
