"""What `hub status` is told by the workers on its machine."""

import pytest

from benefit_hub.cli.status import readiness
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.kafka_probe import free_ports
from benefit_hub.runtime.settings import Settings, Watching
from benefit_hub.web.watching import watched


def test_slots_that_were_used_are_known(tmp_path):
    folder = DataFolder(tmp_path)
    assert folder.slots_used() == []
    with folder.slot(3), folder.slot(None):
        assert folder.slots_used() == [0, 3]


@pytest.mark.slow
def test_a_worker_says_why_it_is_not_ready_and_a_silent_one_says_nothing(tmp_path):
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    assert readiness(address) is None
    with watched(Settings(watch=Watching(listen=address)), Health(0, tmp_path)):
        assert readiness(address) == "it is starting"
