"""A profiled runner leaves behind where its time went, however it ends."""

import pstats
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from benefit_hub.cli import bench_profiled


@pytest.mark.parametrize("trouble", [None, KeyError("a defect")])
def test_a_profiled_runner_leaves_a_profile_and_ends_as_it_would_have(monkeypatch, tmp_path, trouble):
    stops, stop = [], Event()

    def work(runner, told):
        stops.append((runner.name, told))
        sum(abs(number) for number in range(1_000))
        if trouble is not None:
            raise trouble

    monkeypatch.setattr(bench_profiled, "_run", work)
    monkeypatch.setenv(bench_profiled.VARIABLE, str(tmp_path / "where"))
    runner: Any = SimpleNamespace(name="register")
    if trouble is None:
        bench_profiled.run_profiled(runner, stop)
    else:
        with pytest.raises(KeyError, match="a defect"):
            bench_profiled.run_profiled(runner, stop)
    assert stops == [("register", stop)]
    (text,) = (tmp_path / "where").glob("register-*.txt")
    assert "function calls" in text.read_text("utf-8")
    (profile,) = (tmp_path / "where").glob("register-*.prof")
    assert any(name == "work" for name in pstats.Stats(str(profile)).get_stats_profile().func_profiles)
