"""Register on a desk: facts in, what it tells others out, and timelines written so that they can be read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from benefit_hub import register
from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact, Gone, Held, HouseholdFact, Snapshot
from benefit_hub.policy.book import Book, MonthRule
from benefit_hub.register.assignment import Assignment, assignment
from benefit_hub.register.subjects import SUBJECTS, Subject
from benefit_hub.task import DictStore, Incoming, Out, Overlay
from benefit_hub.values.months import FIRST_MONTH, month_text
from tests.in_memory import demo_book, env_of

RULE: MonthRule = "NEXT_MONTH_OF_DECISION"


def line(held: Sequence[Held]) -> list[str]:
    """A timeline: `before: H0` says whose months those before the first membership are."""

    def named(household: str) -> str:
        return "alone" if household.startswith("s:") else household[2:]

    def since(each: Held) -> str:
        if each.since != FIRST_MONTH:
            return month_text(each.since)
        return "always" if each.member else "before"

    return [f"{since(each)}: {named(each.household)}" for each in held]


def assigned(facts: Sequence[Fact], rule: MonthRule = RULE, hearing_from: date = date.max) -> Assignment:
    """ann's assignment, where from some day on whoever is taken out is heard first."""
    return assignment("p:ann", facts, rule, lambda day: day >= hearing_from)


def holds(*facts: Fact, rule: Any = RULE) -> list[str]:
    """What holds by decision, of ann."""
    return line(assigned(facts, rule).held)


def would_hold(*facts: Fact, rule: Any = RULE) -> list[str]:
    """What would hold if all that is reported were decided, of ann."""
    return line(assigned(facts, rule).reported)


class Desk:
    """One task of register."""

    def __init__(self, *books: Book) -> None:
        self.store = DictStore()
        self.env = env_of(*(books or (demo_book(),)))
        self._sequence = -1

    def batch(self, *values: Fact | ControlCopy) -> list[Out]:
        """What comes of one batch."""
        state = Overlay(self.store)
        outs = register.step(state, [Incoming(topic="facts", value=each) for each in values], self.env)
        self.store.write(state.dirty)
        return outs

    def activate(self, book: Book) -> list[Out]:
        """A new book is activated."""
        self._sequence += 1
        event = ControlEvent(type="POLICY_ACTIVATED", book=book.digest())
        return self.batch(ControlCopy(sequence=self._sequence, origin=0, event=event))

    def go_on(self, budget: int) -> list[Out]:
        """A piece of a sweep."""
        state = Overlay(self.store)
        outs = register.resume(state, budget, self.env)
        self.store.write(state.dirty)
        return outs

    @property
    def pending(self) -> bool:
        """Whether a sweep is at work."""
        return register.pending(Overlay(self.store), self.env)

    def known(self, subject: str) -> Subject:
        """What is kept of a subject."""
        return Overlay(self.store).get(SUBJECTS, subject) or Subject(subject=subject)


def letters(outs: Sequence[Out]) -> dict[str, tuple[str, int, int]]:
    """Household to what it was told: which message, its version and the number of the assignment."""
    return {
        str(out.key): (type(out.value).__name__, out.value.version, out.value.number)
        for out in outs
        if isinstance(out.value, Snapshot | Gone)
    }


def passed_on(outs: Sequence[Out]) -> list[tuple[str, str, int]]:
    """Facts about households themselves: to whom, which record, which revision."""
    return [
        (str(out.key), out.value.fact.record, out.value.fact.revision)
        for out in outs
        if isinstance(out.value, HouseholdFact)
    ]


def items(outs: Sequence[Out], topic: str) -> list[Any]:
    """The values of an output topic."""
    return [out.value for out in outs if out.topic == topic]
