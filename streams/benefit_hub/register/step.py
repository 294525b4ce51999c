"""Register's step: facts in by subject, snapshots out by household."""

from collections.abc import Sequence

from msgspec import structs

from benefit_hub.messages.internal import ControlEvent, Fact, IdentityChain, PersonTransfer, RelatedFacts
from benefit_hub.register.late import take_in_time, take_late, too_late
from benefit_hub.register.subjects import SUBJECTS, Subject, take_fact, take_transfer
from benefit_hub.register.telling import flushed
from benefit_hub.task import Controls, Env, Incoming, Out, State, drive, drive_on
from benefit_hub.task.batches import batch_of, in_batch
from benefit_hub.values.errors import ContractViolation, InvariantBroken

ONWARD = "household-facts"


def step(state: State, batch: Sequence[Incoming], env: Env) -> list[Out]:
    """Keep each fact; once per touched person, tell every household of the person's history what is known now."""
    controls = Controls(state, env)
    return drive(Register(state, env, controls), controls, batch, ONWARD)


def resume(state: State, budget: int, env: Env) -> list[Out]:
    """Go on with a sweep over all persons, so many at a time."""
    controls = Controls(state, env)
    return drive_on(Register(state, env, controls), controls, budget, ONWARD)


def pending(state: State, env: Env) -> bool:
    """Whether a sweep is at work."""
    return Controls(state, env).now.acting is not None


class Register:
    """Register's work on one task."""

    def __init__(self, state: State, env: Env, controls: Controls) -> None:
        self._state = state
        self._env = env
        self._controls = controls
        self._touched: dict[str, Subject] = {}

    def take(self, record: Incoming) -> list[Out]:
        """Put a fact among what is known of its subject; a receipt where it is a repetition, a conflict, or too late."""
        said = record.value
        if isinstance(said, PersonTransfer | IdentityChain | RelatedFacts):
            self._touched[said.person] = take_transfer(self._known(said.person), said)
            return []
        if not isinstance(said, Fact):
            raise ContractViolation(f"{record.topic} carries {type(said).__name__}, which register does not know")
        known, horizon = self._known(said.subject), self._env.book(self._controls.now.book).horizon_months
        if too_late(said, horizon):
            outs = take_late(self._state, known, said, horizon)
        else:
            known, outs = take_fact(known, said)
            self._touched[said.subject] = known
            outs += take_in_time(self._state, known, said, horizon)
        return in_batch(outs, batch_of(record.headers))

    def _known(self, subject: str) -> Subject:
        return self._touched.get(subject) or self._state.get(SUBJECTS, subject) or Subject(subject=subject)

    def flush(self) -> list[Out]:
        """Tell the households of everybody touched; while a hub is loaded, what is known is only kept."""
        outs: list[Out] = []
        now = self._controls.now
        book = self._env.book(now.book)
        for subject, known in self._touched.items():
            settled, said = (known, []) if now.bootstrap.loading else flushed(known, book, now.bootstrap)
            self._state.put(SUBJECTS, subject, settled)
            outs += said
        self._touched = {}
        return outs

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        """A new policy book may move people; when loading ends, everybody is told of for the first time."""
        sweeps = event.type == "BOOTSTRAP_CLOSED" or (event.type == "POLICY_ACTIVATED" and self._may_move())
        return not sweeps or self._controls.now.bootstrap.loading, []

    def _may_move(self) -> bool:
        """Whether somebody may belong elsewhere by the new book than by the one before."""
        now = self._controls.now
        former = self._env.books.get(now.acting.former) if now.acting is not None else None
        return former is None or not self._env.book(now.book).moves_people_as(former)

    def sweep(self, event: ControlEvent, cursor: str, budget: int) -> tuple[str | None, list[Out]]:
        """Look at everybody again under the new book, or for the first time."""
        if event.type not in ("POLICY_ACTIVATED", "BOOTSTRAP_CLOSED"):
            raise InvariantBroken(f"register was asked to sweep for {event.type}")
        keys = self._state.keys(SUBJECTS, cursor, budget)
        for key in keys:
            known = self._state.get(SUBJECTS, key)
            if known is not None:
                self._touched[key] = structs.replace(known, stirred=event.type == "BOOTSTRAP_CLOSED" or known.stirred)
        return (keys[-1] if len(keys) == budget else None), self.flush()
