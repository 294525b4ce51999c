"""Whether what a department sent in a window is as usual, and the alarm that begins or ends there.

Nothing is remembered: how many records came in which window of *broker* time is asked of the brokers, who answer every worker
and every repetition alike. What stands is on the topic `alarms`; an alarm has its id by where it began.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, structs

from benefit_hub.catalogue import Topic
from benefit_hub.catalogue.watch import Watch
from benefit_hub.messages.public import Alarm, AlarmKind
from benefit_hub.values.ids import content_id
from benefit_hub.values.months import SHANGHAI

MS = timedelta(milliseconds=1)
GRACE = timedelta(minutes=1)
"""So long after its end a window is looked at, or a quarter of its length where that is less: clocks differ."""
_EAST_MS = SHANGHAI.utcoffset(None) // MS
_UNITS = ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "m"), (1, "秒", "s"))


class Log(Struct, frozen=True):
    """What the brokers say of a topic: from when on they know all that came, None where nothing ever did, and how many records
    had come by each of the moments that were asked for. Moments are milliseconds since 1970, by the brokers' clock."""

    known_from_ms: int | None
    came_by: Mapping[int, int]


class Look(Struct, frozen=True):
    """A window that has ended: how many records came in it, how many usually do, and how many did a period earlier.

    The last two are None where too little is known of what was before.
    """

    end_ms: int
    records: int
    usual: int | None
    earlier: int | None


def last_end(watch: Watch, now_ms: int) -> int:
    """The end of the last window that may be looked at; days begin at midnight in Asia/Shanghai."""
    window = watch.window // MS
    grace = min(GRACE // MS, window // 4)
    return (now_ms - grace + _EAST_MS) // window * window - _EAST_MS


def ends_since(watch: Watch, seen_ms: int | None, now_ms: int) -> list[int]:
    """The ends of the windows to be looked at, the oldest first: those since the one that was looked at last, and at first and
    at most as many as there are in the history, because silence that is as old as that has become usual."""
    window, last = watch.window // MS, last_end(watch, now_ms)
    first = last - (watch.history - 1) * window
    return list(range(first if seen_ms is None else max(first, seen_ms + window), last + 1, window))


def moments(watch: Watch, end_ms: int) -> list[int]:
    """Every moment at which it has to be known how much had come: the borders of all windows that are compared."""
    window, period = watch.window // MS, watch.period // MS
    borders = {end_ms - back * window for back in range(watch.history + 2)}
    return sorted(borders | {end_ms - period, end_ms - period - window})


def look(watch: Watch, end_ms: int, log: Log) -> Look:
    """The window that ends there, beside those before it."""
    window, period = watch.window // MS, watch.period // MS

    def came(end: int) -> int:
        return log.came_by[end] - log.came_by[end - window]

    records = came(end_ms)
    if log.known_from_ms is None or log.known_from_ms > end_ms - watch.reach // MS:
        return Look(end_ms, records, None, None)
    before = sorted(came(end_ms - back * window) for back in range(1, watch.history + 1))
    return Look(end_ms, records, before[len(before) // 2], came(end_ms - period))


def unusual(watch: Watch, seen: Look) -> AlarmKind | None:
    """What is not as usual. Unusual is only what is so against the windows before, and against the one a period earlier."""
    if seen.usual is None or seen.earlier is None:
        return None
    if seen.records == 0:
        return "SILENCE" if seen.usual >= watch.least and seen.earlier else None
    return "VOLUME" if seen.records >= watch.factor * max(seen.usual, seen.earlier, watch.least) else None


def changes(topic: Topic, watch: Watch, seen: Look, known: Iterable[Alarm]) -> list[Alarm]:
    """The alarms that begin with this window, and those among the known ones of the topic that are over with it.

    Silence ends with a record. Too much ends when it is no longer too much, be it that it has become usual. A worker whose
    clock is late, and looks at a window after others have gone on, changes nothing of what they said.
    """
    kind = unusual(watch, seen)
    at_ms = seen.end_ms - watch.window // MS
    told: list[Alarm] = []
    covered = set()
    for alarm in known:
        over = seen.records > 0 if alarm.kind == "SILENCE" else seen.usual is not None and kind != "VOLUME"
        if alarm.state == "OPEN" and alarm.began_at < at_ms and over:
            told.append(ended(topic, alarm, at_ms))
        elif alarm.ended_at is None or alarm.ended_at > at_ms:
            covered.add(alarm.kind)
    if kind is not None and kind not in covered:
        told.append(begun(topic, watch, seen, kind))
    return told


def begun(topic: Topic, watch: Watch, seen: Look, kind: AlarmKind) -> Alarm:
    """The alarm that begins with a window."""
    began_ms = seen.end_ms - watch.window // MS
    usual = seen.usual or 0
    span_zh, span_en = (
        f"{_clock(began_ms)} 至 {_clock(seen.end_ms)}",
        f"from {_clock(began_ms)} to {_clock(seen.end_ms)}",
    )
    got_zh, got_en = (
        ("没有收到记录", "no record")
        if kind == "SILENCE"
        else (f"收到 {seen.records} 条记录", f"{seen.records} records")
    )
    every_zh, every_en = _window_text(watch.window)
    return Alarm(
        alarm_id=content_id("alarm", topic.logical, kind, began_ms),
        state="OPEN",
        topic=topic.logical,
        department=topic.owner,
        kind=kind,
        began_at=began_ms,
        window_s=watch.window // timedelta(seconds=1),
        records=seen.records,
        usual=usual,
        ended_at=None,
        text_zh=f"{topic.title}：{span_zh}{got_zh}，平时每{every_zh}约 {usual} 条。请与 {topic.contact} 联系。",
        text_en=f"{topic.logical}: {got_en} {span_en}, usually about {usual} per {every_en}. Ask {topic.contact}.",
    )


def ended(topic: Topic, alarm: Alarm, at_ms: int) -> Alarm:
    """The same alarm, over."""
    since, until = _clock(alarm.began_at), _clock(at_ms)
    what_zh, what_en = ("没有数据", "silent") if alarm.kind == "SILENCE" else ("数据量异常", "too full")
    return structs.replace(
        alarm,
        state="ENDED",
        ended_at=at_ms,
        text_zh=f"{topic.title}：{since} 起{what_zh}，{until} 起已恢复。",
        text_en=f"{topic.logical}: {what_en} from {since} on, as usual again from {until} on.",
    )


def _window_text(window: timedelta) -> tuple[str, str]:
    """A length of time in Chinese and in English, in its greatest whole unit."""
    length = window // timedelta(seconds=1)
    seconds, zh, en = next(unit for unit in _UNITS if length % unit[0] == 0)
    return f" {length // seconds} {zh}", f"{length // seconds} {en}"


def _clock(at_ms: int) -> str:
    """A moment as clocks in Asia/Shanghai show it, in whole seconds."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
