"""Worker processes under one: started again when they fail, not when that is of no use, ended together, never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from benefit_hub.runtime import slots
from benefit_hub.runtime.endings import OF_NO_USE, TROUBLE, exit_code
from benefit_hub.runtime.processes import ProcessId
from benefit_hub.runtime.slots import Slots, wait_s
from benefit_hub.values.errors import CatalogueError, HubError, InvariantBroken

WORK = """
import signal, sys, time
from pathlib import Path
def told(*_):
    Path(sys.argv[1], "drained").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, told)
with Path(sys.argv[1], "pids").open("a") as pids:
    pids.write(f"{__import__('os').getpid()} {__import__('os').environ.get('HUB_SLOT', '')}\\n")
time.sleep(60)
"""
"""Writes down its pid and slot, and drains when told."""


def ending(code):
    """A program that writes down that it was started, and ends."""
    return f"import sys; open(sys.argv[1] + '/starts', 'a').write('x'); sys.exit({code})"


def command(program, folder):
    return [sys.executable, "-ISc", program, str(folder)]


def started(folder):
    """How often it was started."""
    return len((folder / "starts").read_text()) if (folder / "starts").exists() else 0


def pids(folder):
    """The pids and slots that were written down."""
    file = folder / "pids"
    return [line.split(" ") for line in file.read_text().splitlines()] if file.exists() else []


def until(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def kept(monkeypatch):
    """Runs slots in a thread; what they raised is the second of the two."""
    monkeypatch.setattr(slots, "FIRST_WAIT_S", 0.1)
    stop, threads = Event(), []

    def run(made):
        raised = []

        def keep():
            try:
                made.run(stop)
            except HubError as trouble:
                raised.append(trouble)

        threads.append(Thread(target=keep))
        threads[-1].start()
        return threads[-1], raised

    yield stop, run
    stop.set()
    for thread in threads:
        thread.join(20)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (HubError("no brokers"), TROUBLE),
        (CatalogueError("another key"), OF_NO_USE),
        (InvariantBroken("two holders of a month"), OF_NO_USE),
    ],
    ids=["what may pass", "what is set up wrongly", "a broken invariant"],
)
def test_the_exit_code_says_whether_to_start_again(trouble, code):
    assert exit_code(trouble) == code


def test_the_wait_doubles_up_to_a_minute():
    assert [wait_s(failures) for failures in (1, 2, 3, 6, 7, 100)] == [1, 2, 4, 32, 60, 60]


@pytest.mark.slow
def test_one_that_fails_is_started_again_and_the_others_are_left_alone(kept, tmp_path):
    stop, run = kept
    thread, raised = run(Slots(command(WORK, tmp_path), [{"HUB_SLOT": "4"}, {"HUB_SLOT": "5"}]))
    until(lambda: len(pids(tmp_path)) == 2)
    first, second = (int(pid) for pid, _ in pids(tmp_path))
    os.kill(first, signal.SIGKILL)
    until(lambda: len(pids(tmp_path)) == 3)
    assert sorted(slot for _, slot in pids(tmp_path))[::2] == ["4", "5"], "it is started in its own slot again"
    assert ProcessId.of(second).alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert raised == []
    assert (tmp_path / "drained").exists()
    assert not any(ProcessId.of(int(pid)).alive() for pid, _ in pids(tmp_path))


@pytest.mark.slow
def test_one_for_which_it_is_of_no_use_is_not_started_again(kept, tmp_path):
    _, run = kept
    thread, raised = run(Slots(command(ending(OF_NO_USE), tmp_path), [{}, {}]))
    thread.join(20)
    assert [type(each) for each in raised] == [CatalogueError]
    assert started(tmp_path) == 2


@pytest.mark.slow
def test_one_that_fails_each_time_is_started_again_and_again(kept, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(slots, "wait_s", lambda failures: 0.1 if failures < 4 else 60.0)
    stop, run = kept
    thread, raised = run(Slots(command(ending(TROUBLE), tmp_path), [{}]))
    until(lambda: "started again in 60 s" in caplog.text)
    assert started(tmp_path) == 4
    stop.set()
    thread.join(10)
    assert raised == [], "that it was waiting to be started again is no error"


@pytest.mark.slow
def test_one_that_does_not_end_is_killed_and_that_is_told(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(slots, "KILLED_AFTER_S", 0.3)
    stop, run = kept
    deaf = WORK.replace("signal.signal(signal.SIGTERM, told)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    thread, raised = run(Slots(command(deaf, tmp_path), [{}]))
    until(lambda: pids(tmp_path))
    stop.set()
    thread.join(20)
    assert ["exit code 137" in str(each) for each in raised] == [True]


SUPERVISE = """
import sys
from threading import Event
from benefit_hub.runtime.slots import Slots
Slots(sys.argv[1:], [{}, {}]).run(Event())
"""


@pytest.mark.slow
def test_when_the_one_above_is_killed_the_workers_drain_and_end(tmp_path):
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, *command(WORK, tmp_path)]) as above:
        until(lambda: len(pids(tmp_path)) == 2)
        above.send_signal(signal.SIGKILL)
    assert all(ProcessId.of(int(pid)).gone(10) for pid, _ in pids(tmp_path))
    assert Path(tmp_path, "drained").exists()
