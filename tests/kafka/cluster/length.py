"""How long these tests last: minutes altogether for `make test`, and as long as one likes otherwise.

HUB_SOAK_ROUNDS=30      so many rounds of each fault
HUB_SOAK_SEED=…         people, changes and moments as they were before; without it a new one, which is logged
"""

import os
from random import SystemRandom

SOAKING = "HUB_SOAK_ROUNDS" in os.environ
ROUNDS = int(os.environ.get("HUB_SOAK_ROUNDS", "1"))
SEED = os.environ.get("HUB_SOAK_SEED") or (str(SystemRandom().randrange(10**6)) if SOAKING else "1")


def limit_s(each: int) -> int:
    """The time limit of a test whose rounds take at most so many seconds, on a machine that does much else."""
    return 900 + each * ROUNDS
