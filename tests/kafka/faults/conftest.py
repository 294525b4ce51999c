"""A stage for each test, with topics, key and workers of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from benefit_hub.runtime.local_kafka import LocalKafka
from tests.kafka.faults.stage import Stage, staged

logging.getLogger("kafka").setLevel(
    logging.WARNING
)  # else it tells of every connection, and the rounds are lost among them


@pytest.fixture
def make_stage(kafka: LocalKafka, namespace: str, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Makes a stage with this seed, so many people and these settings; it ends with the test."""
    with ExitStack() as ended:

        def make(seed: str, people: int, **settings: Any) -> Stage:
            return ended.enter_context(
                staged(kafka.bootstrap, namespace, tmp_path, seed=seed, people=people, **settings)
            )

        yield make
