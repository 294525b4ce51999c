"""The fault-injection point: silent without its variable, and strict about its text."""

from threading import Event

import pytest

from benefit_hub.runtime.faults import NO_FAULT, Fault, InjectedAbort, fault_from
from benefit_hub.values.errors import CatalogueError


def test_without_the_variable_nothing_goes_wrong():
    assert fault_from({}) == NO_FAULT
    for number in range(3):
        NO_FAULT.reach("after_produce", "register", number, Event())


def test_the_text_is_read():
    assert fault_from({"HUB_FAULT": "after_produce:register:17"}) == Fault("after_produce", "register", 17, "stall")
    assert fault_from({"HUB_FAULT": "after_commit:intake:1:kill"}) == Fault("after_commit", "intake", 1, "kill")


@pytest.mark.parametrize(
    "text",
    ["x", "after_produce:register", "before:register:1", "after_produce:r:x", "after_produce:r:1:y", "a:b:1:kill:z"],
)
def test_a_text_that_means_nothing_is_refused(text):
    with pytest.raises(CatalogueError, match="HUB_FAULT"):
        fault_from({"HUB_FAULT": text})


def test_it_goes_wrong_at_its_place_only():
    fault = Fault("after_produce", "register", 2, "abort")
    fault.reach("after_produce", "register", 1, Event())
    fault.reach("after_offsets", "register", 2, Event())
    fault.reach("after_produce", "intake", 2, Event())
    with pytest.raises(InjectedAbort):
        fault.reach("after_produce", "register", 2, Event())


def test_a_stall_ends_when_the_worker_is_told_to_stop():
    stop = Event()
    stop.set()
    Fault("after_produce", "register", 1, "stall").reach("after_produce", "register", 1, stop)
