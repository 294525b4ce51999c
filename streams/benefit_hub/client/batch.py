"""Records that a publisher sends together, and of which it wants to be told together."""

import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from msgspec import structs

from benefit_hub.catalogue import Catalogue
from benefit_hub.client.answers import Answers, Ear
from benefit_hub.client.letters import Desk, Letter, Refused, Said
from benefit_hub.client.sending import ACKNOWLEDGED_WITHIN_S, Sending, Sent, Way
from benefit_hub.intake.refused import batch_refusal
from benefit_hub.runtime.settings import Settings
from benefit_hub.task import Incoming
from benefit_hub.task.batches import BATCH, batch_headers
from benefit_hub.task.batches import Batch as Named
from benefit_hub.values.errors import HubError
from benefit_hub.values.refusal import Refusal


class Batch:
    """Gathers records, and sends them at the end of its block; where the block raises, none of them.

    The same event given twice is one record of the batch. The receipts name the batch, and how many records it has.
    """

    def __init__(
        self, catalogue: Catalogue, settings: Settings, bootstrap: str, desk: Desk, way: Way, name: str | None
    ) -> None:
        self.name = name or f"{datetime.now(UTC):%Y-%m-%dT%H%M}-{secrets.token_hex(4)}"
        refusal = batch_refusal(Incoming(topic="", headers={BATCH: self.name.encode()}))
        if refusal is not None:
            raise HubError(refusal.english)
        self._catalogue = catalogue
        self._settings = settings
        self._bootstrap = bootstrap
        self._desk = desk
        self._way = way
        self._letters: dict[str, Letter] = {}
        self._sendings: list[Sending] = []

    def __len__(self) -> int:
        return len(self._letters)

    def publish(
        self, topic: str, record: Said, *, event_id: str | None = None, story_received_at_ms: int | None = None
    ) -> str:
        """Add a record; its event id. Raises as `Publisher.publish` does, and adds nothing then."""
        letter = self._desk.letter(
            topic,
            record,
            at_ms=time.time_ns() // 1_000_000,
            event_id=event_id,
            story_received_at_ms=story_received_at_ms,
        )
        if not self.add(letter):
            expected = "one content of a revision in a batch"
            action = "Send what is right with a revision number of its own."
            raise Refused(topic, *self._desk.named(topic, record), Refusal("CONFLICT", "revision", expected, action))
        return letter.event_id

    def add(self, letter: Letter) -> bool:
        """Add a letter that was made before; whether it could be: not where another content of this event was added."""
        return self._letters.setdefault(letter.event_id, letter).value == letter.value

    @property
    def unsettled(self) -> int:
        """How many of its records are neither acknowledged nor have failed."""
        return sum(not each.settled for each in self._sendings)

    def sent(self, within_s: float = ACKNOWLEDGED_WITHIN_S) -> list[Sent]:
        """Wait until the brokers have all of it. Raises HubError where they have not in time."""
        deadline = time.monotonic() + within_s
        return [sending.sent(max(0.0, deadline - time.monotonic())) for sending in self._sendings]

    def receipts(self, within_s: float) -> Answers:
        """Wait until the hub has accepted or refused every record, or until the time is over; what it has said by then.

        Raises HubError where the brokers have not got all of it in time, or fall silent.
        """
        return list(self.listen(within_s))[-1]

    def listen(self, within_s: float) -> Iterator[Answers]:
        """As `receipts`, each time that more was said."""
        if not self._sendings:
            yield Answers(batch=self.name, receipts=(), missing=frozenset())
            return
        deadline = time.monotonic() + within_s
        self.sent(within_s)
        since_ms = min(sending.broker_ms or 0 for sending in self._sendings)
        sources = {self._desk.source(letter.topic).source for letter in self._letters.values()}
        ear = Ear(self._catalogue, self._settings, self._bootstrap, since_ms)
        with closing(ear):
            yield from ear.listen(self.name, sources, set(self._letters), deadline - time.monotonic())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._letters:
            self._send()

    def _send(self) -> None:
        if self._sendings:
            raise HubError(f"batch {self.name} was sent before: make another one")
        named = batch_headers(Named(self.name, len(self._letters))).items()
        headers = tuple((name, text.encode()) for name, text in named)
        self._sendings = self._way.send(
            [structs.replace(letter, headers=letter.headers + headers) for letter in self._letters.values()]
        )
