"""A broker in memory: logs, the coordinator of transactions, and the coordinator of groups. What it does later it does in
`tick`, so that everything else may happen before."""

from collections.abc import Callable
from dataclasses import dataclass

from confluent_kafka import KafkaError

from tests.runner_simulation.groups import Group, Refused, Shuffle
from tests.runner_simulation.logs import Entry, Headers, Log, Place, Transaction

OFFSETS = "__consumer_offsets"
Record = tuple[str, int, bytes | None, bytes | None, Headers]
"""Topic, partition, key, value, headers."""


@dataclass(eq=False, slots=True)
class Owner:
    """Who holds a transactional id: an epoch, and the transaction that is open or being ended."""

    timeout_s: float
    epoch: int = -1
    transaction: Transaction | None = None
    last: bool | None = None
    """How the transaction before ended."""


class Broker:
    """`topics` says how many partitions each has. `delay_s` is how long a marker takes; `decided` is told every fate."""

    def __init__(self, topics: dict[str, int]) -> None:
        self.now = 0.0
        self.topics = topics
        self.ids = {topic: f"id-of-{topic}" for topic in topics}
        self.logs: dict[Place, Log] = {
            (topic, number): Log() for topic, partitions in topics.items() for number in range(partitions)
        }
        self.groups: dict[str, Group] = {}
        self.doubtful: set[Place] = set()
        """Where a reader came past markers to exactly the position that it had there before it began anew: it cannot tell that
        it has moved, and may leave the markers uncommitted until the next record."""
        self.owners: dict[str, Owner] = {}
        self.delay_s: Callable[[], float] = lambda: 0.0
        self.decided: Callable[[Transaction], None] = lambda _: None
        self.stirred: Callable[[], None] = lambda: None

    def add_group(self, name: str, places: list[Place], shuffle: Shuffle = lambda _: None) -> None:
        """Have a group whose members share these places."""
        self.groups[name] = Group(places, shuffle)

    @property
    def now_ms(self) -> int:
        """Its clock."""
        return 1_800_000_000_000 + int(self.now * 1000)

    def init(self, name: str, timeout_s: float) -> int:
        """Take over a transactional id. What its former owner left open is aborted first, what it was ending is ended."""
        owner = self.owners.setdefault(name, Owner(timeout_s))
        if owner.transaction is not None:
            if owner.transaction.fate is None:
                owner.epoch += 1
                self._decide(owner.transaction, fate=False)
            raise Refused(KafkaError.CONCURRENT_TRANSACTIONS)
        owner.timeout_s, owner.last = timeout_s, None
        owner.epoch += 1
        return owner.epoch

    def append(self, name: str, epoch: int, records: list[Record]) -> list[int]:
        """Write records in a transaction, which begins with the first; their offsets."""
        transaction = self._ongoing(name, epoch)
        offsets = []
        for topic, partition, key, value, headers in records:
            place = (topic, partition)
            offset = self.logs[place].append(Entry(key, value, headers, self.now_ms, transaction))
            transaction.places[place] = None
            transaction.records.append((place, offset, key, value))
            offsets.append(offset)
        self.stirred()
        return offsets

    def publish(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> int:
        """Write a record outside of any transaction; its offset."""
        offset = self.logs[topic, partition].append(Entry(key, value, None, self.now_ms, None))
        self.stirred()
        return offset

    def send_offsets(self, name: str, epoch: int, member: tuple[str, str, int], offsets: dict[Place, int]) -> None:
        """Make positions part of a transaction; the group is asked whether this member is still one."""
        group, member_name, generation = member
        transaction = self._ongoing(name, epoch)
        transaction.places[OFFSETS, self._number(group)] = None
        self.groups[group].send_offsets(member_name, generation, transaction, offsets)
        transaction.offsets.setdefault(group, {}).update(offsets)

    def finish(self, name: str, epoch: int, *, commit: bool) -> None:
        """Decide on a transaction. The answer comes before the markers do; asked again, it is the same."""
        owner = self._owner(name, epoch)
        if owner.transaction is None:
            if owner.last is not commit:
                raise Refused(KafkaError.INVALID_TXN_STATE)
            return
        if owner.transaction.fate is not None:
            code = (
                KafkaError.CONCURRENT_TRANSACTIONS if owner.transaction.fate is commit else KafkaError.INVALID_TXN_STATE
            )
            raise Refused(code)
        self._decide(owner.transaction, fate=commit)
        self._write_markers(owner)

    def tick(self) -> None:
        """Time has passed: markers are written, silent producers and members are put out."""
        for owner in self.owners.values():
            if owner.transaction is None:
                continue
            if owner.transaction.fate is None and self.now - owner.transaction.began > owner.timeout_s:
                owner.epoch += 1
                self._decide(owner.transaction, fate=False)
            self._write_markers(owner)
        for group in self.groups.values():
            group.tick(self.now)

    def _number(self, group: str) -> int:
        return list(self.groups).index(group)

    def _owner(self, name: str, epoch: int) -> Owner:
        owner = self.owners[name]
        if epoch != owner.epoch:
            raise Refused(KafkaError.PRODUCER_FENCED)
        return owner

    def _ongoing(self, name: str, epoch: int) -> Transaction:
        owner = self._owner(name, epoch)
        if owner.transaction is None:
            owner.transaction = Transaction(name, self.now)
        elif owner.transaction.fate is not None:
            self._write_markers(owner)
            if owner.transaction is None:
                return self._ongoing(name, epoch)
            raise Refused(KafkaError.CONCURRENT_TRANSACTIONS)
        return owner.transaction

    def _decide(self, transaction: Transaction, *, fate: bool) -> None:
        transaction.fate = fate
        transaction.due = [(self.now + self.delay_s(), place) for place in transaction.places]
        self.decided(transaction)

    def _write_markers(self, owner: Owner) -> None:
        transaction = owner.transaction
        if transaction is None or transaction.fate is None:
            return
        later = []
        for at, place in transaction.due:
            if at > self.now:
                later.append((at, place))
            elif place[0] == OFFSETS:
                list(self.groups.values())[place[1]].finish(transaction)
            else:
                self.logs[place].mark(transaction, self.now_ms)
        if len(later) < len(transaction.due):
            self.stirred()
        transaction.due = later
        if not later:
            owner.transaction, owner.last = None, transaction.fate
