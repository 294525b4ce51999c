"""Runners with a defect each, which a simulation that is worth anything finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Event
from typing import Any

from confluent_kafka import KafkaException, TopicPartition

from benefit_hub.runtime import assignment as assignment_module
from benefit_hub.runtime import changelog as changelog_module
from benefit_hub.runtime import runner as runner_module
from benefit_hub.runtime.assignment import Assignment, Feed, Task
from benefit_hub.runtime.changelog import Restorer, Restoring
from benefit_hub.runtime.gauge import Gauge
from benefit_hub.runtime.runner import Done, Runner, Work
from benefit_hub.runtime.stores import Mark, TaskStore, packed
from benefit_hub.runtime.transactions import CALL_S, Abortable, Transactions


class WritesStoreFirst(Runner):
    """Writes its store before the transaction is committed."""

    def _do(self, work: Work) -> Done:
        done = super()._do(work)
        store = work.task.store
        if isinstance(store, TaskStore):
            store.write(done.dirty, Mark(done.logged, packed(done.positions), self._host.now_ms()))
        return done


class ForgetsSweeps(Runner):
    """Does not look, after a restore, whether a sweep is under way."""

    def _first_look(self) -> None:
        for task in self._assignment.running:
            task.since = 0.0


class CommitsWhatItHasRead(Assignment):
    """Sets the last record of a batch aside for the next turn, and commits where the client stands."""

    def collect(self, limit: int, wait_s: float, not_before: float) -> list[tuple[Task, list[Any]]]:
        aside = self.__dict__.setdefault("aside", {})
        batch = []
        for task, found in super().collect(limit, wait_s, not_before):
            records = [*aside.pop(task, []), *found]
            if len(records) > 1:
                aside[task] = [records.pop()]
            batch.append((task, records))
        return batch


class CommitsTheLastRecord(Assignment):
    """Commits the offset after the last record, and never goes past a marker."""

    def _reached(self, feed: Feed) -> int:
        return feed.position if feed.taken is None else feed.taken


class KeepsWhatWasRevoked(Assignment):
    """Goes on with records of partitions that were taken away while it collected them."""

    def _on_revoke(self, consumer: Any, partitions: list[TopicPartition]) -> None:
        taken = {(one.topic, one.partition) for one in partitions}
        kept = {place: owner for place, owner in self._owners.items() if owner[0].place in taken and owner[0].running}
        super()._on_revoke(consumer, partitions)
        self._owners |= kept
        self._taken_away.clear()


class SkipsFencing(Assignment):
    """Sends positions without a proof that it is still the member that read the records."""

    @property
    def group(self) -> object:
        group, _, _ = self._consumer.consumer_group_metadata()  # the fake's is a tuple
        return group, "", -1


class GoesOnAfterFailures(Assignment):
    """Does not read again what could not be committed."""

    def rewind(self, tasks: Iterable[Task]) -> None:
        del tasks


class BelievesOldPositions(Assignment):
    """Takes the client's word for its position as soon as a partition begins anew."""

    def _reached(self, feed: Feed) -> int:
        at = self._consumer.position([TopicPartition(*feed.place)])[0].offset
        return max(feed.position, at)


class RestoresWhatIsCommitted(Restorer):
    """Restores up to the end that readers of committed data are told."""

    def __init__(self, host: Any, topic: str, store: Any) -> None:
        super().__init__(host, topic, store)
        self._gauge = Gauge(lambda: self._consumer)


class RestoresWhatWasDeleted(Restorer):
    """Takes no notice of tombstones."""

    def _write(self, partition: int, restoring: Restoring, rows: list[tuple[bytes, bytes | None]]) -> None:
        super()._write(partition, restoring, [row for row in rows if row[1] is not None])


class TrustsNames(Restorer):
    """Continues a store whatever topic it is a copy of, if only the name is right."""

    def begin(self, partition: int) -> None:
        store = self._store.open(partition)
        if store.whose.split(" ")[0] == f"{self._topic}/{partition}":
            store.belong_to(f"{self._topic}/{partition} {self._id.ask()}")
        super().begin(partition)


class GuessesOutcomes(Transactions):
    """Takes a commit of which it does not know for aborted, and does the same work again with a new producer."""

    def __init__(self, host: Any, processor: str) -> None:
        super().__init__(host, processor)
        self._made_of = host, processor

    def finish(self) -> None:
        with self._meaning("commit"):
            try:
                self._producer.commit_transaction(CALL_S)
            except KafkaException as trouble:
                if not trouble.args[0].retriable():
                    raise
                Transactions.__init__(self, *self._made_of)
                self.start(Event())
                raise Abortable("it was probably not committed") from trouble
        self._open = False


def trusts_any_store(*_: object) -> str:
    """Continues any store, also one that is ahead of its changelog."""
    return ""


@dataclass(frozen=True)
class Defect:
    """What is put in the place of what. `near` is where a seed was that found it: the search begins there, to be short."""

    wrong: Any
    module: Any = None
    name: str = ""
    near: int = 0

    @property
    def told(self) -> str:
        """In words."""
        return str(self.wrong.__doc__)

    def install(self, put: Callable[[Any, str, Any], None]) -> type[Runner]:
        """Put it there; the runner to run."""
        if self.module is None:
            runner: type[Runner] = self.wrong
            return runner
        put(self.module, self.name, self.wrong)
        return Runner


DEFECTS = [
    Defect(WritesStoreFirst),
    Defect(ForgetsSweeps, near=126),
    Defect(CommitsWhatItHasRead, runner_module, "Assignment"),
    Defect(CommitsTheLastRecord, runner_module, "Assignment"),
    Defect(KeepsWhatWasRevoked, runner_module, "Assignment", near=126),
    Defect(SkipsFencing, runner_module, "Assignment", near=63),
    Defect(GoesOnAfterFailures, runner_module, "Assignment", near=23),
    Defect(BelievesOldPositions, runner_module, "Assignment", near=57),
    Defect(RestoresWhatIsCommitted, assignment_module, "Restorer", near=39),
    Defect(RestoresWhatWasDeleted, assignment_module, "Restorer"),
    Defect(TrustsNames, assignment_module, "Restorer", near=75),
    Defect(GuessesOutcomes, runner_module, "Transactions"),
    Defect(trusts_any_store, changelog_module, "rebuild_reason", near=194),
]
