"""How batches grow and shrink."""

import pytest

from benefit_hub.runtime.batches import Pace
from benefit_hub.runtime.settings import Settings

SETTINGS = Settings(batch_target_ms=500, transaction_timeout_ms=5_000)


@pytest.mark.parametrize(
    ("limit", "taken", "worked_s", "took_s", "next_one"),
    [
        (256, 256, 0.02, 0.05, 512),  # a backlog, quickly done
        (800, 800, 0.02, 0.05, 1_000),  # as many as the settings allow
        (256, 100, 0.02, 0.05, 256),  # no backlog
        (256, 256, 0.30, 0.40, 256),  # about the time wanted
        (256, 256, 0.60, 0.70, 128),  # too long
        (1, 1, 0.60, 0.70, 1),
        (256, 256, 0.02, 2.20, 512),  # a slow line: each step of a transaction waits, whatever is in it
        (256, 256, 0.02, 3.00, 256),  # slower
        (256, 256, 0.02, 4.00, 128),  # so slow that the broker may abort it
    ],
)
def test_the_next_batch(limit, taken, worked_s, took_s, next_one):
    pace = Pace(limit, 1_000, SETTINGS)
    pace.done(taken, worked_s=worked_s, took_s=took_s)
    assert pace.limit == next_one


def test_the_first_batch():
    assert Pace(256, 1_000, SETTINGS).limit == 256
    assert Pace(256, 40, SETTINGS).limit == 40


def test_a_batch_that_failed_again_and_again_is_halved():
    pace = Pace(3, 1_000, SETTINGS)
    pace.halve()
    assert pace.limit == 1
    pace.halve()
    assert pace.limit == 1
