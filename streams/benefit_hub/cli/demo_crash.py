"""A power cut in the middle of a transaction: a worker is killed while its records are on the broker and not committed."""

from dataclasses import dataclass

import msgspec

from benefit_hub.cli.demo_quiet import Quiet
from benefit_hub.cli.demo_stage import Stage
from benefit_hub.client.reader import Read, Reader
from benefit_hub.messages.public import Adjustment
from benefit_hub.runtime.admin import Administration
from benefit_hub.values.errors import HubError

FAULT = "after_produce:settlement:1"
"""The worker stops in its first settlement, with everything written and nothing committed."""
TOPIC = "benefits.adjustments"


@dataclass
class Watched:
    """What readers of committed and of uncommitted records see of the adjustments."""

    committed: Reader
    uncommitted: Reader

    def new(self) -> tuple[list[Read], list[Read]]:
        """What came since the last call, by either way of reading."""
        return self.committed.new(), self.uncommitted.new()

    def close(self) -> None:
        """Let go of the brokers."""
        self.committed.close()
        self.uncommitted.close()


def watch(stage: Stage) -> Watched:
    """Begin to watch the adjustments from their end."""
    hub = stage.hub
    watched = Watched(*(Reader(hub.settings, hub.bootstrap, [TOPIC], committed=each) for each in (True, False)))
    watched.new()
    return watched


def open_transaction(quiet: Quiet, watched: Watched, admin: Administration) -> tuple[list[Read], list[str]]:
    """Wait until uncommitted adjustments lie on the broker: those, and the transactional ids that are open there.

    Raises HubError where a committed reader sees any of them: then the transaction was not open, and nothing is proved.
    """
    seen: list[Read] = []
    committed: list[Read] = []

    def lying() -> bool:
        new_committed, new = watched.new()
        committed.extend(new_committed)
        seen.extend(new)
        return bool(seen)

    quiet.until(lying, "the worker to stop in the middle of a transaction")
    committed.extend(watched.committed.new())
    if committed:
        raise HubError("a reader of committed records sees what was to be uncommitted; the transaction is not open")
    transactions: list[str] = []

    def ongoing() -> bool:
        transactions[:] = [name for name in admin.open_transactions() if "settlement" in name]
        return bool(transactions)

    quiet.until(ongoing, "the broker to name the open transaction")
    return seen, transactions


def told(stage: Stage, reads: list[Read]) -> list[str]:
    """Whom these adjustments are about, and what they say."""
    names = stage.story.names(stage.key)
    rows = [msgspec.convert(stage.hub.codecs.decode(TOPIC, read.value), Adjustment) for read in reads]
    return [f"{names.get(row.beneficiary, row.beneficiary)} {row.programme} 第 {row.sequence} 号" for row in rows]
