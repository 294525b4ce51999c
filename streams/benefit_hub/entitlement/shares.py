"""What a programme gives month by month, as other programmes may see it: segments, never facts."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from benefit_hub.values.ids import is_person
from benefit_hub.values.steps import Steps


class Share(Struct, frozen=True, gc=False, array_like=True):
    """What is had in a month: so many fen for so many heads, nobody where it is not had; `known` is the month of the decision."""

    fen: int
    heads: int
    known: int


NOTHING = Share(0, 0, 0)
SharesOf = Callable[[str, str], Steps[Share]]
"""What a programme gives to somebody, by the names of both."""


class Statuses(Struct, frozen=True, gc=False, array_like=True):
    """The statuses of a programme: those that its timeline shows, those when the hub went live, and what it gives."""

    shown: Steps[str]
    opened: Steps[str]
    shares: Steps[Share] = ()


NO_STATUSES = Statuses((), ())


def key_of(programme: str, beneficiary: str) -> str:
    """By what the statuses of a programme are kept: its name alone for the household, with the person for a person's."""
    return f"{programme} {beneficiary}" if is_person(beneficiary) else programme


def shares_in(statuses: Mapping[str, Statuses]) -> SharesOf:
    """What is given, among the statuses of a household and its people."""

    return lambda programme, beneficiary: statuses.get(key_of(programme, beneficiary), NO_STATUSES).shares
