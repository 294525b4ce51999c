"""The hub in memory behind intake: facts in, and what stands in the ledger and in the inbox out."""

from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from benefit_hub.catalogue import load_book
from benefit_hub.messages.internal import ControlEvent, Fact
from benefit_hub.policy.book import Book
from benefit_hub.simulate import Simulation
from benefit_hub.task import Env
from benefit_hub.topology import hub_topology
from benefit_hub.values.money import yuan_text
from benefit_hub.values.months import month
from benefit_hub.values.steps import value_at
from tests.facts import noon


@cache
def demo_book() -> Book:
    """The demonstration pack."""
    return load_book(Path("policies/demo"), allow_assumed=True)


def env_of(*books: Book, **said: Any) -> Env:
    """What a task may know, with these books at hand, the first of them in force."""
    counts = {"facts": 1, "household-facts": 1, "claims": 1}
    given: dict[str, Any] = {"partitions": counts, "engine": "test", **said}
    return Env(books={each.digest(): each for each in books}, first_book=books[0].digest(), **given)


class Hub:
    """A hub in memory. Facts and control events go in one after the other; everything is worked off at once."""

    def __init__(self, book: Book | None = None, **options: Any) -> None:
        topology, env = hub_topology((), ()), env_of(book or demo_book())
        self._hub = Simulation(topology, env, **{"partitions": 1, **options})
        self._event = count()

    def hear(self, *facts: Fact) -> "Hub":
        """Facts arrive, and everything that follows is done."""
        for fact in facts:
            event_id = f"e{next(self._event)}"
            self._hub.publish(
                "facts", fact, key=fact.subject, event_id=event_id, source=fact.source, at_ms=fact.received_at
            )
        self._hub.run()
        return self

    def say(self, event: ControlEvent, on: date) -> "Hub":
        """A control event is published on a day."""
        self._hub.control(event, noon(on))
        self._hub.run()
        return self

    def open(self, *days: str) -> "Hub":
        """Days open."""
        for day in days:
            self._hub.control(ControlEvent(type="DAY_OPENED", day=day), noon(date.fromisoformat(day)))
        self._hub.run()
        return self

    def pay(self, *months: str) -> "Hub":
        """Pay runs close."""
        for each in months:
            tenth = noon(date.fromisoformat(f"{each}-10"))
            self._hub.control(ControlEvent(type="PAY_RUN_CLOSED", month=each), tenth)
        self._hub.run()
        return self

    def owed(self, beneficiary: str, programme: str, *months: str) -> list[str]:
        """What is due in these months, in yuan."""
        ledgers = {each.beneficiary: each.ledgers for each in self._hub.accounts()}
        ledger = ledgers.get(beneficiary, {}).get(programme)
        return [yuan_text(value_at(ledger.due, month(at), 0) if ledger else 0) for at in months]

    def said(self, topic: str) -> list[Any]:
        """All values of an output topic."""
        return self._hub.said(topic)

    def adjustments(self, beneficiary: str) -> list[tuple[str, str, str, str]]:
        """Kind, first month to be paid, before and after of every adjustment of a beneficiary."""
        return [
            (each.kind, each.payable_from, yuan_text(each.before_fen), yuan_text(each.after_fen))
            for each in self.said("benefits.adjustments")
            if each.beneficiary == beneficiary
        ]

    def items(self, topic: str) -> list[Any]:
        """The open items of a topic."""
        return [each for each in self._hub.standing(topic).values() if each.state in ("OPEN", "CHANGED")]
