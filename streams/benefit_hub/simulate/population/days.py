"""The calendar beside what is said: days open as they come, and a pay run closes on the tenth of each month."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from benefit_hub.messages.internal import ControlEvent
from benefit_hub.simulate.population.changes import Change
from benefit_hub.simulate.population.records import Saying, noon
from benefit_hub.values.months import day_of_millis, month_of, month_text

PAY_DAY = 10


class Tick(NamedTuple):
    """A control event, and when it is received, in milliseconds since 1970."""

    event: ControlEvent
    received_at: int

    @property
    def event_id(self) -> str:
        """The same for the same day or pay run, whoever sends it."""
        return f"{self.event.type.lower()}/{self.event.day or self.event.month}"


def with_days(said: Iterable[Saying | Change], opened: date | None = None) -> Iterator[Saying | Change | Tick]:
    """The same, with each day opened before what is said on it. `opened` is the day that is open already.

    What is said has to come in the order of its days, as openings and changes do.
    """
    today, at = opened, 0
    for one in said:
        if one.received_at > at:
            at = one.received_at
            day = day_of_millis(at)
            yield from _until(today, day)
            today = day if today is None else max(today, day)
        yield one


def _until(opened: date | None, day: date) -> Iterator[Tick]:
    """Every day after the one that is open, to this one."""
    each = day if opened is None else opened + timedelta(days=1)
    while each <= day:
        yield Tick(ControlEvent(type="DAY_OPENED", day=each.isoformat()), noon(each))
        if each.day == PAY_DAY:
            yield Tick(ControlEvent(type="PAY_RUN_CLOSED", month=month_text(month_of(each))), noon(each))
        each += timedelta(days=1)
