"""The disk of the stores is full: the worker stops and says so, and goes on once there is space; nothing is lost meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kafka.faults.small_disk import small_disk
from tests.kafka.faults.stage import Stage

AT_EASE = {"transaction_timeout_ms": 60_000, "session_timeout_ms": 30_000}
"""Nobody is silent here, however slow the machine; the disk alone is what fails."""


@pytest.mark.timeout(900)
def test_a_full_disk_stops_the_worker_until_there_is_space(make_stage: Callable[..., Stage], tmp_path: Path) -> None:
    with small_disk(tmp_path / "data" / "stores", 48) as disk:
        stage = make_stage("full disk", 60, batch_records_max=50, **AT_EASE)
        worker = stage.start(0)
        stage.wait_at_work(0)
        disk.fill(worker.process.pid)
        stage.load.open_up()
        words = stage.ends_saying(0, "cannot be written")
        assert "No space left on device" in words or "File too large" in words
        assert "see to the disk, then start the worker again" in words.splitlines()[-1]
        disk.clear()
        stage.start(0)
        stage.load.burst(20)
        stage.check()
        stage.leave(0)
