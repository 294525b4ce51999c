"""The service that hosts a runner: whatever ends its thread ends the worker."""

import asyncio
import os
import time
from logging import ERROR, LogRecord
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types.tuples import TP

from benefit_hub.runtime import worker
from benefit_hub.runtime.client_log import NotAgain, OthersNotAgain
from benefit_hub.runtime.endings import DRAINED, TROUBLE
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.progress import Followed
from benefit_hub.runtime.worker import RunnerService
from benefit_hub.values.errors import InvariantBroken

pytestmark = pytest.mark.slow


class Pretended:
    """A runner without brokers."""

    name = "register"

    def __init__(self, trouble=None):
        self._trouble = trouble

    def run(self, stop):
        if self._trouble is not None:
            raise self._trouble
        stop.wait(10)


async def hosted(runner, *, end=None):
    """The service after it has crashed, or after it was told to end."""
    service = RunnerService(runner, Health(0, Path("stores")))
    await service.start()
    if end is None:
        await asyncio.wait_for(service._crashed.wait(), 5)
    await service.stop()
    return service


def test_an_error_in_the_thread_crashes_the_service():
    service = asyncio.run(hosted(Pretended(InvariantBroken("a total went down"))))
    assert isinstance(service.trouble, InvariantBroken)
    assert not service.drained


def test_a_service_that_is_told_to_stop_drains():
    service = asyncio.run(hosted(Pretended(), end="told"))
    assert service.drained


class Ended(BaseException):
    """What `os._exit` is in these tests."""


class Hanging(Pretended):
    """A runner that hears nothing."""

    def run(self, stop):
        del stop
        time.sleep(60)


@pytest.mark.parametrize(
    ("runners", "end_s", "code"),
    [([Pretended()], 40, DRAINED), ([Pretended(), Hanging()], 0.5, TROUBLE)],
    ids=["drained", "not drained"],
)
def test_a_worker_ends_in_time_whatever_faust_waits_for(runners, end_s, code, monkeypatch):
    """In a rebalance of its group the view's consumer waits for all others who are in it."""

    def ended(code):
        raise Ended(code)

    ending: Any = object.__new__(worker._Worker)
    ending._crash_reason = None
    ending._runners = [RunnerService(each, Health(0, Path("stores"))) for each in runners]
    for each in ending._runners:
        each.tell_to_stop()
        each._thread.start()
    monkeypatch.setattr(os, "_exit", ended)
    monkeypatch.setattr(worker, "FAUST_S", 0.1)
    monkeypatch.setattr(worker, "END_S", end_s)
    since = time.monotonic()
    with pytest.raises(Ended) as end:
        ending._end_in_time()
    assert end.value.args == (code,)
    assert time.monotonic() - since < 30


def said(text, by="kafka"):
    return LogRecord(by, ERROR, __file__, 1, text, None, None)


def test_a_client_says_the_same_once():
    heard = NotAgain()
    assert heard.filter(said("FAIL [benefit-hub#consumer-5] [thrd:a]: refused (after 1ms)"))
    assert not heard.filter(said("FAIL [benefit-hub#consumer-7] [thrd:a]: refused (after 30ms)"))
    assert heard.filter(said("FAIL [benefit-hub#consumer-7] [thrd:b]: refused (after 30ms)"))


def test_other_clients_say_the_same_once_too_and_we_as_often_as_we_like():
    """Without brokers aiokafka says five things ten times a second."""
    heard = OthersNotAgain()
    assert heard.filter(said("Unable to update metadata from [1]", "aiokafka.client"))
    assert not heard.filter(said("Unable to update metadata from [1]", "aiokafka.client"))
    assert [heard.filter(said("aborted", "benefit_hub.runtime.runner")) for _ in range(2)] == [True, True]


def test_a_silent_topic_is_never_called_stuck(caplog):
    """By itself Faust compares what it acknowledged with the end, which is one marker further."""
    started_long_ago = object.__new__(worker.CommittedThread)
    started_long_ago.verify_event_path(now=1e9, tp=TP("hub.leads.v1", 0))
    assert not caplog.records


def test_where_the_view_stands_is_what_is_in_the_file_and_then_where_its_client_is():
    """The client goes past markers; what it handed on is in the view a moment later."""
    place = TP("hub.receipts.v1", 0)
    view = SimpleNamespace(reached={})
    consumer: Any = object.__new__(worker.ViewConsumer)
    consumer.view, consumer.followed, consumer.logical = view, Followed(), {"hub.receipts.v1": "receipts"}

    def stands(fetched):
        consumer.stand({place: fetched})
        return consumer.followed.positions[place]

    assert stands(40) == 40, "as it was found in the file"
    consumer.handed = {place: 50}
    assert stands(51) == 40, "nothing of it is in the file yet"
    view.reached = {("receipts", 0): 50}
    assert stands(51) == 51, "the marker after it, too"
    consumer.handed = {place: 90}
    assert stands(91) == 51
    view.reached = {("receipts", 0): 70}
    assert stands(91) == 70, "some of it is"
    consumer.stand({})
    assert consumer.followed.positions == {}, "others have the partition"
