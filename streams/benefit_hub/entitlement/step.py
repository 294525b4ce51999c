"""Entitlement's step: snapshots of members and facts of households in, claims and open items out."""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from benefit_hub.entitlement import findings, reconciling
from benefit_hub.entitlement.aliases import under_right_names
from benefit_hub.entitlement.assess import assess
from benefit_hub.entitlement.household import (
    CALENDAR,
    HOUSEHOLDS,
    Household,
    Wake,
    claims_of,
    complete,
    says_something,
    take_message,
    wake_key,
)
from benefit_hub.entitlement.inputs import Inputs
from benefit_hub.messages.internal import ControlEvent, Gone, HouseholdFact, Snapshot
from benefit_hub.task import Controls, Env, Incoming, Out, State, changed_items, drive, drive_on
from benefit_hub.values.errors import ContractViolation
from benefit_hub.values.ids import is_solo

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


class Entitlement:
    """Entitlement's work on one task."""

    def __init__(self, state: State, env: Env, controls: Controls) -> None:
        self._state = state
        self._env = env
        self._controls = controls
        self._touched: dict[str, Household] = {}
        self._stirred: set[str] = set()

    def take(self, record: Incoming) -> list[Out]:
        """Put a message into its household, and note whether it says anything that an assessment looks at."""
        message = record.value
        if not isinstance(message, Snapshot | Gone | HouseholdFact):
            raise ContractViolation(
                f"household-facts carries {type(message).__name__}, which entitlement does not know"
            )
        known = self._touched.get(message.household) or self._load(message.household)
        self._touched[message.household] = take_message(known, message)
        if says_something(known, message):
            self._stirred.add(message.household)
        return []

    def _load(self, household: str) -> Household:
        return self._state.get(HOUSEHOLDS, household) or Household(household=household)

    def flush(self) -> list[Out]:
        """Assess every household touched; what is known is only kept where it says nothing to anybody, and while a hub is loaded."""
        loading, outs = self._controls.now.bootstrap.loading, list[Out]()
        for household, known in self._touched.items():
            if loading or household not in self._stirred:
                self._state.put(HOUSEHOLDS, household, known)
            else:
                outs += self._assess(known)
        self._touched, self._stirred = {}, set()
        return outs

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        """A day wakes those whom it concerns; a new book, and the end of loading, concern all."""
        sweeps = event.type in ("DAY_OPENED", "POLICY_ACTIVATED", "BOOTSTRAP_CLOSED")
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
        outs = [out for household in households for out in self._assess(self._load(household))]
        return (due[-1] if len(due) == budget else None), outs

    def _assess(self, known: Household) -> list[Out]:
        """Assess one household, keep it, and say what changed; half of a decision changes nothing yet."""
        if not complete(known):
            self._wake(known, None)
            self._state.put(HOUSEHOLDS, known.household, structs.replace(known, wakes=None, reads=None))
            return []
        now = self._controls.now
        book = self._env.book(now.book)
        today = date.fromisoformat(now.day) if now.day else date.min
        named = under_right_names(known.facts, known.told)
        seen = known if named is known.facts else structs.replace(known, facts=named)
        facts = tuple(seen.facts.values())
        inputs = Inputs(
            household=known.household,
            members=known.members,
            facts=facts,
            book=book,
            today=today,
            bootstrap=now.bootstrap,
        )
        found = assess(inputs)
        sent, outs = claims_of(seen, found, now.book, today)
        proposals, said = changed_items(
            known.proposals, findings.proposals(seen, found, now.book), findings.closed_by_decision(seen)
        )
        lines = reconciling.reconciled(seen, found, now.book)
        outs += reconciling.changed_lines(known.reconciled, lines)
        leads, led = changed_items(
            known.leads, {**findings.leads(seen, found, today), **reconciling.leads(seen, found, lines)}
        )
        tasks, asked = changed_items(known.tasks, {**findings.tasks(seen, found), **reconciling.tasks(seen, lines)})
        entry = None if is_solo(known.household) else findings.household_entry(seen, found, now.book)
        if entry is not None and entry != known.entry:
            outs.append(Out(topic="register.households", key=known.household, value=entry))
        self._wake(known, found.wakes)
        settled = structs.replace(
            known,
            sent=sent,
            proposals=proposals,
            leads=leads,
            tasks=tasks,
            entry=entry,
            reconciled=lines,
            wakes=found.wakes,
            reads=found.reads,
            answered={person: each.number for person, each in known.gone.items() if each.canonical is not None},
        )
        if settled.members or settled.facts or settled.sent:
            self._state.put(HOUSEHOLDS, known.household, settled)
        else:
            self._state.delete(HOUSEHOLDS, known.household)
        return [*outs, *said, *led, *asked]

    def _wake(self, known: Household, day: date | None) -> None:
        """Move the household's entry in the calendar."""
        if known.wakes == day:
            return
        if known.wakes is not None:
            self._state.delete(CALENDAR, wake_key(known.wakes, known.household))
        if day is not None:
            self._state.put(CALENDAR, wake_key(day, known.household), Wake(known.household))
