"""How a worker says, by its exit code, whether it is of use to start it again."""

import logging
import os
import sys
from typing import NoReturn

from benefit_hub.values.errors import CatalogueError, ContractViolation, HubError, InvariantBroken

DRAINED = 0
TROUBLE = 1
"""Ended by what may pass: brokers, a disk, another that took its place. Start it again."""
OF_NO_USE = 78
"""Ended by what stays until a person mends it: settings, key, law, a broken invariant. BSD calls this code EX_CONFIG."""


def end_at_once() -> NoReturn:
    """End this process, in which everything is drained and closed: that the interpreter tidies up after Kafka's clients takes
    seconds on a busy machine, and is of use to nobody."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(DRAINED)


def exit_code(trouble: HubError) -> int:
    """The exit code of a worker that ended by this error."""
    stays = isinstance(trouble, CatalogueError | ContractViolation | InvariantBroken)
    return OF_NO_USE if stays else TROUBLE
