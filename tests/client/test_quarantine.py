"""What waits in quarantine, what would become of it now, and that nothing is sent twice: topics in memory, intake as it is."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.errors import KafkaError
from msgspec import structs

from benefit_hub.cli import quarantine as command
from benefit_hub.client import quarantine
from benefit_hub.client.quarantine import Quarantine, Waiting
from benefit_hub.runtime.hub import Hub
from benefit_hub.runtime.settings import Settings
from benefit_hub.task import Incoming, Undecodable
from benefit_hub.values.errors import CatalogueError, HubError
from benefit_hub.values.refusal import Refusal
from tests.checkout import catalogue
from tests.cli.typed import typed
from tests.intake.records import ANN, BEN, NOON, body, take

pytestmark = pytest.mark.slow

WAGE, KEPT = "human-resources.wage", "quarantine.human-resources"
HEADERS = {"ce_id": b"e-1", "ce_source": b"human-resources", "hub-story-received-at": str(NOON).encode()}


class Broker:
    """Topics in memory; records of departments go through intake as it was, or is."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.topics: dict[str, list[Incoming]] = defaultdict(list)
        self.accepted: list[str] = []
        self.down = False

    def department(self, raw: bytes | None, *, taken_as: Any = ..., **headers: bytes) -> None:
        """A record arrives, and intake takes it; as something that it is not where its schema or mapping was wrong then."""
        self._arrive(WAGE, b"key", raw, HEADERS | headers, taken_as)

    def _arrive(self, topic: str, key: bytes | None, raw: bytes | None, headers: Any, taken_as: Any = ...) -> None:
        lying = self.topics[topic]
        value = self.hub.codecs.decode(topic, raw) if taken_as is ... else taken_as
        said = {"key": key, "value": value, "raw": raw, "headers": dict(headers), "timestamp_ms": NOON}
        lying.append(Incoming(topic=topic, offset=len(lying), partition=1, **said))
        taken = take(lying[-1], sources=self.hub.catalogue.sources, story_time=True)
        self.accepted += [each.event_id for each in taken.receipts if each.status == "ACCEPTED"]
        for out in taken.quarantined:
            told = {name: each.encode() if isinstance(each, str) else each for name, each in out.headers.items()}
            kept = {"key": out.key, "value": out.value, "raw": out.value, "headers": told, "timestamp_ms": NOON}
            self.topics[out.topic].append(Incoming(topic=out.topic, offset=len(self.topics[out.topic]), **kept))

    def send(self, topic: str, *, value: bytes, key: bytes, headers: list[tuple[str, bytes]], partition: int) -> Any:
        """A producer's: the record arrives on its partition."""
        assert partition == 1
        assert not [name for name, _ in headers if name.startswith("__connect")]
        if self.down:
            raise KafkaError
        self._arrive(self.hub.settings.logical(topic), key, value, headers)
        return self

    def get(self, timeout: float) -> None:
        """A future's."""

    def close(self, timeout: float) -> None:
        """A producer's."""

    def records(self, topic: str) -> Iterator[Incoming]:
        """A reader's: bytes as they lie there."""
        return (structs.replace(each, value=each.raw) for each in self.topics[topic])


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Broker:
    hub = Hub(Settings(data=tmp_path, story_time=True, bootstrap="127.0.0.1:1"), catalogue())
    made = Broker(hub)
    monkeypatch.setattr(Quarantine, "_records", lambda _, topic: made.records(topic))
    monkeypatch.setattr(quarantine, "producer", lambda *_: made)
    monkeypatch.setattr(command, "open_hub", lambda _: hub)
    return made


def wage(broker: Broker, **said: Any) -> bytes:
    raw = broker.hub.codecs.encode(WAGE, body(WAGE, **said))
    assert raw is not None
    return raw


def waiting(broker: Broker) -> list[Waiting]:
    return [each for each, _ in Quarantine(broker.hub).waiting()]


def misread(broker: Broker, **headers: bytes) -> None:
    """A good record that was refused, since its schema was not known."""
    unknown = Undecodable(Refusal("UNKNOWN_SCHEMA", "", "a schema id of wages", "Send it again."))
    broker.department(wage(broker), taken_as=unknown, **headers)


def test_what_waits_is_told_with_the_verdict_of_today_and_without_content(broker: Broker) -> None:
    misread(broker)
    broker.department(wage(broker, record_id="rec-2", amount_fen=-1), ce_id=b"e-2")
    first, second = sorted(waiting(broker), key=lambda each: each.event)
    assert (first.code, first.verdict, first.sendable, first.attempt) == ("UNKNOWN_SCHEMA", "ACCEPTED", True, 1)
    assert (first.topic, first.partition, first.offset, first.record, first.revision) == (WAGE, 1, 0, "rec-1", 1)
    assert (second.code, second.verdict, second.sendable) == ("NEGATIVE_AMOUNT", "NEGATIVE_AMOUNT", False)
    assert second.verdict_zh == "字段 amount_fen：金额不能为负，请核对后重新发送。"


def test_what_was_mended_is_sent_once_however_often_that_is_asked_for(broker: Broker, capsys: Any) -> None:
    misread(broker)
    broker.department(wage(broker, record_id="rec-2", amount_fen=-1), ce_id=b"e-2")
    tried = typed(capsys, "quarantine", "redrive", "--dry-run")
    assert (tried.returncode, broker.accepted) == (2, [])
    assert "会重新投递 would be sent: 1；仍会被拒绝，未投递 would be refused again: 1" in tried.stdout
    done = typed(capsys, "quarantine", "redrive")
    assert (done.returncode, broker.accepted) == (2, ["e-1"])
    assert "已重新投递 sent: 1" in done.stdout
    again = typed(capsys, "quarantine", "redrive")
    assert "chosen: 1；已重新投递 sent: 0" in again.stdout
    assert broker.accepted == ["e-1"]
    assert [each.event for each in waiting(broker)] == ["e-2"]
    assert typed(capsys, "quarantine", "redrive", "--code", "UNKNOWN_SCHEMA").returncode == 0


def test_refused_once_more_it_waits_again_under_its_id_with_one_attempt_more(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    misread(broker)
    ((before, kept),) = Quarantine(broker.hub).waiting()
    with monkeypatch.context() as patch:  # the worker still has the old schema
        whole = broker._arrive
        refused = structs.replace(broker.topics[WAGE][0])
        patch.setattr(
            broker, "_arrive", lambda topic, key, raw, headers: whole(topic, key, raw, headers, refused.value)
        )
        assert quarantine.redrive(broker.hub, [kept], lambda: None) == 1
    (after,) = waiting(broker)
    assert (after.id, after.attempt, after.refused_first_ms) == (before.id, 2, before.refused_first_ms)
    ((_, kept),) = Quarantine(broker.hub).waiting()
    quarantine.redrive(broker.hub, [kept], lambda: None)
    assert waiting(broker) == []


def test_no_identity_number_is_shown(broker: Broker, capsys: Any) -> None:
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in ANN)
    for at, bad in enumerate((ANN, f"R-{ANN}", full_width, BEN)):
        broker.department(wage(broker, record_id=bad, id_number=BEN), ce_id=f"w/{bad}".encode())
        broker.department(wage(broker, id_number=ANN, pay_period=bad), ce_id=f"e{at}".encode())
    broker.department(ANN.encode(), ce_id=b"raw")
    rows = waiting(broker)
    assert len(rows) == 9
    shown = [typed(capsys, "quarantine", *ask).stdout for ask in (("list",), ("list", "--json"), ("redrive",))]
    for each in rows:
        shown += [typed(capsys, "quarantine", "show", each.id, *way).stdout for way in ((), ("--json",))]
    for number in (ANN, BEN, full_width, ANN[:17], BEN[:17]):
        assert not [text for text in shown if number in text]
    assert "id_number: 文本 text (18)" in "".join(shown)


def test_what_cannot_be_sent_says_why(broker: Broker) -> None:
    misread(broker)
    ((_, kept),) = Quarantine(broker.hub).waiting()
    lying = broker.topics[KEPT]
    lying[0] = structs.replace(lying[0], headers={**lying[0].headers, "hub.errors.cut-from-bytes": b"3000000"})
    (cut,) = waiting(broker)
    assert (cut.verdict, cut.sendable) == ("CUT", False)
    lying[0] = structs.replace(kept.lying, headers={**kept.lying.headers, "hub.errors.topic": b"control"})
    (control,) = waiting(broker)
    assert (control.verdict, control.sendable) == ("CONTROL", False)


def test_where_brokers_fail_it_is_told_that_it_may_be_done_again(broker: Broker) -> None:
    misread(broker)
    ((_, kept),) = Quarantine(broker.hub).waiting()
    broker.down = True
    with pytest.raises(HubError, match="then do it again: what lies on its topic is not sent twice"):
        quarantine.redrive(broker.hub, [kept], lambda: None)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (["list", "--department", "human-resource"], "no department is called human-resource"),
        (["list", "--topic", "human-resources.wages"], "human-resources.wages is no department's topic"),
        (["show", "abc"], "没有这样的编号"),
    ],
)
def test_what_is_not_there_is_told(broker: Broker, capsys: Any, ask: list[str], said: str) -> None:
    misread(broker)
    done = typed(capsys, "quarantine", *ask)
    assert done.returncode == 1
    assert said in done.stderr
    with pytest.raises(CatalogueError):
        command.chosen(broker.hub, "nobody", None, None)


@pytest.mark.usefixtures("broker")
def test_nothing_waits(capsys: Any) -> None:
    done = typed(capsys, "quarantine", "list")
    assert (done.returncode, done.stdout) == (0, "隔离区没有待处理的记录。Nothing waits in quarantine.\n")
    assert typed(capsys, "quarantine", "redrive").returncode == 0
