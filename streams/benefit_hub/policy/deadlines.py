"""What has to be done by a day: how long a programme's steps may take, and how early somebody is reminded of an end."""

from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

Occasion = Literal["DECISION", "REVIEW", "CERTIFICATE", "AWARD", "REASSESSMENT"]
"""An application is decided upon; a case is looked at again; a certificate, or what was granted for a time, ends; whose health
has changed is assessed anew."""
OfNoProgramme = Literal["CHALLENGE"]
"""A department answers to who says that its record is wrong."""


class Deadline(Struct, frozen=True, kw_only=True):
    """How long one of a programme's steps may take, or one that belongs to none, in working days or months; `remind_months` or
    `remind_days` before the day somebody is reminded."""

    occasion: Occasion | OfNoProgramme
    working_days: int | None = None
    months: int | None = None
    remind_months: int | None = None
    remind_days: int | None = None
    clause: str
    source: str
    assumed: bool


class WorkingDays(Struct, frozen=True, kw_only=True):
    """Which days offices work, from one day through another: weekends are off but for those `worked`, and so are the days
    `off`."""

    first: date | None = None
    through: date | None = None
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether offices work on a day that is known."""
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def after(self, day: date, days: int) -> date | None:
        """The so manieth working day after a day; None where that is not known."""
        if self.first is None or self.through is None or day < self.first:
            return None
        for _ in range(days):
            day += timedelta(days=1)
            while day <= self.through and not self.works(day):
                day += timedelta(days=1)
            if day > self.through:
                return None
        return day
