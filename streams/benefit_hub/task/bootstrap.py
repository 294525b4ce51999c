"""Going live: which facts a hub was opened with, and from which month on it answers for what is paid.

Between the two control events departments' registers and the awards now paid are loaded. What was received until the
bootstrap closed, and began before it opened, is what those registers held: it is loaded. Everything else is news, however
soon it came, because no register that was copied before can have known it.
"""

from datetime import date

from msgspec import Struct

from benefit_hub.messages.departments import Application, Decision, LegacyAward, Membership
from benefit_hub.messages.internal import ControlEvent, Fact
from benefit_hub.values.months import FIRST_MONTH, Month, day_of_millis, month


class Bootstrap(Struct, frozen=True, kw_only=True):
    """How far going live has come for a task: the day on which loading began, the instant until which what was received is
    loaded (milliseconds since 1970), and the first month for which this hub answers."""

    opened_on: date | None = None
    closed_at: int | None = None
    own: Month = FIRST_MONTH

    @property
    def loading(self) -> bool:
        """Whether facts are only kept for now."""
        return self.opened_on is not None and self.closed_at is None

    @property
    def closed_on(self) -> date | None:
        """The day on which loading ended; None before, and in a hub that never loaded anything."""
        return None if self.closed_at is None else day_of_millis(self.closed_at)

    def after(self, event: ControlEvent, received_at: int) -> "Bootstrap":
        """What a control event makes of it. A hub goes live once: what is said again changes nothing."""
        if event.type == "BOOTSTRAP_OPENED" and self.opened_on is None:
            return Bootstrap(opened_on=day_of_millis(received_at))
        if event.type == "BOOTSTRAP_CLOSED" and self.loading and event.month is not None:
            return Bootstrap(opened_on=self.opened_on, closed_at=received_at, own=month(event.month))
        return self

    def loaded(self, fact: Fact) -> bool:
        """Whether a revision is part of what the hub was opened with."""
        if self.opened_on is None or self.closed_at is None or fact.received_at > self.closed_at:
            return False
        payload = fact.payload
        if isinstance(payload, LegacyAward | Application | Decision):
            return True  # these say themselves from which month they speak
        ended = fact.valid_to if isinstance(payload, Membership) else None
        return (ended or fact.valid_from) < self.opened_on
