"""A whole hub for each test, with topics, key and workers of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.hub.live import LiveHub, live_hub


@pytest.fixture
def make_hub(kafka: LocalKafka, namespace: str, tmp_path: Path) -> Iterator[Callable[..., LiveHub]]:
    """Makes a hub with these settings; it ends with the test."""
    with ExitStack() as ended:

        def make(**settings: Any) -> LiveHub:
            return ended.enter_context(live_hub(kafka.bootstrap, namespace, tmp_path, **settings))

        yield make
