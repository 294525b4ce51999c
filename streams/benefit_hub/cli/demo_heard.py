"""What the hub said of a population since the demo began to listen: adjustments, receipts, and what waits for people."""

from collections import Counter
from typing import Any

from rich.table import Table

from benefit_hub.cli.demo_words import WAITS
from benefit_hub.client.reader import Read, Reader
from benefit_hub.runtime.hub import Hub

ADJUSTMENTS = "benefits.adjustments"
WAITING = {"proposals": ("建议", "programme"), "tasks": ("任务", "type"), "leads": ("线索", "programme")}
"""What waits for people: its name, and the field by which it is counted."""


class Heard:
    """Counts what is said. Only what came after it was made is heard."""

    def __init__(self, hub: Hub) -> None:
        self._codecs = hub.codecs
        self._adjustments = Reader(hub.settings, hub.bootstrap, [ADJUSTMENTS])
        self._others = Reader(hub.settings, hub.bootstrap, ["receipts", *WAITING])
        self._adjustments.new()
        self._others.new()
        self.kinds: Counter[str] = Counter()
        self.moved = 0
        self.receipts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self._waiting: dict[tuple[str, bytes], str | None] = {}

    @property
    def refused(self) -> int:
        """How many records were refused."""
        return self.refusals.total()

    def why_refused(self) -> str:
        """The codes of the refusals, and how often each."""
        return ", ".join(f"{code} {number}" for code, number in self.refusals.most_common())

    def listen_to_adjustments(self) -> None:
        """Take in the adjustments that are new."""
        for read in self._adjustments.new():
            told = self._decoded(read)
            if told["kind"] != "PAY_RUN_MARKER":
                self.kinds[told["kind"]] += 1
                self.moved += moves_money(told)

    def listen(self) -> None:
        """Take in everything that is new."""
        self.listen_to_adjustments()
        for read in self._others.new():
            told = self._decoded(read)
            if read.topic == "receipts":
                self.receipts[told["status"]] += 1
                if told["status"] == "REFUSED":
                    self.refusals[told["code"]] += 1
            else:
                stands = told and told["state"] in WAITS
                self._waiting[read.topic, read.key or b""] = told[WAITING[read.topic][1]] if stands else None

    def waiting(self) -> dict[str, Counter[str]]:
        """What waits for people, by what it is and by its type or programme."""
        found: dict[str, Counter[str]] = {topic: Counter() for topic in WAITING}
        for (topic, _), kind in self._waiting.items():
            if kind is not None:
                found[topic][kind] += 1
        return found

    def table(self) -> Table:
        """All of it, for reading."""
        table = Table(show_header=False, box=None, padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(no_wrap=True)
        table.add_row("待遇调整", told_counts(self.kinds), f"其中涉及金额 {self.moved:,} 项")
        table.add_row("回执", told_counts(self.receipts), f"拒收 {self.refused} 条")
        for topic, counts in self.waiting().items():
            table.add_row(f"待办{WAITING[topic][0]}", told_counts(counts), f"共 {counts.total():,} 件")
        return table

    def _decoded(self, read: Read) -> Any:
        return None if read.value is None else self._codecs.decode(read.topic, read.value)

    def close(self) -> None:
        """Let go of the brokers."""
        self._adjustments.close()
        self._others.close()


def moves_money(adjustment: dict[str, Any]) -> bool:
    """Whether somebody is paid another amount, or once something more, or something is under review, by an adjustment."""
    changes = adjustment["before_fen"] != adjustment["after_fen"]
    return bool(changes or adjustment["arrears_fen"] or adjustment["receivable_fen"] or adjustment["settled"])


def told_counts(counts: Counter[str]) -> str:
    """`START 12，STOP 3`, the most first."""
    return "，".join(f"{kind} {number:,}" for kind, number in counts.most_common()) or "无"
