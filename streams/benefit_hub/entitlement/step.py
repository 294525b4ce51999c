"""Entitlement's step: snapshots of members and facts of households in, claims and open items out."""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from benefit_hub.entitlement.aliases import under_right_names
from benefit_hub.entitlement.assess import assess
from benefit_hub.entitlement.concerned import NOBODY, NewLaw, Whom, concerned
from benefit_hub.entitlement.household import (
    CALENDAR,
    HOUSEHOLDS,
    Basis,
    Household,
    Wake,
    complete,
    take_message,
    wake_key,
)
from benefit_hub.entitlement.inputs import Inputs
from benefit_hub.entitlement.saying import said_of, unconcerned
from benefit_hub.messages.internal import ControlEvent, Gone, HouseholdFact, Snapshot
from benefit_hub.policy.book import Book
from benefit_hub.task import Bootstrap, Controls, Env, Incoming, Out, State, drive, drive_on
from benefit_hub.values.errors import ContractViolation

ONWARD = "claims"


def step(state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
    """Take what is new; assess each touched household once; say what differs from what was said."""
    controls = Controls(state, env)
    return drive(Entitlement(state, env, controls), controls, batch, ONWARD)


def resume(state: State, budget: int, env: Env) -> list[Out]:
    """Go on with a sweep: those whose day has come, or all under a new book."""
    controls = Controls(state, env)
    return drive_on(Entitlement(state, env, controls), controls, budget, ONWARD)


def pending(state: State, env: Env) -> bool:
    """Whether a sweep is at work."""
    return Controls(state, env).now.acting is not None


def rightly_named(known: Household) -> Household:
    """The household whose facts name people by the number that stands for them."""
    named = under_right_names(known.facts, known.told)
    return known if named is known.facts else structs.replace(known, facts=named)


def inputs_of(seen: Household, book: Book, today: date, bootstrap: Bootstrap, only: Whom = None) -> Inputs:
    """What an assessment of a household looks at, by a book, on a day; of all its beneficiaries, or only of some."""
    return Inputs(
        household=seen.household,
        members=seen.members,
        facts=tuple(seen.facts.values()),
        book=book,
        today=today,
        bootstrap=bootstrap,
        region=seen.region,
        only=only,
        statuses=seen.statuses if only is not None else {},
    )


class Entitlement:
    """Entitlement's work on one task."""

    def __init__(self, state: State, env: Env, controls: Controls) -> None:
        self._state = state
        self._env = env
        self._controls = controls
        self._touched: dict[str, Household] = {}
        self._before: dict[str, Household] = {}

    def take(self, record: Incoming) -> list[Out]:
        """Put a message into its household."""
        message = record.value
        if not isinstance(message, Snapshot | Gone | HouseholdFact):
            raise ContractViolation(
                f"household-facts carries {type(message).__name__}, which entitlement does not know"
            )
        name = message.household
        known = self._touched.get(name)
        if known is None:
            known = self._before[name] = self._load(name)
        self._touched[name] = take_message(known, message)
        return []

    def _load(self, household: str) -> Household:
        return self._state.get(HOUSEHOLDS, household) or Household(household=household)

    def flush(self) -> list[Out]:
        """Assess every household touched, as far as what was said concerns it; while a hub is loaded, it is only kept."""
        loading, outs = self._controls.now.bootstrap.loading, list[Out]()
        for name, known in self._touched.items():
            if loading:
                self._state.put(HOUSEHOLDS, name, structs.replace(known, basis=None))
            else:
                outs += self._assess(known, concerned(self._before[name], known, self._basis, self._today))
        self._touched, self._before = {}, {}
        return outs

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        """A day wakes those whom it concerns; a new book, and the end of loading, concern all."""
        sweeps = event.type in ("DAY_OPENED", "POLICY_ACTIVATED", "BOOTSTRAP_CLOSED", "REGION_VALUE")
        return not sweeps or self._controls.now.bootstrap.loading, []

    def sweep(self, event: ControlEvent, cursor: str, budget: int) -> tuple[str | None, list[Out]]:
        """The next households, in order of their keys."""
        if event.type == "DAY_OPENED":
            keys = self._state.keys(CALENDAR, "", budget)
            due = [key for key in keys if key.partition("/")[0] <= self._controls.now.day]
            households = [key.partition("/")[2] for key in due]
        else:
            keys = self._state.keys(HOUSEHOLDS, cursor, budget)
            due = households = keys
        law = NewLaw(self._env.books, self._basis, self._today) if event.type == "POLICY_ACTIVATED" else None
        outs: list[Out] = []
        for known in map(self._load, households):
            outs += self._assess(known, None if law is None else law.concerns(known))
        return (due[-1] if len(due) == budget else None), outs

    @property
    def _basis(self) -> Basis:
        """The law by which households are assessed now."""
        now = self._controls.now
        return Basis(now.book, now.bootstrap.closed_at)

    @property
    def _today(self) -> date:
        """The day that is open."""
        day = self._controls.now.day
        return date.fromisoformat(day) if day else date.min

    def _assess(self, known: Household, only: Whom) -> list[Out]:
        """Assess one household, or only some of its beneficiaries, keep it, and say what changed; half of a decision changes
        nothing yet."""
        if only is None and not complete(known):
            self._wake(known, None)
            self._state.put(HOUSEHOLDS, known.household, structs.replace(known, wakes=None, basis=None))
            return []
        if only == NOBODY:
            settled, outs = unconcerned(known, self._basis)
            self._state.put(HOUSEHOLDS, known.household, settled)
            return outs
        now, today = self._controls.now, self._today
        seen = rightly_named(known)
        inputs = inputs_of(seen, self._env.book(now.book), today, now.bootstrap, only)
        found = assess(structs.replace(inputs, region_values=now.region_values))
        said, outs = said_of(seen, found, self._basis, today)
        settled = said if seen is known else structs.replace(said, facts=known.facts)
        self._wake(known, settled.wakes)
        if settled.members or settled.facts or settled.sent:
            self._state.put(HOUSEHOLDS, known.household, settled)
        else:
            self._state.delete(HOUSEHOLDS, known.household)
        return outs

    def _wake(self, known: Household, day: date | None) -> None:
        """Move the household's entry in the calendar."""
        if known.wakes == day:
            return
        if known.wakes is not None:
            self._state.delete(CALENDAR, wake_key(known.wakes, known.household))
        if day is not None:
            self._state.put(CALENDAR, wake_key(day, known.household), Wake(known.household))
