"""What happens to a world: inputs come, workers are killed, stopped, cut off, started; brokers go away; disks are damaged."""

from collections.abc import Callable
from functools import partial
from random import Random

import msgspec
from confluent_kafka import KafkaError

from benefit_hub.runtime.stores import Mark
from tests.kafka.looping import LOOPING
from tests.runner_simulation.brokers import Record
from tests.runner_simulation.groups import Refused
from tests.runner_simulation.store import Kept
from tests.runner_simulation.world import Machine, Process, Trap, World

KEYS = [f"k{number}" for number in range(40)]
TRAPPED = [
    "",
    "begin_transaction",
    "commit_transaction",
    "committed",
    "consume",
    "flush",
    "get_watermark_offsets",
    "init_transactions",
    "send_offsets_to_transaction",
    "store.write",
]
"""The calls at which something is likely to happen; the empty one is any."""
BAD_S = 15.0
"""A fault does not last longer."""


class Weather:
    """Everything that happens to a world in its first `lasts_s` seconds."""

    def __init__(self, world: World, machines: int, lasts_s: float) -> None:
        self._world = world
        self._chance: Random = world.random
        self.lasts_s = lasts_s
        self._clear = self._over = False
        self._upstream = 0
        self._doings: list[tuple[str, Callable[[Machine], None]]] = [
            ("is killed", lambda machine: self._kill(machine.process)),
            ("stands still", lambda machine: self._stall(machine.process)),
            ("is slow", lambda machine: self._slow(machine.process)),
            ("is cut off", lambda machine: self._cut(machine.process)),
            ("has its transactions refused", lambda machine: self._refuse(machine.process)),
            ("stops", lambda machine: self._stop(machine.process)),
            ("waits for a broker that is away", self._broker_away),
            ("has slow markers", self._slow_markers),
            ("sees partitions change hands", self._shuffle),
            ("copies its disk", lambda machine: machine.keep_copy()),
            ("sees logs compacted", self._compact),
            ("sees positions of a loop expire", self._expire),
        ]
        world.machines += [Machine(f"m{number}") for number in range(machines)]
        world.faulty = True
        for machine in world.machines:
            world.at(self._chance.random() * 3, partial(self._start, machine))
        for _ in range(self._chance.randint(10, 50)):
            world.at(self._chance.random() * lasts_s, self._input)
        for _ in range(self._chance.randint(0, 12)):
            world.at(self._chance.random() * lasts_s, self._fault)

    def end(self) -> None:
        """Nobody is started any more."""
        self._over = True
        for process in self._world.living:
            process.tell_to_stop()

    def clear_up(self) -> None:
        """No faults from now on but for those that die of the last one; whoever is away comes back."""
        self._clear = True
        world = self._world
        world.faulty = False
        world.broker_away_until = world.slow_markers_until = world.shuffled_until = world.now
        for process in world.living:
            process.trap = None
            process.away_until = process.cut_until = process.background_until = world.now
            if self._chance.random() < 0.3:
                self._kill(process)

    def look_after(self) -> None:
        """Whoever ended is started again, after a while."""
        for machine in self._world.machines:
            if machine.process is not None and machine.process.ended:
                machine.process = None
                wait_s = 0.5 if self._clear or self._chance.random() < 0.5 else self._chance.random() * BAD_S
                self._world.at(self._world.now + wait_s, partial(self._start, machine))

    def _start(self, machine: Machine) -> None:
        if self._over:
            return
        if not self._clear and self._chance.random() < 0.2:
            self._world.say(machine.name, f"its disk is {self._damage(machine)}")
        process = self._world.start(machine)
        if not self._clear and self._chance.random() < 0.6:
            doing = self._chance.choice([self._kill, self._kill, self._stall, self._stall, self._slow, self._cut])
            call = self._chance.choice(TRAPPED)
            process.trap = Trap(call, int(10 ** (self._chance.random() * (1.3 if call else 3))), doing)

    def _fault(self) -> None:
        told, doing = self._chance.choice(self._doings)
        machine = self._chance.choice(self._world.machines)
        if machine.process is not None and not self._clear:
            self._world.say(machine.name, told)
            doing(machine)

    def _kill(self, process: Process | None) -> None:
        if process is not None:
            self._world.say(process.machine.name, "is killed")
            process.dead, process.away_until = True, self._world.now

    def _stall(self, process: Process | None) -> None:
        if process is not None:
            self._world.say(process.machine.name, "stands still")
            process.away_until = process.background_until = self._until()

    def _slow(self, process: Process | None) -> None:
        if process is not None:
            self._world.say(process.machine.name, "is slow")
            process.away_until = self._until()

    def _cut(self, process: Process | None) -> None:
        if process is not None:
            self._world.say(process.machine.name, "is cut off")
            process.cut_until = self._until()

    def _refuse(self, process: Process | None) -> None:
        if process is not None:
            process.refusals = self._chance.choice([1, 3, 3, 4, 9])  # three are one too many: read again

    def _stop(self, process: Process | None) -> None:
        if process is not None:
            process.tell_to_stop()

    def _until(self) -> float:
        return self._world.now + self._chance.random() * BAD_S

    def _broker_away(self, _machine: Machine) -> None:
        self._world.broker_away_until = self._until()

    def _slow_markers(self, _machine: Machine) -> None:
        self._world.slow_markers_until = self._until()

    def _shuffle(self, _machine: Machine) -> None:
        self._world.shuffled_until = self._until()

    def _compact(self, _machine: Machine) -> None:
        for (topic, _), log in self._world.broker.logs.items():
            if topic.startswith("changelog."):
                log.compact(log.end - self._chance.randint(2, 20))

    def _expire(self, _machine: Machine) -> None:
        for group in self._world.broker.groups.values():
            for place in [place for place in group.committed if place[0] == "rounds"]:
                del group.committed[place]

    def _damage(self, machine: Machine) -> str:
        how = self._chance.choice(["deleted", "older", "swapped", "ahead", "of an earlier topic"])
        if how == "deleted":
            machine.disk.clear()
        elif how == "older":
            machine.disk = {number: kept.copy() for number, kept in machine.copy.items()}
        elif how == "swapped":
            disks = list(machine.disk.values())
            machine.disk = dict(zip(machine.disk, disks[1:] + disks[:1], strict=True))
        elif how == "of an earlier topic":
            for number, kept in machine.disk.items():
                if kept.mark is not None:
                    former = Kept(dict.fromkeys(kept.store.rows, b"\x09"), kept.mark, garbage=True)
                    former.whose = f"{self._world.processor.changelog}/{number} id-of-an-earlier-one"
                    machine.disk[number] = former
        else:
            for number, kept in machine.disk.items():
                if kept.mark is not None:
                    mark = Mark(kept.mark.changelog + 10_000, kept.mark.position, kept.mark.written_ms)
                    machine.disk[number] = Kept(dict.fromkeys(kept.store.rows, b"\x09"), mark, garbage=True)
        return how

    def _input(self) -> None:
        """Some numbers, as records of their own, or in a transaction, which may be aborted, by hand or by the clock."""
        broker, chance = self._world.broker, self._chance
        partitions = broker.topics["numbers"]
        records: list[Record] = []
        for _ in range(chance.randint(1, 4)):
            if self._world.processor is not LOOPING and chance.random() < 0.2:
                records.append(
                    ("numbers", chance.randrange(partitions), b"sweep", msgspec.msgpack.encode("sweep"), None)
                )
            else:
                key = chance.choice(KEYS).encode()
                records.append(
                    ("numbers", self._world.home(key), key, msgspec.msgpack.encode(chance.randint(0, 3)), None)
                )
        if chance.random() < 0.5:
            for topic, partition, said_by, value, _ in records:
                broker.publish(topic, partition, said_by, value)
            return
        self._upstream += 1
        name = f"upstream-{self._upstream}"
        epoch = broker.init(name, 5)
        broker.append(name, epoch, records)
        commit = chance.random() < 0.7
        self._world.at(self._world.now + chance.random(), lambda: self._end_input(name, epoch, commit))

    def _end_input(self, name: str, epoch: int, commit: bool) -> None:
        try:
            self._world.broker.finish(name, epoch, commit=commit)
        except Refused as refusal:
            if refusal.code not in (KafkaError.PRODUCER_FENCED, KafkaError.INVALID_TXN_STATE):
                raise
            self._world.say(name, "was aborted by the broker")
