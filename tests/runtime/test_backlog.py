"""How long records have been waiting, and which runner has no excuse any more; told as rows of what was seen when."""

import pytest

from benefit_hub.runtime.backlog import KEPT, Backlog, Lag, Looked, Patience


@pytest.mark.parametrize(
    ("looks", "lag"),
    [
        ([(0, 10, 10)], Lag(0, 0)),
        ([(0, 10, 4)], Lag(6, 0)),
        ([(0, 10, 4), (30, 10, 5)], Lag(5, 30)),
        ([(0, 10, 10), (30, 12, 10), (50, 20, 10)], Lag(10, 20)),
        ([(0, 10, 10), (30, 12, 10), (50, 20, 12)], Lag(8, 0)),
        ([(0, 10, 10), (30, 12, 10), (50, 20, 20)], Lag(0, 0)),
        ([(0, 10, 5), (30, 3, 1)], Lag(2, 0)),
    ],
    ids=[
        "nothing waits",
        "what lay there before",
        "it waits since the first look",
        "the oldest that waits counts",
        "the older ones are done",
        "all are done",
        "a topic that was made again",
    ],
)
def test_a_lag_in_records_and_seconds(looks, lag):
    backlog = Backlog()
    assert [backlog.look(*look) for look in looks][-1] == lag


def test_under_a_steady_load_the_seconds_stay_small_and_so_does_what_is_remembered():
    backlog = Backlog()
    seen = [backlog.look(second, 100 * second + 50, 100 * second) for second in range(5 * KEPT)]
    assert max(lag.seconds for lag in seen) <= 1
    stuck = [backlog.look(5 * KEPT + second, 10**6 + second, 0) for second in range(5 * KEPT)]
    assert len(backlog._seen) <= KEPT
    assert stuck[-1].seconds == 5 * KEPT, "since the last look under load"


IDLE = {"behind": False, "restoring": False}
LAGS = {"behind": True, "restoring": False}
RESTORES = {"behind": False, "restoring": True}


@pytest.mark.parametrize(
    ("looks", "silent_s"),
    [
        ([Looked(turn, 7, **IDLE) for turn in (5, 9, 14)], 0),
        ([Looked(5, number, **LAGS) for number in (7, 8, 9)], 0),
        ([Looked(turn, 7, **RESTORES) for turn in (5, 6, 7)], 0),
        ([Looked(turn, 7, **LAGS) for turn in (5, 6, 7)], 20),
        ([Looked(5, 7, **LAGS)] * 3, 20),
        ([Looked(5, 7, **RESTORES)] * 3, 20),
        ([Looked(5, 7, **IDLE)] * 3, 20),
        ([Looked(0, 0, **IDLE)] * 3, 20),
        ([Looked(0, 0, **IDLE), Looked(1, 0, **RESTORES), Looked(2, 0, **RESTORES)], 0),
        ([Looked(5, 7, **LAGS), None, Looked(5, 7, **LAGS)], 10),
        ([Looked(5, 7, **LAGS), None, None], 0),
    ],
    ids=[
        "idle",
        "works",
        "restores",
        "turns, and never commits what waits",
        "hangs in a step",
        "hangs in a restore",
        "hangs though nothing waits",
        "hangs before its first turn",
        "has begun, and restores",
        "the brokers were away in between",
        "the brokers are away",
    ],
)
def test_who_has_no_excuse(looks, silent_s):
    patience = Patience(0)
    assert [patience.look(10 * (number + 1), look) for number, look in enumerate(looks)][-1] == silent_s
