"""How a department topic is watched: in which windows its records are counted, and from what on a count is not usual."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

from msgspec import Struct
from pydantic import Field, StringConstraints

from benefit_hub.catalogue.documents import Document, Written
from benefit_hub.catalogue.findings import Finding

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
Length = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*[smhd]$")]


class Watch(Struct, frozen=True, kw_only=True):
    """Records are counted per `window`. Usual is the median of the `history` windows before one, and what came a `period`
    earlier. Under `least` records nothing is said of silence; `factor` times what is usual is too much."""

    window: timedelta = timedelta(days=1)
    period: timedelta = timedelta(days=7)
    history: int = 7
    factor: int = 2
    least: int = 10

    @property
    def reach(self) -> timedelta:
        """How far back records must be kept, so that a window can be judged at its end."""
        return max(self.history * self.window, self.period) + self.window


class WatchWritten(Written):
    """`watch:` of a department topic; what is left out is as in `Watch`."""

    window: Length = "1d"
    period: Length = "7d"
    history: Annotated[int, Field(ge=3)] = 7
    factor: Annotated[int, Field(ge=2)] = 2
    least: Annotated[int, Field(ge=1)] = 10

    def watch(self) -> Watch:
        """The same with lengths of time."""
        return Watch(
            window=length(self.window),
            period=length(self.period),
            history=self.history,
            factor=self.factor,
            least=self.least,
        )


def length(text: str) -> timedelta:
    """A length of time from text such as `90s`, `6h` or `1d`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


def watch_mistakes(watch: Watch, retention: timedelta | None, document: Document) -> Iterator[Finding]:
    """What cannot be watched so."""
    if watch.period % watch.window:
        told = "a period is made of whole windows"
        yield document.finding(("watch", "period"), told, "Say a multiple of window.")
    if retention is not None and watch.reach > retention:
        told = (
            f"the usual is looked up over {watch.reach.days} days and more, and records are kept for {retention.days}"
        )
        yield document.finding(("watch",), told, "Shorten window, history or period, or lengthen retention.")
