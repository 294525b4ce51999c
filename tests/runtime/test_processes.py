"""Programs beside ours: asked with a time limit, ended with their owner, never mistaken for a stranger."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benefit_hub.runtime.processes import Bequest, ProcessId, ProgramFailed, ask, last_lines, launch

pytestmark = pytest.mark.slow

LAUNCH_AND_STAY = """
import sys, time
from pathlib import Path
from benefit_hub.runtime.processes import Bequest, launch

folder = Path(sys.argv[1])
left = folder / "left"
left.mkdir()
bequest = Bequest([["touch", str(folder / "told")]], left)
command = [sys.executable, "-c", sys.argv[2]]
print(launch(command, log=folder / "log", owned=True, bequest=bequest).process.pid, flush=True)
time.sleep(60)
"""
SLEEP = "import time; time.sleep(60)"
SLEEP_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def sleeper():
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as process:
        yield process
        process.kill()


def test_a_question_gets_its_answer():
    answer = ask([sys.executable, "-c", "import sys; print('yes'); sys.exit('but')"], within_s=10)
    assert (answer.code, answer.out, answer.err) == (1, "yes\n", "but\n")


def test_a_question_ends_at_its_time_limit_with_all_that_it_started(tmp_path):
    began = time.monotonic()
    answer = ask(["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait"], within_s=0.3)
    assert answer.code is None
    assert "within 0.3 s" in answer.err
    assert time.monotonic() - began < 5
    assert ProcessId.of(int((tmp_path / "pid").read_text())).gone(5)


def test_no_such_program_is_an_answer():
    assert ask(["no-such-program-anywhere"], within_s=1).err == "no program no-such-program-anywhere"


def test_a_process_is_known_by_its_start_too(sleeper):
    process = ProcessId.of(sleeper.pid)
    stranger = ProcessId(sleeper.pid, "another boot 1")
    assert process.alive()
    assert not stranger.alive()
    stranger.stop(within_s=1)
    stranger.kill(within_s=1)
    assert process.alive(), "a stranger with the same pid was ended"
    process.stop(within_s=10)
    assert not process.alive()


def test_a_process_that_ended_is_never_alive(sleeper):
    sleeper.kill()
    assert ProcessId.of(sleeper.pid).gone(10)  # a zombie, until its parent asks
    sleeper.wait()
    assert not ProcessId.of(sleeper.pid).alive()


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_owned_program_ends_with_its_owner(tmp_path, ended_by):
    with _owner(tmp_path, SLEEP) as owner:
        owned = _owned(owner)
        assert owned.alive()
        owner.send_signal(ended_by)
    assert owned.gone(10)
    _wait_for(lambda: (tmp_path / "told").exists() and not (tmp_path / "left").exists(), "the bequest")


def test_an_owned_program_ends_even_if_its_guard_is_killed(tmp_path):
    if sys.platform != "linux":
        pytest.skip("only the Linux kernel does that")
    with _owner(tmp_path, SLEEP) as owner:
        owned = _owned(owner)
        os.kill(_parent(owned.pid), signal.SIGKILL)
        assert owned.gone(10)
        owner.kill()


def test_a_program_left_to_itself_outlives_its_starter(tmp_path):
    code = LAUNCH_AND_STAY.replace("owned=True", "owned=False").replace("time.sleep(60)", "")
    answer = ask([sys.executable, "-c", code, str(tmp_path), SLEEP], within_s=30)
    left = ProcessId.of(int(answer.out))
    assert left.alive()
    left.stop(within_s=10)
    assert not (tmp_path / "told").exists()


def test_a_program_deaf_to_sigterm_is_killed(tmp_path):
    launched = launch(
        [sys.executable, "-c", f"print('up', flush=True); {SLEEP_DEAF}"], log=tmp_path / "log", owned=True
    )
    _wait_for(lambda: "up" in (tmp_path / "log").read_text(), "its first word")
    time.sleep(0.1)
    launched.process.stop(within_s=0.3)
    launched.close()
    assert not launched.process.alive()


def test_the_bequest_is_for_a_dead_owner_only(tmp_path):
    bequest = Bequest([["touch", str(tmp_path / "told")]], tmp_path / "left")
    (tmp_path / "left").mkdir()
    launched = launch([sys.executable, "-c", SLEEP], log=tmp_path / "log", owned=True, bequest=bequest)
    launched.process.stop(within_s=10)
    launched.close()
    assert (tmp_path / "left").exists()
    assert not (tmp_path / "told").exists()


def test_a_program_that_cannot_start_says_why(tmp_path):
    with pytest.raises(ProgramFailed, match=r"(?s)no-such-program.*No such file"):
        launch(["no-such-program-anywhere"], log=tmp_path / "log", owned=True)


def test_the_end_of_a_log(tmp_path):
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(1000)))
    assert last_lines(log, 2) == "  line 998\n  line 999"
    assert "does not exist" in last_lines(tmp_path / "none")


def _owner(folder: Path, command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCH_AND_STAY, str(folder), command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _owned(owner) -> ProcessId:
    return ProcessId.of(int(owner.stdout.readline()))


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)
