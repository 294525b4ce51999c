"""`hub` with a profiler in every runner: HUB_PROFILE names the folder into which each leaves where its time went.

`<processor>-<pid>.prof` is for `python -m pstats` or a viewer, `<processor>-<pid>.txt` are its first lines. Time is CPU time of
the runner's thread. A profiled worker takes about twice as long, and calls of Python functions look dearer than they are.
"""

import cProfile
import io
import os
import pstats
import time
from pathlib import Path
from threading import Event

from benefit_hub.cli import main
from benefit_hub.runtime.runner import Runner

VARIABLE = "HUB_PROFILE"
LINES = 45

_run = Runner.run


def run_profiled(runner: Runner, stop: Event) -> None:
    """Run, and leave behind where the time went."""
    folder = Path(os.environ[VARIABLE])
    profiler = cProfile.Profile(time.thread_time)  # what its thread computes; waiting for brokers is no part of it
    try:
        profiler.runcall(_run, runner, stop)
    finally:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{runner.name}-{os.getpid()}"
        profiler.dump_stats(folder / f"{name}.prof")
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(LINES)
        (folder / f"{name}.txt").write_text(text.getvalue(), "utf-8")


if __name__ == "__main__":
    setattr(Runner, Runner.run.__name__, run_profiled)  # the one place where a runner is not as it is written
    main()
