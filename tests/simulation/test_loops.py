"""In memory, too, what a processor tells itself shares the state of the task that reads its input."""

from typing import Any

import msgspec
import pytest

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate import run
from benefit_hub.simulate.run import Simulation, in_turn, shuffled
from benefit_hub.task import Env, Out, Table
from benefit_hub.topology import Processor, Topology
from benefit_hub.values.errors import InvariantBroken

SEEN = Table("seen", int)


def step(state, batch, _env):
    """Count what comes, and answer each event with three, two, one."""
    outs = []
    for record in batch:
        seen = (state.get(SEEN, "all") or 0) + 1
        state.put(SEEN, "all", seen)
        outs.append(Out(topic="receipts", key=record.topic, value=seen))
        left = 3 if record.topic == "control" else record.value
        if left:
            outs.append(Out(topic="person-transfers", key="k", value=left - 1))
    return outs


def talking(**other):
    """A processor that talks to itself."""
    told: dict[str, Any] = {
        "name": "talking",
        "inputs": ("control",),
        "outputs": ("receipts", "person-transfers"),
        "loop": "person-transfers",
        "origins": "control",
        "stateful": True,
        "step": step,
        "resume": lambda *_: [],
        "pending": lambda *_: False,
    }
    return Processor(**told | other)


@pytest.mark.parametrize("schedule", [in_turn, shuffled(lambda n: n // 2, 2)], ids=["all at once", "in pieces"])
def test_what_it_tells_itself_comes_back_to_the_same_state(monkeypatch, schedule):
    monkeypatch.setitem(run._INTERNAL, "person-transfers", msgspec.msgpack.Decoder(int))
    env = Env(books={}, first_book="", engine="")
    simulation = Simulation(Topology(processors=(talking(),)), env, partitions=1, schedule=schedule)
    for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
        simulation.control(ControlEvent(type="DAY_OPENED", day=day), 0)
    simulation.run()
    assert sorted(simulation.said("receipts")) == list(range(1, 13)), "three events, and each comes round three times"
    assert [out.key for out in simulation.outputs["receipts"]].count("person-transfers") == 9


@pytest.mark.parametrize(
    "wrong",
    [{"inputs": ("control", "facts")}, {"outputs": ("receipts",)}],
    ids=["two inputs", "a loop that it does not write"],
)
def test_a_loop_goes_with_one_input_and_is_written_by_its_reader(wrong):
    with pytest.raises(InvariantBroken, match="talking: a loop goes with exactly one input"):
        talking(**wrong)
