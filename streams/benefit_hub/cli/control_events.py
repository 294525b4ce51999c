"""Putting an event on control, and waiting until everybody has acted on it."""

import time
from datetime import date, datetime
from typing import Annotated

import typer

from benefit_hub.client import Publisher
from benefit_hub.client.acted import Acted
from benefit_hub.client.progress import progress_of
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.readiness import control_events
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import Month, day_of_millis, millis_of_day, month

LOOK_S = 1.0
TELL_S = 10.0
"""Going live with a city takes a quarter of an hour: a line now and then."""

StoryDay = Annotated[
    datetime | None,
    typer.Option("--story-day", formats=["%Y-%m-%d"], help="In story time: the day on which it happens."),
]
Wait = Annotated[bool, typer.Option(help="Wait until everything that follows has been worked off.")]


def happens_on(hub: Hub, story_day: datetime | None) -> date:
    """The day on which an event happens: in story time the given one, else today in Asia/Shanghai."""
    if (story_day is not None) != hub.settings.story_time:
        raise HubError("give --story-day in story time, and only there")
    return today() if story_day is None else story_day.date()


def today() -> date:
    """Today in Asia/Shanghai, by this machine's clock."""
    return day_of_millis(now_ms())


def said_before(hub: Hub) -> list[ControlEvent]:
    """All control events so far, in order."""
    return control_events(hub.settings, hub.bootstrap, hub.codecs)


def activated(hub: Hub) -> list[str]:
    """The hashes of the policy books that were activated, in order: the last is in force; none where nobody ever said one."""
    return [event.book for event in said_before(hub) if event.type == "POLICY_ACTIVATED" and event.book]


def month_given(text: str) -> Month:
    """A month as it was typed. Raises HubError."""
    try:
        return month(text)
    except ValueError as trouble:
        raise HubError(f"{trouble}") from None


def publish(hub: Hub, event: ControlEvent, day: date) -> int:
    """Put an event on control; its sequence. Now, or in story time at noon of the day on which it happens."""
    at_ms = millis_of_day(day) if hub.settings.story_time else now_ms()
    parts = (event.type, event.day, event.month, event.book, event.measure, event.region)
    with Publisher(hub.catalogue, hub.settings, hub.bootstrap) as publisher:
        story_ms = at_ms if hub.settings.story_time else None
        event_id = "-".join(part for part in parts if part)
        return publisher.control(event, event_id=event_id, at_ms=at_ms, story_received_at_ms=story_ms).sent().offset


def act(hub: Hub, event: ControlEvent, day: date, *, wait: bool) -> None:
    """Publish an event, and wait until everything that follows from it has been worked off, where that is asked for."""
    since_ms = now_ms()
    sequence = publish(hub, event, day)
    if wait:
        wait_for_settlement(hub, sequence, since_ms)


def wait_for_settlement(hub: Hub, sequence: int, since_ms: int) -> None:
    """Wait until every task of settlement has acted; say how far the processors are meanwhile."""
    tasks = hub.catalogue.topic("claims").partitions
    groups, due = {each.name: each.inputs for each in hub.topology.processors}, time.monotonic() + TELL_S
    with Acted(hub.settings, hub.bootstrap, "settlement", since_ms) as acted, progress_of(hub) as progress:
        while (done := acted.tasks(sequence)) < tasks:
            if time.monotonic() >= due:
                due = time.monotonic() + TELL_S
                behind = progress.behind(groups) or {}
                told = ", ".join(f"{name} {count}" for name, count in behind.items() if count)
                typer.echo(f"records behind: {told or 'none'}; {done} of {tasks} ledger tasks are done", err=True)
            time.sleep(LOOK_S)
