"""The source watch: looks at department topics as their windows end, and says on `alarms` what begins and what is over.

It runs beside intake in every worker that has it, and needs nobody to be chosen for it: what two of them say is the same.
"""

import logging
from collections.abc import Iterable
from threading import Event
from typing import NamedTuple

import msgspec

from benefit_hub.catalogue import Topic
from benefit_hub.catalogue.watch import Watch
from benefit_hub.messages.public import Alarm
from benefit_hub.runtime.admin import Administration, administration
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.telling import tell
from benefit_hub.runtime.unusual import MS, Log, changes, ends_since, look, moments
from benefit_hub.runtime.whole_topic import whole
from benefit_hub.runtime.wire import Codec
from benefit_hub.task import Out
from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

ALARMS = "alarms"
LOOK_EVERY_S = 30.0


class Due(NamedTuple):
    """A topic, and the ends of its windows that are to be looked at."""

    topic: Topic
    watch: Watch
    ends: list[int]

    @property
    def moments(self) -> list[int]:
        """Every moment at which it has to be known how much had come."""
        return sorted({moment for end in self.ends for moment in moments(self.watch, end)})


class SourceWatch:
    """Watches the department topics among these."""

    name = "source watch"

    def __init__(self, settings: Settings, bootstrap: str, codec: Codec, topics: Iterable[Topic]) -> None:
        self._settings = settings
        self._bootstrap = bootstrap
        self._codec = codec
        self._watched = [(topic, topic.watch) for topic in topics if topic.watch is not None]
        self._seen: dict[str, int] = {}
        """The end of the window of each topic that was looked at last."""

    def run(self, stop: Event) -> None:
        """Watch until told to stop. Brokers that are away are asked again."""
        shortest_s = min((watch.window.total_seconds() for _, watch in self._watched), default=LOOK_EVERY_S)
        while not stop.wait(min(LOOK_EVERY_S, shortest_s / 4)):
            try:
                self.look(now_ms())
            except HubError as trouble:
                log.warning("the sources could not be looked at: %s", trouble)

    def look(self, now: int) -> list[Alarm]:
        """Look at every window that has ended by now and was not looked at yet; what had to be said. `now` in milliseconds."""
        new = [
            Due(topic, watch, ends)
            for topic, watch in self._watched
            if (ends := ends_since(watch, self._seen.get(topic.logical), now))
        ]
        if not new:
            return []
        known = known_alarms(self._settings, self._bootstrap, self._codec)
        told: list[Alarm] = []
        with administration(self._settings, self._bootstrap) as admin:
            logs = logs_of(admin, self._settings, new)
        for due in new:
            for end in due.ends:
                ours = [alarm for alarm in known.values() if alarm.topic == due.topic.logical]
                said = changes(due.topic, due.watch, look(due.watch, end, logs[due.topic.logical]), ours)
                known |= {alarm.alarm_id: alarm for alarm in said}
                told += said
        for alarm in told:
            log.warning("%s", alarm.text_en)
        outs = [Out(topic=ALARMS, key=alarm.alarm_id, value=alarm) for alarm in told]
        if outs:
            tell(self._settings, self._bootstrap, self._codec, outs, ALARMS)
        self._seen |= {due.topic.logical: due.ends[-1] for due in new}
        return told


def known_alarms(settings: Settings, bootstrap: str, codec: Codec) -> dict[str, Alarm]:
    """Every alarm by its id, open or over, in the order in which they were last spoken of."""
    found: dict[str, Alarm] = {}
    for message in whole(settings, bootstrap, ALARMS):
        alarm = msgspec.convert(codec.decode(ALARMS, message.value()), Alarm)
        found.pop(alarm.alarm_id, None)
        found[alarm.alarm_id] = alarm
    return found


def logs_of(admin: Administration, settings: Settings, watched: Iterable[Due]) -> dict[str, Log]:
    """What the brokers say of topics, each about the windows that are due.

    The ends of the partitions are asked first: where nothing came after a moment, all that had come by then lies before them.
    """
    places = {
        due.topic.logical: [(settings.topic(due.topic.logical), number) for number in range(due.topic.partitions)]
        for due in watched
    }
    every = [place for each in places.values() for place in each]
    highs, lows, firsts = admin.ends(every), admin.beginnings(every), admin.offsets_at(every, 0)
    asked: dict[int, list[tuple[str, int]]] = {}
    for due in watched:
        for moment in due.moments:
            asked.setdefault(moment, []).extend(places[due.topic.logical])
    at = {moment: admin.offsets_at(each, moment) for moment, each in asked.items()}
    found = {}
    for due in watched:
        ours = places[due.topic.logical]
        came_by = {
            moment: sum(highs[place] if (told := at[moment][place]) is None else told[0] for place in ours)
            for moment in due.moments
        }
        begun = [told[1] for place in ours if (told := firsts[place]) is not None]
        dropped = any(lows[place] for place in ours)
        found[due.topic.logical] = Log(_known_from(due, begun, dropped=dropped), came_by)
    return found


def _known_from(due: Due, begun: list[int], *, dropped: bool) -> int | None:
    """From when on all that came is still there: what retention promises, or the first record where nothing was dropped yet."""
    kept_ms = 0 if due.topic.retention is None else due.ends[-1] - due.topic.retention // MS
    if dropped:
        return kept_ms
    return max(kept_ms, min(begun)) if begun else None
