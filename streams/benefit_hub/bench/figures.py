"""What is measured, how much of it there should be, and how several rounds are told: least, median, greatest."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, Literal

from msgspec import Struct, to_builtins


class Spread(Struct, frozen=True):
    """Several rounds of one figure."""

    min: float
    median: float
    max: float


class Figure(Struct, frozen=True):
    """One thing that is measured: in what unit, and the bar, which is a least or a greatest value of the median."""

    key: str
    unit: str
    which: Literal["at least", "at most"]
    bar: float
    about: str

    def met(self, found: Spread) -> bool:
        """Whether the median of the rounds meets the bar."""
        return found.median >= self.bar if self.which == "at least" else found.median <= self.bar


FIGURES = (
    Figure(
        "peer_job.ratio.kafka_streams", "×", "at least", 0.8, "records/s of the small job over those of Kafka Streams"
    ),
    Figure("peer_job.ratio.quix", "×", "at least", 1.5, "the same over Quix Streams"),
    Figure("peer_job.ratio.faust", "×", "at least", 20, "the same over Faust, set to exactly once"),
    Figure("load.records_per_second", "records/s", "at least", 10_000, "registers taken in before a hub goes live"),
    Figure(
        "hub_job.events_per_second", "events/s", "at least", 5_000, "changes of the standard mix through everything"
    ),
    Figure("hub_job.p99_ms_at_500", "ms", "at most", 1_000, "from publish to adjustment, at 500 events/s"),
    Figure("hub_job.rss_mib", "MiB", "at most", 1_024, "the most memory that a worker ever used"),
    Figure("raise.households_per_second", "households/s", "at least", 5_000, "a new standard over all, per CPU second"),
    Figure(
        "restore.records_per_second", "records/s", "at least", 100_000, "deleted stores, made again from changelogs"
    ),
)
"""All figures; what else is measured is told beside them."""


def spread(values: Sequence[float]) -> Spread:
    """The rounds of a figure; there must be one at least."""
    return Spread(round(min(values), 3), round(median(values), 3), round(max(values), 3))


def percentile(values: Iterable[float], share: float) -> float:
    """The least of the values which so great a share of them does not exceed; the values must not be none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


class Measured:
    """Values of rounds as they come, by figure."""

    def __init__(self) -> None:
        self._rounds: dict[str, list[float]] = {}
        self.beside: dict[str, list[Any]] = {}
        """What is told beside the figures: rates of the engines, sizes of what was measured, growth."""

    def add(self, key: str, value: float) -> None:
        """A round of a figure."""
        self._rounds.setdefault(key, []).append(value)

    def tell(self, key: str, value: Any) -> None:
        """A round of what is told beside."""
        self.beside.setdefault(key, []).append(value)

    def spreads(self) -> dict[str, Spread]:
        """What was measured, by figure."""
        return {key: spread(values) for key, values in self._rounds.items()}

    def rounds(self, key: str) -> int:
        """How many rounds of a figure there are."""
        return len(self._rounds.get(key, ()))


def document(measured: Measured, run: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON document: a key for each figure that was measured, then `run` with how, where and when, and what is beside.

    Figures that were not measured are named in `run.not_measured`: nothing stands for them.
    """
    found = measured.spreads()
    named = [each.key for each in FIGURES]
    return {
        **{key: to_builtins(found[key]) for key in named if key in found},
        "run": {**run, "not_measured": [key for key in named if key not in found], "beside": measured.beside},
    }


def table(told: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """A document as rows: figure, bar, what was found (least, median, greatest), verdict."""
    rows = []
    for each in FIGURES:
        bar = f"{each.which} {number(each.bar)} {each.unit}"
        if each.key not in told:
            rows.append((each.key, bar, "not measured", ""))
            continue
        found = Spread(**told[each.key])
        text = f"{number(found.min)} · {number(found.median)} · {number(found.max)}"
        rows.append((each.key, bar, text, "met" if each.met(found) else "missed"))
    return rows


def number(value: float) -> str:
    """A number as it is read: three digits that mean something, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
