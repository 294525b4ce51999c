"""How much is measured: the sizes for which the bars are meant, and those of a look whether it runs at all."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

from msgspec import Struct, structs

from benefit_hub.values.errors import HubError

JOBS = ("peer", "hub", "raise", "restore", "growth", "load")
USUAL = JOBS[:4]
PEERS = ("kafka-streams", "quix", "faust")


class Sizes(Struct, frozen=True, kw_only=True):
    """What a run measures, and how much of it. `records` are those of the peer job, `faust_records` those that Faust gets."""

    jobs: tuple[str, ...] = USUAL
    peers: tuple[str, ...] = PEERS
    rounds: int = 3
    workers: int = 2
    records: int = 1_000_000
    faust_records: int = 30_000
    people: int = 200_000
    changes: int = 500_000
    latency_s: int = 60
    rate: int = 500
    profile: Path | None = None

    @property
    def scaled(self) -> bool:
        """Whether this is less than what the bars are meant for."""
        whole = Sizes()
        names = ("rounds", "records", "people", "changes", "latency_s")
        return any(getattr(self, name) < getattr(whole, name) for name in names)

    def with_numbers(self, pairs: Iterable[str]) -> Self:
        """The same with other numbers, each as NAME=NUMBER. Raises HubError for what is none."""
        names = [each.name for each in structs.fields(type(self)) if each.type is int]
        changed = {}
        for pair in pairs:
            name, _, number = pair.partition("=")
            if name not in names or not number.isdecimal() or int(number) == 0:
                raise HubError(f"{pair}: a size is NAME=NUMBER, with one of {', '.join(names)}")
            changed[name] = int(number)
        return structs.replace(self, **changed)

    def told(self) -> dict[str, Any]:
        """As the document says it."""
        return {**structs.asdict(self), "profile": str(self.profile) if self.profile else None, "scaled": self.scaled}


QUICK = Sizes(
    peers=(), rounds=1, workers=1, records=5_000, faust_records=2_000, people=60, changes=100, latency_s=3, rate=50
)
"""Whether it runs at all: nothing that it says means anything."""
