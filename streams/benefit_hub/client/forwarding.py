"""From the spool to the brokers, whenever they are there: a thread that sends what waits, in order, and tries again for ever."""

import gc
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Condition, Thread
from typing import Any
from weakref import WeakValueDictionary

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from benefit_hub.client.letters import Letter
from benefit_hub.client.sending import Sending, hand_over, let_go, producer
from benefit_hub.client.spool import Spool
from benefit_hub.runtime.settings import Settings

log = logging.getLogger(__name__)

WINDOW = 500
"""So many records are on their way at once; as many may be sent twice when this process is killed."""
REACH_WITHIN_MS = 3_000
DELIVERED_WITHIN_MS = 15 * 60_000
"""So long one producer tries, and sends nothing twice; after that another one does."""
SILENT_S = 5.0
"""After so long without an acknowledgement it is said that there is trouble."""
CLOSE_WITHIN_S = 30.0
PAUSE_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""How long it waits after so many vain attempts in a row."""


class Spooled:
    """Keeps letters in the spool first; what was kept is sent, whatever becomes of this process.

    `trouble` is why nothing could be sent the last time; None while all is well.
    """

    def __init__(self, settings: Settings, bootstrap: str, spool: Spool) -> None:
        self.trouble: str | None = None
        self._settings = settings
        self._bootstrap = bootstrap
        self._spool = spool
        self._sendings: WeakValueDictionary[int, Sending] = WeakValueDictionary()
        self._acknowledged: set[int] = set()
        self._news = Condition()
        self._stopping = False
        self._producer: KafkaProducer | None = None
        self._thread = Thread(target=self._run, name="hub-spool", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many letters wait in the spool."""
        return self._spool.waiting

    def send(self, letters: Sequence[Letter]) -> list[Sending]:
        """Keep letters, and have them sent in their order. Raises SpoolFull."""
        sendings = [Sending(letter, kept=True) for letter in letters]
        with self._news:
            first = self._spool.append(letters)
            self._sendings.update(zip(range(first, first + len(sendings)), sendings, strict=True))
            self._news.notify_all()
        return sendings

    def close(self) -> None:
        """Send what waits if the brokers are there, and let go; what is left is sent by the next publisher on this spool."""
        with self._news:
            self._news.wait_for(lambda: self.trouble or not self._spool.waiting, CLOSE_WITHIN_S)
            self._stopping = True
            self._news.notify_all()
        self._thread.join()
        if self._producer is not None:
            let_go(self._producer, 1)
        self._spool.close()

    def _run(self) -> None:
        vain = 0
        while not self._stopping:
            try:
                some = self._spool.pending(WINDOW)
                if some:
                    self._deliver(some)
                vain = 0
            except Exception as trouble:  # noqa: BLE001  whatever it is: what waits is tried again, and it is told
                self._tell(f"{type(trouble).__name__}: {trouble}")
                gc.collect()  # to which kafka-python leaves the sockets of a vain attempt
                self._rest(lambda: False, PAUSE_S[min(vain, len(PAUSE_S) - 1)])
                vain += 1
            else:
                self._tell(None)
                self._rest(lambda: self._spool.waiting > 0, None)

    def _rest(self, wakes: Callable[[], bool], within_s: float | None) -> None:
        with self._news:
            self._news.wait_for(lambda: self._stopping or wakes(), within_s)

    def _tell(self, trouble: str | None) -> None:
        with self._news:
            if trouble is not None and trouble != self.trouble:
                log.warning("%d records wait in the spool: %s", self._spool.waiting, trouble)
            self.trouble = trouble
            self._news.notify_all()

    def _deliver(self, some: Sequence[tuple[int, Letter]]) -> None:
        """Send these, but for those acknowledged before, and note how far the brokers have all. Raises KafkaError."""
        if self._producer is None:
            self._producer = producer(
                self._settings,
                self._bootstrap,
                bootstrap_timeout_ms=REACH_WITHIN_MS,
                max_block_ms=REACH_WITHIN_MS,
                delivery_timeout_ms=DELIVERED_WITHIN_MS,
            )
        flying: list[tuple[int, Any]] = []
        trouble: KafkaError | None = None
        for number, letter in some:
            if number in self._acknowledged:
                continue
            try:
                flying.append((number, hand_over(self._producer, self._settings, letter)))
            except KafkaError as told:
                trouble = told
                break
        for number, future in flying:
            try:
                self._landed(number, self._outcome(future))
            except KafkaError as told:
                trouble = trouble or told
        upto = some[0][0]
        while upto in self._acknowledged:
            self._acknowledged.discard(upto)
            upto += 1
        self._spool.sent(upto)
        if trouble is not None:
            failed, self._producer = self._producer, None
            let_go(failed, 1)
            raise trouble

    def _outcome(self, future: Any) -> Any:
        """What became of a record that was handed over. Raises KafkaError, also where this is to stop."""
        silent_since = time.monotonic()
        while not future.is_done and not self._stopping:
            with suppress(KafkaTimeoutError):
                future.get(timeout=0.5)
            if time.monotonic() - silent_since > SILENT_S:
                self._tell(f"the brokers at {self._bootstrap} have acknowledged nothing for {SILENT_S:g} s")
        return future.get(timeout=0)

    def _landed(self, number: int, told: Any) -> None:
        self._acknowledged.add(number)
        with self._news:
            sending = self._sendings.get(number)
        if sending is not None:
            sending.acknowledged(told)
