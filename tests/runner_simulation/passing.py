"""A processor without state: it passes on what it reads."""

from collections.abc import Sequence

from benefit_hub.task import Env, Incoming, Out, State
from benefit_hub.topology import Processor


def step(_state: State, batch: Sequence[Incoming], _env: Env) -> list[Out]:
    """Pass on, with where it came from."""
    return [Out(topic="totals", key=record.key, value=[record.offset, record.value]) for record in batch]


PASSING = Processor(
    name="passing",
    inputs=("numbers",),
    outputs=("totals",),
    origins="numbers",
    stateful=False,
    step=step,
)
