"""A consumer with the interface of confluent-kafka's, as far as the runner uses it, and its membership of a group."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from tests.runner_simulation.groups import Refused
from tests.runner_simulation.logs import Place
from tests.runner_simulation.sides import Side, ask

NO_POSITION = -1001
LEAVE_ANSWER_S = 5.0
"""How long the client waits for the answer to its request to leave."""
Rebalanced = Callable[[Any, list[TopicPartition]], None]


class Membership:
    """What the client knows of its group, kept up in the background; `events` wait for the caller to poll."""

    def __init__(self, side: Side, group: str, session_s: float) -> None:
        self.group = group
        self.name = ""
        self.generation = -1
        self.events: list[tuple[str, list[Place]]] = []
        self.owned: list[Place] = []
        self._side = side
        self._session_s = session_s
        self._state = "out"
        self._again = False

    def tend(self) -> None:
        """Join, learn of a new generation, say that one lives."""
        if not self._side.connected or self._state == "closed":
            return
        group = self._side.broker.groups[self.group]
        try:
            if self._state == "out":
                if not self.events:
                    self.name = group.join(self.name, self._session_s, self.owned, self._side.now)
                    self._state = "joining"
            elif self._state == "joining":
                self._learn(group.outcome(self.name))
            elif (group.heartbeat(self.name, self.generation, self._side.now) or self._again) and not self.events:
                self._state, self._again = "out", False
        except Refused:
            self._forget()

    def served(self, kind: str, places: list[Place]) -> None:
        """The caller has heard of an event."""
        if kind == "revoke":
            self.owned = [place for place in self.owned if place not in places]
        elif kind == "lost":
            self.owned = []

    def leave(self) -> None:
        """Leave the group. On the line to the coordinator the request stands behind that to join, if that is not answered yet."""
        deadline = self._side.now + LEAVE_ANSWER_S
        while self._state == "joining" and self._side.now < deadline:
            self._side.sleep(0.1)
        if self._state != "joining" and self._side.connected and self.name:
            self._side.broker.groups[self.group].leave(self.name)
        self.name, self.generation, self._state = "", -1, "closed"

    def _learn(self, outcome: tuple[int, list[Place]] | None) -> None:
        if outcome is None:
            return
        self.generation, assigned = outcome
        self._state = "in"
        revoked = [place for place in self.owned if place not in assigned]
        added = [place for place in assigned if place not in self.owned]
        if revoked:
            self.events.append(("revoke", revoked))
            self._again = True
        if added:
            self.owned = self.owned + added
            self.events.append(("assign", added))

    def _forget(self) -> None:
        """We were put out: the name is gone at once, the generation stays, and the caller hears of it when it polls."""
        self.name, self._state, self._again = "", "out", False
        if self.owned:
            self.events.append(("lost", list(self.owned)))


class FakeConsumer:
    """Reads what it was assigned; one that subscribes is a member of its group too."""

    def __init__(self, side: Side, config: dict[str, Any]) -> None:
        self._side = side
        self._committed = config.get("isolation.level", "read_committed") == "read_committed"
        self._group = str(config["group.id"])
        self._session_s = int(config.get("session.timeout.ms", 45_000)) / 1000
        self._member: Membership | None = None
        self._callbacks: dict[str, Rebalanced] = {}
        self._next: dict[Place, int] = {}
        self._position: dict[Place, int] = {}
        self._fetched: dict[Place, int] = {}
        self._stale: set[Place] = set()
        """Where the position is still that of an assignment that has ended: the client forgets it in the background."""

    def subscribe(self, topics: list[str], on_assign: Rebalanced, on_revoke: Rebalanced, on_lost: Rebalanced) -> None:
        """Join the group; the places of the group are those of these topics."""
        self._side.reach("subscribe")
        del topics
        self._callbacks = {"assign": on_assign, "revoke": on_revoke, "lost": on_lost}
        self._member = Membership(self._side, self._group, self._session_s)
        self._side.add(self._member.tend)

    def poll(self, timeout: float) -> Message | None:
        """The next record or error; callbacks are called meanwhile."""
        self._side.reach("poll")
        deadline = self._side.now + timeout
        while True:
            message = self._take()
            if message is not None or self._side.now >= deadline:
                return message
            self._side.sleep(deadline - self._side.now)

    def consume(self, count: int, timeout: float) -> list[Message]:
        """Up to so many of those that have been fetched, or are while the time lasts; callbacks are called meanwhile."""
        self._side.reach("consume")
        deadline = self._side.now + timeout
        most = self._side.random.randint(0, count) if self._side.random.random() < 0.5 else count
        found: list[Message] = []
        while len(found) < most:
            message = self._take()
            if message is not None:
                found.append(message)
            elif self._side.now >= deadline:
                break
            else:
                self._side.sleep(deadline - self._side.now)
        return found

    def position(self, places: list[TopicPartition]) -> list[TopicPartition]:
        """The offset after the last record or marker that the caller was led past; -1001 before the first."""
        self._side.reach("position")
        self._forget()
        return [
            TopicPartition(one.topic, one.partition, self._position.get((one.topic, one.partition), NO_POSITION))
            for one in places
        ]

    def committed(self, places: list[TopicPartition], timeout: float) -> list[TopicPartition]:
        """The committed positions of the group."""
        self._side.reach("committed")
        group = self._side.broker.groups[self._group]
        asked = [(one.topic, one.partition) for one in places]
        offsets = ask(self._side, "committed", timeout, lambda: group.fetch(asked))
        return [TopicPartition(*place, offset) for place, offset in zip(asked, offsets, strict=True)]

    def get_watermark_offsets(self, partition: TopicPartition, timeout: float) -> tuple[int, int]:
        """First offset and end; for readers of committed data the end is before the first open transaction."""
        self._side.reach("get_watermark_offsets")
        log = self._side.broker.logs[partition.topic, partition.partition]
        return ask(
            self._side, "get_watermark_offsets", timeout, lambda: (log.low, log.stable if self._committed else log.end)
        )

    def incremental_assign(self, partitions: list[TopicPartition]) -> None:
        """Read these too, from these offsets."""
        self._side.reach("incremental_assign")
        for one in partitions:
            place = (one.topic, one.partition)
            if place in self._next:
                raise KafkaException(
                    KafkaError(KafkaError._CONFLICT, f"{place} is assigned already", False, False, False)
                )
            self._next[place] = self._fetched[place] = one.offset

    def incremental_unassign(self, partitions: list[TopicPartition]) -> None:
        """Do not read these any more; what was fetched of them is dropped."""
        self._side.reach("incremental_unassign")
        for one in partitions:
            place = (one.topic, one.partition)
            if place not in self._next:
                raise KafkaException(
                    KafkaError(KafkaError._INVALID_ARG, f"{place} is not assigned", False, False, False)
                )
            del self._next[place], self._fetched[place]
            self._stale.add(place)

    def assignment(self) -> list[TopicPartition]:
        """What is read."""
        self._side.reach("assignment")
        return [TopicPartition(*place) for place in self._next]

    def memberid(self) -> str | None:
        """The name that the group gave us; None where it knows us no longer."""
        self._side.reach("memberid")
        return self._member.name or None if self._member else None

    def consumer_group_metadata(self) -> tuple[str, str, int]:
        """Group, member and generation, as they are in this moment."""
        self._side.reach("consumer_group_metadata")
        member = self._member
        return (self._group, member.name, member.generation) if member else (self._group, "", -1)

    def close(self) -> None:
        """Give everything back and leave."""
        self._side.reach("close")
        if self._member is not None:
            while self._member.events:
                self._serve()
            if self._member.owned:
                self._callbacks["revoke"](self, [TopicPartition(*place) for place in self._member.owned])
            self._member.leave()

    def _forget(self) -> None:
        if self._stale and self._side.random.random() < 0.3:
            for place in self._stale:
                self._position.pop(place, None)
            self._stale.clear()

    def _serve(self) -> None:
        member = self._member
        assert member is not None
        kind, places = member.events.pop(0)
        self._callbacks[kind](self, [TopicPartition(*place) for place in places])
        member.served(kind, places)

    def _take(self) -> Message | None:
        """The next thing for the caller. Events and records of different partitions come in any order."""
        chance = self._side.random
        while self._member is not None and self._member.events and chance.random() < 0.5:
            self._serve()
        harm = self._side.harm("poll")
        if isinstance(harm, KafkaError):
            return Message(error=harm)
        places = list(self._next)
        if len(places) > 1:
            turn = chance.randrange(len(places))
            places = places[turn:] + places[:turn]
        for place in places:
            message = self._read(place)
            if message is not None:
                return message
        while self._member is not None and self._member.events:
            self._serve()
        return None

    def _read(self, place: Place) -> Message | None:
        log = self._side.broker.logs[place]
        if self._side.connected:
            self._fetched[place] = log.stable if self._committed else log.end
        offset = self._next[place]
        if offset < log.low or offset > log.end:
            gone = KafkaError(KafkaError._AUTO_OFFSET_RESET, "offset out of range", False, False, False)
            return Message(topic=place[0], partition=place[1], error=gone)
        found = log.next_record(offset, self._fetched[place], committed=self._committed)
        if isinstance(found, int):
            if found > offset:
                if place in self._stale and self._position.get(place) == found:
                    self._side.broker.doubtful.add(place)
                self._next[place] = self._position[place] = found
                self._stale.discard(place)
            return None
        at, entry = found
        self._stale.discard(place)
        self._next[place] = self._position[place] = at + 1
        return Message(
            topic=place[0],
            partition=place[1],
            offset=at,
            key=entry.key,
            value=entry.value,
            headers=entry.headers,
            timestamp=(1, entry.written_ms),
        )
