"""How a worker logs: lines for people, or one JSON object a line for machines. Neither tells keys or contents of records."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from benefit_hub.runtime.client_log import OthersNotAgain
from benefit_hub.values.errors import HubError

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CHATTY = ("faust", "mode", "aiokafka", "kafka", "abc", "httpx2")


def set_up_log(level: str, form: Literal["text", "json"]) -> None:
    """Log to stderr from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
    handler.addFilter(_told_once)
    handler.addFilter(OthersNotAgain())
    logging.basicConfig(level=level, handlers=[handler])
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.getLogger().level, logging.WARNING))


def last_word(trouble: HubError) -> None:
    """Say what ended the worker, in one paragraph or one line."""
    if any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers):
        logging.getLogger("benefit_hub").critical("%s", trouble)
    else:
        sys.stderr.write(f"hub: {trouble}\n")
    sys.stderr.flush()


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, thread, message; of an error its type, and where it was raised.

    The text of an error is told where it is ours: of others nobody knows what they repeat.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        trouble = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if trouble is not None:
            told["error"] = type(trouble).__name__
            if isinstance(trouble, HubError):
                told["error_text"] = str(trouble)
            told["raised_at"] = [
                f"{Path(one.filename).name} line {one.lineno} ({one.name})"
                for one in traceback.extract_tb(trouble.__traceback__)
            ]
        return json.dumps(told, ensure_ascii=False)


def _told_once(record: logging.LogRecord) -> bool:
    """An error of ours is told at the end, in one paragraph; its traceback on the way there says nothing more."""
    trouble = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return not isinstance(trouble, HubError)
