"""A department's full list of a topic compared with what the hub holds of it.

The list goes through intake's own step, so that its records are checked, mapped and given pseudonyms exactly as if they had been
published; nothing is published. What is held is read from `facts`. What differs is said on `tasks`, and nowhere else.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, structs

from benefit_hub import intake
from benefit_hub.catalogue import Topic
from benefit_hub.client.full_list_tasks import is_ours, task_of
from benefit_hub.client.letters import Desk, Refused
from benefit_hub.client.progress import progress_of
from benefit_hub.client.sides import Difference, Sides
from benefit_hub.messages.internal import Fact
from benefit_hub.messages.public import Receipt, TaskItem
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.keys import read_key
from benefit_hub.runtime.readiness import check_ready
from benefit_hub.runtime.telling import tell
from benefit_hub.runtime.whole_topic import whole
from benefit_hub.task import DictStore, Env, Incoming, Overlay, SourceTopic, changed_items
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import millis_of_day

TASKS = "tasks"
UNREAD_SHOWN = 100


class Unread(NamedTuple):
    """A record of the list that the hub would refuse: in which line, which record, and why; never its content."""

    line: int
    record: str
    field: str
    text_en: str
    text_zh: str


class Outcome(Struct, kw_only=True):
    """What a comparison came to. `differences` are the first so many; `counts` are of all. `said` are the tasks that were
    opened, changed or closed; None where there are too many differences for tasks."""

    topic: str
    as_of: date
    listed: int = 0
    counts: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(("MISSING", "EXTRA", "DIFFERENT"), 0))
    alike: int = 0
    refused: int = 0
    unread: list[Unread] = msgspec.field(default_factory=list)
    differences: list[Difference] = msgspec.field(default_factory=list)
    said: dict[str, int] | None = None

    @property
    def differs(self) -> bool:
        """Whether there is anything to look into."""
        return bool(self.refused or sum(self.counts.values()))


def reconcile(hub: Hub, topic: str, lines: Iterable[bytes], as_of: date, at_most: int) -> Outcome:
    """Compare a full list, JSON lines as they are published, with what is held as of the end of a day, and say the tasks.

    With more than `at_most` differences no task is touched: that is a wrong list or a wrong day, and nobody's work. Raises
    HubError for a line that names no record, and where intake is still behind.
    """
    desk = Desk(hub.catalogue)
    source = desk.source(topic)
    key = read_key(hub.folder.key_file)
    check_ready(hub.settings, hub.bootstrap, hub.codecs, books=hub.env().books, key=key)
    _check_worked_off(hub, topic)
    outcome = Outcome(topic=topic, as_of=as_of)
    reading = Reading(desk, source, structs.replace(hub.env(), pseudonym_key=key), as_of)
    with TemporaryDirectory(prefix="hub-reconcile-") as folder, Sides(Path(folder), as_of) as sides:
        for one in reading.read(lines):
            _list(outcome, sides, one)
        outcome.listed = reading.records
        for fact in held_facts(hub, source):
            sides.hold_fact(fact)
        for difference in sides.compared():
            if difference is None:
                outcome.alike += 1
                continue
            outcome.counts[difference.sort] += 1
            if len(outcome.differences) < at_most:
                outcome.differences.append(difference)
    if sum(outcome.counts.values()) <= at_most:
        outcome.said = say_tasks(hub, hub.catalogue.topic(topic), source, outcome.differences)
    return outcome


def _list(outcome: Outcome, sides: Sides, one: "Fact | Unread") -> None:
    if isinstance(one, Fact):
        sides.list_fact(one)
        return
    outcome.refused += 1
    sides.leave_out(one.record)
    if len(outcome.unread) < UNREAD_SHOWN:
        outcome.unread.append(one)


class Reading:
    """Reads the lines of a list as intake would read them as records."""

    def __init__(self, desk: Desk, source: SourceTopic, env: Env, as_of: date) -> None:
        self.records = 0
        self._desk = desk
        self._source = source
        self._env = env
        self._at_ms = millis_of_day(as_of)
        self._headers = {"ce_id": b"full-list", "ce_source": source.source.encode()}

    def read(self, lines: Iterable[bytes]) -> Iterator[Fact | Unread]:
        """The facts of each record, or why there are none. Raises HubError for a line that names no record."""
        for number, line in enumerate(lines, 1):
            if line.strip():
                self.records += 1
                yield from self._read(number, _body(number, line))

    def _read(self, line: int, said: Mapping[str, Any]) -> Iterator[Fact | Unread]:
        topic = self._source.topic
        try:
            body = self._desk.read(topic, said)
        except Refused as refused:
            told = refused.refusal
            yield self._unread(line, refused.record, told.field, told.english, told.chinese)
            return
        record = Incoming(topic=topic, value=body, raw=b"", headers=self._headers, timestamp_ms=self._at_ms)
        for out in intake.step(Overlay(DictStore()), [record], self._env):
            match out.value:
                case Fact():
                    yield out.value
                case Receipt(status="REFUSED", record=name, field=field, text_en=english, text_zh=chinese):
                    yield self._unread(line, name, field or "", english or "", chinese or "")

    def _unread(self, line: int, record: str, field: str, english: str, chinese: str) -> Unread:
        if not record:
            raise HubError(
                f"line {line}: {english} Which record it is cannot be told, so nothing can be said of what is missing"
            )
        return Unread(line, record, field, english, chinese)


def _body(number: int, line: bytes) -> Mapping[str, Any]:
    """The record in a line: the fields of its schema, alone or under `record`."""
    try:
        said = msgspec.json.decode(line.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = None
    if not isinstance(said, dict):
        raise HubError(f"line {number} is no JSON object: a list has one record per line, as `hub publish` takes them")
    inner = said.get("record")
    return inner if isinstance(inner, dict) else said


def held_facts(hub: Hub, source: SourceTopic) -> Iterator[Fact]:
    """Every fact of a department's records of one kind, as they lie on `facts`."""
    for message in whole(hub.settings, hub.bootstrap, "facts"):
        fact = hub.codecs.decode("facts", message.value())
        if isinstance(fact, Fact) and fact.source == source.source and fact.kind == source.kind:
            yield fact


def say_tasks(hub: Hub, topic: Topic, source: SourceTopic, differences: Iterable[Difference]) -> dict[str, int]:
    """Open, change and close the tasks of this topic's lists until they are these differences; how many of each."""
    standing: dict[str, TaskItem] = {}
    for message in whole(hub.settings, hub.bootstrap, TASKS):
        raw = message.value()
        item = None if raw is None else msgspec.convert(hub.codecs.decode(TASKS, raw), TaskItem)
        if item is not None and is_ours(item, source):
            standing[item.task_id] = item
    standing = {key: item for key, item in standing.items() if item.state in ("OPEN", "CHANGED")}
    wanted = {item.task_id: item for item in (task_of(each, topic, source) for each in differences)}
    _, outs = changed_items(standing, wanted)
    tell(hub.settings, hub.bootstrap, hub.codecs, outs, f"reconcile.{now_ms()}")
    states = [out.value.state for out in outs]
    return {state: states.count(state) for state in ("OPEN", "CHANGED", "WITHDRAWN")}


def _check_worked_off(hub: Hub, topic: str) -> None:
    """What is on the topic and not yet a fact would seem extra."""
    with progress_of(hub) as progress:
        behind = progress.behind({"intake": [topic]})
    if behind is None or behind["intake"]:
        raise HubError(
            f"intake has not yet worked off {topic}: let a worker run until `hub status` shows no lag, then compare"
        )
