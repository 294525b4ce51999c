"""`hub demo --people`: a small population on a real Kafka, held against the same records in memory."""

import os
import re
import subprocess
import sys

import pytest

DEMO = (sys.executable, "-m", "benefit_hub.cli", "demo", "--no-story")
ENDS_WITHIN_S = 240

pytestmark = pytest.mark.timeout(ENDS_WITHIN_S + 30)


@pytest.fixture
def demo(kafka, tmp_path):
    """Runs a demo to its end, with everything that it makes in a folder of the test."""

    def run(*arguments):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "KAFKA_"))}
        return subprocess.run(
            [*DEMO, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_S,
            check=False,
            env={**clean, "TMPDIR": str(tmp_path), "KAFKA_BOOTSTRAP": kafka.bootstrap, "COLUMNS": "160"},
        )

    return run


def test_a_population_is_worked_off_and_comes_to_what_the_simulation_says(demo, tmp_path):
    done = demo("--people", 120, "--changes", 300, "--seed", "7")
    text = done.stdout
    assert done.returncode == 0, text[-3000:] + done.stderr[-1000:]
    assert "✗" not in text
    assert "120 人，300 条变动（种子 7）" in text
    assert "300/300" in text
    (moved,) = re.findall(r"变动引起的待遇调整 (\d+) 项，没有拒收的记录", text)
    assert int(moved) >= 30
    ((records, ledgers),) = re.findall(r"(\d+) records through the simulation, (\d+) ledgers", text)
    assert int(records) > 700
    assert int(ledgers) > 50
    assert re.search(r"变动 300 条记录，\d+ 秒，每秒 \d+ 条", text)
    assert list(tmp_path.glob("benefit-hub*")) == [], "its folder is gone"
