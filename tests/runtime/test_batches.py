"""How batches grow and shrink."""

import pytest

from benefit_hub.runtime.batches import first_limit, next_limit
from benefit_hub.runtime.settings import Settings

SETTINGS = Settings(batch_records_max=1_000, batch_target_ms=500, transaction_timeout_ms=5_000)


@pytest.mark.parametrize(
    ("limit", "records", "worked_s", "took_s", "next_one"),
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
def test_the_next_batch(limit, records, worked_s, took_s, next_one):
    assert next_limit(limit, records, worked_s=worked_s, took_s=took_s, settings=SETTINGS) == next_one


def test_the_first_batch():
    assert first_limit(SETTINGS) == 256
    assert first_limit(Settings(batch_records_max=40)) == 40
