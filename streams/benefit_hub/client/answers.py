"""What the hub answers to a batch: its receipts, awaited."""

import time
from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct

from benefit_hub.catalogue import Catalogue
from benefit_hub.client.reader import Reader
from benefit_hub.messages.public import Receipt
from benefit_hub.runtime.codecs import Codecs
from benefit_hub.runtime.settings import Settings

RECEIPTS = "receipts"
ANSWERS = ("ACCEPTED", "REFUSED")
CLOCKS_DIFFER_MS = 60_000
"""By so much the clocks of workers and brokers may differ: receipts are looked for from so long before the records were there."""
LOOK_EVERY_S = 0.1


class Answers(Struct, frozen=True, kw_only=True):
    """The receipts of a batch so far, in the order in which they were said. `missing` are the events without an answer yet."""

    batch: str
    receipts: tuple[Receipt, ...]
    missing: frozenset[str]

    @property
    def complete(self) -> bool:
        """Whether every record was accepted or refused. What register adds (repeated, in conflict, too late) may come later."""
        return not self.missing

    @property
    def refused(self) -> tuple[Receipt, ...]:
        """The receipts of those that were refused."""
        return tuple(each for each in self.receipts if each.status == "REFUSED")


class Ear:
    """Listens to the receipts of one batch, from before its first record was there."""

    def __init__(self, catalogue: Catalogue, settings: Settings, bootstrap: str, since_ms: int) -> None:
        self._codecs = Codecs(catalogue)
        self._reader = Reader(settings, bootstrap, [RECEIPTS], since_ms=since_ms - CLOCKS_DIFFER_MS)

    def listen(
        self, batch: str, sources: Collection[str], events: Collection[str], within_s: float
    ) -> Iterator[Answers]:
        """The answers so far, each time that there are more, until all are there or the time is over; at least once."""
        keys = {source.encode() for source in sources}
        deadline = time.monotonic() + within_s
        receipts: list[Receipt] = []
        missing = set(events)
        told = False
        while True:
            fresh = [
                each for record in self._reader.new() if record.key in keys for each in self._of(record.value, batch)
            ]
            receipts += fresh
            missing -= {each.event_id for each in fresh if each.status in ANSWERS}
            if fresh or not told:
                told = True
                yield Answers(batch=batch, receipts=tuple(receipts), missing=frozenset(missing))
            if not missing or time.monotonic() > deadline:
                return
            time.sleep(LOOK_EVERY_S)

    def _of(self, value: bytes | None, batch: str) -> Iterator[Receipt]:
        if value is not None:
            receipt = msgspec.convert(self._codecs.decode(RECEIPTS, value), Receipt)
            if receipt.batch == batch:
                yield receipt

    def close(self) -> None:
        """Let go of the brokers."""
        self._reader.close()
