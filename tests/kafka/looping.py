"""A small processor that tells itself things: it counts visits per key, and sends each number on, less one, to the next key.

A number n that is published for one of the keys is n + 1 visits, the first from `numbers`, the others over the loop.
"""

from benefit_hub.task import Out
from benefit_hub.topology import Processor
from tests.kafka.counting import COUNTING, TOTALS

KEYS = [f"k{number}" for number in range(40)]
FOLLOWING = dict(zip(KEYS, [*KEYS[1:], KEYS[0]], strict=True))


def step(state, batch, env):
    """Count the visit and say so, with the topic from which it came and who says it; send it on."""
    outs = []
    for record in batch:
        key = record.key.decode()
        total = (state.get(TOTALS, key) or 0) + 1
        state.put(TOTALS, key, total)
        outs.append(Out(topic="totals", key=key, value=[record.topic, total, env.engine]))
        if record.value:
            outs.append(Out(topic="rounds", key=FOLLOWING[key], value=record.value - 1))
    return outs


LOOPING = Processor(
    name="looping",
    inputs=("numbers",),
    outputs=("totals", "rounds"),
    loop="rounds",
    origins="numbers",
    stateful=True,
    step=step,
    resume=COUNTING.resume,
    pending=COUNTING.pending,
)
