"""Which jobs a run does: each that is asked for, also where it is the only one."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from benefit_hub.bench import running
from benefit_hub.bench.sizes import JOBS, Sizes


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_is_asked_for_alone_is_done(monkeypatch, job):
    done = []
    kafka = nullcontext(SimpleNamespace(bootstrap="127.0.0.1:1"))
    monkeypatch.setattr(running, "running_kafka", lambda **_: kafka)
    monkeypatch.setattr(running, "peer_rounds", lambda *_: done.append("peer"))
    monkeypatch.setattr(running, "hub_job", lambda *_: done.append("hub"))
    running.run(Sizes(jobs=(job,)), lambda _: None)
    assert done == ["peer" if job == "peer" else "hub"]
