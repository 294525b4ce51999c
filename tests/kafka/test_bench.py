"""`hub bench --quick`: every job of ours runs from its beginning to its figure."""

import json
import os
import subprocess
import sys

import pytest

from benefit_hub.bench.figures import FIGURES
from benefit_hub.bench.sizes import QUICK

ENDS_WITHIN_S = 420
BENCH = (sys.executable, "-m", "benefit_hub.cli", "bench", "--quick", "--json")
NEEDS_MORE = {"peer_job.ratio.kafka_streams", "peer_job.ratio.quix", "peer_job.ratio.faust", "hub_job.p99_ms_at_500"}
"""Other engines, and five hundred a second."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(ENDS_WITHIN_S + 30)]


def test_every_job_of_ours_comes_to_a_figure(kafka, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    done = subprocess.run(
        [*BENCH, "--out", tmp_path / "figures.json"],
        env={**clean, "KAFKA_BOOTSTRAP": kafka.bootstrap, "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert json.loads((tmp_path / "figures.json").read_text("utf-8")) == told
    assert "not measured" in (tmp_path / "figures.svg").read_text("utf-8")
    run = told.pop("run")
    assert set(told) == {each.key for each in FIGURES} - NEEDS_MORE
    assert set(run["not_measured"]) == NEEDS_MORE
    assert all(0 < each["min"] <= each["median"] <= each["max"] for each in told.values())
    assert run["sizes"]["scaled"] is True
    assert [each["ours"] > 0 for each in run["beside"]["peer_job.records_per_second"]] == [True]
    assert run["beside"]["load"][0]["records"] > QUICK.people
    assert run["beside"]["hub_job.latency_ms"][0]["adjustments"] > 0
    assert run["beside"]["restore.rows"][0]["rows"] > QUICK.people
    assert list(tmp_path.glob("benefit-hub*")) == [], "its folder is gone"
