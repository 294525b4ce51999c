"""Processors and topics. Names here are logical: the catalogue gives each its topic, schema and retention."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from benefit_hub import entitlement, intake, register, settlement
from benefit_hub.task import Env, Incoming, Out, State
from benefit_hub.values.errors import InvariantBroken

Step = Callable[[State, Sequence[Incoming], Env], list[Out]]
Resume = Callable[[State, int, Env], list[Out]]
Pending = Callable[[State, Env], bool]


def nothing_left(state: State, budget: int, env: Env) -> list[Out]:
    """The `resume` of a processor whose step leaves no work behind."""
    del state, budget, env
    return []


def never(state: State, env: Env) -> bool:
    """The `pending` of a processor whose step leaves no work behind."""
    del state, env
    return False


class Processor(Struct, frozen=True, kw_only=True):
    """One processor: `step` takes a batch, `resume` works off what is left to do without a message while `pending`; left out
    where a step leaves nothing.

    `origins` is the topic whose partitions are counted as origins of control copies: one copy comes from each. `loop` is a
    second input that the processor writes itself, for what one of its tasks has to tell another: partition by partition it
    goes with the one other input and its state. It carries no copies of control, and they never wait for it.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    origins: str
    stateful: bool
    step: Step
    resume: Resume = nothing_left
    pending: Pending = never
    loop: str | None = None

    def __post_init__(self) -> None:
        """A loop has an input to go with, and is written by its reader. Raises InvariantBroken."""
        if self.loop is not None and (len(self.inputs) != 1 or self.loop not in self.outputs):
            raise InvariantBroken(f"{self.name}: a loop goes with exactly one input, and stands among the outputs")

    @property
    def reads(self) -> tuple[str, ...]:
        """All topics that it reads: its inputs, and its loop."""
        return self.inputs if self.loop is None else (*self.inputs, self.loop)

    @property
    def changelog(self) -> str:
        """The topic from which this processor's store can be restored; as many partitions as its input."""
        return f"changelog.{self.name}"


class Topology(Struct, frozen=True, kw_only=True):
    """The four processors in the order of the flow."""

    processors: tuple[Processor, ...]

    def processor(self, name: str) -> Processor:
        """The processor of this name; KeyError names those that there are."""
        for processor in self.processors:
            if processor.name == name:
                return processor
        raise KeyError(f"no processor {name!r}; there are {', '.join(each.name for each in self.processors)}")


def hub_topology(department_topics: Iterable[str], quarantines: Iterable[str]) -> Topology:
    """The hub's topology over the department topics and quarantine topics that the catalogue lists."""
    return Topology(
        processors=(
            Processor(
                name="intake",
                inputs=("control", *sorted(department_topics)),
                outputs=("facts", "receipts", *sorted(quarantines)),
                origins="control",
                stateful=False,
                step=intake.step,
            ),
            Processor(
                name="register",
                inputs=("facts",),
                outputs=("household-facts", "register.persons", "receipts", "tasks", "person-transfers"),
                loop="person-transfers",
                origins="control",
                stateful=True,
                step=register.step,
                resume=register.resume,
                pending=register.pending,
            ),
            Processor(
                name="entitlement",
                inputs=("household-facts",),
                outputs=("claims", "register.households", "proposals", "leads", "tasks", "reconciliation"),
                origins="facts",
                stateful=True,
                step=entitlement.step,
                resume=entitlement.resume,
                pending=entitlement.pending,
            ),
            Processor(
                name="settlement",
                inputs=("claims",),
                outputs=(
                    "benefits.adjustments",
                    "benefits.entitlements",
                    "benefits.explanations",
                    "tasks",
                    "ledger-transfers",
                ),
                loop="ledger-transfers",
                origins="household-facts",
                stateful=True,
                step=settlement.step,
                resume=settlement.resume,
                pending=settlement.pending,
            ),
        )
    )
