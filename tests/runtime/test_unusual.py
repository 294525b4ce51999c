"""What is unusual in a window, told as rows: what came before, what came now, what is said."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from benefit_hub.catalogue.watch import Watch, length
from benefit_hub.messages.public import Alarm
from benefit_hub.runtime.unusual import Log, changes, ends_since, last_end, look, moments, unusual
from tests.checkout import catalogue

DAY_MS = 86_400_000
END = 1_782_835_200_000
"""Midnight between 2026-06-30 and 2026-07-01 in Shanghai."""
WEEKLY = Watch()
DEATHS = catalogue().topic("public-security.death")


def days(*counts: int, known: int = 99) -> Log:
    """So many records on each of these days, the last of which ends at END; nothing is known of more days than `known`."""
    came_by, total = {}, 0
    for number, count in enumerate((0, *counts)):
        total += count
        came_by[END - (len(counts) - number) * DAY_MS] = total
    before = {END - back * DAY_MS: 0 for back in range(len(counts) + 1, 40)}
    return Log(END - known * DAY_MS, before | came_by)


class Row(NamedTuple):
    """Records by day, the last one is looked at; what is told."""

    counts: tuple[int, ...]
    told: str | None
    known: int = 99


TABLE = {
    "every day alike": Row((40,) * 15, None),
    "silence": Row((40,) * 14 + (0,), "SILENCE"),
    "one record is no silence": Row((40,) * 14 + (1,), None),
    "twice the usual": Row((40,) * 14 + (80,), "VOLUME"),
    "not quite twice": Row((40,) * 14 + (79,), None),
    "a weekend without records, as ever": Row((40, 40, 40, 40, 40, 0, 0, 40, 40, 40, 40, 40, 0), None),
    "a workday without records": Row((40, 40, 40, 40, 40, 0, 0, 40, 40, 40, 40, 0), "SILENCE"),
    "Mondays are large, as ever": Row((99, 40, 40, 40, 40, 0, 0, 99), None),
    "a Tuesday as large as a Monday": Row((99, 40, 40, 40, 40, 0, 0, 99, 99), "VOLUME"),
    "too few to tell silence": Row((9,) * 14 + (0,), None),
    "few, and then twice what little there may be": Row((3,) * 14 + (20,), "VOLUME"),
    "few, and then a few more": Row((3,) * 14 + (19,), None),
    "a quiet topic stays quiet": Row((0,) * 15, None),
    "the first week tells nothing": Row((40,) * 7 + (0,), None, known=7),
    "after a week and a day it does": Row((40,) * 7 + (0,), "SILENCE", known=8),
    "one silent day is forgiven by the median": Row((40,) * 10 + (0, 40, 40, 40, 80), "VOLUME"),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_what_is_unusual(row: Row) -> None:
    assert unusual(WEEKLY, look(WEEKLY, END, days(*row.counts, known=row.known))) == row.told


def test_a_topic_that_never_had_a_record_is_not_judged() -> None:
    assert unusual(WEEKLY, look(WEEKLY, END, Log(None, days(0).came_by))) is None


def test_days_end_at_midnight_in_shanghai_and_are_looked_at_a_minute_later() -> None:
    assert last_end(WEEKLY, END + 59_999) == END - DAY_MS
    assert last_end(WEEKLY, END + 60_000) == END
    assert last_end(WEEKLY, END + DAY_MS) == END
    assert datetime.fromtimestamp(END / 1000, UTC).hour == 16


def test_short_windows_have_a_short_grace() -> None:
    short = Watch(window=timedelta(seconds=4), period=timedelta(seconds=4))
    assert last_end(short, END + 999) == END - 4000
    assert last_end(short, END + 1000) == END


def test_windows_that_nobody_looked_at_are_made_up_for_as_far_as_history_goes() -> None:
    now = END + 60_000
    assert ends_since(WEEKLY, None, now) == [END - back * DAY_MS for back in range(6, -1, -1)]
    assert ends_since(WEEKLY, END - 2 * DAY_MS, now) == [END - DAY_MS, END]
    assert ends_since(WEEKLY, END - 30 * DAY_MS, now) == ends_since(WEEKLY, None, now)
    assert ends_since(WEEKLY, END, now) == []


def test_what_has_to_be_known_of_a_week_and_of_a_period_far_away() -> None:
    assert moments(WEEKLY, END) == [END - back * DAY_MS for back in range(8, -1, -1)]
    hourly = Watch(window=timedelta(hours=1), period=timedelta(days=1), history=3)
    assert [(END - at) // 3_600_000 for at in moments(hourly, END)] == [25, 24, 4, 3, 2, 1, 0]


def silent_since_june_30() -> list[Alarm]:
    """An alarm that stands."""
    return changes(DEATHS, WEEKLY, look(WEEKLY, END, days(*(40,) * 14, 0)), [])


def test_an_alarm_says_what_it_is_about() -> None:
    (alarm,) = silent_since_june_30()
    assert (alarm.topic, alarm.department, alarm.kind, alarm.state) == (
        "public-security.death",
        "public-security",
        "SILENCE",
        "OPEN",
    )
    assert (alarm.began_at, alarm.window_s, alarm.records, alarm.usual) == (END - DAY_MS, 86_400, 0, 40)
    assert alarm.text_zh == (
        "死亡登记（公安）：2026-06-30 00:00:00 至 2026-07-01 00:00:00没有收到记录，平时每 1 天约 40 条。"
        "请与 data@public-security.example 联系。"
    )
    assert alarm.text_en == (
        "public-security.death: no record from 2026-06-30 00:00:00 to 2026-07-01 00:00:00, usually about 40 per 1 d. "
        "Ask data@public-security.example."
    )


def test_what_two_workers_say_is_the_same_and_said_once() -> None:
    (alarm,) = silent_since_june_30()
    assert silent_since_june_30() == [alarm]
    assert changes(DEATHS, WEEKLY, look(WEEKLY, END, days(*(40,) * 14, 0)), [alarm]) == []


def test_silence_lasts_until_a_record_comes_whatever_has_become_usual() -> None:
    (alarm,) = silent_since_june_30()
    later = days_later(9)
    assert changes(DEATHS, WEEKLY, look(WEEKLY, later, shifted(days(*(40,) * 5, *(0,) * 10), 9)), [alarm]) == []
    assert changes(DEATHS, WEEKLY, look(WEEKLY, later, Log(None, shifted(days(0), 9).came_by)), [alarm]) == []
    (over,) = changes(DEATHS, WEEKLY, look(WEEKLY, later, shifted(days(*(40,) * 5, *(0,) * 9, 3), 9)), [alarm])
    assert (over.alarm_id, over.state, over.ended_at) == (alarm.alarm_id, "ENDED", later - DAY_MS)
    assert over.text_zh == "死亡登记（公安）：2026-06-30 00:00:00 起没有数据，2026-07-09 00:00:00 起已恢复。"


def test_too_much_ends_when_it_has_become_usual() -> None:
    (alarm,) = changes(DEATHS, WEEKLY, look(WEEKLY, END, days(*(40,) * 14, 90)), [])
    assert alarm.kind == "VOLUME"
    still = look(WEEKLY, days_later(1), shifted(days(*(40,) * 14, 90, 90), 1))
    assert changes(DEATHS, WEEKLY, still, [alarm]) == []
    usual = look(WEEKLY, days_later(5), shifted(days(*(40,) * 14, *(90,) * 6), 5))
    assert [(one.kind, one.state) for one in changes(DEATHS, WEEKLY, usual, [alarm])] == [("VOLUME", "ENDED")]


def test_a_worker_whose_clock_is_late_changes_nothing() -> None:
    """It looks at June 30 when others have looked at July 1 already."""
    june_30 = look(WEEKLY, END, days(*(40,) * 14, 0))
    (alarm,) = silent_since_june_30()
    (over,) = changes(DEATHS, WEEKLY, look(WEEKLY, days_later(1), shifted(days(*(40,) * 14, 0, 40), 1)), [alarm])
    assert changes(DEATHS, WEEKLY, june_30, [over]) == [], "what is over does not begin again"
    begun = changes(DEATHS, WEEKLY, look(WEEKLY, days_later(1), shifted(days(*(40,) * 15, 0), 1)), [])
    assert [one.began_at for one in begun] == [END]
    assert changes(DEATHS, WEEKLY, look(WEEKLY, END, days(*(40,) * 15)), begun) == [], "nor does it end before it began"


def days_later(later: int) -> int:
    """So many days after END."""
    return END + later * DAY_MS


def shifted(log: Log, later: int) -> Log:
    """The same so many days later."""
    begun = None if log.known_from_ms is None else log.known_from_ms + later * DAY_MS
    return Log(begun, {at + later * DAY_MS: count for at, count in log.came_by.items()})


@pytest.mark.parametrize(
    ("text", "told"),
    [("90s", timedelta(seconds=90)), ("15m", timedelta(minutes=15)), ("6h", timedelta(hours=6)), ("2d", timedelta(2))],
)
def test_lengths_of_time(text: str, told: timedelta) -> None:
    assert length(text) == told
