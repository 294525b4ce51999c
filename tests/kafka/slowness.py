"""How long a promised time may take here and now: tests share machines, and a promise is made for one with time to spare."""

import subprocess
import sys
import time


def within_s(promised: float) -> float:
    """What was promised, in seconds; on a busy machine sixty times what an empty program takes, if that is more."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-IS", "-c", ""], check=True, timeout=60)
    return max(promised, 60 * (time.monotonic() - begun))
