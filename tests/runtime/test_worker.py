"""The service that hosts a runner: whatever ends its thread ends the worker."""

import asyncio
from logging import ERROR, LogRecord
from pathlib import Path

from faust.types.tuples import TP

from benefit_hub.runtime import worker
from benefit_hub.runtime.client_log import NotAgain, OthersNotAgain
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.worker import RunnerService
from benefit_hub.values.errors import InvariantBroken


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
