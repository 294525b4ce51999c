"""What holds for every test: how properties are run, and that CI never passes for want of a Kafka."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

NEEDS_KAFKA = Path(__file__).parent / "kafka"
SOAKING = any(name in os.environ for name in ("HUB_SOAK_ROUNDS", "HUB_SOAK_MINUTES"))
IN_CI = os.environ.get("CI", "") not in ("", "0", "false")

# A busy machine is no reason to fail a property; the blob repeats a failure on another machine.
settings.register_profile("hub", deadline=None, print_blob=True)
settings.load_profile("hub")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything in tests/kafka needs a broker, without saying so in each file; what soaks is left to `make soak`."""
    for item in items:
        if NEEDS_KAFKA in item.path.parents:
            item.add_marker(pytest.mark.kafka)
    if not SOAKING:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("soak")])
        items[:] = [item for item in items if not item.get_closest_marker("soak")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a Kafka test that skips is a test that was not run, and fails."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("kafka"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where Kafka tests must run: {report.longrepr}"
    return report
