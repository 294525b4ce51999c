"""How a worker says, by its exit code, whether it is of use to start it again."""

from benefit_hub.values.errors import CatalogueError, ContractViolation, HubError, InvariantBroken

DRAINED = 0
TROUBLE = 1
"""Ended by what may pass: brokers, a disk, another that took its place. Start it again."""
OF_NO_USE = 78
"""Ended by what stays until a person mends it: settings, key, law, a broken invariant. BSD calls this code EX_CONFIG."""


def exit_code(trouble: HubError) -> int:
    """The exit code of a worker that ended by this error."""
    stays = isinstance(trouble, CatalogueError | ContractViolation | InvariantBroken)
    return OF_NO_USE if stays else TROUBLE
