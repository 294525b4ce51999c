"""Runs one command for an owner and does not let it outlive the owner: a program of its own, standard library only.

    python process_guard.py OWNER_PID BEQUEST COMMAND...

The command's pid goes to stdout, its own output to stderr. With owner 0 the command is left to itself at once.
Otherwise the guard stays until the command ends; once the owner is gone, by whatever signal, the guard stops the command and sees
to the bequest, JSON: `{"commands": [[...]], "folder": null}`: commands to run and a folder to remove. Its exit code is the
command's, 128 and the number of the signal where one ended that.

The guard looks whether the owner still is its parent. Unlike a pipe that holds when the owner has forked, and unlike
PR_SET_PDEATHSIG on the command alone when the thread that started it has ended.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

LOOK_EVERY_S = 0.25
STOP_WITHIN_S = 10.0
PR_SET_PDEATHSIG = 1


def main(argv: Sequence[str]) -> None:
    """Run the command as the module says."""
    owner, bequest, command = int(argv[0]), json.loads(argv[1]), list(argv[2:])
    child = subprocess.Popen(  # noqa: S603  the command is the owner's own
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=_die_with_parent if owner else None,  # noqa: PLW1509  this program has no second thread yet
    )
    if owner:  # a supervisor of the whole group speaks to everybody at once: the guard has to outlive its command
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    os.write(sys.stdout.fileno(), f"{child.pid}\n".encode())
    os.close(sys.stdout.fileno())
    if owner and not _ended_before(owner, child):
        for last in bequest["commands"]:
            subprocess.run(last, stdout=sys.stderr, check=False)  # noqa: S603  the owner's own, too
        if bequest["folder"]:
            shutil.rmtree(bequest["folder"], ignore_errors=True)
    code = child.returncode or 0
    os._exit(128 - code if code < 0 else code)  # no interpreter shutdown: a child left to itself would be warned about


def _ended_before(owner: int, child: "subprocess.Popen[bytes]") -> bool:
    """Wait for the command's end; False if it was stopped here because the owner ended first."""
    ended = threading.Event()

    def wait() -> None:
        child.wait()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    while not ended.wait(LOOK_EVERY_S):
        if os.getppid() != owner:
            child.terminate()
            if not ended.wait(STOP_WITHIN_S):
                child.kill()
                ended.wait()
            return False
    return True


def _die_with_parent() -> None:
    """Linux: the kernel kills the command when somebody kills even the guard."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
