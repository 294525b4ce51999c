"""The runner in a world of chance: whatever goes wrong between any two calls, what is committed is what a plain run would say.

A seed decides everything. `HUB_SEEDS=5000` runs so many; `HUB_SEED=1234` runs that one alone, and prints all that happened.
"""

import logging
import os
import sys
from collections.abc import Iterator

import pytest

from tests.runner_simulation.defects import DEFECTS
from tests.runner_simulation.runs import Outcome, run

pytestmark = pytest.mark.slow

SEEDS = int(os.environ.get("HUB_SEEDS", "40"))
ONE = os.environ.get("HUB_SEED", "")
FOUND_WITHIN = 3000


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What runners log in bad weather would fill books."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def failed(seed: int, outcome: Outcome) -> str:
    """What to do next with a seed that failed."""
    return f"{outcome.wrong}\nHUB_SEED={seed} runs it again and prints what happened"


@pytest.mark.timeout(3600)
@pytest.mark.skipif(bool(ONE), reason="HUB_SEED asks for one run")
def test_nothing_is_lost_doubled_or_made_of_a_wrong_state_whatever_happens() -> None:
    committed = 0
    for seed in range(SEEDS):
        outcome = run(seed)
        assert not outcome.wrong, failed(seed, outcome)
        committed += outcome.committed
    assert committed > 20 * SEEDS, "the worlds are not dead"


@pytest.mark.skipif(not ONE, reason="HUB_SEED asks for none")
def test_one_seed_with_all_that_happens(capsys) -> None:
    outcome = run(int(ONE), tracing=True)
    with capsys.disabled():
        sys.stdout.write("\n".join(outcome.told) + "\n")
    assert not outcome.wrong, failed(int(ONE), outcome)


@pytest.mark.parametrize("seed", [3, 4])
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    assert run(seed, tracing=True) == run(seed, tracing=True)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.wrong.__name__)
def test_a_defect_is_found(defect, monkeypatch) -> None:
    runner = defect.install(monkeypatch.setattr)
    seeds = range(defect.near, defect.near + FOUND_WITHIN)
    wrong = next(filter(None, (run(seed, runner).wrong for seed in seeds)), "")
    assert wrong.startswith(("Wrong", "InvariantBroken")), wrong or f"{defect.told} No seed finds it"
