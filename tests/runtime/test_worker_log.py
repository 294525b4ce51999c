"""JSON lines: what they hold, and that an error that is not ours is told by type and place alone."""

import io
import json
import logging

import pytest

from benefit_hub.runtime.worker_log import JsonLines
from benefit_hub.values.errors import CatalogueError


@pytest.fixture
def logged():
    """A logger, and what it has written, line by line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("benefit_hub.runtime.sample")
    logger.propagate, logger.handlers = False, [handler]
    yield logger, lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.propagate, logger.handlers = True, []


def fail(trouble):
    raise trouble


def test_a_line_is_an_object(logged):
    logger, lines = logged
    logger.warning("register: %d partitions were lost\nto others", 3)
    (line,) = lines()
    assert line["level"] == "WARNING"
    assert line["logger"] == "benefit_hub.runtime.sample"
    assert line["message"] == "register: 3 partitions were lost\nto others"
    assert line["time"].endswith("+00:00")
    assert line["thread"] == "MainThread"


def test_the_text_of_a_strangers_error_is_not_told(logged):
    logger, lines = logged
    for trouble in (ValueError("could not read 990101199001010014"), CatalogueError("the key is another")):
        try:
            fail(trouble)
        except Exception:
            logger.exception("it ended")
    strange, ours = lines()
    assert strange["error"] == "ValueError"
    assert "990101199001010014" not in json.dumps(strange)
    assert "test_worker_log.py" in strange["raised_at"][-1]
    assert (ours["error"], ours["error_text"]) == ("CatalogueError", "the key is another")
