"""A consumer group as its coordinator keeps it: members, generations, a cooperative and sticky assignment, and positions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from confluent_kafka import KafkaError

from tests.runner_simulation.logs import Place, Transaction

Shuffle = Callable[[list[str]], None]


class Refused(Exception):
    """What a broker refuses, by its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False, slots=True)
class Member:
    """A member of a group. It has `joined` from its request to join until the group has a new generation."""

    name: str
    session_s: float
    heard: float
    owned: list[Place]
    joined: bool = True
    assigned: list[Place] = field(default_factory=list)
    generation: int = -1


class Group:
    """A classic group whose members all subscribe to the same places."""

    def __init__(self, places: list[Place], shuffle: Shuffle = lambda _: None) -> None:
        self.generation = 0
        self.committed: dict[Place, int] = {}
        self.members: dict[str, Member] = {}
        self._places = places
        self._shuffle = shuffle
        self.rebalancing = False
        self._pending: dict[Transaction, dict[Place, int]] = {}
        self._count = 0

    def join(self, name: str, session_s: float, owned: Iterable[Place], now: float) -> str:
        """Ask to be in the next generation, with the partitions that one owns; the member's name."""
        if name and name not in self.members:
            raise Refused(KafkaError.UNKNOWN_MEMBER_ID)
        if not name:
            self._count += 1
            name = f"member-{self._count}"
        before = self.members.get(name)
        generation = before.generation if before else -1
        kept = [place for place in owned if generation == self.generation]
        self.members[name] = Member(name, session_s, now, kept, generation=generation)
        self.rebalancing = True
        return name

    def leave(self, name: str) -> None:
        """Leave at once."""
        if self.members.pop(name, None) is not None:
            self.rebalancing = True

    def outcome(self, name: str) -> tuple[int, list[Place]] | None:
        """Generation and partitions of a member that asked to join; None while others are waited for."""
        member = self._member(name)
        return None if member.joined else (member.generation, member.assigned)

    def heartbeat(self, name: str, generation: int, now: float) -> bool:
        """Say that one lives; whether a new generation is being made, so that one has to join again."""
        member = self._member(name)
        if member.generation != generation:
            raise Refused(KafkaError.ILLEGAL_GENERATION)
        member.heard = now
        return self.rebalancing

    def tick(self, now: float) -> None:
        """Put out who was silent for too long, and make a generation once everybody has asked to be in it."""
        silent = [each.name for each in self.members.values() if not each.joined and now - each.heard > each.session_s]
        for name in silent:
            self.leave(name)
        if self.rebalancing and all(each.joined for each in self.members.values()):
            self.rebalancing = False
            self.generation += 1
            self._assign(now)

    def refresh(self, now: float) -> None:
        """The coordinator has just started: everybody has a whole session to show up."""
        for member in self.members.values():
            member.heard = now

    def send_offsets(self, name: str, generation: int, transaction: Transaction, offsets: dict[Place, int]) -> None:
        """Take positions as part of a transaction. Who names neither member nor generation is not checked at all."""
        if (generation >= 0 or name) and self._member(name).generation != generation:
            raise Refused(KafkaError.ILLEGAL_GENERATION)
        self._pending.setdefault(transaction, {}).update(offsets)

    def finish(self, transaction: Transaction) -> None:
        """The marker of a transaction has come: its positions hold, or never were."""
        offsets = self._pending.pop(transaction, {})
        if transaction.fate:
            self.committed |= offsets

    def fetch(self, places: Iterable[Place]) -> list[int]:
        """Committed positions, -1001 for none; withheld while a transaction that has sent others is open."""
        asked = list(places)
        if any(place in offsets for offsets in self._pending.values() for place in asked):
            raise Refused(KafkaError.UNSTABLE_OFFSET_COMMIT)
        return [self.committed.get(place, -1001) for place in asked]

    def _member(self, name: str) -> Member:
        if name not in self.members:
            raise Refused(KafkaError.UNKNOWN_MEMBER_ID)
        return self.members[name]

    def _assign(self, now: float) -> None:
        """Balanced, and as it was where that is balanced; what moves is free for one generation before another gets it."""
        wanted = self._wanted()
        owner = {place: each.name for each in self.members.values() for place in each.owned}
        for member in self.members.values():
            member.joined, member.generation, member.heard = False, self.generation, now
            member.assigned = [
                place
                for place in self._places
                if wanted.get(place) == member.name and owner.get(place, member.name) == member.name
            ]

    def _wanted(self) -> dict[Place, str]:
        if not self.members:
            return {}
        names = list(self.members)
        self._shuffle(names)
        most = -(-len(self._places) // len(names))
        held: dict[str, list[Place]] = {name: self.members[name].owned[:most] for name in names}
        wanted = {place: name for name, places in held.items() for place in places}
        for place in self._places:
            if place not in wanted:
                name = min(names, key=lambda each: len(held[each]))
                held[name].append(place)
                wanted[place] = name
        return wanted
