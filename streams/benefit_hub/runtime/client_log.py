"""Where the Kafka clients' own words go: to the log, and the same words not more than once in a while.

A client without brokers says so twenty times a second.
"""

import logging
import re
import time

SILENT_S = 10.0
OTHERS = ("aiokafka", "kafka")
"""The loggers of the clients beside librdkafka, below which each of their modules has its own."""
_NUMBERS = re.compile(r"#\w+-\d+|\d+ ?ms")


class NotAgain(logging.Filter):
    """Drops what was said less than ten seconds ago; which client said it, and after how many milliseconds, does not count."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is new, or was silent long enough."""
        words, now = _NUMBERS.sub("", record.getMessage()), time.monotonic()
        if now - self._said.get(words, -SILENT_S) < SILENT_S:
            return False
        self._said = {said: at for said, at in self._said.items() if now - at < SILENT_S} | {words: now}
        return True


class OthersNotAgain(NotAgain):
    """The same for the other clients' words, and nobody else's: a filter of handlers, which see them all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is somebody else's, new, or was silent long enough."""
        return record.name.partition(".")[0] not in OTHERS or super().filter(record)


client_log = logging.getLogger("benefit_hub.kafka")
"""Given to every confluent-kafka client."""
client_log.addFilter(NotAgain())
