"""Benefits that follow prices."""

from collections.abc import Mapping

from msgspec import Struct


class PriceLink(Struct, frozen=True, kw_only=True):
    """When prices count as risen, and who is paid for it.

    `triggers` are measures with the percent that any of them has to reach; `rate` is the measure by which the standard is
    multiplied; `floor` the least per head, in yuan as text. Paid are those who have one of the programmes `groups`, each once:
    who is counted in the household's programme `once_with` is not paid by this one.
    """

    triggers: Mapping[str, str]
    rate: str
    groups: tuple[str, ...]
    floor: str | None = None
    once_with: str | None = None
