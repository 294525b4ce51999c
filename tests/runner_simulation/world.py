"""A world for runners: a broker, machines with a disk each, processes on them, one clock, and one source of chance.

Each process has a thread, and only one of all threads runs at a time: at a call of a client it may hand over to another, by
chance. So a seed is a run, with everything between any two calls, and the same seed is the same run.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from math import inf
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from typing import Any, cast

from confluent_kafka import KafkaError

from benefit_hub.runtime.faults import NO_FAULT
from benefit_hub.runtime.host import Host, Outside
from benefit_hub.runtime.runner import Runner
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.transactions import WorkerMustEnd
from benefit_hub.task import Env
from benefit_hub.topology import Processor
from tests.kafka.counting import Packed
from tests.runner_simulation.admin import FakeAdmin
from tests.runner_simulation.brokers import Broker
from tests.runner_simulation.consumer import FakeConsumer
from tests.runner_simulation.harms import REFUSAL, harm_of
from tests.runner_simulation.judge import Judge, Wrong
from tests.runner_simulation.producer import FakeProducer, home
from tests.runner_simulation.store import Disk, FakeProcessorStore

YIELDS = 0.05
"""How likely a process hands over at a call."""
STEPS_MAX = 60_000
ENV = Env(books={}, first_book="", engine="simulated")


class Killed(BaseException):
    """The process is no more; nothing that it might still want to do is done."""


class Late(BaseException):
    """A call has not ended in time, and is left behind."""


class Bidden(Event):
    """Asks a runner to stop. To wait for it takes simulated time."""

    def __init__(self, process: "Process") -> None:
        super().__init__()
        self._process = process

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass."""
        self._process.sleep(timeout or 0)
        return self.is_set()


@dataclass
class Trap:
    """Does something to a process at its how many-th call, or its how many-th call of one kind."""

    call: str
    left: int
    action: "Callable[[Process], None]"

    def springs(self, call: str) -> bool:
        """Whether this call is the one."""
        if self.call in ("", call):
            self.left -= 1
        return self.left < 0


class Machine:
    """A disk, and the slot whose worker keeps its store there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.disk: Disk = {}
        self.copy: Disk = {}
        self.process: Process | None = None

    def keep_copy(self) -> None:
        """Remember the disk as it is now."""
        self.copy = {number: kept.copy() for number, kept in self.disk.items()}


class Process:
    """One life of a worker on a machine: the side of its clients, and the thread of its runner."""

    def __init__(self, world: "World", machine: Machine) -> None:
        self.world = world
        self.machine = machine
        self.broker = world.broker
        self.random = world.random
        self.stop = Bidden(self)
        self.dead = self.ended = False
        self.ready_at = self.away_until = self.cut_until = world.now
        self.background_until = world.now
        self.patience_until = inf
        self.told_at = inf
        """When it was told to stop."""
        self.ended_at = inf
        self.refusals = 0
        """So many commits are still to be refused."""
        self.trap: Trap | None = None
        self.baton = Lock()
        self.baton.acquire()
        self._background: list[Callable[[], None]] = []
        self._dozing = False
        outside = Outside(
            consumer=lambda config, **_: cast("Any", FakeConsumer(self, config)),
            producer=lambda config, **_: cast("Any", FakeProducer(self, config)),
            store=lambda *_: FakeProcessorStore(machine.disk, self.reach),
            monotonic=lambda: world.now,
            time_ns=lambda: world.broker.now_ms * 1_000_000,
            sleep=self.sleep,
            admin=lambda *_, **__: cast("Any", FakeAdmin(self)),
            within=self.within,
        )
        self.host = replace(world.host, folder_id=machine.name, outside=outside)
        self._thread = Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def now(self) -> float:
        """Seconds."""
        return self.world.now

    @property
    def connected(self) -> bool:
        """Whether the broker hears us."""
        return self.now >= self.cut_until and self.now >= self.world.broker_away_until

    def reach(self, call: str) -> None:
        """Between two calls: somebody else may go on, and we may never."""
        if self.dead:
            raise Killed
        if self.world.tracing:
            self.world.say(self.machine.name, call)
        if self.trap is not None and self.trap.springs(call):
            action, self.trap = self.trap.action, None
            action(self)
            if self.dead:
                raise Killed
            self._hand_over(0)
        if self.random.random() < YIELDS:
            self._hand_over(self.random.random() * 0.02)

    def sleep(self, seconds: float) -> None:
        """Let time pass; something new at the broker may end it."""
        self._dozing = True
        self._hand_over(seconds)
        self._dozing = False

    def within(self, seconds: float, call: Callable[[], None]) -> bool:
        """Whether a call ends in time; what it would still do is not done, which is the worst that it can be."""
        self.patience_until = self.now + seconds
        try:
            call()
        except Late:
            return False
        finally:
            self.patience_until = inf
        return True

    def tell_to_stop(self) -> None:
        """SIGTERM."""
        if not self.stop.is_set():
            self.told_at = self.now
            self.stop.set()

    def harm(self, call: str) -> KafkaError | str | None:
        """What is to go wrong with this call."""
        if not self.world.faulty:
            return None
        if call == "commit" and self.refusals:
            self.refusals -= 1
            found: KafkaError | str | None = REFUSAL
        else:
            found = harm_of(call, self.random)
        if found is not None:
            self.world.say(self.machine.name, f"{call} goes wrong: {found}")
        return found

    def add(self, background: Callable[[], None]) -> None:
        """What a client does by itself."""
        self._background.append(background)

    def tend(self) -> None:
        """Let the clients do it."""
        if not (self.dead or self.ended) and self.now >= self.background_until:
            for each in self._background:
                each()

    def stirred(self) -> None:
        """Something is new at the broker: who waits may look."""
        if self._dozing and self.random.random() < 0.3:
            self.ready_at = min(self.ready_at, self.now + self.random.random() * 0.01)

    def kill(self) -> None:
        """End it, wherever it is."""
        self.dead = True
        while not self.ended:
            self.go()

    def go(self) -> None:
        """Let it run until it hands over."""
        self.baton.release()
        self.world.baton.acquire()

    def _hand_over(self, seconds: float) -> None:
        self.ready_at = min(self.now + seconds, max(self.patience_until, self.now))
        self.world.baton.release()
        self.baton.acquire()
        if self.dead:
            raise Killed
        if self.now >= self.patience_until:
            raise Late

    def _live(self) -> None:
        self.baton.acquire()
        try:
            if not self.dead:
                self.world.make_runner(self.host).run(self.stop)
        except Killed:
            self.world.say(self.machine.name, "is dead")
        except WorkerMustEnd as reason:
            self.world.say(self.machine.name, f"ended: {reason}")
        except BaseException as trouble:  # noqa: BLE001  whatever it is, the run is told
            self.world.failed(trouble)
        finally:
            self.ended, self.ended_at = True, self.now
            self.world.baton.release()


class World:
    """Everything there is. `seed` decides everything that is not given."""

    def __init__(
        self,
        seed: int,
        processor: Processor,
        partitions: int,
        make_runner: Callable[[Processor, Host], Runner],
        *,
        tracing: bool = False,
        **settings: Any,
    ) -> None:
        self.random = Random(seed)
        self.processor = processor
        self.make_runner = lambda host: make_runner(processor, host)
        self.tracing = tracing
        self.told: list[str] = []
        self.trouble: BaseException | None = None
        self.faulty = False
        self.broker_away_until = 0.0
        self.baton = Lock()
        self.baton.acquire()
        self.machines: list[Machine] = []
        self.names = {topic: topic for topic in sorted({*processor.reads, *processor.outputs, processor.changelog})}
        self.broker = Broker(dict.fromkeys(self.names, partitions))
        self.host = _host(self.names, settings)
        group = self.host.settings.group(processor.name)
        places = [(processor.inputs[0], number) for number in range(partitions)]
        self.broker.add_group(group, places, self._shuffle)
        self.broker.delay_s = self._marker_delay_s
        self.broker.decided = self._decided
        self.broker.stirred = self._stirred
        self.judge = Judge(processor, self.broker, self.names, group, ENV, self.host.settings.sweep_budget)
        self.slow_markers_until = self.shuffled_until = 0.0
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._next_tick = 0.0

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return self.broker.now

    @property
    def living(self) -> list[Process]:
        """The processes that have not ended."""
        return [each.process for each in self.machines if each.process is not None and not each.process.ended]

    def home(self, key: bytes) -> int:
        """The partition of a key."""
        return home(key, self.broker.topics["numbers"])

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        """Have something done at a time."""
        heapq.heappush(self._agenda, (seconds, next(self._numbers), action))

    def say(self, who: str, what: str) -> None:
        """Write into the trace."""
        if self.tracing:
            self.told.append(f"{self.now:8.3f}  {who:8} {what}")

    def failed(self, trouble: BaseException) -> None:
        """Something that must not be has been."""
        self.say("world", f"{type(trouble).__name__}: {trouble}")
        self.trouble = self.trouble or trouble

    def start(self, machine: Machine) -> Process:
        """Start a worker on a machine."""
        machine.process = Process(self, machine)
        self.say(machine.name, "starts")
        return machine.process

    def run(self, until: Callable[[], bool], within_s: float) -> bool:
        """Let time pass until something holds; whether it came to hold."""
        end, steps = self.now + within_s, 0
        while self.trouble is None and self.now < end:
            steps += 1
            if steps > STEPS_MAX:
                self.failed(Wrong("too many steps: somebody runs in a circle"))
            if self.now >= self._next_tick:
                self._tick()
                if until():
                    return True
            living = self.living
            ready = [each for each in living if each.ready_at <= self.now and each.away_until <= self.now]
            if ready:
                self.random.choice(ready).go()
                self.broker.now += self.random.random() * 0.004
            else:
                times = [max(each.ready_at, each.away_until) for each in living]
                self.broker.now = min([*times, self._next_tick])
        return False

    def end(self) -> None:
        """Leave no thread behind."""
        for process in self.living:
            process.kill()

    def _tick(self) -> None:
        self._next_tick = self.now + self.random.uniform(0.05, 0.3)
        while self._agenda and self._agenda[0][0] <= self.now:
            heapq.heappop(self._agenda)[2]()
        if self.now >= self.broker_away_until:
            self.broker.tick()
        for process in self.living:
            process.tend()

    def _stirred(self) -> None:
        for machine in self.machines:
            if machine.process is not None:
                machine.process.stirred()

    def _decided(self, transaction: Any) -> None:
        self.say("broker", f"{'commits' if transaction.fate else 'aborts'} of {transaction.producer}")
        if transaction.producer.startswith("hub."):
            try:
                self.judge.decided(transaction)
            except Wrong as wrong:
                self.failed(wrong)

    def _marker_delay_s(self) -> float:
        if self.now < self.slow_markers_until:
            return self.random.random() * 8
        return max(0.0, self.random.uniform(-0.02, 0.02))

    def _shuffle(self, names: list[str]) -> None:
        if self.now < self.shuffled_until:
            self.random.shuffle(names)


def _host(names: dict[str, str], settings: dict[str, Any]) -> Host:
    return Host(
        settings=Settings(topic_prefix="", data=Path("nowhere"), bootstrap="nowhere", **settings),
        bootstrap="nowhere",
        stores=Path("nowhere"),
        folder_id="",
        slot=0,
        memory=cast("Any", None),
        codec=Packed(),
        names=names,
        public=frozenset(),
        env=ENV,
        fault=NO_FAULT,
    )
