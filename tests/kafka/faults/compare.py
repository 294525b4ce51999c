"""What came of it, against the same input in memory; and what every reader was shown.

`Memory` is the simulation, fed with what was published; it may be asked again after more. `Told` is one look at all that the
workers wrote, by kafka-python, which shares nothing with the hub.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from benefit_hub.cli.demo_reconcile import adjusted, dues
from benefit_hub.client.reader import Reader
from benefit_hub.messages.public import Adjustment
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.view import View
from benefit_hub.settlement.account import ACCOUNTS
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.population import Tick
from benefit_hub.simulate.run import ledger_by_month
from tests.kafka.faults.load import Item, event_id_of
from tests.kafka.faults.witness import Place, digest
from tests.kafka.hub.live import LiveHub
from tests.kafka.hub.raw import read
from tests.kafka.hub.test_story_by_chance import check_each_once, payments, statuses

AT_ONCE = 50


class Memory:
    """The same hub in memory, as far as it was fed."""

    def __init__(self, hub: Hub, key: bytes) -> None:
        self._simulation = Simulation(hub.topology, structs.replace(hub.env(), pseudonym_key=key))
        self._sources = hub.catalogue.sources
        self._fed = 0

    def after(self, published: Sequence[Item]) -> Simulation:
        """The simulation after all of this, of which it may know the beginning."""
        for number, one in enumerate(published[self._fed :]):
            if isinstance(one, Tick):
                self._simulation.control(one.event, one.received_at)
            else:
                self._simulation.publish(
                    one.topic,
                    one.record,
                    key=str(one.record["record_id"]),
                    event_id=event_id_of(one),
                    source=self._sources[one.topic].source,
                    at_ms=one.received_at,
                )
            if number % AT_ONCE == 0:
                self._simulation.run()
        self._fed = len(published)
        return self._simulation.run()


class Told:
    """All that stands on the topics that workers write, committed and not."""

    def __init__(self, hub: LiveHub, logical: Iterable[str]) -> None:
        self._hub = hub
        self.topics = [hub.topic(each) for each in logical]
        self.committed = read(hub.bootstrap, *self.topics)
        self.everything = read(hub.bootstrap, *self.topics, committed=False)
        self._by_topic: dict[str, list[Any]] = defaultdict(list)
        for record in self.committed:
            self._by_topic[record.topic].append(record)

    @property
    def places(self) -> dict[Place, bytes]:
        """What a reader of committed data is shown, and where."""
        return {(each.topic, each.partition, each.offset): digest(each.value) for each in self.committed}

    @property
    def aborted(self) -> int:
        """How many records stand there that nobody may be shown."""
        return len(self.everything) - len(self.committed)

    def of(self, logical: str) -> list[Any]:
        """The committed records of one topic."""
        return self._by_topic[self._hub.topic(logical)]

    def said(self, logical: str) -> list[dict[str, Any]]:
        """What a public topic says, in the order of each partition."""
        return [self._hub.contract.decode(each.value) for each in self.of(logical) if each.value is not None]

    def standing(self, logical: str) -> list[dict[str, Any]]:
        """The newest of each key."""
        newest = {each.key: each.value for each in self.of(logical)}
        return [self._hub.contract.decode(value) for value in newest.values() if value is not None]

    def ledgers(self) -> Mapping[tuple[str, str], Any]:
        """`due` and instructed - receivable by month, as the changelog of settlement has the accounts."""
        rows = {(each.partition, each.key): each.value for each in self.of("changelog.settlement")}
        accounts = [raw for (_, address), raw in rows.items() if raw is not None and ACCOUNTS.key(address) is not None]
        return ledger_by_month(map(ACCOUNTS.decode, accounts))


def check_same(told: Told, memory: Simulation) -> None:
    """The same entitlements and ledgers as in memory, and the sum of what was emitted is what is owed."""
    assert told.ledgers() == ledger_by_month(memory.accounts())
    entitlements = told.standing("benefits.entitlements")
    expected = [msgspec.to_builtins(each) for each in memory.standing("benefits.entitlements").values()]
    assert statuses(entitlements) == statuses(expected)
    emitted = (msgspec.convert(each, Adjustment) for each in told.said("benefits.adjustments"))
    assert adjusted(emitted) == dues(memory)


def check_once(told: Told, published: Sequence[Item]) -> None:
    """No adjustment twice, no gap in a sequence, a reason for each, one answer to each record."""
    adjustments = payments(told.said("benefits.adjustments"))
    check_each_once(adjustments)
    reasons = [each["explanation_id"] for each in told.said("benefits.explanations")]
    assert sorted(reasons) == sorted(each["explanation_id"] for each in adjustments)
    answered = Counter(each["event_id"] for each in told.said("receipts") if each["status"] == "ACCEPTED")
    assert answered == Counter(event_id_of(one) for one in published if not isinstance(one, Tick))


def check_shown(told: Told, hub: LiveHub) -> None:
    """The hub's own reader shows what an independent one does."""
    with Reader(
        hub.opened.settings, hub.bootstrap, [hub.opened.settings.logical(each) for each in told.topics]
    ) as ours:
        places = {(hub.topic(each.topic), each.partition, each.offset): digest(each.value) for each in ours.new()}
    assert places == told.places


def view_lags(told: Told, view: View) -> bool:
    """Whether the view has still to read; fails where it shows what nobody said."""
    shown = {each.adjustment_id for each in view.adjustments() if each.kind != "PAY_RUN_MARKER"}
    said = {each["adjustment_id"] for each in payments(told.said("benefits.adjustments"))}
    assert shown <= said, "the view shows what was never committed"
    owed_now = statuses(map(msgspec.to_builtins, view.entitlements()))
    return shown != said or owed_now != statuses(told.standing("benefits.entitlements"))
