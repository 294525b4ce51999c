"""The worker process: a Faust application that hosts runners in threads, and an agent that follows the outputs into the view.

Faust is imported here and nowhere else. It is used for what it does well: the process, its services and signals, and an agent
whose work may be done twice. Nothing about money passes through it. Three things are changed. Its consumer reads committed data
only: by itself it reads, and shows, what was aborted. It begins where the view says, not where Faust last acknowledged, which
it does too early when an agent fails. And it hands on what it fetched of a partition at once, not record by record.
"""

import asyncio
import gc
import logging
import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

import faust
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]  # it has no types
from faust.transport.drivers import aiokafka as driver
from faust.types import EventT
from faust.types.transports import SchedulingStrategyT
from faust.types.tuples import TP, Message
from mode import Service
from msgspec import structs

from benefit_hub.runtime.endings import DRAINED, TROUBLE, exit_code
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.host import Host
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.keys import read_key
from benefit_hub.runtime.progress import Followed
from benefit_hub.runtime.readiness import check_ready
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.settings import Settings, tls_context
from benefit_hub.runtime.source_watch import SourceWatch
from benefit_hub.runtime.stall_watch import StallWatch
from benefit_hub.runtime.view import KINDS, Record, ViewWriter
from benefit_hub.runtime.worker_log import last_word
from benefit_hub.values.errors import HubError

log = logging.getLogger(__name__)

KEY_HOLDER = "intake"
"""The one processor that may know the pseudonym key."""
DRAIN_S = 3.5
"""How long a stopping worker waits for its runners to finish the transaction at work."""
LOOK_EVERY_S = 1.0
SHOWN_AT_ONCE = 2_000
GATHER_S = 0.25
"""How long the view lets records gather before it takes them in: all of a partition at once, in one SQL transaction."""
FETCHED_BYTES, FETCHED_MS = 256 * 1024, 200
"""The broker answers the view when there is so much, or after so long: each answer costs the worker, however little is in it."""
END_S = 4.0
"""After this a stopping worker ends, whatever its runners are at."""
FAUST_S = 1.5
"""After this a worker ends whose runners have drained, whatever Faust still waits for: in a rebalance of the view's group that is
everybody else in it. The view goes on where it was."""


class Threaded(Protocol):
    """What works in a thread of its own: a runner, or the source watch."""

    @property
    def name(self) -> str:
        """How logs and threads are called after it."""

    def run(self, stop: Event) -> None:
        """Work until told to stop; raises what it cannot go on with."""


class RunnerService(Service):
    """A runner, or what runs beside them, in a thread of its own. Its end by an error is the end of the worker."""

    def __init__(self, runner: Threaded, health: Health) -> None:
        super().__init__()
        self.trouble: BaseException | None = None
        self._health = health
        self._runner = runner
        self._stop = Event()
        self._thread = Thread(target=self._run, name=f"hub-{runner.name}", daemon=True)

    @property
    def drained(self) -> bool:
        """Whether the thread has ended, and well."""
        return self.trouble is None and not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """Whether the thread runs, or has still to be started."""
        return self._thread.ident is None or self._thread.is_alive()

    @property
    def label(self) -> str:
        """How logs name it."""
        return f"runner of {self._runner.name}"

    def tell_to_stop(self) -> None:
        """Finish the transaction at work and no more; returns at once."""
        self._stop.set()

    def wait_for_end(self, seconds: float) -> None:
        """Wait until the thread has ended, but no longer than this."""
        if self._thread.ident is not None:
            self._thread.join(max(0.0, seconds))

    async def on_start(self) -> None:
        """Start the thread, and somebody who looks after it."""
        self._thread.start()
        self.add_future(self._look_after())

    async def _look_after(self) -> None:
        while not self.should_stop:
            await self.sleep(LOOK_EVERY_S)
            self._health.look()

    async def _fail(self, trouble: BaseException) -> None:
        self.trouble = trouble
        await self.crash(trouble)

    async def on_stop(self) -> None:
        """Wait until the thread has drained; a thread that hangs is left behind, and its transaction to the broker's clock."""
        self.tell_to_stop()
        await asyncio.get_running_loop().run_in_executor(None, self.wait_for_end, DRAIN_S)
        if self._thread.is_alive():
            log.error("%s has not ended after %.0f s; its open transaction will be aborted", self.label, DRAIN_S)

    def _run(self) -> None:
        try:
            self._runner.run(self._stop)
        except BaseException as trouble:  # noqa: BLE001  whatever it is: a dead thread in a living worker would say nothing
            asyncio.run_coroutine_threadsafe(self._fail(trouble), self.loop)


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer, reading committed data only."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        if consumer._isolation_level != "read_uncommitted":  # noqa: SLF001  there is no public way, so a change there must be seen
            raise HubError(
                "this release of aiokafka keeps its isolation level elsewhere: the view would show aborted records"
            )
        consumer._isolation_level = "read_committed"  # noqa: SLF001  taken over when the consumer starts
        consumer._fetch_min_bytes, consumer._fetch_max_wait_ms = FETCHED_BYTES, FETCHED_MS  # noqa: SLF001  likewise
        return consumer

    def positions(self) -> dict[TP, int]:
        """The next offset to fetch of each partition, past markers and what was aborted; of none where none is assigned.

        There is no public way that waits for nothing, so a change there must be seen.
        """
        if self._consumer is None or (subscription := self._consumer._subscription.subscription) is None:  # noqa: SLF001
            return {}
        places = ((tp, subscription.assignment.state_value(tp)) for tp in self.assignment())
        found = {tp: state._position for tp, state in places if state is not None}  # noqa: SLF001  read once: others write it
        return {tp: position for tp, position in found.items() if position is not None}

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: Faust takes the marker that ends a transaction for a record that nobody acknowledged, and would call every
        topic that is silent for five minutes stuck."""


class Together(SchedulingStrategyT):
    """Hands on what was fetched of a partition as one record, whose value are the records: Faust's way of a record through its
    tasks and queues costs ten times what the view does with it."""

    def iterate(self, records: Mapping[TP, Any]) -> Iterator[tuple[TP, Any]]:
        """One record for each partition, with the place of its last."""
        for place, fetched in records.items():
            if fetched:
                yield place, replace(fetched[-1], key=None, headers=(), value=tuple(fetched))


class ViewConsumer(driver.Consumer):
    """Faust's consumer, beginning where the view says, and fetching with less haste. It tells `followed` where it stands."""

    _thread: CommittedThread
    view: ViewWriter
    followed: Followed
    logical: Mapping[str, str]
    handed: Mapping[TP, int] = {}
    """The offset after the last record of each partition that was handed on."""

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109  as Faust calls it
        """What was fetched, after a moment in which more could come."""
        await self.sleep(GATHER_S)
        self.stand(self._thread.positions())
        async for tp, message in super().getmany(timeout):
            self.handed = {**self.handed, tp: message.offset + 1}
            yield tp, message

    def stand(self, fetched: Mapping[TP, int]) -> None:
        """Tell where the view stands: where its client does, unless something that it handed on is on its way to the file."""
        told = {}
        for tp, position in fetched.items():
            reached = self.view.reached.get((self.logical[tp.topic], tp.partition), 0)
            before = self.followed.positions.get((tp.topic, tp.partition), 0)
            told[tp.topic, tp.partition] = position if reached >= self.handed.get(tp, 0) else max(before, reached)
        self.followed.positions = told

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """The next offset of each partition as the view has it; what Faust committed does not count."""
        places = {tp: self.view.next_offset(self.logical[tp.topic], tp.partition) for tp in self.assignment()}
        await self.seek_wait(places)
        self.handed = {}
        self.stand(places)
        return places


def work(hub: Hub, names: Sequence[str], health: Health) -> None:
    """Be a worker for these processors (all, where none is named) until told to stop, in the slot that its health is about.

    Raises HubError for what it cannot begin or go on with.
    """
    processors = hub.processors(names)
    key = read_key(hub.folder.key_file) if any(each.name == KEY_HOLDER for each in processors) else b""
    check_ready(hub.settings, hub.bootstrap, hub.codecs, books=hub.env().books, key=key)
    host = hub.host(health.slot)
    key_host = replace(host, env=structs.replace(host.env, pseudonym_key=key))
    runners: list[Threaded] = [Runner(each, key_host if each.name == KEY_HOLDER else host) for each in processors]
    if key:
        runners.append(SourceWatch(hub.settings, hub.bootstrap, hub.codecs, hub.catalogue.topics.values()))
    run_worker(host, runners, hub.folder.view_file, tuple(KINDS), health)


def run_worker(
    host: Host, beside: Sequence[Threaded], view_file: Path, follow: Sequence[str], health: Health | None = None
) -> None:
    """Host runners and what runs beside them, watch them, and follow these topics (by logical name) into the view, until told
    to stop.

    Returns after SIGTERM or SIGINT, once everything is drained. Raises HubError for what ended the worker.
    """
    runners = [each for each in beside if isinstance(each, Runner)]
    followed = Followed()
    watch = StallWatch(host, runners, followed)
    health = health or Health(host.slot, host.stores)
    writer = ViewWriter(view_file, host.codec)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = _application(host, writer, followed, follow)
    services = [RunnerService(each, health) for each in (*beside, watch)]
    health.works(runners, watch, services)
    worker = _Worker(app, services, health, loop)
    gc.freeze()  # catalogue, law and modules stay: looking for garbage among them takes 65 ms each time
    try:
        worker.execute_from_commandline()
    except SystemExit as end:
        if end.code:
            raise worker.reason() or HubError("the worker could not be started; its log says why") from None
    finally:
        health.phase = "ending"
        writer.close()


class _Worker(faust.Worker):
    """Faust's worker, whose runners drain from the signal on and not only when Faust has stopped, and which ends in time."""

    def __init__(
        self, app: faust.App, services: Sequence[RunnerService], health: Health, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(app, *services, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
        self.spinner = None
        self._health = health
        self._runners = services
        self._end: Thread | None = None

    def change_workdir(self, path: Path) -> None:
        """Stay where we are."""

    def reason(self) -> HubError | None:
        """What ended the worker, as an error whose text may be shown; None if it was told to stop."""
        for trouble in [service.trouble for service in self._runners] + [self.crash_reason]:
            if isinstance(trouble, HubError):
                return trouble
            if trouble is not None:
                kind = type(trouble).__name__
                return HubError(f"the worker ended by {kind}; its log says where. This is a defect of the program")
        return None

    def _schedule_shutdown(self, signal: Any) -> None:
        self._begin_to_end()
        super()._schedule_shutdown(signal)

    def _crash(self, reason: BaseException) -> None:
        self._begin_to_end()
        super()._crash(reason)

    def _begin_to_end(self) -> None:
        """Whatever the cause, a signal or a crash anywhere below: the runners drain, and the time runs."""
        for service in self._runners:
            service.tell_to_stop()
        self._health.phase = "ending"
        if self._end is None:
            self._end = Thread(target=self._end_in_time, name="hub-end", daemon=True)
            self._end.start()

    async def _sentinel_task(self) -> None:
        """The last that mode waits for: a second of nothing, by itself."""

    def _end_in_time(self) -> None:
        since = time.monotonic()
        for service in self._runners:
            service.wait_for_end(since + END_S - time.monotonic())
        time.sleep(max(0.0, min(FAUST_S, since + END_S - time.monotonic())))
        reason = self.reason()
        drained = all(service.drained for service in self._runners)
        log.log(
            logging.INFO if drained else logging.WARNING,
            "still stopping after %.1f s; ending now, the runners are %s",
            time.monotonic() - since,
            "drained" if drained else "not drained",
        )
        if reason is not None:
            last_word(reason)
        if reason is not None:
            os._exit(exit_code(reason))
        os._exit(DRAINED if drained else TROUBLE)


def _application(host: Host, writer: ViewWriter, followed: Followed, follow: Sequence[str]) -> faust.App:
    names = {host.names[topic]: topic for topic in follow}
    scratch = host.stores / "faust"
    scratch.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        host.settings.group(f"view.{host.folder_id}"),
        broker=[f"kafka://{address}" for address in host.bootstrap.split(",")],
        broker_credentials=_credentials(host.settings),
        broker_session_timeout=host.settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=host.settings.session_timeout_ms / 6000,
        broker_max_poll_records=SHOWN_AT_ONCE,
        ConsumerScheduler=Together,
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
        datadir=str(scratch),
    )
    bound = type("BoundConsumer", (ViewConsumer,), {"view": writer, "followed": followed, "logical": names})
    app.transport = type("Transport", (driver.Transport,), {"Consumer": bound})(
        app.conf.broker_consumer, app, loop=app.loop
    )
    outputs = app.topic(
        *names, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw", allow_empty=True
    )

    async def show(stream: Any) -> None:
        """Keep the view: one SQL transaction for all records of an event. What cannot be written stops the worker, and is read
        again. In a thread, because who waits for another worker's turn at the file hears no signal."""
        events: AsyncIterable[EventT[Any]] = stream.events()
        async for event in events:
            fetched: Any = event.message.value
            records = (Record(names[one.topic], one.partition, one.offset, one.key, one.value) for one in fetched)
            try:
                await asyncio.get_running_loop().run_in_executor(None, writer.apply, records)
            except Exception as trouble:
                await app.crash(
                    HubError(f"the view cannot be written: {trouble}; see to the disk, then start the worker again")
                )
                raise

    app.agent(outputs, name="view")(show)
    return app


def _credentials(settings: Settings) -> Any:
    """The same security settings as Faust takes them."""
    security = settings.security
    context = tls_context(security) if security.tls else None
    if security.sasl:
        return faust.SASLCredentials(
            username=security.username,
            password=security.password.get_secret_value(),
            mechanism=security.mechanism,
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context)
